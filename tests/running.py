"""Runs the real program as its users do: as processes, over a real socket."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from tests.starter import started

_TIMEOUT_SECONDS = 60


def _of_python(environment: Mapping[str, str]) -> dict[str, str]:
    """What Python itself reads while it starts."""
    return {name: value for name, value in environment.items() if name.startswith(("PYTHON", "LC_", "LANG"))}


_OF_PYTHON = _of_python(os.environ)


@dataclass(frozen=True)
class Ended:
    """A program that is over: its exit code, or the negative number of the signal that killed it, and what it said."""

    code: int
    out: str
    err: str

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL

    @property
    def undisturbed(self) -> bool:
        """A fault may come too late: a run makes a call less than the counted one where a file was cached."""
        return self.code == 0

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def crew(*arguments: str | Path, home: Path, **surroundings: str) -> Ended:
    """Run one `crew` command to its end, in a process and with a home of its own.

    Where a test tells Python itself something, the command starts from nothing.
    """
    words, whole = [*map(str, arguments)], environment(home) | surroundings
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        if _of_python(whole) != _OF_PYTHON:
            program = [sys.executable, "-m", "crew", *words]
            nothing = subprocess.DEVNULL
            code = subprocess.call(program, stdin=nothing, stdout=out, stderr=err, env=whole, timeout=_TIMEOUT_SECONDS)
        else:
            code = started(words, whole, (out, err), _TIMEOUT_SECONDS)
        out.seek(0)
        err.seek(0)
        return Ended(code, out.read(), err.read())


def environment(home: Path) -> dict[str, str]:
    """The surroundings of a newcomer: nothing of this person's settings or data, but the key of the cities in tests."""
    shared = "CREW_CONTACTS_KEY"
    foreign = {name for name in os.environ if name.startswith(("XDG_", "CREW_")) and name != shared}
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return {**kept, "HOME": str(home), "TZ": "America/New_York"}


@contextmanager
def served(
    data_dir: Path, home: Path, *, port: int = 0, more: Sequence[str] = (), within: Sequence[str] = ()
) -> Iterator[str]:
    """Run `crew serve`, behind words that lead it elsewhere, and give its address; ends it as systemd would."""
    process = subprocess.Popen(
        [*within, sys.executable, "-m", "crew", "serve", "--port", str(port), "--data", str(data_dir), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise AssertionError(f"crew serve did not start: {process.communicate(timeout=_TIMEOUT_SECONDS)[1]}")
        yield json.loads(line)["url"]
    finally:
        process.terminate()
        _, err = process.communicate(timeout=_TIMEOUT_SECONDS)
    assert process.returncode == 0, f"crew serve did not end cleanly on SIGTERM: {err}"
