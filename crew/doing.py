"""The one way in which anything is done on a device: allowed by the rules, then written in one go. Above the store.

The order's line as it reads from then on and the change that waits for a link are one transaction. Decides nothing
about what was refused (deciding.py) and sends nothing.
"""

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from crew.day_book import DayBook
from crew.domain.change import Act, Change, ChangeId, Intake, Link, StatusChange, Unlink
from crew.domain.errors import SignInAgain
from crew.domain.intake import order_of
from crew.domain.linking import check_target, order_of_its_own
from crew.domain.person import require_permission
from crew.domain.rules import apply, check
from crew.domain.value import Value, replace
from crew.domain.work_order import OrderId, WorkOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crew.domain.clock import Clock
    from crew.domain.person import Person
    from crew.domain.wording import Wording
    from crew.store.store import Store


class Hand(Value):
    """Who acts, on which device and when, and from when on it may leave."""

    person: "Person"
    device_id: str
    made_at: datetime
    send_after: datetime
    wording: "Wording"
    """The city's closure reasons, as this device knows them."""

    def change(self, change_id: str, sequence: int, order_id: OrderId, version: int, act: Act) -> Change:
        """An act on an order of this version, asked of nobody yet."""
        return Change(
            id=ChangeId(change_id),
            device_id=self.device_id,
            sequence=sequence,
            order_id=order_id,
            base_version=version,
            made_at=self.made_at,
            person=self.person.name,
            act=act,
        )


class Doing(DayBook):
    """What one device does. Ids come from `make_id` (UUIDv7), time from `clock`."""

    def __init__(self, store: "Store", clock: "Clock", make_id: "Callable[[], UUID]", zone: tzinfo) -> None:
        super().__init__(store, clock, zone)
        self._make_id: Final = make_id
        self._latest: dict[ChangeId, WorkOrder] = {}
        """The latest act of this program, maybe on many orders, and each order before it, or one that stood alike."""

    def _make(
        self,
        order_id: OrderId,
        act: Act,
        grace_seconds: float = 0,
        made_at: datetime | None = None,
        change_id: str = "",
    ) -> Change:
        with self._store.transaction():
            order = self.order(order_id)
            change = self._do(self._hand(grace_seconds, made_at), order, act, change_id)
        self._latest = {change.id: order}
        return change

    def _hand(self, grace_seconds: float = 0, made_at: datetime | None = None) -> Hand:
        """Who acts here and now; an act that is made anew keeps the time at which it was done."""
        now, device = self._clock(), self._store.device
        person, device_id = self._person(), device.device_id(str(self._make_id()))
        return Hand(person, device_id, made_at or now, now + timedelta(seconds=grace_seconds), device.wording)

    def _do(self, hand: Hand, order: WorkOrder, act: Act, change_id: str = "") -> Change:
        """Write one act, inside a transaction. Nothing is written where it is not allowed."""
        change = self._allowed(hand, order, act, self._store.device.last_sequence + 1, change_id)
        self._write(hand, [(order, change)])
        self._show_other(order, change)
        return change

    def _allowed(self, hand: Hand, order: WorkOrder, act: Act, sequence: int, change_id: str = "") -> Change:
        """An act as it will be written. Raises as `check` where it is not allowed."""
        change = hand.change(change_id or str(self._make_id()), sequence, order.id, order.version, act)
        check(order, change, hand.person, hand.wording)
        if isinstance(act, Link):
            target = self.order(act.into)
            require_permission(hand.person, act, target)
            check_target(target)
        return self._worded(order, change)

    def _write(self, hand: Hand, acted: "Sequence[tuple[WorkOrder, Change]]") -> None:
        """Write changes, each of another order, in the order of their numbers."""
        self._store.outbox.add([change for _, change in acted], hand.send_after)
        deadlines = self.deadlines
        self._store.orders.show((order, apply(order, change, deadlines)) for order, change in acted)
        self._store.device.last_sequence = acted[-1][1].sequence

    def _show_other(self, order: WorkOrder, change: Change) -> None:
        """Show the second order that a change touches; a request without an order on this device gets one."""
        other_id = change.other_order
        if other_id is None:
            return
        other = self._store.orders.get(other_id)
        if other is not None:
            self._store.orders.show([(other, apply(other, change, self.deadlines))])
        elif isinstance(change.act, Unlink):
            self._store.orders.put_own(order_of_its_own(order, change.act))

    def _take_in(self, act: Intake, made_at: datetime | None = None, grace_seconds: float = 0) -> Change:
        """Take a call in; its request has an order at once, named by the change until the backend gives a number."""
        with self._store.transaction():
            change_id = ChangeId(str(self._make_id()))
            self._store.orders.put_own(order_of(act, change_id, made_at or self._clock()))
            return self._make(OrderId(change_id), act, grace_seconds, made_at, change_id)

    def _worded(self, order: WorkOrder, change: Change) -> Change:
        """An ending with the sentence that the citizen will read; an act made anew keeps the time it was done."""
        if not isinstance(change.act, StatusChange) or not change.act.status.ended:
            return change
        act = change.act
        text = act.public_text or self.public_text(order, act)
        return replace(change, act=replace(act, public_text=text))

    def _person(self) -> "Person":
        device = self._store.device.signed_in()
        if device is None:
            raise SignInAgain("Nobody is signed in here. Ask for a one-time code and sign in: crew sign-in URL CODE.")
        return device.person
