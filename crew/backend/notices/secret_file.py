"""Reads what must stand in no settings file and no log. Backend layer."""

import stat
from pathlib import Path
from typing import Final

from crew.domain.errors import CorrectSettings

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def read_secret_lines(name: str) -> tuple[str, ...]:
    """The lines of a file that this program alone may read, without empty ones and those that begin with #.

    Raises:
        CorrectSettings: It cannot be read, others may read it, or there is nothing in it. What it holds is never said.
    """
    path = Path(name)
    try:
        if path.stat().st_mode & _OTHERS:
            raise CorrectSettings(f"Others may read {path}, which holds a secret: chmod 600 {path}")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CorrectSettings(f"The secret in {path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise CorrectSettings(f"The secret in {path} cannot be read: it is no text.") from error
    lines = tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    if not lines:
        raise CorrectSettings(f"There is nothing in {path}, which should hold a secret.")
    return lines
