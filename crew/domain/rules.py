"""What a change does to a work order, and whether it is allowed. Domain layer; pure.

The terminal applies a change at once and the backend applies it with authority; they cannot disagree because both
call `apply`. Nothing here looks at clocks, stores or sockets.
"""

from typing import TYPE_CHECKING, Final, assert_never

from crew.domain.change import (
    Acceptance,
    Acknowledgement,
    Act,
    Approval,
    Assignment,
    Change,
    Escalation,
    Intake,
    KeptDecision,
    Link,
    Note,
    PhotosAdded,
    StatusChange,
    Triage,
    Unlink,
    Withdrawal,
)
from crew.domain.citizen_answers import NOT_FIXED
from crew.domain.deadlines import UNKNOWN, Deadlines, with_clock
from crew.domain.demands import check_ending
from crew.domain.desk_acts import after_desk_act, check_desk_act, describe_desk_act
from crew.domain.errors import NotAllowed
from crew.domain.escalating import after_raising, check_raising, describe_raising, without_answer
from crew.domain.intake import after_intake, check_intake
from crew.domain.kept_work import (
    check_kept,
    decided_entry,
    describe_decision,
    kept_of,
    status_of,
    without,
)
from crew.domain.linking import (
    after_moving_requests,
    check_moving_requests,
    check_not_linked,
    describe_link,
    describe_to_other,
    other_after,
)
from crew.domain.person import Person, require_permission, require_state
from crew.domain.reasons import public_status, require_waiting_reason, waiting_words
from crew.domain.value import replace
from crew.domain.wording import STANDARD_WORDING, Wording
from crew.domain.work_order import HistoryEntry, Photo, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from datetime import datetime


def check(order: WorkOrder, change: Change, person: Person, wording: Wording = STANDARD_WORDING) -> None:
    """Check that the person may make this change to the order as it stands, by the city's closure reasons.

    Raises:
        NotAllowed: The sentence says why, and what would be allowed.
    """
    require_permission(person, change.act, order)
    require_state(person, change.act, order)
    match change.act:
        case StatusChange() as act:
            check_not_linked(order)
            _check_status(order, act)
            _check_reason(order, act, person, wording)
        case Note() | PhotosAdded() as addition:
            _check_addition(order, addition)
        case Assignment() | Acceptance() | Triage() | Withdrawal() | Approval() as desk_act:
            check_desk_act(order, desk_act)
        case Escalation() | Acknowledgement() as act:
            check_raising(order, act, person)
        case Link() | Unlink() | Intake() as act:
            _check_requests(order, act)
        case KeptDecision() as decision:
            _check_decision(order, decision, person, wording)
        case _:
            assert_never(change.act)


def _check_addition(order: WorkOrder, act: Note | PhotosAdded) -> None:
    if isinstance(act, Note) and not act.text.strip():
        raise NotAllowed(f"The note on {order.id} is empty: write at least a word.")
    if isinstance(act, PhotosAdded) and not act.photos:
        raise NotAllowed(f"No photo was given for {order.id}: choose at least one.")


def _check_decision(order: WorkOrder, act: KeptDecision, person: Person, wording: Wording) -> None:
    holds = check_kept(order, act)
    if holds is not None:
        check_not_linked(order)
        _check_status(order, holds)
        _check_reason(order, holds, person, wording)


def _check_requests(order: WorkOrder, act: Link | Unlink | Intake) -> None:
    if isinstance(act, Intake):
        check_intake(order, act)
    else:
        check_moving_requests(order, act)


def _check_status(order: WorkOrder, act: StatusChange) -> None:
    if act.status in (WorkStatus.NEW, WorkStatus.ASSIGNED):
        raise NotAllowed(f'"{act.status.words}" is set by the backend. Use accepted, on_the_way, working or another.')
    if order.work_status.ended and act.status is not WorkStatus.SENT_BACK:
        raise NotAllowed(
            f"{order.id} is {order.work_status.words} already. A supervisor can send it back; notes stay possible."
        )
    if act.status is order.work_status and act.reason == order.waiting_reason:
        raise NotAllowed(f"{order.id} is {act.status.words} already.")
    if act.status is WorkStatus.SENT_BACK and not act.note.strip():
        raise NotAllowed(f"Sending {order.id} back needs a note: say what is missing.")


def _check_reason(order: WorkOrder, act: StatusChange, person: Person, wording: Wording) -> None:
    if act.status.ended:
        check_ending(order, act, person, wording)
    else:
        require_waiting_reason(order.id, act.status, act.reason, wording.waiting_codes)


def apply(
    order: WorkOrder, change: Change, deadlines: Deadlines = UNKNOWN, made_at: "datetime | None" = None
) -> WorkOrder:
    """Return the order as it stands after the change; the version is the backend's business and stays.

    Applying the same change twice gives the same order as applying it once: the history knows the id.

    Args:
        order: The change's own, or the second one that it changes.
        change: What was done.
        deadlines: The city's rules about time.
        made_at: When, for its clock, where that is known better than by the device.
    """
    if any(entry.change_id == change.id for entry in order.history):
        return order
    if order.id == change.other_order:
        return with_entry(other_after(order, change), change, describe_to_other(change))
    changed = with_clock(order, _after(order, change, deadlines), made_at or change.made_at, deadlines)
    kept = kept_of(order, change.act.kept) if isinstance(change.act, KeptDecision) else None
    if kept is not None and isinstance(change.act, KeptDecision):
        return _with_line(changed, change, decided_entry(kept, change, change.act))
    return with_entry(changed, change, describe(change) + _waived_words(order, change.act))


