"""What a week is told from: what has ended, and what citizens answered. Store layer; counts and decides nothing.

Answers are taken from the histories of orders as these are pulled: a copy that is small enough to be read at every
start, and remembers what was seen.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from crew.domain.citizen_answers import AnswerKind, answers_in
from crew.domain.work_order import WorkOrder
from crew.store.database import Database, Row, from_column, to_column
from crew.store.orders import OrderTable

if TYPE_CHECKING:
    from collections.abc import Iterable

_KEPT: Final = timedelta(days=60)
_COLUMNS: Final = "order_id, at, kind, reaction, words, crew, service_name, address"
_PUT: Final = f"INSERT OR IGNORE INTO answers ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own names
_ONE_CREW: Final = "(? = '' OR crew = ?)"


class Answered(msgspec.Struct, frozen=True):
    """What a citizen answered, and about which order."""

    order_id: str
    at: datetime
    kind: AnswerKind
    reaction: str
    """The city's words for the reaction; empty where it is not fixed."""
    words: str
    """What the citizen added, for the city's staff alone."""
    crew: str
    service_name: str
    address: str


class WeekTable:
    """Endings, and the answers of the last two months that this device has heard of."""

    def __init__(self, database: Database, orders: OrderTable) -> None:
        self._database: Final = database
        self._orders: Final = orders

    def take(self, orders: "Iterable[WorkOrder]", now: datetime) -> None:
        """Keep what the orders' histories tell, each answer once, and forget what is older than two months."""
        oldest = now - _KEPT
        for order in orders:
            for answer in answers_in(order.history):
                if answer.at >= oldest:
                    said = (order.id, to_column(answer.at), answer.kind.value, answer.reaction, answer.words)
                    self._database.execute(_PUT, (*said, order.crew, order.service_name, order.address))
        self._database.execute("DELETE FROM answers WHERE at < ?", (to_column(oldest),))

    def unseen(self, since: datetime, crew: str = "") -> list[Answered]:
        """What nobody here has seen yet, of one crew or of all; oldest first."""
        return self._found("seen = 0 AND at >= ?", since, crew, "at")

    def answered_since(self, moment: datetime, crew: str = "") -> list[Answered]:
        """What was answered since a moment, of one crew or of all; the latest first."""
        return self._found("at >= ?", moment, crew, "at DESC")

    def ended_since(self, since: datetime, crew: str = "") -> list[WorkOrder]:
        """The ended orders that something has happened to since a moment, of one crew or of all."""
        which = f"WHERE ended AND updated_at >= ? AND {_ONE_CREW}"
        return self._orders.whole(which, (to_column(since), crew, crew))

    def note_seen(self, until: datetime, crew: str = "") -> None:
        """Remember that what was answered up to a moment was seen, of one crew or of all."""
        self._database.execute(
            f"UPDATE answers SET seen = 1 WHERE seen = 0 AND at <= ? AND {_ONE_CREW}",  # noqa: S608 - constants
            (to_column(until), crew, crew),
        )

    def _found(self, where: str, moment: datetime, crew: str, by: str) -> list[Answered]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM answers WHERE {where} AND {_ONE_CREW} ORDER BY {by}",  # noqa: S608 - ours
            (to_column(moment), crew, crew),
        )
        with self._database.content():
            return [_answered(row) for row in rows]


def _answered(row: Row) -> Answered:
    order_id, at, kind, *rest = row
    moment = from_column(at)
    assert moment is not None  # noqa: S101 - the column is NOT NULL
    return Answered(order_id, moment, AnswerKind(kind), *rest)
