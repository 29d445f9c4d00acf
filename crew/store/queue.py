"""Finds orders among a hundred thousand: numbers of those that fit, and how many. Store layer; reads no order whole.

Every filter and every sort is answered from one index, words from a full-text index; nothing is held here.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from crew.domain.queue import DueTime, QueueQuery, Sort
from crew.domain.value import replace
from crew.domain.work_order import OrderId
from crew.store.database import Database, to_column
from crew.store.indexes import catch_up
from crew.store.values import Values

if TYPE_CHECKING:
    from crew.domain.crew_day import Load

_ORDERS: Final = {
    Sort.DUE: (
        "due_order, work_status, service_name, crew, escalation, untriaged, priority, requested_at, street, rowid"
    ),
    Sort.AGE: "requested_at, rowid",
    Sort.SERVICE: "service_name, due_order, rowid",
    Sort.STREET: "street, due_order, rowid",
}
"""Each to the last: windows are read in different ways and must fit together. The first is as its index has it."""
_ASKED: Final = "answer_to IS NOT NULL AND answer_by IS NOT NULL"
_LAST: Final = 2**62
"""Later than every moment."""
_HITS: Final = "(SELECT rowid FROM orders_words WHERE orders_words MATCH ?)"
_WALKED: Final = ("orders INDEXED BY orders_queue", "+rowid IN")
"""The index is walked in its order and each order looked up among the hits: quick where many are hit."""
_SORTED: Final = ("orders NOT INDEXED", "rowid IN")
"""The hits are read and sorted: quick where few are, as a walk would go through the whole city to find them."""
_FEW: Final = 1000
_AMONG_FIRST: Final = 10
"""So many times as many as are wanted are looked at first."""
_Condition = tuple[str, tuple[object, ...]]


class QueueTable:
    """The orders of the whole city, as far as they are looked for."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    def ids(self, query: QueueQuery, crews: Sequence[str], now: datetime, start: int, limit: int) -> list[OrderId]:
        """The numbers of some of the orders that fit, in their order.

        Args:
            query: What is looked for.
            crews: The names that `query.crew` may mean; not looked at where that names none.
            now: The current time, in the person's own zone.
            start: How many to pass over.
            limit: No more than so many.
        """
        self._catch_up_for(query)
        if _is_watch(query):
            return self._breaking_next(query, crews, now, start, limit)
        table, among = way = self._way_to(query)
        if query.words and way is _WALKED:
            first = self._first_ids(query, list(_conditions(query, crews, now)), start, limit)
            if len(first) == limit:
                return first
        conditions = [*_conditions(query, crews, now), *_words(query, among)]
        rows = self._database.rows(
            f"SELECT id FROM {table} WHERE {_all_of(conditions)} "  # noqa: S608 - ours
            f"ORDER BY {_ORDERS[query.sort]} LIMIT ? OFFSET ?",
            (*_values(conditions), limit, start),
        )
        return [OrderId(row[0]) for row in rows]

    def count(self, query: QueueQuery, crews: Sequence[str], now: datetime) -> int:
        """How many fit. Arguments as for `ids`."""
        self._catch_up_for(query)
        if query.words and not query.narrows:
            return self._count_hits(_match(query)) - self._count_hits(f"({_match(query)}) AND state : ended")
        watched = self._count_watched(query, crews, now) if _is_watch(query) else 0
        if query.words and query.due is not None and not replace(query, due=None).narrows:
            return self._count_due(query, query.due, now) + watched
        table, among = way = self._way_to(query)
        if query.words and way is _WALKED:
            return self._count_hits_among(query, list(_conditions(query, crews, now))) + watched
        conditions = [*_conditions(query, crews, now), *_words(query, among)]
        rows = self._database.rows(
            f"SELECT COUNT(*) FROM {table} WHERE {_all_of(conditions)}",  # noqa: S608 - ours
            _values(conditions),
        )
        return int(rows[0][0]) + watched

    def _count_hits(self, match: str) -> int:
        [[count]] = self._database.rows("SELECT COUNT(*) FROM orders_words WHERE orders_words MATCH ?", (match,))
        return int(count)

    def _count_due(self, query: QueueQuery, due: DueTime, now: datetime) -> int:
        """How many of the hits are due in a span, counted from its smaller side: what breaks next is nearly all."""
        start, end = due.span(now)
        if due is not DueTime.NEXT:
            return self._count_hits_among(query, _open_between(start, end))
        others = self._count_hits_among(query, _open_between(None, start), _open_between(end, None))
        return self.count(replace(query, due=None), (), now) - others

    def _count_hits_among(self, query: QueueQuery, *any_of: Sequence[_Condition]) -> int:
        """How many hits fit to one of the lists of conditions, which exclude each other.

        The index says which orders fit, and the hits are gone through once: they are not put into a table of their own.
        """
        fitting = " UNION ALL ".join(
            f"SELECT rowid FROM orders INDEXED BY orders_queue WHERE {_all_of(these)}"  # noqa: S608 - ours
            for these in any_of
        )
        [[count]] = self._database.rows(
            f"SELECT COUNT(*) FROM orders_words WHERE orders_words MATCH ? AND +rowid IN ({fitting})",  # noqa: S608 - ours
            (_match(query), *(value for these in any_of for value in _values(these))),
        )
        return int(count)

    def _breaking_next(
        self, query: QueueQuery, crews: Sequence[str], now: datetime, start: int, limit: int
    ) -> list[OrderId]:
        """What breaks next, the soonest first: deadlines and answers to escalations; clocks that stand come last."""
        others, running = _watched(query, crews, now), [*_conditions(query, crews, now), *_words(query, _WALKED[1])]
        moment = to_column(now)
        sooner = f"{_ASKED} AND answer_by >= ? AND answer_by < due_order"
        rows = self._database.rows(
            "SELECT id FROM ("  # noqa: S608 - ours
            f"SELECT * FROM (SELECT id, due_order AS at, rowid AS place FROM orders INDEXED BY orders_queue "
            f"WHERE {_all_of(running)} AND rowid NOT IN (SELECT rowid FROM orders WHERE {sooner}) "
            "ORDER BY due_order LIMIT ?) "
            f"UNION ALL SELECT id, answer_by, rowid FROM orders INDEXED BY orders_unanswered "
            f"WHERE {_ASKED} AND answer_by >= ? AND NOT due_order BETWEEN ? AND answer_by AND {_all_of(others)} "
            f"UNION ALL SELECT id, {_LAST} + left_seconds, rowid FROM orders INDEXED BY orders_paused "
            f"WHERE left_seconds IS NOT NULL AND NOT ({_ASKED} AND answer_by >= ?) AND {_all_of(others)}"
            ") ORDER BY at, place LIMIT ? OFFSET ?",
            (
                *(*_values(running), moment, start + limit),
                *(moment, moment, *_values(others)),
                *(moment, *_values(others)),
                *(limit, start),
            ),
        )
        return [OrderId(row[0]) for row in rows]

    def _count_watched(self, query: QueueQuery, crews: Sequence[str], now: datetime) -> int:
        """How many are watched beside those that come due: unanswered escalations, and clocks that stand."""
        others, moment = _watched(query, crews, now), to_column(now)
        rows = self._database.rows(
            f"SELECT (SELECT COUNT(*) FROM orders INDEXED BY orders_unanswered WHERE {_ASKED} AND answer_by >= ? "  # noqa: S608 - ours
            f"AND (due_order < ? OR due_at IS NULL) AND {_all_of(others)}) + "
            f"(SELECT COUNT(*) FROM orders INDEXED BY orders_paused WHERE left_seconds IS NOT NULL "
            f"AND NOT ({_ASKED} AND answer_by >= ?) AND {_all_of(others)})",
            (moment, moment, *_values(others), moment, *_values(others)),
        )
        return int(rows[0][0])

    def loads(self, now: datetime, midnight: datetime) -> "list[Load]":
        """How much open work every crew has, by service: what is late now, and due before the next midnight."""
        from crew.domain.crew_day import Load  # a crew never asks for it

        values = (to_column(now), to_column(now), to_column(midnight))
        rows = self._database.rows(
            "SELECT crew, service_name, COUNT(*), SUM(due_order < ?), SUM(due_order >= ? AND due_order < ?) "
            "FROM orders INDEXED BY orders_queue WHERE ended = 0 GROUP BY crew, service_name",
            values,
        )
        return [Load(*row) for row in rows]

    def _first_ids(self, query: QueueQuery, conditions: Sequence[_Condition], start: int, limit: int) -> list[OrderId]:
        """Those that are hit among the first of the list: enough for what nearly every order has, such as one letter.

        Fewer than `limit` say nothing. The hits are gone through once, and not put into a table of their own.
        """
        order = _ORDERS[query.sort]
        rows = self._database.rows(
            "SELECT id FROM orders NOT INDEXED WHERE rowid IN (SELECT rowid FROM orders_words WHERE "  # noqa: S608 - ours
            "orders_words MATCH ? AND +rowid IN (SELECT rowid FROM orders INDEXED BY orders_queue WHERE "
            f"{_all_of(conditions)} ORDER BY {order} LIMIT ?)) ORDER BY {order} LIMIT ? OFFSET ?",
            (_match(query), *_values(conditions), _AMONG_FIRST * (start + limit), limit, start),
        )
        return [OrderId(row[0]) for row in rows]

    def _way_to(self, query: QueueQuery) -> tuple[str, str]:
        """The table as it is gone through, and how the hits stand in the condition."""
        if not query.words:
            return _WALKED
        hits = self._database.rows(f"SELECT 1 FROM {_HITS} LIMIT ?", (_match(query), _FEW + 1))  # noqa: S608 - ours
        return _SORTED if len(hits) <= _FEW else _WALKED

    def catch_up(self) -> None:
        """Bring the full-text index in step with the orders; costs nothing where it is. Raises FreeSpace."""
        catch_up(self._database)

    def _catch_up_for(self, query: QueueQuery) -> None:
        if query.words:
            self.catch_up()


