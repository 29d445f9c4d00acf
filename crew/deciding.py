"""Acts that have not gone through: taking back, deciding, doing them once more. Above the store, below field work.

Nothing is ever deleted: what does not leave is set aside, and can be taken up again.
"""

from typing import TYPE_CHECKING, Final

from crew.day_told import KEPT_MINE, SENT_AGAIN, TAKEN_UP, UNDONE, can_take_up
from crew.doing import Doing
from crew.domain.change import Assignment, Change, ChangeId, Intake, KeptDecision, SendingStatus, StatusChange
from crew.domain.errors import CorrectInput, NotAllowed
from crew.domain.plain_text import clean_text
from crew.domain.value import Value
from crew.domain.work_order import OrderId
from crew.store.outbox import OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crew.domain.change import Act

_LEFT: Final = (SendingStatus.WAITING, SendingStatus.SENDING, SendingStatus.ACKNOWLEDGED)


class TakenBack(Value):
    """What became of acts that were taken back together.

    Attributes:
        undone: How many had not left.
        opposites: The opposite of each that had.
        refused: Why the others could not be, a sentence each.
    """

    undone: int
    opposites: tuple[Change, ...]
    refused: tuple[str, ...]


class Deciding(Doing):
    """What a person decides about the acts of one device. Ids come from `make_id` (UUIDv7), time from `clock`."""

    def undo(self, change_id: str) -> None:
        """Take back an act that has not left yet.

        Raises:
            NotAllowed: It is on its way or gone, or a later act builds on it.
            CorrectInput: There is no such change.
        """
        with self._store.transaction():
            entry = self.entry(change_id)
            later = [one for order_id in entry.change.orders for one in self._store.outbox.of_order(order_id)[-1:]]
            if not entry.can_be_undone:
                raise NotAllowed(_too_late(entry))
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
            if entry.can_be_undone:
                self.undo(change_id)
                return None
            if entry.sending_status not in _LEFT:
                raise NotAllowed(_too_late(entry))
            before = self._latest.get(entry.change.id)
            if before is None:
                raise NotAllowed(_too_late(entry))
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

    def decide_kept(
        self, order_id: str, kept: str, words: str = "", grace_seconds: float = 0, *, accepted: bool
    ) -> Change:
        """Decide about the change `kept` of somebody whose sign-in had ended: it holds, or words say why not.

        Raises as `set_status`.
        """
        return self._make(OrderId(order_id), KeptDecision(kept, accepted, clean_text(words)), grace_seconds)

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

    def _refuse_to_overtake(self, change: Change) -> None:
        """An act made anew leaves after all others: what a later one says of the same must stay the last word."""
        if self._said_otherwise_later(change):
            raise NotAllowed("A later act on this order says otherwise. Set this one aside, then the later one goes.")

    def _said_otherwise_later(self, change: Change) -> bool:
        """Whether a later act here, sent or not, sets what this one sets; what lies aside says nothing."""
        later = self._store.outbox.later_than(change)
        return any(change.all_fields & other.all_fields for other in later)

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


def _too_late(entry: OutboxEntry) -> str:
    """Why an act cannot be undone, and what to do instead."""
    if entry.sending_status not in _LEFT:
        return f"This is {entry.sending_status.words}: the outbox says what can be done about it."
    if entry.sending_status is SendingStatus.SENDING:
        return "Too late to undo just now: it is being sent. Try again in a moment."
    arrived = "it has arrived" if entry.sending_status is SendingStatus.ACKNOWLEDGED else "it may have arrived"
    return f"Too late to undo: {arrived}. {_instead(entry.change.act)}"


def _instead(act: "Act") -> str:
    match act:
        case StatusChange(status=status):
            return "A supervisor can send it back." if status.ended else "Set the status again instead."
        case Assignment():
            return "Move it anew instead."
        case _:
            return "Write a note that corrects it."
