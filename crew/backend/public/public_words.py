"""What the public may read of a work order: texts without mail addresses and phone numbers. Backend layer, pure.

Citizens write their number into a description; the crew may need it, the world may not.
"""

import re
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


def without_contacts(text: str) -> str:
    """The text without the mail addresses and phone numbers that somebody wrote into it."""
    return PHONE_NUMBER.sub("[phone number removed]", MAIL_ADDRESS.sub("[mail address removed]", text))


def step_words(status: WorkStatus) -> str:
    """Where the work stands, as coarse as the public reads it."""
    return _STEP_WORDS[status]


def ended_at(order: WorkOrder) -> datetime:
    """When the order was last set to its ending; an order that came with an import has no such line of history."""
    words = order.work_status.words
    endings = [entry.at for entry in order.history if re.split("[,:]", entry.text)[0] == words]
    return endings[-1] if endings else order.updated_at
