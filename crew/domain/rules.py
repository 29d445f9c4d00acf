"""What a change does to a work order, and whether it is allowed. Domain layer; pure.

The terminal applies a change at once and the backend applies it with authority; they cannot disagree because both
call `apply`. Nothing here looks at clocks, stores or sockets.
"""

from typing import Final, assert_never

from crew.domain.altering import altered
from crew.domain.change import (
    Acceptance,
    Assignment,
    Change,
    Escalation,
    Intake,
    Link,
    Note,
    PhotosAdded,
    StatusChange,
    Triage,
    Unlink,
)
from crew.domain.desk_acts import after_desk_act, check_desk_act, describe_desk_act
from crew.domain.errors import NotAllowed
from crew.domain.intake import after_intake, check_intake
from crew.domain.linking import (
    after_moving_requests,
    check_moving_requests,
    check_not_linked,
    describe_link,
    describe_to_other,
    other_after,
)
from crew.domain.person import Person, require_permission, require_state
from crew.domain.reasons import WAITING_REASONS, public_status, require_reason
from crew.domain.work_order import HistoryEntry, Photo, PhotoRole, WorkOrder, WorkStatus


def check(order: WorkOrder, change: Change, person: Person) -> None:
    """Check that the person may make this change to the order as it stands.

    Raises:
        NotAllowed: The sentence says why, and what would be allowed.
    """
    require_permission(person, change.act, order)
    require_state(person, change.act, order)
    match change.act:
        case StatusChange() as act:
            check_not_linked(order)
            _check_status(order, act)
        case Note(text=text):
            if not text.strip():
                raise NotAllowed(f"The note on {order.id} is empty: write at least a word.")
        case PhotosAdded(photos=photos):
            if not photos:
                raise NotAllowed(f"No photo was given for {order.id}: choose at least one.")
        case Assignment() | Acceptance() | Escalation() | Triage() as desk_act:
            check_desk_act(order, desk_act)
        case Link() | Unlink() | Intake() as act:
            _check_requests(order, act)
        case _:
            assert_never(change.act)


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
    require_reason(order.id, act.status, act.reason)
    if act.status is WorkStatus.DONE and order.photo_required and not _has_after_photo(order, act.photos):
        raise NotAllowed(
            f"{order.service_name} asks for a photo of the finished work. Add one, then {order.id} is done."
        )


def _has_after_photo(order: WorkOrder, photos: tuple[Photo, ...]) -> bool:
    return any(photo.role is PhotoRole.AFTER for photo in (*order.photos, *photos))


def apply(order: WorkOrder, change: Change) -> WorkOrder:
    """Return the order as it stands after the change; the version is the backend's business and stays.

    The order is the change's own, or the second one that it changes.
    Applying the same change twice gives the same order as applying it once: the history knows the id.
    """
    if any(entry.change_id == change.id for entry in order.history):
        return order
    if order.id == change.other_order:
        return with_entry(other_after(order, change), change, describe_to_other(change))
    match change.act:
        case StatusChange() as act:
            changed = _with_status(order, act)
        case Note():
            changed = order
        case PhotosAdded(photos=photos):
            changed = altered(order, photos=with_photos(order.photos, photos))
        case Assignment() | Acceptance() | Escalation() | Triage() as desk_act:
            changed = after_desk_act(order, desk_act)
        case Link() | Unlink() | Intake() as act:
            changed = _with_requests(order, act, change)
        case _:
            assert_never(change.act)
    return with_entry(changed, change, describe(change))


def _with_requests(order: WorkOrder, act: Link | Unlink | Intake, change: Change) -> WorkOrder:
    return after_intake(order, act, change) if isinstance(act, Intake) else after_moving_requests(order, act)


def _with_status(order: WorkOrder, act: StatusChange) -> WorkOrder:
    return altered(
        order,
        work_status=act.status,
        public_status=public_status(act.status),
        waiting_reason=act.reason if act.status is WorkStatus.WAITING else "",
        closure_reason=act.reason if act.status is WorkStatus.CANT_DO else "",
        public_text=act.public_text if act.status.ended else "",
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
    return altered(order, history=(*order.history, entry), updated_at=max(order.updated_at, change.made_at))


BY_ANOTHER_CREW: Final = "by another crew"
"""What the history says of work on an order that belonged to somebody else by then."""

A_SECOND_TIME: Final = "reported a second time"
"""What the history says of work on an order that had ended already."""


AFTER_ITS_SIGN_IN: Final = "by somebody whose sign-in had ended"
"""What the history says of an act that had no effect, as nobody vouches for it but the device."""

NOT_FIXED: Final = "the citizen says that it is not fixed"
"""What the history says where the reporter had finished work begun anew."""

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
            return f"waiting for {WAITING_REASONS.get(reason, reason)}"
        case StatusChange(status=WorkStatus.CANT_DO, reason=reason):
            return f"can't do: {reason.replace('_', ' ')}"
        case StatusChange(status=status, photos=photos):
            return f"{status.words}{_photo_words(len(photos))}"
        case Note(text=text):
            return f"note: {text}"
        case PhotosAdded(photos=photos):
            return f"added{_photo_words(len(photos)).replace(',', '')}"
        case Assignment() | Acceptance() | Escalation() | Triage() as desk_act:
            return describe_desk_act(desk_act)
        case Link() | Unlink() | Intake() as act:
            return _describe_requests(act)
        case _:
            assert_never(change.act)


def _describe_requests(act: Link | Unlink | Intake) -> str:
    if isinstance(act, Intake):
        return "one more caller" if act.joins else "reported by telephone"
    return describe_link(act)


def _photo_words(count: int) -> str:
    return "" if not count else f", {count} photo{'s' if count > 1 else ''}"
