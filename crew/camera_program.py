"""Any camera program as a camera: a command of the settings that writes a picture. Above the interface of cameras.

It is started as a list of words, never through a shell; what it prints is shown cleaned, and it may take half a minute.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from crew.camera import NoPicture
from crew.camera_files import lasting, whole_file
from crew.domain.plain_text import clean_line

_FILE: Final = "{file}"
_PATIENCE_SECONDS: Final = 30.0
_WORDS: Final = 160
_OTHERS: Final = "Choose a file, or use the phone."


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
            return f"The camera program {self.name} is not installed. {_OTHERS}"
        return ""

    @contextmanager
    def open(self) -> Iterator[Self]:
        """Nothing is running between two pictures."""
        if self.obstacle:
            raise NoPicture(self.obstacle)
        yield self

    def look(self, columns: int, rows: int) -> None:
        """It shows nothing before the picture is taken."""
        return None

    def take(self, folder: Path) -> Path:
        """Let the program write a picture. Raises as `OpenCamera.take`."""
        with whole_file(folder) as part:
            self._run([word.replace(_FILE, str(part)) for word in self._command])
            if not part.is_file() or part.stat().st_size == 0:
                raise NoPicture(f"{self.name} ended and wrote no picture. {_OTHERS}")
        return lasting(part)

    def _run(self, command: list[str]) -> None:
        try:
            ended = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=self._patience_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NoPicture(f"{self.name} took too long and was stopped. {_OTHERS}") from None
        except OSError as error:
            raise NoPicture(f"{self.name} could not be started: {error.strerror}. {_OTHERS}") from error
        if ended.returncode != 0:
            words = clean_line(ended.stderr.decode(errors="replace"), _WORDS) or f"code {ended.returncode}"
            raise NoPicture(f"{self.name} failed ({words}). {_OTHERS}")
