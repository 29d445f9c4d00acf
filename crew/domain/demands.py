"""What an ending must bring: its reason, a photo, a note, words for the citizen. Domain layer; pure.

The device asks before it saves and the backend before it applies, here. Who may close without what is asked for says
so in the act, and the history has it: a storm's two hundred branches are not photographed one by one.
"""

from crew.domain.change import Demand, StatusChange
from crew.domain.errors import NotAllowed
from crew.domain.permissions import Verb
from crew.domain.person import Person, why_not
from crew.domain.wording import ClosureReason, Wording
from crew.domain.work_order import PhotoRole, WorkOrder, WorkStatus


def check_ending(order: WorkOrder, act: StatusChange, person: Person, wording: Wording) -> None:
    """Check that an ending has a reason of the city's, and brings what is asked for or a waiver of it.

    Raises:
        NotAllowed: The sentence says what is missing and why it is asked for, or who may do without.
    """
    _require_known_reason(order, act, wording)
    if act.waiver is not None and (refusal := why_not(person, Verb.WAIVE, order.crew, order.id)):
        raise NotAllowed(refusal)
    waived = act.waiver.what if act.waiver else ()
    for demand, why in lacking(order, act, wording).items():
        if demand not in waived:
            raise NotAllowed(why)


def lacking(order: WorkOrder, act: StatusChange, wording: Wording) -> dict[Demand, str]:
    """What an ending does not bring although it is asked for, each with the sentence that says why."""
    if not act.status.ended:
        return {}
    found: dict[Demand, str] = {}
    reason = wording.reason(act.status, act.reason)
    if not _has_photo(order, act):
        if act.status is WorkStatus.DONE and order.photo_required:
            found[Demand.PHOTO] = (
                f"{order.service_name} asks for a photo of the finished work. Add one, then it is done."
            )
        elif reason and reason.photo:
            found[Demand.PHOTO] = f'"{reason.words}" asks for a photo: {reason.photo}. Add one, then it ends.'
    if reason and reason.note and not act.note.strip():
        found[Demand.NOTE] = f'"{reason.words}" asks for a note inside the city: {reason.note}. Write at least a word.'
    if reason and reason.asks_for_words and not act.public_note.strip():
        found[Demand.WORDS] = f'With "{reason.words}" the citizen reads your own words: write them first.'
    return found


def asked_for(order: WorkOrder, status: WorkStatus, reason: ClosureReason | None) -> frozenset[Demand]:
    """What an ending would have to bring, whatever is there already."""
    asked = {Demand.PHOTO} if status is WorkStatus.DONE and order.photo_required else set()
    if reason is not None:
        asked |= {Demand.PHOTO} if reason.photo else set()
        asked |= {Demand.NOTE} if reason.note else set()
        asked |= {Demand.WORDS} if reason.asks_for_words else set()
    return frozenset(asked)


def _has_photo(order: WorkOrder, act: StatusChange) -> bool:
    """Finished work is proved by a photo from after it; what could not be done, by any photo of the crew's."""
    if any(photo.role is PhotoRole.AFTER for photo in (*order.photos, *act.photos)):
        return True
    return act.status is WorkStatus.CANT_DO and bool(act.photos)


def _require_known_reason(order: WorkOrder, act: StatusChange, wording: Wording) -> None:
    if wording.reason(act.status, act.reason) or (act.status is WorkStatus.DONE and not act.reason):
        return
    codes = [one.code for one in wording.offered(act.status)]
    given = f'"{act.reason}" is not one' if act.reason else "none was given"
    if not codes:
        raise NotAllowed(f'"{act.status.words}" takes no reason; leave it out for {order.id}.')
    raise NotAllowed(f'"{act.status.words}" needs a reason and {given}. Choose one of: {", ".join(codes)}.')
