"""What the public may read of a work order: coarse steps, and texts without mail addresses and phone numbers. Pure.

Citizens write their number into a description; the crew may need it, the world may not.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crew.domain.contacts import MAIL_ADDRESS, PHONE_NUMBER
from crew.domain.work_order import WorkOrder, WorkStatus

_STEP_WORDS: Final = {
    WorkStatus.NEW: "received",
    WorkStatus.ASSIGNED: "planned",
    WorkStatus.ACCEPTED: "planned",
    WorkStatus.ON_THE_WAY: "under way",
    WorkStatus.WORKING: "under way",
    WorkStatus.WAITING: "waiting",
    WorkStatus.DONE: "done",
    WorkStatus.CANT_DO: "closed",
    WorkStatus.SENT_BACK: "planned",
}
_UNDER_WAY: Final = frozenset({WorkStatus.ON_THE_WAY, WorkStatus.WORKING, WorkStatus.WAITING})


@dataclass(frozen=True, slots=True)
class Step:
    """One coarse step of the way from report to repair.

    Attributes:
        title: The step in words.
        reached: Whether it lies behind the order or is where it stands.
        at: When it was reached, where that is known.
    """

    title: str
    reached: bool
    at: datetime | None = None


def without_contacts(text: str) -> str:
    """The text without the mail addresses and phone numbers that somebody wrote into it."""
    return PHONE_NUMBER.sub("[phone number removed]", MAIL_ADDRESS.sub("[mail address removed]", text))


def step_words(status: WorkStatus) -> str:
    """Where the work stands, as coarse as the public reads it."""
    return _STEP_WORDS[status]


def steps(order: WorkOrder) -> tuple[Step, ...]:
    """The way of an order: received, planned, under way, finished; no step says who or where a crew is."""
    status = order.work_status
    ended = status.ended
    received = Step("Received", reached=True, at=order.requested_at)
    planned = Step("Planned", reached=status is not WorkStatus.NEW)
    if status is WorkStatus.CANT_DO:
        return (received, planned, Step("Closed", reached=True, at=ended_at(order)))
    under_way = Step("Waiting" if status is WorkStatus.WAITING else "Under way", reached=ended or status in _UNDER_WAY)
    return (received, planned, under_way, Step("Done", reached=ended, at=ended_at(order) if ended else None))


def ended_at(order: WorkOrder) -> datetime:
    """When the order was last set to its ending; an order that came with an import has no such line of history."""
    words = order.work_status.words
    endings = [entry.at for entry in order.history if re.split("[,:]", entry.text)[0] == words]
    return endings[-1] if endings else order.updated_at