def _after(order: WorkOrder, change: Change, deadlines: Deadlines) -> WorkOrder:
    match change.act:
        case StatusChange() as act:
            return _with_status(order, act)
        case Note():
            return order
        case PhotosAdded(photos=photos):
            return replace(order, photos=with_photos(order.photos, photos))
        case Assignment() | Acceptance() | Triage() | Withdrawal() | Approval() as desk_act:
            return after_desk_act(order, desk_act)
        case Escalation() | Acknowledgement() as act:
            return after_raising(order, change, act, deadlines)
        case Link() | Unlink() | Intake() as act:
            return _with_requests(order, act, change)
        case KeptDecision() as decision:
            return _decided(order, decision)
        case _:
            assert_never(change.act)


def _decided(order: WorkOrder, act: KeptDecision) -> WorkOrder:
    """The order after a decision; one that somebody has decided already stays as it is."""
    kept = kept_of(order, act.kept)
    if kept is None:
        return order
    return without(_with_status(order, status_of(kept)) if act.accepted else order, act.kept)


def _with_requests(order: WorkOrder, act: Link | Unlink | Intake, change: Change) -> WorkOrder:
    return after_intake(order, act, change) if isinstance(act, Intake) else after_moving_requests(order, act)


def _with_status(order: WorkOrder, act: StatusChange) -> WorkOrder:
    order = without_answer(order) if act.status.ended else order
    return replace(
        order,
        work_status=act.status,
        public_status=public_status(act.status),
        waiting_reason=act.reason if act.status is WorkStatus.WAITING else "",
        closure_reason=act.reason if act.status.ended else "",
        public_text=act.public_text if act.status.ended else "",
        public_note=act.public_note if act.status.ended else "",
        approved=order.approved if act.status.ended else (),
        declined=order.declined if act.status.ended else (),
        photos=with_photos(order.photos, act.photos),
        needs_look=order.needs_look and act.status is not WorkStatus.SENT_BACK,  # who sends it back has looked
    )


def with_photos(there: tuple[Photo, ...], new: tuple[Photo, ...]) -> tuple[Photo, ...]:
    """Both sets of photos, each hash once: equal content is one photo, whoever sent it."""
    known = {photo.sha256 for photo in there}
    return (*there, *(photo for photo in dict.fromkeys(new) if photo.sha256 not in known))


def with_entry(order: WorkOrder, change: Change, text: str) -> WorkOrder:
    """The order with one more line of history about the change."""
    note = change.act.note if isinstance(change.act, StatusChange) else ""
    entry = HistoryEntry(at=change.made_at, person=change.person, text=text, note=note, change_id=change.id)
    return _with_line(order, change, entry)


def _with_line(order: WorkOrder, change: Change, entry: HistoryEntry) -> WorkOrder:
    return replace(order, history=(*order.history, entry), updated_at=max(order.updated_at, change.made_at))


BY_ANOTHER_CREW: Final = "by another crew"
"""What the history says of work on an order that belonged to somebody else by then."""

A_SECOND_TIME: Final = "reported a second time"
"""What the history says of work on an order that had ended already."""


AFTER_ITS_SIGN_IN: Final = "by somebody whose sign-in had ended"
"""What the history says of an act that had no effect, as nobody vouches for it but the device."""

_TO_LOOK_AT: Final = (BY_ANOTHER_CREW, A_SECOND_TIME, AFTER_ITS_SIGN_IN, NOT_FIXED)


def what_to_look_at(order: WorkOrder) -> str:
    """Why a supervisor should look at an order, in words; empty where nobody needs to."""
    if not order.needs_look:
        return ""
    texts = [entry.text for entry in order.history if any(words in entry.text for words in _TO_LOOK_AT)]
    return texts[-1] if texts else "it was finished while somebody else changed it"


def describe(change: Change) -> str:
    """The change in words, as the history shows it."""
    match change.act:
        case StatusChange(status=WorkStatus.WAITING, reason=reason):
            return f"waiting for {waiting_words(reason)}"
        case StatusChange(status=status, reason=reason, photos=photos):
            outcome = f": {reason.replace('_', ' ')}" if reason else ""
            return f"{status.words}{outcome}{_photo_words(len(photos))}"
        case Note(text=text):
            return f"note: {text}"
        case PhotosAdded(photos=photos):
            return f"added{_photo_words(len(photos)).replace(',', '')}"
        case Assignment() | Acceptance() | Triage() | Withdrawal() | Approval() as desk_act:
            return describe_desk_act(desk_act)
        case Escalation() | Acknowledgement() as act:
            return describe_raising(act)
        case Link() | Unlink() | Intake() as act:
            return _describe_requests(act)
        case KeptDecision() as decision:
            return describe_decision(decision)
        case _:
            assert_never(change.act)


def _describe_requests(act: Link | Unlink | Intake) -> str:
    if isinstance(act, Intake):
        return "one more caller" if act.joins else "reported by telephone"
    return describe_link(act)


def _waived_words(order: WorkOrder, act: Act) -> str:
    """What an order was closed without, and by whom, for whoever reads its history."""
    if not isinstance(act, StatusChange) or act.waiver is None or not act.waiver.what:
        return ""
    what = " and the ".join(act.waiver.what)
    return f", without the {what} that {order.service_name} asks for, by a {act.waiver.by}"


def _photo_words(count: int) -> str:
    return "" if not count else f", {count} photo{'s' if count > 1 else ''}"
