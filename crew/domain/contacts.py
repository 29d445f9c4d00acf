"""How mail addresses and phone numbers look in a text. Domain layer; pure.

The terminal warns of them before they are sent, and the backend takes them out of what the public reads: one look for
both. Every repetition is bounded, so that no text can make the search slow.
"""

import re
from typing import Final

MAIL_ADDRESS: Final = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
PHONE_NUMBER: Final = re.compile(
    r"(?<![\w.-])(?:"
    r"\+\d[\d ().-]{6,18}\d"
    r"|(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"
    r"|[2-9]\d{9}"
    r")(?!\w)"
)


def without_contacts(text: str) -> str:
    """The text without the mail addresses and phone numbers that somebody wrote into it."""
    if "@" in text:  # looking for this first takes a tenth of the time
        text = MAIL_ADDRESS.sub("[mail address removed]", text)
    return PHONE_NUMBER.sub("[phone number removed]", text)
