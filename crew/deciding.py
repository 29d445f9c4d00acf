"""Acts that have not gone through: taking back, deciding, doing them once more. Above the store, below field work.

Here is also the one way in which anything is done: field work says what, this says how it is written. Nothing is ever
deleted: what does not leave is set aside, and can be taken up again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from crew.day_book import KEPT_MINE, SENT_AGAIN, TAKEN_UP, UNDONE, DayBook, can_take_up
from crew.domain.change import Act, Change, ChangeId, Intake, Link, SendingStatus, StatusChange, Unlink
from crew.domain.errors import CorrectInput, NotAllowed, SignInAgain
from crew.domain.intake import order_of
from crew.domain.linking import check_target, order_of_its_own
from crew.domain.rules import apply, check
from crew.domain.work_order import OrderId, WorkOrder
from crew.store.outbox import OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crew.domain.clock import Clock
    from crew.domain.person import Person
    from crew.domain.wording import Wording
    from crew.store.store import Store


_LEFT: Final = (SendingStatus.WAITING, SendingStatus.SENDING, SendingStatus.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, on which device and when, and from when on it may leave."""

    person: "Person"
    device_id: str
    made_at: datetime
    send_after: datetime
    wording: "Wording"
    """The city's closure reasons, as this device knows them."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of acts that were taken back together.

    Attributes:
        undone: How many had not left.
        opposites: The opposite of each that had.
        refused: Why the others could not be, a sentence each.
    """

    undone: int
    opposites: tuple[Change, ...]
    refused: tuple[str, ...]


