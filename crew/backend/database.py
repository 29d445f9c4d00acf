"""The backend's SQLite file: opened durably, migrated, one transaction at a time. Backend layer; knows no rules.

The server and the commands beside it use one file at once, so the file keeps a rollback journal: the SQLite of many
systems loses pages when two processes reset one write-ahead log.
"""

import logging
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final, Self, cast

from sqlalchemy import Connection, Engine, create_engine, delete, event, insert, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from crew.backend.commit_bell import CommitBell
from crew.backend.contact_keys import ContactKeys, contact_keys
from crew.backend.folder_lock import SharedHold
from crew.backend.migrating import migrate
from crew.backend.schema import settings
from crew.domain.errors import CallForHelp, CorrectInput, CrewError, FreeSpace, TryLater

FILE_NAME: Final = "backend.sqlite"
_BUSY_MILLISECONDS: Final = 10_000
_CACHE_KIBIBYTES: Final = 65_536  # a transaction that outgrows it waits for the disk in its middle, as an import would
_PRAGMAS: Final = {
    "journal_mode": "delete",
    "synchronous": 3,
    "foreign_keys": 1,
    "secure_delete": 1,  # who is forgotten must not go on lying in a free page
    "busy_timeout": _BUSY_MILLISECONDS,
    "cache_size": -_CACHE_KIBIBYTES,
}
_SECRETS: Final = ("epoch", "page_secret")
SCRUB: Final = "scrub"
"""The setting that says that the file has to be written anew."""

_log: Final = logging.getLogger(__name__)


class Database:
    """One connection to the backend's file; every thread of the process takes its turn.

    A transaction inside another of the same thread is a mistake and fails.
    """

    def __init__(self, path: Path, engine: Engine, hold: SharedHold) -> None:
        self._path = path
        self._engine = engine
        self._hold = hold
        self._turn = RLock()
        self._driver: Any = None
        self.bell: Final = CommitBell()

    @classmethod
    def open(cls, data_dir: Path, keys: ContactKeys | None = None) -> Self:
        """Open or create the database in a folder, check that it is durable, bring it to this version's shape.

        Args:
            data_dir: The folder.
            keys: What locks contacts that an older version kept openly; None for those of the folder.

        Raises:
            FreeSpace: The folder is full or cannot be written.
            UpdateNeeded: The database was written by a newer version.
            CallForHelp: The file is damaged, or the disk cannot keep it safely.
            TryLater: Another program holds the database for too long, or a backup is being restored into the folder.
        """
        path = data_dir / FILE_NAME
        make_folder(data_dir)
        hold = SharedHold.take(data_dir)
        try:
            _make_private(path)
        except FreeSpace:
            hold.release()
            raise
        database = cls(path, _engine(path), hold)
        try:
            with database.writing() as connection:
                migrate(connection, path, lambda: keys or contact_keys(data_dir))
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
            TryLater: Another program holds the database for too long.
        """
        with self._transaction("DEFERRED") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing: what happens inside is on disk when the block ends, or never was.

        Raises:
            FreeSpace: The disk is full or cannot be written; nothing was changed.
            TryLater: Another program holds the database for too long; nothing was changed.
        """
        with self._transaction("IMMEDIATE") as connection:
            yield connection

    def stamp(self) -> tuple[int, int]:
        """What differs once anything was written, by this program or by another: no answer made before is older.

        Much cheaper than a transaction. Waits while another thread writes.
        """
        with self._turn:
            if self._driver is None:
                self._driver = self._engine.raw_connection().driver_connection
            (others,) = self._driver.execute("PRAGMA data_version").fetchone()
            own: int = self._driver.total_changes
            return own, others

    def close(self) -> None:
        """Close the file; a later use of this object is an error."""
        with self._turn:
            self._engine.dispose()
            self._hold.release()

    def _scrub(self) -> None:
        """Write the file anew where it may hold, in free pages, what was moved out of its tables; later if not now."""
        with self.reading() as connection:
            if connection.scalar(select(settings.c.value).where(settings.c.name == SCRUB)) is None:
                return
        try:
            with self._turn, _sentences(self._path), self._engine.connect() as connection:
                cast("sqlite3.Connection", connection.connection.driver_connection).execute("VACUUM")
        except (FreeSpace, TryLater) as problem:
            _log.warning("What was deleted still lies in the database's file. %s", problem.sentence)
            return
        with self.writing() as connection:
            connection.execute(delete(settings).where(settings.c.name == SCRUB))

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[Connection]:
        with self._turn:
            try:
                with (
                    _sentences(self._path),
                    self._engine.connect().execution_options(begin=kind) as connection,
                    connection.begin(),
                ):
                    yield connection
            except BaseException:
                self.bell.forget()
                raise
            self.bell.ring()


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
    with _writable(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _make_private(path: Path) -> None:
    """Create the file for its owner alone: reporters' addresses are in there."""
    with _writable(path):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FreeSpace(
            f"The backend's database {path} cannot be written: {error.strerror}. Make room or choose --data DIR."
        ) from error


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": _BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, record: object) -> None:
        for name, wanted in _PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {wanted}")
            _check_pragma(path, name, wanted, connection.execute(f"PRAGMA {name}").fetchone()[0])

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")

    return engine


def _check_pragma(path: Path, name: str, wanted: object, found: Any) -> None:  # noqa: ANN401 - what a pragma answers
    if found != wanted:
        raise CallForHelp(
            f"The disk under {path} cannot keep work safely ({name} is {found}, not {wanted}). Use a local disk."
        )


def _ensure_secrets(connection: Connection) -> None:
    there = set(connection.scalars(select(settings.c.name)))
    for name in _SECRETS:
        if name not in there:
            connection.execute(insert(settings).values(name=name, value=secrets.token_hex(32)))


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Turn the driver's errors into ones that a person can act on."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        problem = next(filter(None, (_problem(path, cause) for cause in _causes(error))), None)
        if problem is None:
            raise
        raise problem from error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and what it came from: SQLite ends a transaction by itself when the disk fails it.

    What then tries to go back to a savepoint fails too, and hides the reason.
    """
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _problem(path: Path, error: BaseException) -> CrewError | None:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return TryLater(f"Another program holds {path} for too long; try again.", after_seconds=5)
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR:
            return FreeSpace(f"Not saved: the disk under {path} is full or cannot be written. Make room.")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return CallForHelp(f"The database {path} is damaged ({error}). Keep the file and restore a backup.")
        case _:
            return None
