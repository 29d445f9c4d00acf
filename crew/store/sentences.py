"""The driver's errors as sentences that a person can act on. Store layer; writes nothing but empty files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import apsw
import msgspec

from crew.domain.errors import CallForHelp, CrewError, FreeSpace, not_writable
from crew.domain.plain_text import clean_line
from crew.store.symptoms import note_of
from crew.wire import Malformed

_UNREADABLE: Final = frozenset({apsw.SQLITE_IOERR_READ, apsw.SQLITE_IOERR_SHORT_READ, apsw.SQLITE_IOERR_CORRUPTFS})


class Damaged(CallForHelp):
    """The file cannot be read as a store: it is set aside at the next start, and what can be read is carried over."""


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn what the driver raises into an error with its next move.

    Raises:
        FreeSpace: The disk is full or cannot be written.
        Damaged: The file is damaged.
        CallForHelp: Something else is wrong with it.
    """
    try:
        yield
    except apsw.Error as error:
        raise _for_a_person(path, error) from error


def _for_a_person(path: Path, error: apsw.Error) -> CrewError:
    match error:
        case apsw.CorruptError() | apsw.NotADBError():
            return damaged(path, str(error))
        case apsw.IOError() if error.extendedresult in _UNREADABLE:  # type: ignore[attr-defined]  # the stub lacks it
            return damaged(path, str(error))
        case apsw.FullError() | apsw.ReadOnlyError() | apsw.CantOpenError() | apsw.IOError() | apsw.PermissionsError():
            return FreeSpace(
                f"Not saved: the disk is full or cannot be written. Make room, then try again. ({path}: {error})"
            )
        case apsw.BusyError():
            return CallForHelp(f"Another program holds the store {path} for too long. Close it, then try again.")
        case _:
            words = clean_line(str(error))
            return CallForHelp(f"The store {path} fails ({words}). Nothing was changed; ask for help.")


@contextmanager
def content_of(path: Path) -> Iterator[None]:
    """Read what this program has written itself: what is no such thing is damage that SQLite does not see.

    Raises:
        Damaged: It cannot be read.
    """
    try:
        yield
    except (msgspec.DecodeError, Malformed, ValueError) as error:
        raise damaged(path, str(error)) from error


def damaged(path: Path, finding: str) -> Damaged:
    """Note the damage beside the store for the next start, and make the error; `finding` is what was met."""
    with suppress(OSError):  # on a disk that cannot be written, the next start has to find it by itself
        note_of(path).touch(mode=0o600)
    return Damaged(
        f"The store {path} is damaged ({clean_line(finding)}). End every Crew program here and start again: "
        "what can be read is carried over, and the damaged file is kept."
    )


def make_private(path: Path) -> None:
    """Make sure that a file is there, readable by its owner alone: the store holds the device's token.

    Raises:
        FreeSpace: It cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise not_writable(f"The store {path}", error) from error
