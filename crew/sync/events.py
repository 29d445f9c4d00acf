"""What sync tells: how the link stands, what changed on disk, what a round did. Sync layer; plain values."""

from collections.abc import Callable
from datetime import datetime

from crew.domain.value import Value


class LinkState(Value):
    """How the link stands, as the lamp says it."""

    online: bool
    since: datetime | None = None
    to_send: int = 0
    sending: tuple[int, int] | None = None
    """The how-manieth of how many changes is leaving."""
    next_try_at: datetime | None = None
    last_success_at: datetime | None = None
    problem: str = ""
    sign_in_needed: bool = False


class StoreChanged(Value):
    """Orders or changes on disk are no longer what the screen shows."""

    order_ids: frozenset[str]


class PersonChanged(Value):
    """Who works here has another role, crew or district by now."""


SyncEvent = LinkState | StoreChanged | PersonChanged
Tell = Callable[[SyncEvent], None]


class Round(Value):
    """What one round did."""

    sent: int = 0
    refused: int = 0
    undecided: int = 0
    pulled: int = 0
    photos_sent: int = 0
    photos_put_off: int = 0
    """Photos that did not get through while the link stood; each holds its own order until the next round."""

    def __add__(self, other: "Round") -> "Round":
        """Both together."""
        return Round(
            sent=self.sent + other.sent,
            refused=self.refused + other.refused,
            undecided=self.undecided + other.undecided,
            pulled=self.pulled + other.pulled,
            photos_sent=self.photos_sent + other.photos_sent,
            photos_put_off=self.photos_put_off + other.photos_put_off,
        )
