"""What a way out of the city promises, and what can go wrong on it. Backend layer; sends nothing by itself."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from crew.backend.notice_kinds import AnyKind
from crew.backend.notices.letters import Letter
from crew.domain.errors import CrewError, TryLater


class Overtaken(CrewError):
    """What the notice was to tell is no longer so, or nobody wants to hear it."""


class RecipientRefused(CrewError):
    """It is said for good that this message will not be taken: the address is wrong or closed."""


class Gone(CrewError):
    """Whoever listened says that they will not listen any more: a person has to look."""


class WayDown(TryLater):
    """The way itself does not work now: no other message will fare better."""


class Unsure(WayDown):
    """It was handed over, and nobody said whether it was taken."""


class Way(Protocol):
    """A way for notices to leave: the mail server, a webhook, a channel."""

    @property
    def name(self) -> str:
        """As the table has it: mail, staff, webhook:NAME, apprise:NAME or post:NAME."""
        ...

    @property
    def title(self) -> str:
        """As an administrator reads it."""
        ...

    def kinds_at(self, moment: datetime) -> Iterable[AnyKind]:
        """What may be told on it at this time of the day."""
        ...

    def send(self, letter: Letter, hand_over: Callable[[], None]) -> None:
        """Hand one letter on; calls `hand_over` just before the step after which it cannot be taken back.

        Raises:
            Overtaken: There is nothing to tell any more.
            CorrectInput: It can never leave as it is.
            RecipientRefused: It will never be taken.
            Gone: Nobody listens there any more.
            Unsure: It may have been taken.
            WayDown: Nothing can leave on this way now.
            TryLater: It was not taken now.
            CorrectSettings: The way itself is set up wrong.
        """
        ...

    def give_up(self) -> None:
        """Let whatever is under way fail at once; called from another thread, when the program ends."""
        ...
