"""The outbox: every change made on this device until the backend has acknowledged it. Store layer.

First in, first out per work order, independent between orders: a change that was refused or needs a decision holds
back only the later ones of its own order (FixMyStreet's sender: an older update may overwrite a newer one). Nothing
is ever deleted here by sending; a settled change keeps its row.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from crew.domain.change import Change, ChangeId, SendingStatus
from crew.domain.intake import without_contact
from crew.domain.value import Value, replace
from crew.domain.work_order import OrderId
from crew.store.database import Database, Row, from_column, listed, to_column
from crew.wire import OtherValue, change_from_wire, change_to_wire, encode_each

_COLUMNS: Final = "id, change, sending_status, reason, answer, attempts, send_after, settled_at"
_LONGEST_GRACE: Final = timedelta(minutes=10)
"""A change that claims to wait longer was made while the device's clock was wrong; it leaves at once."""

_UNSETTLED: Final = "sending_status NOT IN ('acknowledged', 'set_aside')"
_TO_SEND: Final = "sending_status IN ('waiting', 'sending')"
"""With a `+` before it where orders are known: theirs are few, and what waits may be much."""
_ABOUT: Final = "(order_id = ? OR other_order = ?)"
_ABOUT_THESE: Final = (
    "(order_id IN (SELECT value FROM json_each(?1)) OR other_order IN (SELECT value FROM json_each(?1)))"
)


class OutboxEntry(Value):
    """A change and how far it has travelled."""

    change: Change
    sending_status: SendingStatus
    reason: str
    """The backend's words where it refused or asks; empty otherwise."""
    other: OtherValue | None
    """What somebody else set meanwhile, where a decision is needed."""
    attempts: int
    send_after: datetime
    """Not sent before this moment: the time in which an act can be undone."""
    settled_at: datetime | None

    @property
    def can_be_undone(self) -> bool:
        """Whether nothing of it can have arrived: a try that found no connection sent nothing, and is not counted."""
        return self.sending_status is SendingStatus.WAITING and not self.attempts


