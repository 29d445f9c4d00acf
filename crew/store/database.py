"""The store's SQLite file: opened durably, migrated, one transaction at a time. Store layer; knows no tables.

"Saved" on the screen means committed under WAL with synchronous=FULL: the only fast setting that lost nothing in
simulated power cuts. Several processes may open the same file; apsw carries an SQLite without the WAL-reset bug.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any, Final, Self

import apsw
import msgspec

from crew.domain.errors import CallForHelp, CrewError, UpdateNeeded
from crew.store.sentences import content_of, damaged, make_private, sentences

Row = tuple[Any, ...]

_PRAGMAS: Final = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
}
_SOUND_SQLITE: Final = (3, 51, 3)
"""The first whose write-ahead log no longer loses commits of a second process while the log starts anew."""
_CHECKED: Final = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' "
    "AND name NOT LIKE 'orders!_words%' ESCAPE '!' AND name NOT LIKE 'orders!_places%' ESCAPE '!'"
)
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


def listed(values: Iterable[str]) -> str:
    """Values for `IN (SELECT value FROM json_each(?))`, as many as there are."""
    return msgspec.json.encode(tuple(values)).decode()


class Database:
    """One connection to the store, safe to use from several threads; transactions wait for each other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._inside = False
        with sentences(path):
            self._connection = apsw.Connection(str(path))
            self._connection.set_busy_timeout(_BUSY_MILLISECONDS)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or create the store's file, check that it is durable and sound, and bring it to this version's shape.

        Raises:
            FreeSpace: The disk is full or cannot be written.
            UpdateNeeded: The file was written by a newer version, or this SQLite is too old to be trusted with it.
            Damaged: The file is damaged.
            CallForHelp: The disk cannot give WAL.
        """
        _require_sound_sqlite()
        fresh = not path.exists()
        if fresh:
            make_private(path)
        database = cls(path)
        try:
            with sentences(path):
                # Nothing of the log goes into a file that is not known to be sound: a damaged store is kept as it was.
                database._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
                database._refuse_newer_shape()
                if not fresh:
                    database._check_sound()
                database._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
                database._set_pragmas()
                database._migrate()
        except CrewError:
            database.close()
            raise
        return database

    def _refuse_newer_shape(self) -> None:
        """Before anything else, as even a check or a pragma may write."""
        refuse_newer_shape(self._path, self._shape())

    def _shape(self) -> int:
        return int(self._connection.pragma("user_version"))

    def _set_pragmas(self) -> None:
        self._wait_for_wal()
        self._connection.pragma("secure_delete", "fast")  # who called is forgotten where that costs no write of its own
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
        """Table by table: the words and places of orders, which come from these, would take longer than all others."""
        for (table,) in list(self._connection.execute(_CHECKED)):
            [[found], *_] = self._connection.execute(f'PRAGMA quick_check("{table}")')
            if found != "ok":
                raise damaged(self._path, found)

    def _migrate(self) -> None:
        """All steps or none: a store is never between two shapes, and whatever waits in it comes along."""
        with self.transaction():
            self._refuse_newer_shape()  # another program may have been faster
            version = self._shape()
            for number, script in enumerate(_migration_steps()[version:], start=version + 1):
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
            with sentences(self._path):
                self._connection.execute("BEGIN IMMEDIATE")
                self._inside = True
                try:
                    yield
                    self._connection.execute("COMMIT")
                finally:
                    self._inside = False
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What is read inside is of one moment, whatever others write meanwhile. Nobody writes inside."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            with sentences(self._path):
                self._connection.execute("BEGIN")
                try:
                    yield
                finally:
                    self._connection.execute("COMMIT")

    def execute(self, sql: str, values: Sequence[object] = ()) -> None:
        """Run one statement that returns nothing."""
        with self._lock, sentences(self._path):
            self._connection.execute(sql, values)

    def execute_each(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of values; call it inside a transaction."""
        with self._lock, sentences(self._path):
            self._connection.executemany(sql, rows)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Run a query and return every row."""
        with self._lock, sentences(self._path):
            return list(self._connection.execute(sql, values))

    def row(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """Run a query and return its first row, or None."""
        return next(iter(self.rows(sql, values)), None)

    @contextmanager
    def content(self) -> Iterator[None]:
        """Read what rows hold. Raises Damaged where this program cannot have written it."""
        with content_of(self._path):
            yield

    def data_version(self) -> int:
        """A number that moves when another process has written to the store."""
        with self._lock, sentences(self._path):
            return int(self._connection.pragma("data_version"))

    def bring_home(self) -> None:
        """Bring everything from the log into the file, so that the file may be moved alone.

        Closing does the same, but where it cannot it leaves the log and says nothing.

        Raises:
            FreeSpace: The disk is full or cannot be written.
            CallForHelp: Another program reads the log.
        """
        with self._lock, sentences(self._path):
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def close(self) -> None:
        """Close the file; a later use of this object is an error."""
        with self._lock:
            self._connection.close()


def refuse_newer_shape(path: Path, shape: int) -> None:
    """Raise UpdateNeeded where a store has a shape that this version does not know."""
    known = len(_migration_steps())
    if shape > known:
        raise UpdateNeeded(
            f"The store {path} is of a newer Crew (shape {shape}; this one knows {known}). "
            "Update Crew; the store was not touched."
        )


@cache
def _migration_steps() -> list[str]:
    folder = Path(__file__).with_name("migrations")
    return [script.read_text(encoding="utf-8") for script in sorted(folder.glob("*.sql"))]


def sqlite_version() -> str:
    """The SQLite that the driver brings."""
    return apsw.sqlite_lib_version()


def _require_sound_sqlite() -> None:
    """The driver brings its own SQLite, but a system's package may be built on an older one."""
    found = sqlite_version()
    if tuple(int(part) for part in found.split(".")) < _SOUND_SQLITE:
        needed = ".".join(map(str, _SOUND_SQLITE))
        raise UpdateNeeded(
            f"This machine's SQLite {found} can lose work when two programs use the store; Crew needs {needed}. "
            "Install apsw from its own wheel."
        )
