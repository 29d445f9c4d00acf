"""A copy of the database as it stood at one moment, taken while others go on. Backend layer; changes nothing.

Writers wait while it is copied, which is a matter of disk speed: a copy that let them in between would have to begin
anew with each of their commits, and beside a busy server would never end.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from crew.domain.errors import CallForHelp, FreeSpace

if TYPE_CHECKING:
    from crew.backend.database import Database

_PAGES_AT_ONCE: Final = 4096
_NAMED_DAMAGES: Final = 20

OnPages = Callable[[int, int], None]
"""Called with the pages that are copied, and all of them."""


def take_snapshot(database: "Database", copy: Path, on_pages: OnPages) -> None:
    """Write a consistent copy of the database to a file that is not there yet; it is not synced.

    Raises:
        FreeSpace: There is no room for the copy.
        TryLater: Another program holds the database for too long.
        CallForHelp: The database cannot be read.
    """
    with database.reading() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # from here on nothing changes
        source = cast("sqlite3.Connection", connection.connection.driver_connection)
        with _room(copy), closing(sqlite3.connect(copy)) as target:
            copy.chmod(0o600)
            target.execute("PRAGMA synchronous = OFF")
            source.backup(target, pages=_PAGES_AT_ONCE, progress=lambda _, left, all_: on_pages(all_ - left, all_))


def damages(database_file: Path) -> list[str]:
    """What SQLite finds wrong with a database file, in its own words; empty when it is sound.

    Raises:
        FreeSpace: The disk does not let it be read.
    """
    try:
        with closing(sqlite3.connect(f"{database_file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = [
                words for (words,) in connection.execute(f"PRAGMA integrity_check({_NAMED_DAMAGES})") if words != "ok"
            ]
            return found or [
                f"{table} has a row {row} whose {parent} is missing"
                for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(_NAMED_DAMAGES)
            ]
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return [str(error)]
        raise FreeSpace(f"{database_file} cannot be read ({error}). Check the disk.") from error


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite found the bytes of a database wrong, and not the disk in its way."""
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def _room(copy: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
            raise FreeSpace(
                f"There is no room for a copy of the database in {copy.parent}. Make room there."
            ) from error
        raise
    except sqlite3.DatabaseError as error:
        raise CallForHelp(f"The database cannot be copied: it is damaged ({error}). Restore a backup.") from error
