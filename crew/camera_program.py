"""Any camera program as a camera: a command of the settings that writes a picture. Above the interface of cameras.

It is started as a list of words, never through a shell; what it prints is shown cleaned, and it may take half a minute.
What it starts is ended with it, and so is all of it when nobody waits for its picture any more.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from crew.camera import INSTEAD, NoPicture
from crew.camera_files import lasting, whole_file
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from crew.photos.prepared import CellPicture

_FILE: Final = "{file}"
_PATIENCE_SECONDS: Final = 30.0
_WORDS: Final = 160
_PRINTED_BYTES: Final = 4096
_STARTS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
"""JPEG, PNG and WebP begin so. Whether the rest is whole shows when the picture is looked at."""


class ProgramCamera:
    """Runs the program for each picture; shows nothing before."""

    def __init__(self, command: Sequence[str], patience_seconds: float = _PATIENCE_SECONDS) -> None:
        """Take pictures with a command in which `{file}` stands for the file that it writes."""
        self._command: Final = tuple(command)
        self._patience_seconds: Final = patience_seconds

    @property
    def name(self) -> str:
        """The program's own name."""
        return clean_line(Path(self._command[0]).name, 40)

    @property
    def obstacle(self) -> str:
        """Why it cannot be run."""
        if not any(_FILE in word for word in self._command):
            return f"The camera command in the settings does not say {_FILE}, where the picture is to be written."
        if shutil.which(self._command[0]) is None:
            how = "" if os.sep in self._command[0] else f": sudo apt install {self.name}"
            return f"The camera program {self.name} is not installed{how}. {INSTEAD}"
        return ""

    @contextmanager
    def open(self) -> "Iterator[_Ready]":
        """Nothing is running between two pictures; what runs when the block ends is ended."""
        if self.obstacle:
            raise NoPicture(self.obstacle)
        ready = _Ready(self.name, self._command, self._patience_seconds)
        try:
            yield ready
        finally:
            ready.end()


class _Ready:
    """A program that can be run, and the one that runs."""

    def __init__(self, name: str, command: Sequence[str], patience_seconds: float) -> None:
        self._name: Final = name
        self._command: Final = command
        self._patience_seconds: Final = patience_seconds
        self._turn: Final = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._ended = False

    def look(self, columns: int, rows: int) -> "CellPicture | None":
        """It shows nothing before the picture is taken."""
        return None

    def take(self, folder: Path) -> Path:
        """Let the program write a picture. Raises as `OpenCamera.take`."""
        with whole_file(folder) as part:
            with tempfile.TemporaryFile() as printed:
                code = self._run([word.replace(_FILE, str(part)) for word in self._command], printed)
                if code != 0:
                    raise NoPicture(f"{self._name} failed ({_words(printed) or f'code {code}'}). {INSTEAD}")
            if not part.is_file() or part.stat().st_size == 0:
                raise NoPicture(f"{self._name} ended and wrote no picture. {INSTEAD}")
            with part.open("rb") as file:
                if not file.read(max(map(len, _STARTS))).startswith(_STARTS):
                    raise NoPicture(f"What {self._name} wrote is no JPEG, PNG or WebP picture. {INSTEAD}")
        return lasting(part)

    def _run(self, command: list[str], printed: "IO[bytes]") -> int:
        """Its exit code. What it prints goes into a file: a pipe would be held open by whatever it leaves behind."""
        try:
            process = self._start(command, printed)
            return process.wait(self._patience_seconds)
        except subprocess.TimeoutExpired:
            raise NoPicture(f"{self._name} took too long and was stopped. {INSTEAD}") from None
        except OSError as error:
            raise NoPicture(f"{self._name} could not be started: {error.strerror}. {INSTEAD}") from error
        finally:
            self._stop()

    def _start(self, command: list[str], printed: "IO[bytes]") -> "subprocess.Popen[bytes]":
        with self._turn:
            if self._ended:
                raise NoPicture(f"{self._name} was not started: nobody waits for its picture.")
            self._running = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=printed, start_new_session=True
            )
            return self._running

    def _stop(self) -> None:
        """End the program, with what it started."""
        with self._turn:
            process, self._running = self._running, None
            if process is None:
                return
            if sys.platform == "win32":
                process.kill()
            else:
                with suppress(ProcessLookupError):  # all of it has ended by itself
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def end(self) -> None:
        """End what runs; its picture is not waited for any more."""
        self._ended = True
        self._stop()


def _words(printed: "IO[bytes]") -> str:
    """The last line that a program said, clean: most say there what went wrong."""
    printed.seek(max(0, printed.seek(0, os.SEEK_END) - _PRINTED_BYTES))
    lines = printed.read().decode(errors="replace").strip().splitlines()
    return clean_line(lines[-1], _WORDS) if lines else ""
