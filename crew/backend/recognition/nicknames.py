"""What a citizen may be called in public. Backend layer, pure.

Letters are allowed by name, so that no nickname can look like another program's words, an address or a number.
"""

import re
import unicodedata
from typing import Final

from crew.domain.errors import CorrectInput

FEWEST: Final = 3
MOST: Final = 24
_LETTERS: Final = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017e"
_ALLOWED: Final = re.compile(rf"[{_LETTERS}](?:[ .'-]?[{_LETTERS}0-9])*")
MOST_DIGITS: Final = 3


def read_nickname(raw: str) -> str:
    """A nickname as it will be shown; empty for none.

    Raises:
        CorrectInput: It has signs that are not allowed, is too short or too long, or may be a telephone number.
    """
    name = " ".join(unicodedata.normalize("NFC", raw).split())
    if not name:
        return ""
    digits = sum(letter.isdigit() for letter in name)
    if not FEWEST <= len(name) <= MOST or digits > MOST_DIGITS or not _ALLOWED.fullmatch(name):
        raise CorrectInput(
            f"This nickname cannot be used: give one of {FEWEST} to {MOST} letters, "
            f"with up to {MOST_DIGITS} digits. Go back and choose another."
        )
    return name
