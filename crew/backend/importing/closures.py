"""What a city's closing words say about the work, and what the citizen may read of them. Backend layer; pure."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from crew.backend.importing.rules import Closure
from crew.domain.plain_text import clean_text
from crew.domain.work_order import WorkStatus

_PREFIX: Final = re.compile(r"\s*Case Closed\b\.?\s*(?:Closed date ?: ?[\d-]{8,10} [\d:.]{5,15}\s*)?", re.IGNORECASE)
_LETTER: Final = re.compile(r"[^\W\d_]")


class Ending(NamedTuple):
    """How a record ended: status of the work, coded reason, and the citizen's sentence."""

    work_status: str
    reason: str
    public_text: str


class Endings:
    """Reads closing words."""

    def __init__(self, closures: Sequence[Closure]) -> None:
        self._closures = {closure.label.lower(): closure for closure in closures}
        self._label = re.compile("|".join(map(re.escape, self._closures)) or "(?!)", re.IGNORECASE)

    def ending(self, text: str) -> Ending:
        """What these closing words say."""
        words = _PREFIX.sub("", text, count=1)
        label = self._label.match(words)
        if not label:
            return Ending(WorkStatus.DONE.value, "", _sentence(words))
        closure = self._closures[label[0].lower()]
        status = WorkStatus.CANT_DO if closure.reason else WorkStatus.DONE
        return Ending(status.value, closure.reason, _sentence(words[label.end() :]) or closure.words)


def _sentence(words: str) -> str:
    """The words as a sentence; nothing where no letter is left, such as in a bare number of another case."""
    text = clean_text(words.strip(" .:-\r\n\t"))
    if not _LETTER.search(text):
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?…" else ".")
