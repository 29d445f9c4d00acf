"""The backend's tables on a PostgreSQL server: one writer after the other, readers beside them. Backend layer.

Writers take one lock of the database, so that everything that holds on one file holds here: the feed's positions and
the history's chain grow in the order in which they are seen, and no rule is decided on what another is just changing.
The driver is an extra.
"""

import contextlib
import importlib.util
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, String, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoneIsFree
from sqlalchemy.ext.compiler import compiles

from crew.domain.errors import CallForHelp, CorrectSettings, CrewError, FreeSpace, TryLater
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from psycopg.abc import Buffer

_DRIVER: Final = "psycopg"
_WRITERS: Final = 311
"""Names the lock that writers take; other programs in the same database would have one of their own."""
_LOCK_MILLISECONDS: Final = 10_000
_REACH_SECONDS: Final = 10
_CONNECTIONS: Final = 12
_OLDEST: Final = 130_000
"""Version 13 is the first that names a moment of the whole database: `pg_current_snapshot`."""
_COLLATIONS: Final = ("C", "POSIX", "C.UTF-8", "C.utf8")
_EXAMPLE: Final = "postgresql://crew@localhost/crew"
_MAKE: Final = "createdb --template=template0 --encoding=UTF8 --locale=C crew"
_AFTER_SECONDS: Final = 5
_SENTENCE_LENGTH: Final = 200


@compiles(String, "postgresql")
def _text(element: String, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - as SQLAlchemy has it
    """Words have no limit of the database's own, as in SQLite: what comes in was cut where it was cleaned."""
    return "TEXT"


class PostgresServer:
    """Tables in a database of a server.

    Attributes:
        place: Where they are, for sentences; never with a password.
        takes_turns: Whether readers wait for each other and for writers.
    """

    takes_turns: Final = False

    def __init__(self, address: str) -> None:
        """Reach the database and see that it is made for this.

        Raises:
            CorrectSettings: It cannot be used, is too old, or sorts words in another way than this program.
            TryLater: It cannot be reached.
        """
        url = _read(address)
        self.place: Final = url.set(drivername="postgresql").render_as_string()
        self._engine: Final = _engine(url)
        try:
            with self._sentences(), self._engine.connect() as connection:
                self._require_made_for_this(connection)
        except CrewError:
            self._engine.dispose()
            raise

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Connection]:
        """All or nothing of what happens inside; as in `Database`."""
        kind: dict[str, Any] = {"isolation_level": "READ COMMITTED"}
        if not writes:
            kind = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._sentences(), self._engine.connect().execution_options(**kind) as connection, connection.begin():
            if writes:
                connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _WRITERS})
            yield connection

    def stamp(self) -> str:
        """As in `Database`: which transactions a question would see now."""
        with self._sentences(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return str(connection.scalar(text("SELECT pg_current_snapshot()::text")))

    def looking(self) -> AbstractContextManager[Connection]:
        """As in `Database`; prepared questions are put together by SQLAlchemy here."""
        return self.transaction(writes=False)

    def glance(self) -> None:
        """Nothing: a server has to be asked, and its answer waited for."""

    def scrub(self) -> None:
        """Nothing to do: no version that kept contacts openly ever ran here."""

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _require_made_for_this(self, connection: Connection) -> None:
        version, collation, encoding = connection.execute(
            text(
                "SELECT current_setting('server_version_num')::int, datcollate, pg_encoding_to_char(encoding) "
                "FROM pg_database WHERE datname = current_database()"
            )
        ).one()
        if version < _OLDEST:
            raise CorrectSettings(f"The server of {self.place} is older than PostgreSQL 13. Update it.")
        if collation not in _COLLATIONS or encoding != "UTF8":
            raise CorrectSettings(
                f"The database {self.place} sorts words by {clean_line(collation)} in {clean_line(encoding)}, and this "
                f"program by their letters' numbers in UTF8. Make one with: {_MAKE}"
            )

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn the driver's errors into ones that a person can act on."""
        try:
            yield
        except NoneIsFree as error:
            raise TryLater(f"Every connection to {self.place} is in use; try again.", _AFTER_SECONDS) from error
        except DBAPIError as error:
            problem = self._problem(error)
            if problem is None:
                raise
            raise problem from error

    def _problem(self, error: DBAPIError) -> CrewError | None:
        state = getattr(error.orig, "sqlstate", None) or ""
        first_line = clean_line(str(error.orig).strip().partition("\n")[0], _SENTENCE_LENGTH)
        match state[:2], state:
            case _, "55P03" | "40P01":
                return TryLater(f"Another program holds {self.place} for too long; try again.", _AFTER_SECONDS)
            case "53", "53100":
                return FreeSpace(f"Not saved: the disk under {self.place} is full. Make room on its server.")
            case (("53" | "57" | "08"), _):
                return TryLater(f"The database {self.place} does not answer now ({first_line}).", _AFTER_SECONDS)
            case (("28" | "3D" | "42"), "28000" | "28P01" | "3D000" | "42501"):
                return CorrectSettings(f"The database {self.place} cannot be used: {first_line}.")
            case "58" | "XX", _:
                return CallForHelp(f"The database {self.place} is damaged or its disk fails ({first_line}).")
            case _:
                return None if state else TryLater(self._away(first_line), _AFTER_SECONDS)

    def _away(self, words: str) -> str:
        """What is said of a connection that could not be made, or has ended."""
        return (
            f"The database {self.place} cannot be reached ({words}). Start its server, or correct `database` in "
            "backend.toml."
        )


def _read(address: str) -> URL:
    example = f'It looks like "{_EXAMPLE}"; a password stands in a file of its own, ~/.pgpass.'
    with contextlib.suppress(ArgumentError, ValueError):
        url = make_url(address)
        if url.drivername == "postgresql" and url.database and url.password is None and "password" not in url.query:
            if importlib.util.find_spec(_DRIVER) is None:
                raise CorrectSettings("PostgreSQL needs a driver: install crew[backend,postgres].")
            return url.set(drivername=f"postgresql+{_DRIVER}")
    raise CorrectSettings(f"The setting database is no address of a PostgreSQL database. {example}")


def _engine(url: URL) -> Engine:
    from psycopg import Connection as Driver  # the extra: not there where nobody names a server
    from psycopg.types.string import StrDumper

    class Words(StrDumper):
        """Text without what no text of PostgreSQL may hold: a question that has it finds nothing, as in SQLite."""

        def dump(self, obj: str) -> "Buffer | None":
            return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    engine = create_engine(
        url,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=_REACH_SECONDS,
        pool_pre_ping=True,  # a server that was started anew is no error
        connect_args={
            "connect_timeout": _REACH_SECONDS,
            "application_name": "crew",
            "options": f"-c lock_timeout={_LOCK_MILLISECONDS} -c timezone=UTC -c synchronous_commit=on",
        },
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Driver[Any], record: object) -> None:
        connection.adapters.register_dumper(str, Words)

    return engine
