"""The backend's database: opened, migrated, one writing transaction at a time. Backend layer; knows no rules.

It lies in a SQLite file in the city's folder, or on a PostgreSQL server that the settings name. Whoever uses it does
not see which: in both one writes after the other, and what is read is of one moment.
"""

import logging
import secrets
from collections.abc import Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Final, Protocol, Self

from sqlalchemy import Connection, delete, insert, select

from crew.backend.commit_bell import CommitBell
from crew.backend.contact_keys import ContactKeys, contact_keys
from crew.backend.folder_lock import SharedHold
from crew.backend.migrating import migrate
from crew.backend.schema import settings
from crew.backend.sqlite_file import SqliteFile
from crew.backend.writable import writable
from crew.domain.errors import CallForHelp, CorrectInput, CorrectUsage, CrewError, FreeSpace, TryLater

if TYPE_CHECKING:
    from crew.backend.prepared import View

FILE_NAME: Final = "backend.sqlite"
_SECRETS: Final = ("epoch", "page_secret")
SCRUB: Final = "scrub"
"""The setting that says that the file has to be written anew."""

_log: Final = logging.getLogger(__name__)


class Tables(Protocol):
    """Where the tables lie: what the two kinds of databases have in common."""

    @property
    def place(self) -> str:
        """Where, for sentences."""

    @property
    def takes_turns(self) -> bool:
        """Whether readers wait for each other and for writers."""

    def transaction(self, *, writes: bool) -> AbstractContextManager[Connection]:
        """All or nothing of what happens inside."""

    def looking(self) -> "AbstractContextManager[View]":
        """A view for prepared questions."""

    def stamp(self) -> Hashable:
        """What differs once anything was written."""

    def glance(self) -> Hashable | None:
        """The same, or another such, told without waiting; None where it cannot be."""

    def scrub(self) -> None:
        """Let nothing that was deleted lie where it was."""

    def close(self) -> None:
        """Let go."""


class Database:
    """A city's database; every thread of the process takes its turn to write.

    A transaction inside another of the same thread is a mistake and fails.
    """

    def __init__(self, tables: Tables, hold: SharedHold) -> None:
        self._tables = tables
        self._hold = hold
        self._turn = RLock()
        self.bell: Final = CommitBell()

    @classmethod
    def open(cls, data_dir: Path, keys: ContactKeys | None = None, server: str = "") -> Self:
        """Open or create the database of a city, check that it is durable, bring it to this version's shape.

        Args:
            data_dir: The city's folder.
            keys: What locks contacts that an older version kept openly; None for those of the folder.
            server: The address of a PostgreSQL database; empty for a file in the folder.

        Raises:
            FreeSpace: The folder is full or cannot be written.
            UpdateNeeded: The database was written by a newer version.
            CallForHelp: The file is damaged, or the disk cannot keep it safely.
            CorrectSettings: The database on the server cannot be used, or is not made for this.
            TryLater: Another program holds the database for too long, the server cannot be reached, or a backup is
                being restored into the folder.
        """
        make_folder(data_dir)
        hold = SharedHold.take(data_dir)
        try:
            tables = _tables(data_dir / FILE_NAME, server)
        except CrewError:
            hold.release()
            raise
        database = cls(tables, hold)
        try:
            with database.writing() as connection:
                migrate(connection, tables.place, lambda: keys or contact_keys(data_dir))
                _ensure_secrets(connection)
            database._scrub()
        except CrewError:
            database.close()
            raise
        return database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A view of the database that nothing changes while the block runs.

        Raises:
            TryLater: Another program holds the database for too long, or it cannot be reached now.
        """
        turn = self._turn if self._tables.takes_turns else nullcontext()
        with turn, self._tables.transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def looking(self) -> "Iterator[View]":
        """The same view for prepared questions (prepared.py), which cost a tenth where the driver answers them.

        Raises:
            TryLater: Another program holds the database for too long, or it cannot be reached now.
        """
        turn = self._turn if self._tables.takes_turns else nullcontext()
        with turn, self._tables.looking() as view:
            yield view

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing: what happens inside is on disk when the block ends, or never was.

        Raises:
            FreeSpace: The disk is full or cannot be written; nothing was changed.
            TryLater: Another program holds the database for too long, or it cannot be reached; nothing was changed.
        """
        with self._turn:
            try:
                with self._tables.transaction(writes=True) as connection:
                    yield connection
            except BaseException:
                self.bell.forget()
                raise
            self.bell.ring()

    def stamp(self) -> Hashable:
        """What differs once anything was written, by this program or by another: no answer made before is older.

        Much cheaper than a transaction. Where readers take turns, waits while another thread writes.
        """
        with self._turn if self._tables.takes_turns else nullcontext():
            return self._tables.stamp()

    def glance(self) -> Hashable | None:
        """The same without ever waiting, so that the event loop may ask; None where that cannot be told at once.

        Has a number of its own: it is not to be compared with that of `stamp`.
        """
        return self._tables.glance()

    @property
    def is_file(self) -> bool:
        """Whether it lies in the city's folder, and not on a server."""
        return isinstance(self._tables, SqliteFile)

    def require_file(self, what: str) -> None:
        """Refuse what works on a database's file where there is none.

        Args:
            what: How the city does it instead, as a sentence.

        Raises:
            CorrectUsage: The database lies on a server.
        """
        if not self.is_file:
            raise CorrectUsage(f"The database of this city lies on a server ({self._tables.place}). {what}")

    def close(self) -> None:
        """Close the database; a later use of this object is an error."""
        with self._turn:
            self._tables.close()
            self._hold.release()

    def _scrub(self) -> None:
        """Write the file anew where it may hold, in free pages, what was moved out of its tables; later if not now."""
        with self.reading() as connection:
            if connection.scalar(select(settings.c.value).where(settings.c.name == SCRUB)) is None:
                return
        try:
            with self._turn:
                self._tables.scrub()
        except (FreeSpace, TryLater) as problem:
            _log.warning("What was deleted still lies in the database's file. %s", problem.sentence)
            return
        with self.writing() as connection:
            connection.execute(delete(settings).where(settings.c.name == SCRUB))


def _tables(path: Path, server: str) -> Tables:
    if not server:
        return SqliteFile(path)
    from crew.backend.postgres_server import PostgresServer  # an extra of its own

    return PostgresServer(server)


def require_database(data_dir: Path) -> None:
    """Refuse a folder without a database: opening it would found a city there.

    Raises:
        CorrectInput: There is none.
    """
    if not (data_dir / FILE_NAME).is_file():
        raise CorrectInput(f"There is no backend in {data_dir}. Name its folder with --data DIR.")


def setting(connection: Connection, name: str) -> str:
    """A value that the database keeps about itself, such as `page_secret`.

    Raises:
        CallForHelp: The database does not hold it.
    """
    value: str | None = connection.scalar(select(settings.c.value).where(settings.c.name == name))
    if value is None:
        raise CallForHelp(f"The backend's database has lost its {name}: restore a backup.")
    return value


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Write a value that the database keeps about itself, whatever stood there."""
    connection.execute(delete(settings).where(settings.c.name == name))
    connection.execute(insert(settings).values(name=name, value=value))


def make_folder(folder: Path) -> None:
    """Make the folder of a city, for its owner alone; harmless when it is there. Raises FreeSpace."""
    with writable(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _ensure_secrets(connection: Connection) -> None:
    there = set(connection.scalars(select(settings.c.name)))
    for name in _SECRETS:
        if name not in there:
            connection.execute(insert(settings).values(name=name, value=secrets.token_hex(32)))
