"""The work order: what a crew gets, as plain frozen values. Domain layer; no I/O, no clock, no third-party import.

Two of the three axes live here and are never mixed: what the crew does (`WorkStatus`) and what the citizen
reads (`PublicStatus`). The third, how far a change has travelled, belongs to the outbox (crew/domain/change.py).
"""

import re
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from crew.domain.clock import require_moment
from crew.domain.value import Value

OrderId = NewType("OrderId", str)
"""Names a work order; it is the id of the first service request answered, so crew and citizen say one number."""

PhotoHash = NewType("PhotoHash", str)
"""SHA-256 of a photo's bytes, in lower-case hex: the photo's only name."""

_HASH: Final = re.compile("[0-9a-f]{64}")
_STEEPEST: Final = 90
_WIDEST: Final = 180


class WorkStatus(StrEnum):
    """What the crew does. The values are the words on the wire and on the command line."""

    NEW = "new"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    ON_THE_WAY = "on_the_way"
    WORKING = "working"
    WAITING = "waiting"
    DONE = "done"
    CANT_DO = "cant_do"
    SENT_BACK = "sent_back"

    @property
    def words(self) -> str:
        """The status as a person reads it."""
        return _STATUS_WORDS[self]

    @property
    def ended(self) -> bool:
        """Whether the crew has nothing left to do."""
        return self in (WorkStatus.DONE, WorkStatus.CANT_DO)


_STATUS_WORDS = {
    WorkStatus.NEW: "new",
    WorkStatus.ASSIGNED: "assigned",
    WorkStatus.ACCEPTED: "accepted",
    WorkStatus.ON_THE_WAY: "on the way",
    WorkStatus.WORKING: "working",
    WorkStatus.WAITING: "waiting",
    WorkStatus.DONE: "done",
    WorkStatus.CANT_DO: "can't do",
    WorkStatus.SENT_BACK: "sent back",
}


class Priority(StrEnum):
    """How much an order matters beside others. The values are the words on the wire and on the command line."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class PublicStatus(StrEnum):
    """What the citizen reads: GeoReport v2 knows only these two."""

    OPEN = "open"
    CLOSED = "closed"


class PhotoRole(StrEnum):
    """Which side of the repair a photo shows."""

    BEFORE = "before"
    AFTER = "after"


class Photo(Value):
    """A photo as a work order knows it; the bytes lie elsewhere under the hash."""

    sha256: PhotoHash
    role: PhotoRole
    byte_count: int
    width: int
    height: int
    taken_at: datetime | None = None
    lat: float | None = None
    """Degrees north where the camera says it was; for the city, never for the public."""
    long: float | None = None
    """Degrees east; None exactly when `lat` is."""

    def __post_init__(self) -> None:
        if not _HASH.fullmatch(self.sha256):
            raise ValueError("a photo is named by its SHA-256")
        require_moment(self.taken_at)
        if self.lat is None or self.long is None:
            if self.lat is not self.long:
                raise ValueError("a photo has a whole place or none")
        elif not (abs(self.lat) <= _STEEPEST and abs(self.long) <= _WIDEST):
            raise ValueError("a photo was taken somewhere on Earth")


class HistoryEntry(Value):
    """One line of the append-only history of a work order."""

    at: datetime
    person: str
    text: str
    note: str = ""
    change_id: str = ""
    """The change that caused the entry; empty for what the backend did by itself."""

    def __post_init__(self) -> None:
        require_moment(self.at)


class LinkedRequest(Value):
    """A service request that this order answers. Carries no reporter: crews get no citizen's name, mail or phone."""

    request_id: str
    description: str
    requested_at: datetime

    def __post_init__(self) -> None:
        require_moment(self.requested_at)


class KeptWork(Value):
    """A status that somebody set whose sign-in had ended: without effect until a supervisor decides.

    Its photos and its account stand with the order already. `change_id` is that of the act that was kept.
    """

    change_id: str
    person: str
    made_at: datetime
    status: WorkStatus
    reason: str = ""
    note: str = ""
    public_text: str = ""
    public_note: str = ""

    def __post_init__(self) -> None:
        require_moment(self.made_at)


