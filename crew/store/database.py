"""The store's SQLite file: opened durably, migrated, one transaction at a time. Store layer; knows no tables.

"Saved" on the screen means committed under WAL with synchronous=FULL: the only fast setting that lost nothing in
simulated power cuts. Several processes may open the same file; apsw carries an SQLite without the WAL-reset bug.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any, Final, Self

import apsw

from crew.domain.errors import CallForHelp, CrewError, FreeSpace, UpdateNeeded
from crew.domain.plain_text import clean_line

Row = tuple[Any, ...]

_PRAGMAS: Final = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "trusted_schema": 0,
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_BUSY_MILLISECONDS: Final = 10_000
_TURNS: Final = 100
"""How often programs that make one store at the same moment may get in each other's way."""


def to_column(moment: datetime | None) -> int | None:
    """An aware datetime as the store keeps it: microseconds since 1970."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def from_column(value: int | None) -> datetime | None:
    """A stored moment as an aware UTC datetime."""
    return None if value is None else _EPOCH + value * _MICROSECOND


class Database:
    """One connection to the store, safe to use from several threads; transactions wait for each other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._inside = False
        with _sentences(path):
            self._connection = apsw.Connection(str(path))
            self._connection.set_busy_timeout(_BUSY_MILLISECONDS)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or create the store's file, check that it is durable and sound, and bring it to this version's shape.

        Raises:
            FreeSpace: The disk is full or cannot be written.
            UpdateNeeded: The file was written by a newer version.
            CallForHelp: The file is damaged, or the disk cannot give WAL.
        """
        fresh = not path.exists()
        if fresh:
            _make_private(path)
        database = cls(path)
        with _sentences(path):
            database._set_pragmas()
            if not fresh:
                database._check_sound()
            database._migrate()
        return database

    def _set_pragmas(self) -> None:
        self._wait_for_wal()
        for name, wanted in _PRAGMAS.items():
            self._connection.pragma(name, wanted)
            found = self._connection.pragma(name)
            if found != wanted:
                raise CallForHelp(
                    f"The disk under {self._path} cannot keep work safely ({name} is {found}, not {wanted}). "
                    "Use a local disk, not a network folder."
                )

    def _wait_for_wal(self) -> None:
        """Turn a new file to WAL. SQLite gives up at once here where another program holds it; a transaction waits."""
        for _ in range(_TURNS):
            try:
                self._connection.pragma("journal_mode", "wal")
            except apsw.BusyError:
                self._connection.execute("BEGIN IMMEDIATE; ROLLBACK")
            else:
                return

    def _check_sound(self) -> None:
        [[found]] = self._connection.execute("PRAGMA quick_check(1)")
        if found != "ok":
            raise CallForHelp(
                f"The store {self._path} is damaged ({clean_line(found)}). Keep it and ask an administrator."
            )

    def _migrate(self) -> None:
        steps = _migration_steps()
        with self.transaction():
            version = int(self._connection.pragma("user_version"))
            if version > len(steps):
                raise UpdateNeeded(
                    f"The store {self._path} is of a newer Crew (shape {version}; this one knows {len(steps)}). "
                    "Update Crew; the store was not touched."
                )
            for number, script in enumerate(steps[version:], start=version + 1):
                self._connection.execute(script)
                self._connection.pragma("user_version", number)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what happens inside is on disk when the block ends, or never was.

        A transaction inside a transaction is part of the outer one.

        Raises:
            FreeSpace: The disk is full; nothing was changed.
        """
        with self._lock:
            if self._inside:
                yield
                return
            with _sentences(self._path):
                self._connection.execute("BEGIN IMMEDIATE")
                self._inside = True
                try:
                    yield
                    self._connection.execute("COMMIT")
                finally:
                    self._inside = False
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")

    def execute(self, sql: str, values: Sequence[object] = ()) -> None:
        """Run one statement that returns nothing."""
        with self._lock, _sentences(self._path):
            self._connection.execute(sql, values)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Run a query and return every row."""
        with self._lock, _sentences(self._path):
            return list(self._connection.execute(sql, values))

    def row(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """Run a query and return its first row, or None."""
        return next(iter(self.rows(sql, values)), None)

    def data_version(self) -> int:
        """A number that moves when another process has written to the store."""
        with self._lock, _sentences(self._path):
            return int(self._connection.pragma("data_version"))

    def close(self) -> None:
        """Close the file; a later use of this object is an error."""
        with self._lock:
            self._connection.close()


def _make_private(path: Path) -> None:
    """Create the file readable by its owner alone: it holds the device's token."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise FreeSpace(
            f"The store {path} cannot be written: {error.strerror}. Make room or choose --data DIR."
        ) from error


def _migration_steps() -> list[str]:
    folder = Path(__file__).with_name("migrations")
    return [script.read_text(encoding="utf-8") for script in sorted(folder.glob("*.sql"))]


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Turn the driver's errors into ones that a person can act on."""
    try:
        yield
    except CrewError:
        raise
    except (apsw.FullError, apsw.ReadOnlyError, apsw.CantOpenError, apsw.IOError) as error:
        raise FreeSpace(
            f"Not saved: the disk under {path} is full or cannot be written ({error}). Make room, then try again."
        ) from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise CallForHelp(f"The store {path} is damaged ({error}). Keep the file and ask an administrator.") from error
    except apsw.BusyError as error:
        raise CallForHelp(f"Another program holds the store {path} for too long. Close it, then try again.") from error
    except apsw.Error as error:
        raise CallForHelp(
            f"The store {path} fails ({clean_line(str(error))}). Nothing was changed; ask for help."
        ) from error