class OutboxTable:
    """The device's changes in the order they were made."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    def add(self, changes: Sequence[Change], send_after: datetime) -> None:
        """Queue changes; call it in the transaction that changes their orders."""
        leaves_at = to_column(send_after)
        self._database.execute_each(
            "INSERT INTO outbox (id, sequence, order_id, kind, made_at, change, send_after) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (change.id, change.sequence, change.order_id, change.kind, to_column(change.made_at), raw, leaves_at)
                for change, raw in zip(changes, encode_each(changes), strict=True)
            ),
        )

    def get(self, change_id: ChangeId) -> OutboxEntry | None:
        """One change by its id, or None."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM outbox WHERE id = ?", (change_id,))  # noqa: S608 - constants
        with self._database.content():
            return _entry(row) if row else None

    def unsettled(self) -> list[OutboxEntry]:
        """Every change that the backend has not acknowledged and nobody set aside, oldest first."""
        return self._select(f"WHERE {_UNSETTLED} ORDER BY sequence")

    def troubled(self) -> list[OutboxEntry]:
        """The changes that need a person, oldest first."""
        return self._select("WHERE sending_status IN ('refused', 'needs_decision') ORDER BY sequence")

    def settled(self, limit: int = 50) -> list[OutboxEntry]:
        """The latest changes that are acknowledged or set aside, oldest first; all where the limit is negative."""
        return self._select(f"WHERE NOT ({_UNSETTLED}) ORDER BY sequence DESC LIMIT ?", (limit,))[::-1]

    def aside(self) -> list[OutboxEntry]:
        """Everything that a person undid, set aside or replaced, oldest first."""
        return self._select("WHERE sending_status = 'set_aside' ORDER BY sequence")

    def of_order(self, order_id: OrderId) -> list[OutboxEntry]:
        """The unsettled changes that touch one order, oldest first."""
        return self._select(f"WHERE {_UNSETTLED} AND {_ABOUT} ORDER BY sequence", (order_id, order_id))

    def later_than(self, change: Change) -> list[Change]:
        """What was done to the same order after a change, sent or not, without what lies aside; oldest first."""
        entries = self._select(
            "WHERE order_id = ? AND sequence > ? AND sending_status <> 'set_aside' ORDER BY sequence",
            (change.order_id, change.sequence),
        )
        return [entry.change for entry in entries]

    def waiting_of(self, order_id: OrderId) -> list[Change]:
        """The changes to apply on top of the backend's copy of an order; refused and undecided ones are not."""
        entries = self._select(f"WHERE +{_TO_SEND} AND {_ABOUT} ORDER BY sequence", (order_id, order_id))
        return [entry.change for entry in entries]

    def waiting_by_order(self, order_ids: Iterable[OrderId]) -> dict[OrderId, list[Change]]:
        """As `waiting_of`, of many orders; without those that have none."""
        entries = self._select(f"WHERE +{_TO_SEND} AND {_ABOUT_THESE} ORDER BY sequence", (listed(order_ids),))
        found: dict[OrderId, list[Change]] = {}
        for entry in entries:
            for order_id in entry.change.orders:
                found.setdefault(order_id, []).append(entry.change)
        return found

    def orders_waiting(self) -> frozenset[OrderId]:
        """The orders that have changes which will leave by themselves."""
        rows = self._database.rows(f"SELECT order_id, other_order FROM outbox WHERE {_TO_SEND}")  # noqa: S608 - a constant
        return frozenset(OrderId(order_id) for row in rows for order_id in row if order_id)

    def count_to_send(self) -> int:
        """How many changes will leave by themselves."""
        row = self._database.row(f"SELECT COUNT(*) FROM outbox WHERE {_TO_SEND}")  # noqa: S608 - a constant
        return int(row[0]) if row else 0

    def count_troubled(self) -> int:
        """How many changes need a person."""
        row = self._database.row("SELECT COUNT(*) FROM outbox WHERE sending_status IN ('refused', 'needs_decision')")
        return int(row[0]) if row else 0

    def ready(self, now: datetime) -> list[Change]:
        """The changes that may be sent now, oldest first, none ahead of an older one of the same order."""
        held: set[OrderId] = set()
        ready: list[Change] = []
        for entry in self.unsettled():
            orders = entry.change.orders
            in_grace = now < entry.send_after <= now + _LONGEST_GRACE
            leaves = not in_grace and entry.sending_status in (SendingStatus.WAITING, SendingStatus.SENDING)
            if leaves and held.isdisjoint(orders):
                ready.append(entry.change)
            else:
                held.update(orders)
        return ready

    def next_due_at(self, after: datetime) -> datetime | None:
        """The earliest moment later than `after` from which a waiting change may be sent, or None."""
        row = self._database.row(
            f"SELECT MIN(send_after) FROM outbox WHERE {_TO_SEND} AND send_after > ?",  # noqa: S608 - a constant
            (to_column(after),),
        )
        return from_column(row[0]) if row else None

    def mark_sending(self, change_ids: Iterable[ChangeId]) -> frozenset[ChangeId]:
        """Say that changes are on their way, and count the attempt; from here on they cannot be undone.

        Returns:
            Those that may leave. One that was undone meanwhile, by this process or another, is not among them.
        """
        with self._database.transaction():
            marked = [
                self._database.row(
                    "UPDATE outbox SET sending_status = 'sending', attempts = attempts + 1 "  # noqa: S608 - a constant
                    f"WHERE id = ? AND {_TO_SEND} RETURNING id",
                    (change_id,),
                )
                for change_id in change_ids
            ]
        return frozenset(ChangeId(row[0]) for row in marked if row is not None)

    def mark_waiting_again(self) -> None:
        """Say that nothing is on its way: an answer that did not come changes nothing."""
        self._database.execute("UPDATE outbox SET sending_status = 'waiting' WHERE sending_status = 'sending'")

    def mark_not_sent(self, change_ids: Iterable[ChangeId]) -> None:
        """Say that the latest attempt sent nothing, as no connection came about: it does not count."""
        with self._database.transaction():
            for change_id in change_ids:
                self._database.execute(
                    "UPDATE outbox SET sending_status = 'waiting', attempts = attempts - 1 "
                    "WHERE id = ? AND sending_status = 'sending'",
                    (change_id,),
                )

    def note_hindrance(self, change_id: ChangeId, sentence: str) -> None:
        """Say why a waiting change does not leave; what becomes of it later takes the sentence's place."""
        self._database.execute(
            f"UPDATE outbox SET reason = ? WHERE id = ? AND {_TO_SEND}",  # noqa: S608 - a constant
            (sentence, change_id),
        )

    def send_anew(self, settled_since: datetime) -> frozenset[OrderId]:
        """Put what was acknowledged since a moment back to waiting: the backend may have forgotten it.

        The ids stay, so what it does remember is answered from memory and happens only once.

        Returns:
            The orders that have waiting changes by that.
        """
        rows = self._database.rows(
            "UPDATE outbox SET sending_status = 'waiting', reason = '', answer = NULL, settled_at = NULL "
            "WHERE sending_status = 'acknowledged' AND settled_at >= ? RETURNING order_id",
            (to_column(settled_since),),
        )
        return frozenset(OrderId(row[0]) for row in rows)

    def forget_contact(self, change_id: ChangeId) -> None:
        """Forget who called, in a change that the backend has."""
        entry = self.get(change_id)
        if entry is not None:
            self._rewrite(without_contact(entry.change))

    def rename(self, order_id: OrderId, number: OrderId) -> None:
        """Let every change of an order that was made here follow it to the number that it has at the backend."""
        for entry in self._select("WHERE order_id = ? ORDER BY sequence", (order_id,)):
            self._rewrite(replace(entry.change, order_id=number))

    def _rewrite(self, change: Change) -> None:
        self._database.execute(
            "UPDATE outbox SET order_id = ?, change = ? WHERE id = ?",
            (change.order_id, msgspec.json.encode(change_to_wire(change)), change.id),
        )

    def settle(
        self,
        change_id: ChangeId,
        status: SendingStatus,
        now: datetime,
        *,
        reason: str = "",
        other: OtherValue | None = None,
    ) -> None:
        """Write what became of a change. No answer turns an acknowledged one back."""
        self._database.execute(
            "UPDATE outbox SET sending_status = ?, reason = ?, answer = ?, settled_at = ? "
            "WHERE id = ? AND sending_status <> 'acknowledged'",
            (status.value, reason, msgspec.json.encode(other) if other else None, to_column(now), change_id),
        )

    def _select(self, condition: str, values: tuple[object, ...] = ()) -> list[OutboxEntry]:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM outbox {condition}", values)  # noqa: S608 - constants
        with self._database.content():
            return [_entry(row) for row in rows]


def _entry(row: Row) -> OutboxEntry:
    _, change, status, reason, answer, attempts, send_after, settled_at = row
    moment = from_column(send_after)
    assert moment is not None  # noqa: S101 - the column is NOT NULL
    return OutboxEntry(
        change=change_from_wire(msgspec.json.decode(change)),
        sending_status=SendingStatus(status),
        reason=reason,
        other=msgspec.json.decode(answer, type=OtherValue) if answer else None,
        attempts=attempts,
        send_after=moment,
        settled_at=from_column(settled_at),
    )
