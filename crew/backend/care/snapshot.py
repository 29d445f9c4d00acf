"""A copy of the database as it stood at one moment, taken while others go on. Backend layer; changes nothing.

Writers wait while it is copied, which is a matter of disk speed: a copy that let them in between would have to begin
anew with each of their commits, and beside a busy server would never end.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from crew.domain.errors import CallForHelp, CorrectInput, FreeSpace

if TYPE_CHECKING:
    from crew.backend.database import Database

_PAGES_AT_ONCE: Final = 4096

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
        CorrectInput: It is no database.
    """
    try:
        with closing(sqlite3.connect(f"file:{database_file}?mode=ro", uri=True)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
            found += [
                f"{table} has a row {row} whose {parent} is missing"
                for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(20)
            ]
    except sqlite3.DatabaseError as error:
        raise CorrectInput(f"{database_file.name} is no sound database ({error}).") from error
    return [words for words in found if words != "ok"]


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
