"""The coded reasons that every city has: why work waits, ends undone or is moved. Domain layer; pure.

Free closure texts lie, leak names and cannot be counted (the field's fourth pain), so reasons are codes and the
public text is made from a template. A city adds its own (wording.py).
"""

from collections.abc import Mapping
from typing import Final

from crew.domain.errors import NotAllowed
from crew.domain.work_order import PublicStatus, WorkStatus

WAITING_REASONS: Final = {
    "parts": "parts",
    "weather": "weather",
    "permit": "a permit",
    "other_agency": "another agency",
    "access": "access",
}
"""Why work waits in every city: the code, and the words after "waiting for"."""

CANT_DO_REASONS: Final = {
    "not_found": "We looked for it at {address} and could not find it.",
    "not_ours": "{address} is cared for by another agency; we have told them.",
    "no_access": "We could not get to {address} safely. We will plan another visit if you report it again.",
    "already_fixed": "When we came to {address} it had already been taken care of.",
    "duplicate": "It was reported before and is being handled under another number.",
}
"""Why an order ends without the work: the code, and the template of the public text."""

MOVE_REASONS: Final = (
    "closer to their other work",
    "too much for one crew today",
    "their truck is out of service",
    "it needs other tools or skills",
    "it came to the wrong crew",
)
"""Why work goes to another crew; a supervisor may say it in other words."""

SEND_BACK_REASONS: Final = (
    "the photo does not show the finished work",
    "a part of it is still to be done",
    "it has come back since",
)
"""What is missing where finished work is opened again; there are other words for it too."""

ESCALATION_REASONS: Final = ("somebody may get hurt", "it was reported again and again", "it cannot be done in time")
"""Why somebody must look at an order; there are other words for it too."""

DEFAULT_DONE_TEXT: Final = "{service} at {address}: our crew finished the work {when}."

_PUBLIC: Final = {status: PublicStatus.CLOSED if status.ended else PublicStatus.OPEN for status in WorkStatus}


def public_status(status: WorkStatus) -> PublicStatus:
    """What the citizen reads while the crew is in this status."""
    return _PUBLIC[status]


def waiting_words(reason: str) -> str:
    """What work waits for, as the history has it: alike on both sides, whatever a city calls it by now."""
    return WAITING_REASONS.get(reason) or reason.replace("_", " ")


def require_waiting_reason(order_id: str, status: WorkStatus, reason: str, known: Mapping[str, bool]) -> None:
    """Check that a status that ends nothing carries a reason exactly when it must.

    Args:
        order_id: The order.
        status: Its new status.
        reason: The code that was given.
        known: Every code of the city's, and whether it is still offered.

    Raises:
        NotAllowed: The reason is missing, unknown, or does not belong to the status.
    """
    if status is not WorkStatus.WAITING:
        if reason:
            raise NotAllowed(f'"{status.words}" takes no reason; leave it out for {order_id}.')
        return
    if reason not in known:
        given = f'"{reason}" is not one' if reason else "none was given"
        offered = ", ".join(code for code, is_offered in known.items() if is_offered)
        raise NotAllowed(f'"{status.words}" needs a reason and {given}. Choose one of: {offered}.')
