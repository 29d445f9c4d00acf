"""What somebody did whose sign-in had ended, and what a supervisor's decision makes of it. Domain layer; pure."""

from crew.domain.change import Change, KeptDecision, StatusChange
from crew.domain.errors import NotAllowed
from crew.domain.reasons import waiting_words
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, KeptWork, WorkOrder, WorkStatus


def kept_of(order: WorkOrder, change_id: str) -> KeptWork | None:
    """What is kept beside an order under this id; None where nothing is, or it was decided."""
    return next((kept for kept in order.kept if kept.change_id == change_id), None)


def check_kept(order: WorkOrder, act: KeptDecision) -> StatusChange | None:
    """Check a decision, and return the act that would hold with it; None where it is left aside.

    Raises:
        NotAllowed: Nothing is kept under this id any more, or a word is missing.
    """
    kept = kept_of(order, act.kept)
    if kept is None:
        raise NotAllowed(f"Nothing of that is kept beside {order.id} any more: somebody has decided it.")
    if not act.accepted and not act.words.strip():
        raise NotAllowed("Leaving it aside needs a word: say why it does not hold.")
    return status_of(kept) if act.accepted else None


def status_of(kept: KeptWork) -> StatusChange:
    """What was done, as an act."""
    return StatusChange(kept.status, kept.reason, kept.note, kept.public_text, public_note=kept.public_note)


def without(order: WorkOrder, change_id: str) -> WorkOrder:
    """The order when that was decided; as long as more is kept, somebody has to look."""
    left = tuple(kept for kept in order.kept if kept.change_id != change_id)
    return replace(order, kept=left, needs_look=bool(left))


def decided_entry(kept: KeptWork, change: Change, act: KeptDecision) -> HistoryEntry:
    """The line of history: what holds stands at the time at which it was done, under the name of who did it."""
    account = f"{kept_words(kept)} by {kept.person}, whose sign-in had ended"
    if act.accepted:
        at, person, text = kept.made_at, kept.person, f"{account}; accepted by {change.person}"
    else:
        at, person, text = change.made_at, change.person, f"{account}: left aside"
    return HistoryEntry(at, person, text, note=act.words, change_id=change.id)


def kept_words(kept: KeptWork) -> str:
    """What was done, in words."""
    if kept.status is WorkStatus.WAITING:
        return f"waiting for {waiting_words(kept.reason)}"
    if kept.status is WorkStatus.CANT_DO:
        return f"can't do: {kept.reason.replace('_', ' ')}"
    return kept.status.words


def describe_decision(act: KeptDecision) -> str:
    """The decision in words."""
    return "kept work accepted" if act.accepted else f"kept work left aside: {act.words}"