class Deciding(DayBook):
    """What a person decides about the acts of one device. Ids come from `make_id` (UUIDv7), time from `clock`."""

    def __init__(self, store: "Store", clock: "Clock", make_id: "Callable[[], UUID]", zone: tzinfo) -> None:
        super().__init__(store, clock, zone)
        self._make_id: Final = make_id
        self._latest: dict[ChangeId, WorkOrder] = {}
        """The latest act of this program, which may be on many orders, and each order before it."""

    def undo(self, change_id: str) -> None:
        """Take back an act that has not left yet.

        Raises:
            NotAllowed: It is on its way or gone, or a later act builds on it.
            CorrectInput: There is no such change.
        """
        with self._store.transaction():
            entry = self.entry(change_id)
            later = [one for order_id in entry.change.orders for one in self._store.outbox.of_order(order_id)[-1:]]
            if entry.attempts or entry.sending_status is not SendingStatus.WAITING:
                raise NotAllowed("Too late to undo: it is on its way. Set the status again instead.")
            if any(one.change.id != change_id for one in later):
                raise NotAllowed("Undo the later act on this order first.")
            self._settle_by_person(entry, UNDONE)

    def take_back(self, change_id: str, grace_seconds: float = 0) -> Change | None:
        """Undo the latest act where it has not left, or else do its opposite; the history shows both then.

        Returns:
            The opposite act, or None where the act itself was undone.

        Raises:
            NotAllowed: There is no opposite, another act came later, or a decision is needed.
            CorrectInput: There is no such change.
        """
        with self._store.transaction():
            entry = self.entry(change_id)
            if entry.sending_status is SendingStatus.WAITING and not entry.attempts:
                self.undo(change_id)
                return None
            if entry.sending_status not in _LEFT:
                raise NotAllowed(f"This is {entry.sending_status.words}: the outbox says what can be done about it.")
            before = self._latest.get(entry.change.id)
            if before is None:
                raise NotAllowed("Too late to undo: it is on its way. Set the status again instead.")
            from crew.domain.inverse import inverse  # few days need it

            order = self.order(entry.change.order_id)
            return self._do(self._hand(grace_seconds), order, inverse(before, entry.change.act, order))

    def take_back_all(self, change_ids: "Sequence[str]", grace_seconds: float = 0) -> TakenBack:
        """Take back the latest act on many orders, each as `take_back`; one that cannot be says why and hinders none.

        Raises:
            NotAllowed: None of them can be.
        """
        opposites, refused = [], []
        with self._store.transaction():
            for change_id in change_ids:
                try:
                    opposites.append(self.take_back(change_id, grace_seconds))
                except (NotAllowed, CorrectInput) as error:
                    refused.append(error.sentence)
            if len(refused) == len(change_ids):
                raise NotAllowed(refused[0])
        made = tuple(filter(None, opposites))
        return TakenBack(undone=len(opposites) - len(made), opposites=made, refused=tuple(refused))

    def set_aside(self, change_id: str) -> None:
        """Stop sending a change that was refused or needs a decision; it stays in the store. Raises as `undo`."""
        with self._store.transaction():
            entry = self._troubled(change_id)
            self._settle_by_person(entry, entry.reason or "set aside")

    def keep_theirs(self, change_id: str) -> None:
        """Decide for the other value: one's own stays in the store.

        Raises:
            NotAllowed: There are no two values to choose from.
            CorrectInput: There is no such change.
        """
        with self._store.transaction():
            entry = self._troubled(change_id)
            if entry.sending_status is not SendingStatus.NEEDS_DECISION:
                raise NotAllowed("There is no other value to keep. Send it again, mend it or set it aside.")
            self._settle_by_person(entry, "decided: theirs")

    def send_again(self, change_id: str) -> Change:
        """Make a refused act once more, at the time it was made: the backend remembers its answer to the old id.

        Raises as `set_status`.
        """
        with self._store.transaction():
            entry = self._troubled(change_id)
            if entry.sending_status is SendingStatus.NEEDS_DECISION:
                raise NotAllowed("This one needs a decision: keep yours or keep theirs.")
            return self._make_anew(entry, SENT_AGAIN)

    def keep_mine(self, change_id: str) -> Change:
        """Decide for one's own value: the same act again, made knowing the other value. Raises as `set_status`."""
        with self._store.transaction():
            return self._make_anew(self._troubled(change_id), KEPT_MINE)

    def take_up(self, change_id: str) -> Change:
        """Do an act once more that was undone or set aside, at the time it was made. Raises as `set_status`."""
        with self._store.transaction():
            entry = self.entry(change_id)
            if not can_take_up(entry):
                raise NotAllowed(f"This change is {entry.sending_status.words}: there is nothing to take up.")
            if self._said_otherwise_later(entry.change):
                raise NotAllowed("A later act on this order says otherwise. Do anew what should hold now.")
            return self._make_anew(entry, TAKEN_UP)

    # The one way in which anything is done

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
        change = self._change(hand, order, act, change_id)
        check(order, change, hand.person, hand.wording)
        if isinstance(act, Link):
            check_target(self.order(act.into))
        change = self._worded(order, replace(change, sequence=self._store.device.next_sequence()))
        self._store.outbox.add(change, hand.send_after)
        self._store.orders.show(apply(order, change, self.deadlines))
        self._show_other(order, change)
        return change

    def _change(self, hand: Hand, order: WorkOrder, act: Act, change_id: str = "") -> Change:
        """An act before it is done: it has no number yet."""
        return Change(
            id=ChangeId(change_id or str(self._make_id())),
            device_id=hand.device_id,
            sequence=0,
            order_id=order.id,
            base_version=order.version,
            made_at=hand.made_at,
            person=hand.person.name,
            act=act,
        )

    def _show_other(self, order: WorkOrder, change: Change) -> None:
        """Show the second order that a change touches; a request without an order on this device gets one."""
        other_id = change.other_order
        if other_id is None:
            return
        other = self._store.orders.get(other_id)
        if other is not None:
            self._store.orders.show(apply(other, change, self.deadlines))
        elif isinstance(change.act, Unlink):
            self._store.orders.put_own(order_of_its_own(order, change.act))

    def _make_anew(self, entry: OutboxEntry, reason: str) -> Change:
        """The same act under a new id; the old change goes last, as it may be all that keeps the order here."""
        self._refuse_to_overtake(entry.change)
        change = self._made_anew(entry.change)
        self._settle_by_person(entry, reason)
        return change

    def _made_anew(self, old: Change) -> Change:
        """A request that never reached the backend begins once more, under the id of its new change."""
        if isinstance(old.act, Intake) and not old.act.joins:
            return self._take_in(old.act, old.made_at)
        return self._make(old.order_id, old.act, made_at=old.made_at)

    def _take_in(self, act: Intake, made_at: datetime | None = None, grace_seconds: float = 0) -> Change:
        """Take a call in; its request has an order at once, named by the change until the backend gives a number."""
        with self._store.transaction():
            change_id = ChangeId(str(self._make_id()))
            self._store.orders.put_own(order_of(act, change_id, made_at or self._clock()))
            return self._make(OrderId(change_id), act, grace_seconds, made_at, change_id)

    def _refuse_to_overtake(self, change: Change) -> None:
        """An act made anew leaves after all others: what a later one says of the same must stay the last word."""
        if self._said_otherwise_later(change):
            raise NotAllowed("A later act on this order says otherwise. Set this one aside, then the later one goes.")

    def _said_otherwise_later(self, change: Change) -> bool:
        """Whether a later act here, sent or not, sets what this one sets; what lies aside says nothing."""
        later = self._store.outbox.later_than(change)
        return any(change.all_fields & other.all_fields for other in later)

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

    def entry(self, change_id: str) -> OutboxEntry:
        """One change of this device by its id.

        Raises:
            CorrectInput: There is no such change.
        """
        entry = self._store.outbox.get(ChangeId(change_id))
        if entry is None:
            raise CorrectInput(f"There is no change {change_id} in the outbox.")
        return entry

    def _troubled(self, change_id: str) -> OutboxEntry:
        entry = self.entry(change_id)
        if entry.sending_status not in (SendingStatus.REFUSED, SendingStatus.NEEDS_DECISION):
            raise NotAllowed(f"This change is {entry.sending_status.words}: there is nothing to decide.")
        return entry

    def _settle_by_person(self, entry: OutboxEntry, reason: str) -> None:
        outbox, status = self._store.outbox, SendingStatus.SET_ASIDE
        outbox.settle(entry.change.id, status, self._clock(), reason=reason, other=entry.other)
        for order_id in entry.change.orders:
            self._store.orders.refresh(order_id)
