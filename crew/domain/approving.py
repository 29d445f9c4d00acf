"""Saying whether a photo of finished work may stand in the city's posts and feeds. Domain layer; pure.

Nobody has said anything of a photo that is neither approved nor declined. Whatever opens the work again, or hides the
photo, takes the word away: what was approved was this photo of this end.
"""

from collections.abc import Iterable

from crew.domain.change import Approval
from crew.domain.errors import NotAllowed
from crew.domain.value import replace
from crew.domain.work_order import Photo, PhotoHash, PhotoRole, WorkOrder, WorkStatus


def check_approval(order: WorkOrder, act: Approval) -> None:
    """Check that the word can be said of the photo, and was not said already.

    Raises:
        NotAllowed: The sentence says why not.
    """
    photo = next((photo for photo in order.photos if photo.sha256 == act.photo), None)
    if photo is None:
        raise NotAllowed(f"{order.id} has no photo {act.photo[:12]}: look at it again, and choose one that it has.")
    if photo.role is not PhotoRole.AFTER:
        raise NotAllowed("The city's posts show finished work alone: choose a photo that was taken after it.")
    if order.work_status is not WorkStatus.DONE:
        raise NotAllowed(f"{order.id} is {order.work_status.words}: only photos of finished work are posted.")
    if act.given and act.photo in order.withdrawn:
        raise NotAllowed("This photo is hidden from the public: show it again first.")
    if act.photo in (order.approved if act.given else order.declined):
        word = "approved for" if act.given else "kept out of"
        raise NotAllowed(f"This photo of {order.id} is {word} the city's posts already.")


def after_approval(order: WorkOrder, act: Approval) -> WorkOrder:
    """The order as it stands after it."""
    approved, declined = _without(order.approved, act.photo), _without(order.declined, act.photo)
    if act.given:
        return replace(order, approved=(*approved, act.photo), declined=declined)
    return replace(order, approved=approved, declined=(*declined, act.photo))


def approval_before(act: Approval, now: WorkOrder) -> Approval:
    """The opposite of a word that was said of a photo.

    Raises:
        NotAllowed: Somebody has said it meanwhile, or the work is open again.
    """
    opposite = Approval(act.photo, given=not act.given)
    check_approval(now, opposite)
    return opposite


def without_word(order: WorkOrder, photo: PhotoHash) -> WorkOrder:
    """The order where nobody has said anything of a photo."""
    return replace(order, approved=_without(order.approved, photo), declined=_without(order.declined, photo))


def to_approve(order: WorkOrder) -> tuple[Photo, ...]:
    """The photos of finished work of which nobody has said anything; none once one is approved."""
    if order.work_status is not WorkStatus.DONE or order.linked_to or order.approved:
        return ()
    said = frozenset((*order.declined, *order.withdrawn))
    return tuple(photo for photo in order.photos_of(PhotoRole.AFTER) if photo.sha256 not in said)


def describe_approval(act: Approval) -> str:
    """The word as the history has it."""
    return "a photo is approved for the city's posts" if act.given else "a photo is kept out of the city's posts"


def _without(hashes: Iterable[PhotoHash], photo: PhotoHash) -> tuple[PhotoHash, ...]:
    return tuple(sha256 for sha256 in hashes if sha256 != photo)
