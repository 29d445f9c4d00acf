"""What citizens answer to finished work, as the history of an order holds it. Domain layer; pure.

The backend writes the lines and every device reads them: history reaches each device already, also one of an older
version. A changed mind leaves both lines, so a line says whether it begins a thanks, keeps one or takes one back.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from crew.domain.value import Value
from crew.domain.work_order import HistoryEntry, PhotoRole, WorkStatus

if TYPE_CHECKING:
    from crew.domain.work_order import Photo, WorkOrder

CITIZEN: Final = "A citizen"
"""Who the history names: nobody learns who reported."""

NOT_FIXED: Final = "the citizen says that it is not fixed"
"""What the history says where the reporter had finished work begun anew."""


class AnswerKind(StrEnum):
    """What a line of history says of the citizen's mind. The values are how the line begins."""

    THANKS = "the citizen thanked the crew"
    STILL_THANKS = "the citizen thanked the crew again"
    NO_MORE_THANKS = "the citizen answered instead of thanks"
    ANSWER = "the citizen answered"
    NOT_FIXED = NOT_FIXED

    @property
    def thanks(self) -> int:
        """How many more people thank the crew after it: 1, 0, or -1."""
        return {AnswerKind.THANKS: 1, AnswerKind.NO_MORE_THANKS: -1}.get(self, 0)


class CitizenAnswer(Value):
    """One answer.

    Attributes:
        at: When, by the backend's clock.
        kind: What it says.
        reaction: The city's words for the reaction; empty where it is not fixed.
        words: What the citizen added, for the city's staff alone.
    """

    at: datetime
    kind: AnswerKind
    reaction: str
    words: str


def reaction_text(reaction: str, *, thanks: bool, thanked: bool) -> str:
    """The line of history for a reaction.

    Args:
        reaction: The city's words for it.
        thanks: Whether it thanks the crew.
        thanked: Whether the one that it replaces did.
    """
    if thanks:
        kind = AnswerKind.STILL_THANKS if thanked else AnswerKind.THANKS
    else:
        kind = AnswerKind.NO_MORE_THANKS if thanked else AnswerKind.ANSWER
    return f"{kind.value}: {reaction}"


def answers_in(history: Iterable[HistoryEntry]) -> tuple[CitizenAnswer, ...]:
    """What citizens answered, oldest first. What a device sent is never taken for it, whoever it names."""
    found = (_answer(entry) for entry in history if entry.person == CITIZEN and not entry.change_id)
    return tuple(answer for answer in found if answer is not None)


def not_fixed_words(order: "WorkOrder") -> str | None:
    """What the reporter said when it sent the work back, maybe nothing; None where the order is not open for that."""
    if order.work_status.ended:
        return None
    for entry in reversed(order.history):
        if entry.person == CITIZEN and not entry.change_id and entry.text == NOT_FIXED:
            return entry.note
        if entry.text.startswith(_ENDINGS):
            return None
    return None


def headline(order: "WorkOrder") -> str:
    """The citizen's words in one line: the latest ones where finished work came back."""
    again = not_fixed_words(order)
    words = order.description if again is None else f"Not fixed: {again or order.description}"
    return words.partition("\n")[0]


def photos_to_show(order: "WorkOrder") -> "tuple[Photo, ...]":
    """The photos as a crew wants them: where work came back, how it looks now comes first."""
    if not_fixed_words(order) is None:
        return order.photos
    before = order.photos_of(PhotoRole.BEFORE)
    return (*reversed(before), *(photo for photo in order.photos if photo.role is not PhotoRole.BEFORE))


_ENDINGS: Final = tuple(status.words for status in WorkStatus if status.ended)


def _answer(entry: HistoryEntry) -> CitizenAnswer | None:
    start, _, reaction = entry.text.partition(": ")
    try:
        kind = AnswerKind(start)
    except ValueError:
        return None
    return CitizenAnswer(entry.at, kind, reaction, entry.note)
