"""A change: one thing that a person did to a work order, with an id of its own. Domain layer; pure values.

The act says what was done; the change around it says who, when, on which device and knowing which version.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from crew.domain.value import Value
from crew.domain.work_order import LinkedRequest, OrderId, Photo, PhotoHash, Priority, WorkStatus

ChangeId = NewType("ChangeId", str)
"""A UUIDv7 made on the device and never remade, however often the change is sent."""


class SendingStatus(StrEnum):
    """How far a change has travelled: the third axis, kept apart from the state of the work."""

    WAITING = "waiting"
    SENDING = "sending"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    NEEDS_DECISION = "needs_decision"
    SET_ASIDE = "set_aside"

    @property
    def words(self) -> str:
        """The status as a person reads it."""
        return self.value.replace("_", " ")

    @property
    def unsent(self) -> bool:
        """Whether the change may still have to reach the backend."""
        return self not in (SendingStatus.ACKNOWLEDGED, SendingStatus.SET_ASIDE)


class Demand(StrEnum):
    """What a service or a closure reason may ask for at the end. The values are words, too."""

    PHOTO = "photo"
    NOTE = "note"
    WORDS = "words"
    """For the citizen: what nobody can do without."""


class Waiver(Value):
    """An order is closed without what is asked for, by somebody who may."""

    what: tuple[Demand, ...]
    by: str
    """As what they may, in a word or two: "supervisor"."""


class StatusChange(Value):
    """The crew's work moved on. `note` stays inside the city; `public_text` is what the citizen reads."""

    status: WorkStatus
    reason: str = ""
    """A code: what it waits for (`reasons`), or how and why it ended (`wording`)."""
    note: str = ""
    public_text: str = ""
    """The whole sentence, in the city's first language."""
    photos: tuple[Photo, ...] = ()
    public_note: str = ""
    """What the crew adds to the sentence of the reason, in its own words."""
    waiver: Waiver | None = None


class Note(Value):
    """Something to remember about the order; internal."""

    text: str


class PhotosAdded(Value):
    """Photos taken outside a completion."""

    photos: tuple[Photo, ...]


class Assignment(Value):
    """The order goes to a crew, or back to the pool where `crew` is empty."""

    crew: str
    reason: str = ""
    """Why, in words that both crews read; internal."""


class Escalation(Value):
    """The order is raised to somebody who must look at it, with the reason."""

    level: str
    reason: str
    to: str = ""
    """Who is asked, where it is not the one whom the ladder says: a role, a person or a crew by name."""
    by: datetime | None = None
    """Until when somebody should answer, where it is not the time that the ladder says."""


class Acknowledgement(Value):
    """Somebody says that they know of an escalation and see to it."""

    level: str
    raised_at: datetime | None = None
    """Which escalation it was; None for one from before there was a ladder."""


class Acceptance(Value):
    """Ended work was looked at, and is good."""


class Link(Value):
    """The order's requests join another order, so that one repair answers every reporter."""

    into: OrderId
    requests: tuple[LinkedRequest, ...] = ()
    """Those that the person saw: what a device shows of the other order until the backend has told."""


class Unlink(Value):
    """One of the order's requests becomes an order of its own again, under its own number."""

    request: str


class Contact(Value):
    """Who called, for the city's answer alone: no order carries it, and no other device ever has it."""

    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    email: str = ""


class Intake(Value):
    """Somebody reported by telephone: a new request, with an order of its own or joining one."""

    service_code: str
    service_name: str
    description: str
    address: str
    lat: float | None = None
    long: float | None = None
    joins: str = ""
    """The order that answers the caller too; empty where the request gets an order of its own."""
    contact: Contact = Contact()


class Triage(Value):
    """Somebody looked at what is new: what it is, how much it matters, who does it. Empty is as it was."""

    service_code: str = ""
    service_name: str = ""
    """As the person saw it; a device shows it until the backend has told."""
    priority: Priority | None = None
    crew: str = ""


class KeptDecision(Value):
    """A supervisor decides about what was kept: it holds, as of when it was done, or is left aside with a word."""

    kept: str
    """The id of the change that was kept."""
    accepted: bool
    words: str = ""


class Withdrawal(Value):
    """The public sees a photo of the order no more, or again; crews go on seeing it."""

    photo: PhotoHash
    shown_again: bool = False


class Approval(Value):
    """A photo of finished work may stand in the city's posts and feeds, or it may not."""

    photo: PhotoHash
    given: bool = True


Act = (
    StatusChange
    | Note
    | PhotosAdded
    | Assignment
    | Escalation
    | Acknowledgement
    | Acceptance
    | Link
    | Unlink
    | Intake
    | Triage
    | KeptDecision
    | Withdrawal
    | Approval
)

KINDS: Final[dict[str, type[Act]]] = {
    "status": StatusChange,
    "note": Note,
    "photos": PhotosAdded,
    "assignment": Assignment,
    "escalation": Escalation,
    "acceptance": Acceptance,
    "link": Link,
    "unlink": Unlink,
    "intake": Intake,
    "triage": Triage,
    "kept_decision": KeptDecision,
    "acknowledgement": Acknowledgement,
    "withdrawal": Withdrawal,
    "approval": Approval,
}
"""The word on the wire for each act."""

_KIND_OF: Final = {act_type: word for word, act_type in KINDS.items()}


class Change(Value, kw_only=True):
    """One act of one person on one order. `made_at` is the device's clock, aware UTC."""

    id: ChangeId
    device_id: str
    sequence: int
    """Counts the changes of this device from 1, without a gap."""
    order_id: OrderId
    base_version: int
    """The version of the order that the person saw."""
    made_at: datetime
    person: str
    act: Act

    @property
    def kind(self) -> str:
        """The word on the wire for the act."""
        return _KIND_OF[type(self.act)]

    @property
    def photos(self) -> tuple[Photo, ...]:
        """Photos that must be at the backend before the change is complete."""
        match self.act:
            case StatusChange(photos=photos) | PhotosAdded(photos=photos):
                return photos
            case _:
                return ()

    @property
    def other_order(self) -> OrderId | None:
        """The second order that the act changes; None for most."""
        match self.act:
            case Link(into=into):
                return into
            case Unlink(request=request):
                return OrderId(request)
            case _:
                return None

    @property
    def orders(self) -> tuple[OrderId, ...]:
        """Every order that the act changes, its own first."""
        return (self.order_id,) if self.other_order is None else (self.order_id, self.other_order)

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the order that the change sets; empty for what never conflicts (notes, photos)."""
        match self.act:
            case StatusChange() | Link():
                return frozenset({"work_status"})
            case Assignment():
                return frozenset({"crew"})
            case Escalation():
                return frozenset({"escalation"})
            case KeptDecision(accepted=True):
                return frozenset({"work_status"})
            case Triage(service_code=service, priority=priority, crew=crew):
                given = {"service": service, "priority": priority, "crew": crew}
                return frozenset(field for field, value in given.items() if value)
            case _:
                return frozenset()

    @property
    def all_fields(self) -> frozenset[str]:
        """The fields that it sets in passing too: who is given an order starts its work anew."""
        return self.fields | {"work_status"} if "crew" in self.fields else self.fields
