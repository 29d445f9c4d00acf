"""The backend's tables in a SQLite file: opened durably, one connection for all threads. Backend layer; knows no rules.

The server and the commands beside it use one file at once, so the file keeps a rollback journal: the SQLite of many
systems loses pages when two processes reset one write-ahead log.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from crew.backend.writable import writable
from crew.domain.errors import CallForHelp, CrewError, FreeSpace, TryLater

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


class SqliteFile:
    """Tables in a file.

    Attributes:
        place: Where they are, for sentences.
        takes_turns: Whether readers wait for each other and for writers.
    """

    takes_turns: Final = True

    def __init__(self, path: Path) -> None:
        """Make the file where it is missing, for its owner alone: reporters' addresses are in there.

        Raises:
            FreeSpace: It cannot be written.
        """
        with writable(path):
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self.place: Final = str(path)
        self._path: Final = path
        self._engine: Final = _engine(path)
        self._driver: sqlite3.Connection | None = None
        self._watch: sqlite3.Connection | None = None

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Connection]:
        """All or nothing of what happens inside; as in `Database`."""
        with (
            self._sentences(),
            self._engine.connect().execution_options(begin="IMMEDIATE" if writes else "DEFERRED") as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def looking(self) -> Iterator[sqlite3.Connection]:
        """As in `Database`, by the connection that the engine uses, without the engine."""
        with self._sentences():
            driver = self._own_driver()
            driver.execute("BEGIN")
            try:
                yield driver
            finally:
                driver.execute("ROLLBACK")

    def stamp(self) -> tuple[int, int]:
        """As in `Database`."""
        driver = self._own_driver()
        (others,) = driver.execute("PRAGMA data_version").fetchone()
        return driver.total_changes, others

    def glance(self) -> int | None:
        """As in `Database`; by a connection of its own, as that of the engine may be in the hands of a thread."""
        if self._watch is None:
            self._watch = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            (number,) = self._watch.execute("PRAGMA data_version").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                return None
            raise
        return int(number)

    def scrub(self) -> None:
        """Write the file anew, so that nothing that was deleted lies in free pages. Raises FreeSpace, TryLater."""
        with self._sentences(), self._engine.connect() as connection:
            cast("sqlite3.Connection", connection.connection.driver_connection).execute("VACUUM")

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()
        if self._watch is not None:
            self._watch.close()

    def _own_driver(self) -> sqlite3.Connection:
        if self._driver is None:
            self._driver = cast("sqlite3.Connection", self._engine.raw_connection().driver_connection)
        return self._driver

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn the driver's errors into ones that a person can act on."""
        try:
            yield
        except (DatabaseError, sqlite3.DatabaseError) as error:
            problem = next(filter(None, (_problem(self._path, cause) for cause in _causes(error))), None)
            if problem is None:
                raise
            raise problem from error


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
