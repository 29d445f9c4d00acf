"""What the public may read of a work order: texts without mail addresses and phone numbers. Backend layer, pure.

Citizens write their number into a description; the crew may need it, the world may not.
"""

import re
from typing import Final

from crew.domain.work_order import WorkOrder, WorkStatus

# Every repetition is bounded, so that no text can make the search slow.
_MAIL_ADDRESS: Final = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE_NUMBER: Final = re.compile(
    r"(?<![\w.-])(?:"
    r"\+\d[\d ().-]{6,18}\d"
    r"|(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"
    r"|[2-9]\d{9}"
    r")(?!\w)"
)

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
    return _PHONE_NUMBER.sub("[phone number removed]", _MAIL_ADDRESS.sub("[mail address removed]", text))


def step_words(status: WorkStatus) -> str:
    """Where the work stands, as coarse as the public reads it."""
    return _STEP_WORDS[status]


def public_sentence(order: WorkOrder, language: str) -> str:
    """What the city says about an order, in the language of a code where there is such a sentence."""
    return without_contacts(order.public_text)
