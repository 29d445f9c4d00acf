"""What screens and the app tell each other. Screen layer; values only."""

from typing import TYPE_CHECKING, Final

from textual.message import Message

if TYPE_CHECKING:
    from crew.domain.change import Change


class StoreMoved(Message, bubble=False):
    """App to screens: what is on disk is no longer what is shown; read it again. Empty ids mean anything."""

    def __init__(self, order_ids: frozenset[str] = frozenset()) -> None:
        self.order_ids: Final = order_ids
        super().__init__()


class MinutePassed(Message, bubble=False):
    """App to screens: the clock shows another minute, so deadlines read differently; what is on disk is as it was."""


class Acted(Message):
    """Screen to app: a person did something; it is on disk, other screens read again, sync is woken after the grace.

    Attributes:
        changes: What was done, to one order or in one go to many.
        words: The act as the undo line says it, such as "Done: 412 Centre St".
        grace_seconds: How long it waits; None for as long as every act does.
    """

    def __init__(self, words: str, *changes: "Change", grace_seconds: float | None = None) -> None:
        self.changes: Final = changes
        self.words: Final = words
        self.grace_seconds: Final = grace_seconds
        super().__init__()


class UndoOffered(Message, bubble=False):
    """App to screens: the latest act can be taken back, or no longer where `words` is empty."""

    def __init__(self, words: str) -> None:
        self.words: Final = words
        super().__init__()


class SendNow(Message):
    """Screen to app: sync is to start now; the person asked for it, or has decided something that lets work leave."""

    def __init__(self, *, asked_for: bool = True) -> None:
        self.asked_for: Final = asked_for
        super().__init__()


class YouMoved(Message, bubble=False):
    """App to screens: the device is at another place, or its receiver says something else."""