class Raised(Value):
    """An escalation that somebody should answer: who raised an order, why, to whom, and who knows of it."""

    at: datetime
    """When; it tells one escalation of an order from the next."""
    person: str
    reason: str
    to: str = ""
    """A role, a person or a crew by name; empty for everybody who may acknowledge."""
    by: datetime | None = None
    """Until when somebody should say that they know; None where nothing follows if nobody does."""
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.at, self.by, self.acknowledged_at):
            require_moment(moment)


class WorkOrder(Value, kw_only=True):
    """What a crew gets. Times are aware UTC; `lat` and `long` are WGS 84 degrees."""

    id: OrderId
    version: int
    """Counts the changes applied by the backend, from 1; 0 for an order that the backend has not seen."""
    service_code: str
    service_name: str
    description: str
    address: str
    lat: float | None
    long: float | None
    crew: str
    work_status: WorkStatus
    public_status: PublicStatus
    requested_at: datetime
    updated_at: datetime
    due_at: datetime | None = None
    waiting_reason: str = ""
    closure_reason: str = ""
    public_text: str = ""
    """The sentence that the citizen reads; empty while nothing was said."""
    public_note: str = ""
    """What of it the crew wrote in its own words: it is the same in every language."""
    photo_required: bool = False
    done_text: str = ""
    """Template of the public text for a completion, with `{address}`, `{service}` and `{when}`."""
    crew_title: str = ""
    """The crew's name as it stands on the side of the truck; empty where it is not known."""
    priority: Priority = Priority.NORMAL
    escalation: str = ""
    linked_to: str = ""
    """The order that answers this one's reporters since they were linked; empty where it does so itself."""
    needs_look: bool = False
    """Work was done on it after it had moved or ended: a supervisor should look."""
    photos: tuple[Photo, ...] = ()
    withdrawn: tuple[PhotoHash, ...] = ()
    """Photos that the public does not see any more, whatever they show."""
    approved: tuple[PhotoHash, ...] = ()
    """Photos of the finished work that somebody approved for the city's posts and feeds."""
    declined: tuple[PhotoHash, ...] = ()
    """Those that somebody wants kept out of them."""
    history: tuple[HistoryEntry, ...] = ()
    requests: tuple[LinkedRequest, ...] = ()
    kept: tuple[KeptWork, ...] = ()
    """What waits for a supervisor's decision, the oldest first."""
    working_hours: bool = False
    """Its deadline counts the city's working hours alone."""
    paused_at: datetime | None = None
    """Since when its clock stands, and `due_at` with it; None while it runs."""
    raised: Raised | None = None
    """The latest escalation; None where there was none, or it came from before there was a ladder."""

    def __post_init__(self) -> None:
        for moment in (self.requested_at, self.updated_at, self.due_at, self.paused_at):
            require_moment(moment)

    @property
    def is_untriaged(self) -> bool:
        """Whether somebody should look who does it, and how soon: it has no crew, or nobody has touched it yet."""
        untouched = not any(entry.change_id for entry in self.history)
        return self.work_status is WorkStatus.NEW or (self.work_status is WorkStatus.ASSIGNED and untouched)

    @property
    def unanswered(self) -> Raised | None:
        """The escalation that somebody should acknowledge; None where somebody has, or the work has ended."""
        raised = self.raised
        return None if raised is None or raised.acknowledged_by or self.work_status.ended else raised

    @property
    def ended_at(self) -> datetime:
        """When it was last set to its ending; an order that came with an import has no such line of history."""
        words = self.work_status.words
        endings = [entry.at for entry in self.history if re.split("[,:]", entry.text)[0] == words]
        return endings[-1] if endings else self.updated_at

    def photos_of(self, role: PhotoRole) -> tuple[Photo, ...]:
        """The photos that show one side of the repair."""
        return tuple(photo for photo in self.photos if photo.role is role)
