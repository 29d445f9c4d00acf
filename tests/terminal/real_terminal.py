"""The program in a real pseudo-terminal, seen from the terminal's side."""

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.running import environment

_STEP_SECONDS = 0.2
_LIMIT_SECONDS = 30.0


class RealTerminal:
    """One run of `crew` behind a terminal of 80 by 24 cells."""

    def __init__(self, data_dir: Path, home: Path, *, own_session: bool = True) -> None:
        self.written = b""
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crew", "--data", str(data_dir)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environment(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            preexec_fn=_take_terminal if own_session else None,
        )
        os.close(slave)

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def read_until(self, condition: Callable[[bytes], object], what: str) -> None:
        """Read what the program writes until a condition holds of all of it, or fail after a bounded time."""
        deadline = time.monotonic() + _LIMIT_SECONDS
        while not condition(self.written):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError(f"it did not happen: {what}; the end was {self.written[-500:]!r}")
            self._read()

    def _read(self) -> None:
        if select.select([self._master], [], [], _STEP_SECONDS)[0]:
            self.written += os.read(self._master, 65536)

    def hang_up(self) -> None:
        """Take the terminal away, as a dropped line does."""
        os.close(self._master)
        self._master = -1

    def ended_within(self, seconds: float) -> int:
        """Wait for the end, which must come in time, and return the exit code."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._master >= 0:
                self._drain()
            else:
                select.select([], [], [], _STEP_SECONDS)
        code = self.process.poll()
        assert code is not None, f"it did not end within {seconds} s"
        return code

    def _drain(self) -> None:
        """Read on; nobody writes any more once the program has closed its side."""
        with suppress(OSError):
            self._read()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        if self._master >= 0:
            os.close(self._master)


@contextmanager
def real_terminal(data_dir: Path, home: Path, *, own_session: bool = True) -> Iterator[RealTerminal]:
    """Run the program in a terminal; kills it in the end whatever happened."""
    terminal = RealTerminal(data_dir, home, own_session=own_session)
    try:
        yield terminal
    finally:
        terminal.close()


def _take_terminal() -> None:
    """Be the leader of a session whose terminal this is, as a shell's window makes it."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