def _is_watch(query: QueueQuery) -> bool:
    return query.due is DueTime.NEXT and query.sort is Sort.DUE and not query.ended


def _conditions(query: QueueQuery, crews: Sequence[str], now: datetime) -> Iterator[_Condition]:
    yield "ended = ?", (int(query.ended),)
    if query.due is not None:
        yield from _between(*query.due.span(now))
    if query.statuses:
        yield _one_of("work_status", [status.value for status in query.statuses])
    if query.crew is not None:
        yield _one_of("crew", crews if query.crew else [""])
    if query.priorities:
        yield _one_of("priority", [priority.value for priority in query.priorities])
    for part in query.services:
        yield "service_name LIKE ? ESCAPE '\\'", (f"%{_escaped(part)}%",)
    if query.escalated:
        yield "escalation <> ''", ()
    if query.untriaged:
        yield "untriaged <> 0", ()


def _watched(query: QueueQuery, crews: Sequence[str], now: datetime) -> list[_Condition]:
    """What holds for what is watched beside deadlines."""
    return [*_conditions(replace(query, due=None), crews, now), *_words(query, _WALKED[1])]


def _words(query: QueueQuery, among: str) -> Iterator[_Condition]:
    if query.words:
        yield f"{among} {_HITS}", (_match(query),)


