"""Starts `crew` commands at once: each is a process of its own, forked from one that has imported everything.

So a command starts in 20 ms, which else imports for a second where it opens the backend. That nothing is imported too
early or missing is proven by tests/rules/test_imports.py, and by those that start the server and the terminal as users
do. `python -m tests.starter SOCKET` listens there: who connects sends the files for the command's output, its words
and its surroundings, and hears its exit code.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from crew import cli
from crew.__main__ import main
from crew.cli import main as command_line
from tests.read_once import read_ahead, read_once

_OPENED_LATE: Final = ("crew.wiring", "crew.sync", "crew.backend.admin", "crew.backend.importing", "crew.backend.serve")
"""What commands import when they are called."""


def started(words: Sequence[str], environment: Mapping[str, str], outputs: Sequence[IO[str]], seconds: int) -> int:
    """Run a command to its end and return its exit code, or the negative number of the signal that killed it.

    Args:
        words: The command's arguments.
        environment: Its whole environment.
        outputs: The files for its stdout and its stderr.
        seconds: After so long it is killed by SIGALRM.
    """
    told = {"words": words, "environment": dict(environment), "folder": str(Path.cwd()), "seconds": seconds}
    with socket.socket(socket.AF_UNIX) as caller, Path(os.devnull).open() as nothing:
        caller.connect(_starter())
        socket.send_fds(caller, [b"+"], [nothing.fileno(), *(output.fileno() for output in outputs)])
        caller.sendall(json.dumps(told).encode())
        caller.shutdown(socket.SHUT_WR)
        return int(caller.recv(16))


@cache
def _starter() -> str:
    """The address of a starter, which ends with this process."""
    folder = TemporaryDirectory(prefix="crew-starter-")
    address = f"{folder.name}/socket"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.starter", address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[1],
    )
    atexit.register(folder.cleanup)
    atexit.register(process.communicate)
    assert process.stdout is not None
    assert process.stdout.readline(), "the starter of commands did not start; its last words stand above"
    return address


def _listen(address: str) -> None:
    """Serve until stdin ends. Each fork that is to run a command comes back from here."""
    for module in (*(found.name for found in pkgutil.iter_modules(cli.__path__, "crew.cli.")), *_OPENED_LATE):
        importlib.import_module(module)
    read_once(setattr)
    read_ahead()
    _make_parsers()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a fork that waits for its command
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        os.write(1, b"ready\n")
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            caller, _ = listener.accept()
            with caller:
                if os.fork() == 0:
                    listener.close()
                    _attend(caller)
                    return
    os._exit(0)


def _make_parsers() -> None:
    """They are the same for every command, and took two thirds of its time."""
    made = {commands: command_line._parser(commands=commands) for commands in (False, True)}
    command_line._parser = lambda *, commands: made[commands]


def _attend(caller: socket.socket) -> None:
    """Wait for the command and tell how it ended; the fork that comes back is the command."""
    _, descriptors, _, _ = socket.recv_fds(caller, 1, 3)
    told = json.load(caller.makefile())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        caller.close()
        _prepare(told, descriptors)
        return
    caller.sendall(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())
    os._exit(0)


def _prepare(told: dict[str, Any], descriptors: Sequence[int]) -> None:
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    time.tzset()
    sys.argv[1:] = told["words"]
    signal.alarm(told["seconds"])


def _run() -> None:
    """Run the command and end as Python ends, but do not take the program apart first: it took as long as the command.

    An end that is not a plain code, or words that cannot be written, are left to Python.
    """
    try:
        main()
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        threading._shutdown()  # type: ignore[attr-defined]  # what Python itself calls first
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                raise end from None
        os._exit(end.code)


if __name__ == "__main__":
    _listen(sys.argv[1])
    _run()
