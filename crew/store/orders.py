"""Work orders on the device: the backend's copy, and the same with the waiting changes applied. Store layer.

Whatever pulls or pushes writes the backend's copy; what is shown is always worked out here, by the rules: a whole order
when it is read, its line of the list when it changes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Final

import msgspec

from crew.domain.change import Change
from crew.domain.rules import apply
from crew.domain.work_order import OrderId, PhotoHash, WorkOrder, WorkStatus
from crew.store.crew_titles import CrewTitles
from crew.store.database import Database, Row, from_column, listed, to_column
from crew.store.order_rows import PUT, PUT_COPY, SHOW, SHOW_ALIKE, WORDED, is_found_alike, line_of
from crew.store.outbox import OutboxTable
from crew.store.time_rules import TimeRulesTable

_MOST_TO_LOOK_AT: Final = 500
_MOST_TO_APPROVE: Final = 100
_ALL: Final = -1
_WHOLE: Final = msgspec.json.Decoder(WorkOrder)
_GONE: Final = -1
"""The generation of an order that stays only for its unsent changes."""

_LIST_COLUMNS: Final = (
    "o.id, o.crew, o.service_name, o.address, o.headline, o.work_status, o.waiting_reason, o.escalation, o.due_at, "
    "o.updated_at, o.lat, o.long, o.photo_count, o.request_count, COALESCE(x.unsent, 0), COALESCE(x.trouble, 0), "
    "o.crew_title, o.needs_look, o.priority, o.left_seconds, o.answer_to IS NOT NULL, o.answer_by"
)
_UNSENT: Final = (
    "(SELECT order_id, COUNT(*) AS unsent, SUM(sending_status IN ('refused', 'needs_decision')) AS trouble FROM outbox "
    "WHERE sending_status IN ('waiting', 'sending', 'refused', 'needs_decision') GROUP BY order_id)"
)


class Stop(msgspec.Struct, frozen=True):
    """One line of the day: what the list shows of a work order, no more. A struct: the start makes all of them."""

    order_id: OrderId
    crew: str
    service_name: str
    address: str
    headline: str
    work_status: WorkStatus
    waiting_reason: str
    escalation: str
    due_at: datetime | None
    updated_at: datetime
    lat: float | None
    long: float | None
    photo_count: int
    request_count: int
    unsent: int
    """Changes of this order that the backend has not acknowledged."""
    trouble: int
    """How many of those were refused or need a decision."""
    crew_title: str = ""
    """The crew's name as it stands on the truck; empty where it is not known."""
    needs_look: bool = False
    """Work was done here that the order's crew did not know of."""
    priority: str = "normal"
    """One of `Priority`."""
    left_seconds: int | None = None
    """What was left of its time when its clock stopped, and then it has no `due_at`; None while it runs."""
    unanswered: bool = False
    """Nobody has acknowledged its escalation."""
    answer_by: datetime | None = None
    """Until when somebody should; None where nothing follows."""
    place_doubt: str = ""
    """Why it stands without a place although it was sent with one, in words."""

    @property
    def left(self) -> timedelta | None:
        """What is left of its time while its clock stands; None while it runs."""
        return None if self.left_seconds is None else timedelta(seconds=self.left_seconds)


