"""Coded reasons, and the sentence that the citizen reads. Domain layer; pure.

Free closure texts lie, leak names and cannot be counted (the field's fourth pain), so reasons are codes and the
public text is made from a template.
"""

import re
from typing import Final

from crew.domain.errors import NotAllowed
from crew.domain.work_order import PublicStatus, WorkOrder, WorkStatus

WAITING_REASONS: Final = {
    "parts": "parts",
    "weather": "weather",
    "permit": "a permit",
    "other_agency": "another agency",
    "access": "access",
}
"""Why work waits: the code, and the words after "waiting for"."""

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

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_PUBLIC: Final = {status: PublicStatus.CLOSED if status.ended else PublicStatus.OPEN for status in WorkStatus}


def public_status(status: WorkStatus) -> PublicStatus:
    """What the citizen reads while the crew is in this status."""
    return _PUBLIC[status]


def require_reason(order_id: str, status: WorkStatus, reason: str) -> None:
    """Check that the status carries a reason exactly when it must.

    Raises:
        NotAllowed: The reason is missing, unknown, or does not belong to the status.
    """
    allowed = {WorkStatus.WAITING: WAITING_REASONS, WorkStatus.CANT_DO: CANT_DO_REASONS}.get(status, {})
    if reason in allowed or (not allowed and not reason):
        return
    if not allowed:
        raise NotAllowed(f'"{status.words}" takes no reason; leave it out for {order_id}.')
    given = f'"{reason}" is not one' if reason else "none was given"
    raise NotAllowed(f'"{status.words}" needs a reason and {given}. Choose one of: {", ".join(allowed)}.')


def public_text(order: WorkOrder, status: WorkStatus, reason: str, when: str) -> str:
    """The sentence that the citizen will read for an ending; empty for a status that ends nothing.

    Args:
        order: The order that ends.
        status: Its new status.
        reason: The coded reason, for "can't do".
        when: The time of the work in words, such as "on 5 May at 14:32".
    """
    if status is WorkStatus.DONE:
        template = order.done_text or DEFAULT_DONE_TEXT
    elif status is WorkStatus.CANT_DO:
        template = CANT_DO_REASONS[reason]
    else:
        return ""
    words = {
        "address": order.address or "the place you reported",
        "service": order.service_name,
        "when": when,
    }
    # One pass: a word that looks like a placeholder, in an address say, is not filled in again.
    return _PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), template)
