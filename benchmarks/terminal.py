"""A program in a real pseudo-terminal, timed from outside by what it writes."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

COLUMNS, ROWS = 120, 40
DOWN, UP = b"\x1b[B", b"\x1b[A"

_PATIENCE_SECONDS = 30.0
_CELL_PIXELS = (8, 16)
_FRAME_END = b"\x1b[?2026l"
_ESCAPES = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor
    rb"|\x1b[\]PX^_].*?(?:\x07|\x1b\\)"  # strings: titles, graphics
    rb"|\x1b[^\[\]PX^_]",
    re.DOTALL,
)
_ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
}
"""What an ordinary terminal answers: its kind, the cursor's place, and that it knows whole frames."""


class Terminal:
    """A running program behind a pseudo-terminal."""

    def __init__(self, command: Sequence[str], home: Path) -> None:
        self._raw = bytearray()
        self._started = time.perf_counter()
        self._pid, self._descriptor = pty.fork()
        if self._pid == 0:
            _become(command, home)
        _set_size(self._descriptor)

    @classmethod
    @contextmanager
    def running(cls, command: Sequence[str], home: Path) -> Iterator[Self]:
        """Run a program until the block ends."""
        terminal = cls(command, home)
        try:
            yield terminal
        finally:
            os.kill(terminal._pid, signal.SIGKILL)
            os.waitpid(terminal._pid, 0)
            os.close(terminal._descriptor)

    def text(self) -> str:
        """Everything written since the start or the last key, without its escape sequences."""
        return _plain(bytes(self._raw))

    def seconds_to(self, words: str) -> float:
        """Seconds from exec until the words have been written."""
        self._read_until(lambda: words in self.text(), words)
        return time.perf_counter() - self._started

    def seconds_from_key_to(self, key: bytes, words: str) -> float:
        """Seconds from a key until the frame that has the words is whole."""
        self._raw.clear()
        pressed = time.perf_counter()
        os.write(self._descriptor, key)
        self._read_until(lambda: words in _plain(bytes(self._raw).rpartition(_FRAME_END)[0]), words)
        return time.perf_counter() - pressed

    def press(self, key: bytes) -> None:
        """Send a key and wait for nothing."""
        self._raw.clear()
        os.write(self._descriptor, key)

    def settle(self, quiet_seconds: float) -> None:
        """Read on until nothing has been written for a while."""
        end = time.perf_counter() + _PATIENCE_SECONDS
        while self._read(quiet_seconds):
            if time.perf_counter() > end:
                raise TimeoutError("the program never rests")

    def listen(self, seconds: float) -> None:
        """Take in what is written for so long, by a program that never rests."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)

    def peak_mib(self) -> float:
        """The most memory that the program has held so far."""
        status = Path(f"/proc/{self._pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024

    def _read_until(self, done: Callable[[], bool], words: str) -> None:
        end = time.perf_counter() + _PATIENCE_SECONDS
        while not done():
            if time.perf_counter() > end or not self._read(_PATIENCE_SECONDS):
                raise TimeoutError(f'"{words}" was never shown; the end of what was: {self.text()[-2000:]}')

    def _read(self, timeout_seconds: float) -> bool:
        """Take in what has been written; False where nothing came in time."""
        if not select.select([self._descriptor], [], [], timeout_seconds)[0]:
            return False
        try:
            written = os.read(self._descriptor, 65536)
        except OSError as error:
            raise ChildProcessError(
                f"the program has ended; the end of what it showed: {self.text()[-2000:]}"
            ) from error
        self._raw += written
        for question, answer in _ANSWERS.items():
            if question in written:
                os.write(self._descriptor, answer)
        return True


def environment(home: Path) -> dict[str, str]:
    """The surroundings of an ordinary terminal, with nothing of this person's settings."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("LANG", "LC_", "PATH", "PYTHON"))}
    return {**kept, "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def _become(command: Sequence[str], home: Path) -> None:
    _set_size(0)
    os.execvpe(command[0], list(command), environment(home))


def _set_size(descriptor: int) -> None:
    width, height = _CELL_PIXELS
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, COLUMNS * width, ROWS * height))


def _plain(raw: bytes) -> str:
    return _ESCAPES.sub(b"", raw).decode("utf-8", errors="replace")
