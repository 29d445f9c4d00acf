"""What the day book tells, as values: the day, what waits for a person, the outbox. Above the store; asks nobody."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from crew.domain.change import SendingStatus
from crew.domain.value import Value
from crew.domain.work_order import WorkOrder
from crew.store.orders import Stop
from crew.store.outbox import OutboxEntry

if TYPE_CHECKING:
    from crew.domain.driving_order import Driven
    from crew.store.device import LinkTrouble, Recovery
    from crew.wire import MovedAway

UNDONE: Final = "undone"
SENT_AGAIN: Final = "sent again"
KEPT_MINE: Final = "decided: mine"
TAKEN_UP: Final = "taken up again"
MENDED: Final = "mended"
_REPLACED: Final = (SENT_AGAIN, KEPT_MINE, TAKEN_UP, MENDED)
"""Why a change lies aside although nothing of it is missing: another one stands in its place."""

ALL: Final = -1
"""As many as there are."""


class Day(Value):
    """The work that lies before a person. `stops` is in the order of doing: what is under way, then by deadline."""

    stops: tuple[Stop, ...]
    late: int
    ended_today: int
    needs_person: int = 0
    """Changes that were refused or need a decision."""
    to_look_at: int = 0
    """Orders of the city on which work was done that their crew did not know of; for those who see the whole city."""
    to_acknowledge: int = 0
    """Escalations that wait for the person."""
    to_approve: int = 0
    """Finished orders with photos that the person may approve for the city's posts."""
    moved_away: int = 0
    """Orders that somebody moved to another crew, and nobody here has read so."""
    recovered: str = ""
    """What became of a damaged store, until somebody has seen it."""
    thanks: str = ""
    """A quiet line about thanks that nobody here has seen."""
    more: int = 0
    """Open orders of the city beyond those that are listed."""
    fetched: bool = True
    """Whether anything was ever pulled; without it nobody knows whether there is work."""
    driven: "Driven | None" = None
    """How far the day leads, where it is in driving order; None where it is by deadline."""


class ToDecide(Value):
    """What waits for a person.

    Attributes:
        changes: Refused, or two values to choose from; oldest first.
        moved_away: Orders that somebody moved to another crew, and nobody here has read so; the latest last.
        to_look_at: Work that its crew did not know of; for those who see the whole city.
        escalated: What was raised to the person, and nobody has acknowledged.
        recovery: What became of a damaged store, until somebody has read so.
        to_approve: Finished orders with photos that may go to the public, the latest first.
    """

    changes: tuple[OutboxEntry, ...] = ()
    moved_away: "tuple[MovedAway, ...]" = ()
    to_look_at: tuple[WorkOrder, ...] = ()
    escalated: tuple[WorkOrder, ...] = ()
    recovery: "Recovery | None" = None
    to_approve: tuple[WorkOrder, ...] = ()


class OutboxView(Value):
    """What waits, with totals. `entries` are the unsettled changes, oldest first."""

    entries: tuple[OutboxEntry, ...]
    photo_count: int
    photo_bytes: int
    oldest_at: datetime | None
    last_success_at: datetime | None
    link_trouble: "LinkTrouble | None" = None
    """What the last try met; None where it went through."""
    aside: tuple[OutboxEntry, ...] = ()
    """What a person set aside, or undid lately, and can take up again, oldest first."""

    def count(self, status: SendingStatus) -> int:
        """How many changes have this sending status."""
        return sum(entry.sending_status is status for entry in self.entries)

    @property
    def to_send(self) -> int:
        """Changes that will leave by themselves."""
        return self.count(SendingStatus.WAITING) + self.count(SendingStatus.SENDING)

    @property
    def trouble(self) -> int:
        """Changes that need a person."""
        return len(self.entries) - self.to_send


def can_take_up(entry: OutboxEntry) -> bool:
    """Whether a change lies aside, and no other stands in its place."""
    return entry.sending_status is SendingStatus.SET_ASIDE and entry.reason not in _REPLACED
