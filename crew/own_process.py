"""Starts a module of this package in a process of its own, and ends it. Below whoever talks with such a process.

The process reads from its stdin and writes to its stdout; what it says beside that is nobody's.
"""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[1]
"""Where this very package lies: both halves have to be of one version."""
_START: Final = """
import sys
from importlib import import_module
root, module, *words = sys.argv[1:]
if root not in sys.path:
    sys.path.insert(0, root)
import_module(module).main(*words)
"""
"""Never from the current folder, which may be a memory card with modules on it."""


def start(module: str, *words: str) -> "subprocess.Popen[bytes]":
    """Start the `main` of a module, with these words.

    Raises:
        OSError: The system starts no process.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _START, str(_ROOT), module, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a process, whatever it does. May be called while a thread waits for its answer, which then is none."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):  # the rest of a question that nobody reads any more
                pipe.close()
