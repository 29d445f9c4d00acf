"""Hiding a photo of an order from the public, and showing it again. Domain layer; pure."""

from crew.domain.approving import without_word
from crew.domain.change import Withdrawal
from crew.domain.errors import NotAllowed
from crew.domain.value import replace
from crew.domain.work_order import WorkOrder


def check_withdrawal(order: WorkOrder, act: Withdrawal) -> None:
    """Check that the photo is there, and not hidden or shown already.

    Raises:
        NotAllowed: The sentence says which.
    """
    if not any(photo.sha256 == act.photo for photo in order.photos):
        raise NotAllowed(f"{order.id} has no photo {act.photo[:12]}: look at it again, and choose one that it has.")
    if (act.photo in order.withdrawn) is not act.shown_again:
        how = "shown to" if act.shown_again else "hidden from"
        raise NotAllowed(f"This photo of {order.id} is {how} the public already.")


def after_withdrawal(order: WorkOrder, act: Withdrawal) -> WorkOrder:
    """The order as it stands after it; what is shown again has to be approved anew."""
    order = without_word(order, act.photo)
    others = tuple(sha256 for sha256 in order.withdrawn if sha256 != act.photo)
    return replace(order, withdrawn=others if act.shown_again else (*others, act.photo))


def withdrawal_before(act: Withdrawal, now: WorkOrder) -> Withdrawal:
    """The opposite of a withdrawal.

    Raises:
        NotAllowed: Somebody has done it meanwhile.
    """
    opposite = Withdrawal(act.photo, shown_again=not act.shown_again)
    check_withdrawal(now, opposite)
    return opposite
