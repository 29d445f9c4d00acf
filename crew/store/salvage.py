"""What a damaged store still knows, carried over into a new one. Store layer; writes only into the new one.

A person's work comes over whatever its state: changes, the photos that they name, drafts, the sign-in. Orders come over
so that the day can go on without a link; the next pull brings all of them anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

import msgspec

from crew.domain.change import Change, SendingStatus
from crew.domain.work_order import OrderId, WorkOrder
from crew.store.database import Database
from crew.store.orders import OrderTable
from crew.store.outbox import OutboxTable
from crew.store.pages import Record
from crew.store.time_rules import TimeRulesTable
from crew.wire import Malformed, change_from_wire

_NONE: Final = type(None)
_SHAPES: Final[dict[str, tuple[tuple[type, ...], ...]]] = {
    "outbox": (
        (str,), (int,), (str,), (str,), (int,), (bytes,), (str,), (str,), (bytes, _NONE), (int,), (int,), (int, _NONE),
    ),
    "photos": ((str,), (int,), (int,), (int,), (int, _NONE), (int,), (int, _NONE)),
    "drafts": ((str,), (str,), (str,), (int,)),
    "device": ((str,), (str,)),
    "order_copies": ((str,), (bytes,)),
}  # fmt: skip
"""The columns of each table: a row that was found on a page is known by them."""

_ORDER_COLUMNS: Final = (19, 20, 22, 23, 25, 26)
"""Rows of earlier versions, which held the backend's copy, and some a second one."""

_SERVER_COPY: Final = 17
_PULLED: Final = frozenset(
    {"cursor", "generation", "whole_copy_under_way", "lost_cursor", "crews", "services", "link_trouble", "recovery"}
)
"""What the device table says about the copy of the orders, which is pulled whole after this."""


@dataclass(slots=True)
class Salvage:
    """The rows that could be read, each by its key; of two versions the one that was found last."""

    device: dict[str, str] = field(default_factory=dict)
    changes: dict[str, tuple[Change, Record]] = field(default_factory=dict)
    photos: dict[str, Record] = field(default_factory=dict)
    drafts: dict[tuple[str, str], Record] = field(default_factory=dict)
    orders: dict[OrderId, WorkOrder] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Record]) -> Self:
        """Sort out rows that may be of any table, of none, or nonsense."""
        found = cls()
        for record in records:
            found._take(record)
        return found

    def _take(self, record: Record) -> None:
        match next((name for name, shape in _SHAPES.items() if _fits(record, shape)), ""), record:
            case "device", (str(name), str(value)) if name not in _PULLED:
                self.device[name] = value
            case "drafts", (str(order_id), str(kind), *_):
                self.drafts[order_id, kind] = record
            case "photos", (str(sha256), *_):
                self.photos[sha256] = record
            case "outbox", (str(change_id), _, _, _, _, bytes(raw), str(status), *_):
                change = _change(raw)
                if change is not None and change.id == change_id and status in set(SendingStatus):
                    self.changes[change_id] = (change, record)
            case "order_copies", (_, bytes(server)):
                self._take_order(server)
            case _ if len(record) in _ORDER_COLUMNS and isinstance(record[_SERVER_COPY], bytes):
                self._take_order(record[_SERVER_COPY])

    def _take_order(self, server: bytes) -> None:
        try:
            order = msgspec.json.decode(server, type=WorkOrder)
        except (msgspec.DecodeError, ValueError):
            return
        self.orders[order.id] = order

    @property
    def unsent(self) -> int:
        """How many of the changes may still have to reach the backend."""
        return sum(SendingStatus(str(record[6])).unsent for _, record in self.changes.values())

    @property
    def lost(self) -> int:
        """How many changes could not be read: a device counts its changes without a gap."""
        return self._last_sequence - len(self.changes)

    @property
    def _last_sequence(self) -> int:
        counted = self.device.get("sequence", "")
        made = (change.sequence for change, _ in self.changes.values())
        return max(int(counted) if counted.isdecimal() else 0, *made, 0)

    def carry_into(self, database: Database) -> None:
        """Write everything into a new store, in one transaction."""
        with database.transaction():
            self._carry_device(database)
            for row in self._changes_in_order():
                _insert(database, "outbox", row)
            for row in (self._photos_of_changes() | self.photos).values():
                _insert(database, "photos", row)
            for row in self.drafts.values():
                _insert(database, "drafts", row)
            orders = OrderTable(database, OutboxTable(database), TimeRulesTable(database))
            orders.put_server_copies(self.orders.values(), 0)

    def _carry_device(self, database: Database) -> None:
        values = {**self.device, "sequence": str(self._last_sequence)}
        for change, _ in self.changes.values():
            values.setdefault("device_id", change.device_id)
        for row in values.items():
            _insert(database, "device", row)

    def _changes_in_order(self) -> Iterable[Record]:
        """The rows of the outbox, as they were made; a number that the damage has doubled gives way to the next."""
        last = 0
        for change, (first, _, *rest) in sorted(self.changes.values(), key=lambda pair: pair[0].sequence):
            last = max(last + 1, change.sequence)
            yield (first, last, *rest)

    def _photos_of_changes(self) -> dict[str, Record]:
        """Rows for the photos of all changes. One whose own row is lost is sent once more, which changes nothing."""
        return {
            photo.sha256: (photo.sha256, photo.byte_count, photo.width, photo.height, None, record[4], None)
            for change, record in self.changes.values()
            for photo in change.photos
        }


def _fits(record: Record, shape: tuple[tuple[type, ...], ...]) -> bool:
    return len(record) == len(shape) and all(
        isinstance(value, kinds) for value, kinds in zip(record, shape, strict=True)
    )


def _change(raw: bytes) -> Change | None:
    try:
        return change_from_wire(msgspec.json.decode(raw))
    except (Malformed, msgspec.DecodeError, TypeError):
        return None


def _insert(database: Database, table: str, row: Record) -> None:
    database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - our own names
