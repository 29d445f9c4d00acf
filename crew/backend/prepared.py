"""Questions that are asked with every page: written with SQLAlchemy, compiled once, put to SQLite's driver itself.

Backend layer. Putting a question together anew takes SQLAlchemy twenty times as long as SQLite takes to answer it. What
comes out is the same as of `Connection.execute`: rows with names, moments as datetimes. A database on a server is asked
by SQLAlchemy, as the way there takes longest.
"""

import sqlite3
from collections import namedtuple
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Select

    View = sqlite3.Connection | Connection
    """A view of the database, as `Database.looking` gives it."""


class Prepared:
    """One question with blanks, its `bindparam`s."""

    def __init__(self, question: "Select[Any]") -> None:
        """Compile it."""
        dialect = sqlite.dialect(paramstyle="named")
        compiled = question.compile(dialect=dialect)
        self._question: Final = question
        self._text: Final = str(compiled)
        self._fixed: Final = {name: value for name, value in compiled.params.items() if value is not None}
        columns = question.selected_columns
        self._row: Final[Any] = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]  # names are known when it runs
        made = ((at, column.type.result_processor(dialect, None)) for at, column in enumerate(columns))
        self._converted: Final[list[tuple[int, Callable[[Any], Any]]]] = [(at, make) for at, make in made if make]

    def all(self, view: "View", **blanks: object) -> list[Any]:
        """Every row."""
        if not isinstance(view, sqlite3.Connection):
            return list(view.execute(self._question, blanks))
        rows = view.execute(self._text, {**self._fixed, **blanks}).fetchall()
        return [self._made(row) for row in rows]

    def first(self, view: "View", **blanks: object) -> Any:  # noqa: ANN401 - a row of any question
        """The first row; None where there is none."""
        if not isinstance(view, sqlite3.Connection):
            return view.execute(self._question, blanks).first()
        row = view.execute(self._text, {**self._fixed, **blanks}).fetchone()
        return None if row is None else self._made(row)

    def _made(self, row: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a row of any question
        values = list(row)
        for at, convert in self._converted:
            values[at] = convert(values[at])
        return self._row._make(values)