class OrderTable:
    """The device's copy of the work orders."""

    def __init__(self, database: Database, outbox: OutboxTable, time_rules: TimeRulesTable) -> None:
        self._database: Final = database
        self._outbox: Final = outbox
        self._time_rules: Final = time_rules
        self._titles: Final = CrewTitles(database)

    def stops(self, *, ended: bool, crew: str = "", most: int = _ALL) -> list[Stop]:
        """The lines of the list, of one crew or of all, earliest deadline first; ended ones latest first.

        Of all crews no more than `most`, chosen by their deadline: the whole city may have a hundred thousand.
        """
        if most != _ALL and not crew:
            return self._first_stops(ended=ended, most=most)
        order = "o.updated_at DESC" if ended else "o.due_at IS NULL, o.due_at, o.id"
        rows = self._database.rows(
            f"SELECT {_LIST_COLUMNS} FROM orders o LEFT JOIN {_UNSENT} x ON x.order_id = o.id "  # noqa: S608 - constants
            f"WHERE o.ended = ? AND (? = '' OR o.crew = ?) ORDER BY {order}",
            (int(ended), crew, crew),
        )
        with self._database.content():
            return [_stop(row) for row in rows]

    def _first_stops(self, *, ended: bool, most: int) -> list[Stop]:
        by = "updated_at DESC" if ended else "due_order"
        rows = self._database.rows(
            f"SELECT id FROM orders WHERE {'ended' if ended else 'ended = 0'} ORDER BY {by} LIMIT ?",  # noqa: S608 - ours
            (most,),
        )
        found = self.stops_of([OrderId(row[0]) for row in rows])
        return (
            found if ended else sorted(found, key=lambda stop: (stop.due_at is None, stop.due_at or 0, stop.order_id))
        )

    def stops_of(self, order_ids: Sequence[OrderId]) -> list[Stop]:
        """The lines of these orders, in the same order; without those that are not on this device."""
        places = ", ".join("?" * len(order_ids))
        rows = self._database.rows(
            f"SELECT {_LIST_COLUMNS} FROM orders o LEFT JOIN {_UNSENT} x ON x.order_id = o.id "  # noqa: S608 - constants
            f"WHERE o.id IN ({places})",
            order_ids,
        )
        with self._database.content():
            found = {stop.order_id: stop for stop in map(_stop, rows)}
        return [found[order_id] for order_id in order_ids if order_id in found]

    def count_open(self, crew: str = "", before: datetime | None = None) -> int:
        """How many orders are open, of one crew or of all; those due before a moment, where one is given."""
        row = self._database.row(
            f"SELECT COUNT(*) FROM orders WHERE ended = 0{' AND due_order < ?' if before else ' AND ? IS NULL'} "  # noqa: S608 - ours
            "AND (? = '' OR crew = ?)",
            (to_column(before), crew, crew),
        )
        return int(row[0]) if row else 0

    def untriaged(self, limit: int) -> list[Stop]:
        """What somebody should look at who does it, the latest first."""
        rows = self._database.rows(
            f"SELECT {_LIST_COLUMNS} FROM orders o LEFT JOIN {_UNSENT} x ON x.order_id = o.id "  # noqa: S608 - constants
            "WHERE o.untriaged ORDER BY o.updated_at DESC LIMIT ?",
            (limit,),
        )
        with self._database.content():
            return [_stop(row) for row in rows]

    def known(self, order_ids: Iterable[OrderId]) -> frozenset[OrderId]:
        """Those of the orders that are on this device."""
        return frozenset(
            order_id
            for order_id in order_ids
            if self._database.row("SELECT 1 FROM orders WHERE id = ?", (order_id,)) is not None
        )

    def count_ended(self, since: datetime, crew: str = "") -> int:
        """How many orders have ended since a moment, of one crew or of all."""
        row = self._database.row(
            "SELECT COUNT(*) FROM orders WHERE ended AND updated_at >= ? AND (? = '' OR crew = ?)",
            (to_column(since), crew, crew),
        )
        return int(row[0]) if row else 0

    def count_ended_by_crew(self, since: datetime) -> dict[str, int]:
        """How many orders of each crew have ended since a moment."""
        rows = self._database.rows(
            "SELECT crew, COUNT(*) FROM orders WHERE ended AND updated_at >= ? GROUP BY crew", (to_column(since),)
        )
        return {row[0]: int(row[1]) for row in rows}

    def to_look_at(self) -> list[WorkOrder]:
        """The orders that have work which their crew did not know of, the latest first."""
        return self.whole("WHERE needs_look ORDER BY updated_at DESC LIMIT ?", (_MOST_TO_LOOK_AT,))

    def to_approve(self, since: datetime) -> list[WorkOrder]:
        """The orders that were done or changed since a moment and have photos that nobody has said a word about.

        The latest first.
        """
        which = "WHERE to_approve AND updated_at >= ? ORDER BY updated_at DESC LIMIT ?"
        return self.whole(which, (to_column(since), _MOST_TO_APPROVE))

    def count_to_look_at(self) -> int:
        """How many orders have work that their crew did not know of."""
        row = self._database.row("SELECT COUNT(*) FROM orders WHERE needs_look")
        return int(row[0]) if row else 0

    def get(self, order_id: OrderId) -> WorkOrder | None:
        """The order as the person sees it: the backend's copy with the waiting changes."""
        with self._database.reading():
            row = self._database.row(
                "SELECT server, EXISTS (SELECT 1 FROM outbox WHERE order_id = whole.id OR other_order = whole.id) "
                "FROM whole_orders AS whole WHERE id = ?",
                (order_id,),
            )
            waiting = self._outbox.waiting_of(order_id) if row is not None and row[1] else ()
        if row is None:
            return None
        with self._database.content():
            server = _WHOLE.decode(row[0])
        return self._with(waiting, server) if waiting else server

    def found(self, order_ids: Sequence[OrderId]) -> dict[OrderId, WorkOrder]:
        """Those of the orders that are on this device, each as `get`."""
        orders = self.whole("WHERE id IN (SELECT value FROM json_each(?))", (listed(order_ids),))
        return {order.id: order for order in orders}

    def whole(self, which: str, values: Sequence[object]) -> list[WorkOrder]:
        """Orders as the person sees them.

        Args:
            which: The end of a query over the orders: which of them, and in what order. Our own words.
            values: Those of its question marks.
        """
        with self._database.reading():
            rows = self._database.rows(f"SELECT id, server FROM whole_orders {which}", values)  # noqa: S608 - ours
            waiting = self._outbox.waiting_by_order(row[0] for row in rows)
        with self._database.content():
            told = [_WHOLE.decode(server) for _, server in rows]
        return [self._with(waiting[order.id], order) if order.id in waiting else order for order in told]

    def answering(self, request_id: str) -> OrderId | None:
        """The order that answers a request, as the person sees it; None where it is not on this device."""
        own = self.get(OrderId(request_id))
        if own is not None and not own.linked_to:
            return own.id
        of_several = self.whole(
            "WHERE request_count > 1 AND (id IN (SELECT value FROM json_each(?)) OR EXISTS ("
            "SELECT 1 FROM json_each(server, '$.requests') WHERE json_extract(value, '$.request_id') = ?))",
            (listed(self._outbox.orders_waiting()), request_id),
        )
        answers = (order.id for order in of_several if any(one.request_id == request_id for one in order.requests))
        return next(answers, None)

    def put_server_copies(self, orders: Iterable[WorkOrder], generation: int) -> None:
        """Take orders as the backend tells them, keeping the waiting changes on top."""
        with self._database.transaction():
            waiting = self._outbox.orders_waiting()
            for order in orders:
                self._put(order, self._outbox.waiting_of(order.id) if order.id in waiting else (), generation)

    def refresh(self, order_id: OrderId) -> None:
        """Work out anew what is shown of an order, after its waiting changes became more or fewer."""
        with self._database.transaction():
            row = self._database.row("SELECT server, generation FROM whole_orders WHERE id = ?", (order_id,))
            if row is not None and (row[1] != _GONE or self._stays(order_id)):
                with self._database.content():
                    server = msgspec.json.decode(row[0], type=WorkOrder)
                self._put(server, self._outbox.waiting_of(order_id), int(row[1]), row[0])

    def show(self, acted: Iterable[tuple[WorkOrder, WorkOrder]]) -> None:
        """Show orders with one more waiting change each.

        The same as `refresh`, without working out the earlier changes once more: a person waits for it.

        Args:
            acted: Each as `get` told it in this transaction, and the same with the change.
        """
        kept, reworded = list[Row](), list[Row]()
        for before, order in acted:
            row = (*line_of(self._titles.titled(order), self._time_rules), order.id)
            if is_found_alike(before, order):
                kept.append(row[WORDED:])
            else:
                reworded.append(row)
        self._database.execute_each(SHOW_ALIKE, kept)
        self._database.execute_each(SHOW, reworded)

    def put_own(self, order: WorkOrder) -> None:
        """Take an order that a waiting change makes: it stays until the backend tells it or its changes are settled."""
        self._put(order, self._outbox.waiting_of(order.id), _GONE)

    def remove(self, order_ids: Iterable[OrderId]) -> None:
        """Forget orders that are no longer this device's concern, except those with unsent changes.

        What a person did is never dropped by sync: such an order stays until its changes are settled, then it goes.
        """
        with self._database.transaction():
            for order_id in order_ids:
                self._database.execute(
                    "DELETE FROM orders WHERE id = ? AND NOT EXISTS (SELECT 1 FROM outbox WHERE "
                    "(order_id = orders.id OR other_order = orders.id) "
                    "AND sending_status NOT IN ('acknowledged', 'set_aside'))",
                    (order_id,),
                )
                self._database.execute("UPDATE orders SET generation = ? WHERE id = ?", (_GONE, order_id))

    def _stays(self, order_id: OrderId) -> bool:
        """Forget an order that is gone from the backend, unless its changes still wait."""
        self.remove([order_id])
        return self._database.row("SELECT 1 FROM orders WHERE id = ?", (order_id,)) is not None

    def remove_older_than(self, generation: int) -> None:
        """Forget orders that a full copy did not bring again, except those with unsent changes."""
        with self._database.transaction():
            stale = self._database.rows("SELECT id FROM orders WHERE generation < ?", (generation,))
            self.remove(OrderId(row[0]) for row in stale)

    def wanted_photos(self, most: int = _ALL) -> list[PhotoHash]:
        """Hashes of all photos of open orders, the most urgent order first; of no more than `most` orders."""
        rows = self._database.rows(
            "SELECT json_extract(p.value, '$.sha256') FROM "
            "(SELECT server, due_order FROM whole_orders WHERE ended = 0 ORDER BY due_order LIMIT ?) o, "
            "json_each(o.server, '$.photos') p ORDER BY o.due_order",
            (most,),
        )
        return list(dict.fromkeys(PhotoHash(row[0]) for row in rows))

    def _put(self, server: WorkOrder, waiting: Iterable[Change], generation: int, raw: bytes = b"") -> None:
        """Write the backend's copy and the line; `raw` is the copy as it is stored, where it is at hand."""
        shown = self._titles.titled(self._with(waiting, server)) if waiting else server
        line = line_of(shown, self._time_rules)
        self._database.execute(PUT, (server.id, generation, server.version, server.linked_to, *line))
        self._database.execute(PUT_COPY, (server.id, raw or msgspec.json.encode(server)))

    def _with(self, waiting: Iterable[Change], server: WorkOrder) -> WorkOrder:
        deadlines = self._time_rules.deadlines()
        return reduce(lambda order, change: apply(order, change, deadlines), waiting, server)


def _stop(row: Row) -> Stop:
    """A line from the columns of `_LIST_COLUMNS`, which stand in the order of the fields."""
    order_id, crew, service_name, address, headline, status, reason, escalation, due_at, updated_at, *rest = row
    moment = from_column(updated_at)
    assert moment is not None  # noqa: S101 - the column is NOT NULL
    status, due_at, rest[-1] = WorkStatus(status), from_column(due_at), from_column(rest[-1])
    return Stop(order_id, crew, service_name, address, headline, status, reason, escalation, due_at, moment, *rest)