def _between(start: datetime | None, end: datetime | None) -> Iterator[_Condition]:
    if start is not None:
        yield "due_order >= ?", (to_column(start),)
    if end is not None:
        yield "due_order < ?", (to_column(end),)


def _open_between(start: datetime | None, end: datetime | None) -> list[_Condition]:
    return [("ended = 0", ()), *_between(start, end)]


def _one_of(column: str, values: Sequence[str]) -> _Condition:
    return f"{column} IN ({', '.join('?' * len(values))})", tuple(values)


def _escaped(part: str) -> str:
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _match(query: QueueQuery) -> str:
    """Every word begins one of the order's own, in the language of the full-text index, whether or not it has ended.

    The columns are named only where a word may begin a state, as naming them takes as long again as finding the hits.
    """
    words = " AND ".join('"{}" *'.format(word.replace('"', '""')) for word in query.words)
    return f"{{id service_name address description}} : ({words})" if any(map(_may_begin_state, query.words)) else words


def _may_begin_state(word: str) -> bool:
    """Whether a word, once the index has taken marks and accents off it, may be the beginning of "open" or "ended"."""
    plain = word.isascii() and word.isalnum()
    return not plain or any(state.startswith(word.lower()) for state in ("open", "ended"))


def _all_of(conditions: Sequence[_Condition]) -> str:
    return " AND ".join(sql for sql, _ in conditions)


def _values(conditions: Sequence[_Condition]) -> tuple[object, ...]:
    return tuple(value for _, values in conditions for value in values)


class QueueViews(Values):
    """The views of the queue that people of this device have kept."""

    def kept(self) -> dict[str, str]:
        """Each line by its name."""
        return self._decoded("queue_views", dict[str, str]) or {}

    def keep(self, views: dict[str, str]) -> None:
        """Remember these and no others."""
        self._write("queue_views", self._encoded(views))
