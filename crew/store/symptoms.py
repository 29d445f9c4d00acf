"""Where a store's files lie, and what looks wrong from outside. Store layer; reads no content, as every start asks."""

from pathlib import Path
from typing import Final

PHOTO_FOLDER: Final = "photos"
READY: Final = ".ready"
"""Ends the name of a folder with a recovered store that has still to take its place."""

_SMALLEST_PAGE: Final = 512
"""Bytes. What is shorter is an empty database to SQLite."""


def log_of(path: Path) -> Path:
    """The write-ahead log of a database file."""
    return path.with_name(path.name + "-wal")


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def note_of(path: Path) -> Path:
    """An empty file that says that a program met damage here: not all of it is seen by a check at the start."""
    return path.with_name(path.name + "-damaged")


def needs_a_look(path: Path) -> bool:
    """Whether a program that has the folder alone should look closer: so it is after every power cut."""
    return (
        size_of(log_of(path)) > 0
        or note_of(path).exists()
        or has_lost_its_content(path)
        or any(path.parent.glob(f"*{READY}"))
    )


def has_lost_its_content(path: Path) -> bool:
    """Whether the store is empty but was not always: it has photos, or a log."""
    return size_of(path) < _SMALLEST_PAGE and (size_of(log_of(path)) > 0 or (path.parent / PHOTO_FOLDER).exists())
