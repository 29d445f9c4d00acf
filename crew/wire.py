"""The crew API's JSON, to and from the domain: client and backend share it, so they cannot disagree.

Sits above the domain and below everything with a socket or a file. Pure. Every string that is read passes through
`plain_text`, so nothing behind this door has to doubt it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from crew.domain.change import KINDS, Act, Assignment, Change, ChangeId, Escalation, StatusChange
from crew.domain.clock import require_moment
from crew.domain.deadlines import TimeRules
from crew.domain.errors import UpdateNeeded
from crew.domain.person import Person
from crew.domain.plain_text import clean_text
from crew.domain.posting import Posting
from crew.domain.wording import Wording
from crew.domain.work_order import OrderId, WorkOrder

PROTOCOL: Final = "1"
"""The version of the crew API. A side that meets another version stops and says so."""

PROTOCOL_HEADER: Final = "Crew-Protocol"
MEDIA_TYPE: Final = "application/vnd.crew+json"
"""An answer with another media type is not from a Crew backend: hotel and hotspot pages answer 200 to anything."""

PIECE_MEDIA_TYPE: Final = "application/offset+octet-stream"
"""A piece of a photo, as tus names it."""

EVENTS_MEDIA_TYPE: Final = "text/event-stream"
"""What the backend tells without being asked."""

UPLOAD_ECHO_HEADER: Final = "Crew-Upload"
"""On every answer about an upload: the photo that it is about."""

MAP_MEDIA_TYPE: Final = "application/vnd.pmtiles"
"""A city's map, or a piece of it."""

_T = TypeVar("_T")


class Malformed(UpdateNeeded):
    """The other side sent JSON that does not fit this version's shapes."""


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a device sends to enrol itself: the one-time code and its own lasting id."""

    code: str
    device_id: str
    device_name: str = ""


class SignedIn(msgspec.Struct, frozen=True):
    """The answer to a sign-in. `token` authenticates the device from now on."""

    token: str
    person: Person
    city: str


class CrewLoad(msgspec.Struct, frozen=True):
    """A crew and how much work it has."""

    name: str
    title: str
    open: int = 0
    overdue: int = 0
    seen_at: datetime | None = None
    """When one of its devices last asked the backend; None for a crew without devices."""
    unsent: int = 0
    """Changes that waited on its devices then."""


class ServiceOffer(msgspec.Struct, frozen=True):
    """A type of request that the city takes in, and the words by which it is found."""

    code: str
    name: str
    group: str = ""
    keywords: tuple[str, ...] = ()
    work_hours: float = 1.0
    """How long a crew works on one."""


class Me(msgspec.Struct, frozen=True):
    """Who the backend takes the device for, and the crews that an order can be moved to."""

    person: Person
    city: str
    crews: tuple[CrewLoad, ...] = ()
    services: tuple[ServiceOffer, ...] = ()
    """For those who take requests in."""


class MovedAway(msgspec.Struct, frozen=True):
    """What the crew that had an order is told when somebody moved it."""

    order_id: OrderId
    service_name: str
    address: str
    words: str
    """Where it went and why, such as "moved to Potholes: their truck broke down"."""
    person: str
    at: datetime


class FeedPage(msgspec.Struct, frozen=True):
    """A page of the change feed. `cursor` goes into the next question; `reset` says that the copy starts anew."""

    cursor: str
    more: bool
    orders: tuple[WorkOrder, ...] = ()
    gone: tuple[OrderId, ...] = ()
    """Orders that are no longer this device's concern."""
    moved_away: tuple[MovedAway, ...] = ()
    """Those of them that a person moved, for the crew to be told."""
    reset: bool = False
    person: Person | None = None
    """Who the device's person is by now, where it knows them as something else."""
    time_rules: TimeRules | None = None
    """The city's rules about time, where the device knows none or others."""
    wording: Wording | None = None
    """The city's closure reasons and their texts, where the device knows others."""
    posting: Posting | None = None
    """Where approved photos go, for those who may approve them and know otherwise."""


class Known(msgspec.Struct, frozen=True):
    """The marks of what a device knows beside its orders: what differs at the backend comes with the page."""

    person: str = ""
    """Empty where it does not ask."""
    time_rules: str | None = None
    """Empty for none; None where it does not ask."""
    wording: str = ""
    """Empty where it does not ask."""
    posting: str | None = None
    """Empty for none; None where it does not ask."""


def mark_of(known: Person | TimeRules | Wording | Posting) -> str:
    """What tells whether two sides know the same of a person, the rules about time, the wording or the posts."""
    from hashlib import sha256  # it loads OpenSSL, which no start should wait for

    return sha256(encode(known)).hexdigest()[:16]


class FeedGrown(msgspec.Struct, frozen=True):
    """Told without being asked: there is something to pull. The feed stays the one truth."""

    cursor: str
    """Where the feed ends now, for who listens."""


class MapOffer(msgspec.Struct, frozen=True):
    """The map that a city gives its devices: the hash of the file, and its length."""

    sha256: str
    byte_count: int


class OtherValue(msgspec.Struct, frozen=True):
    """What somebody else set meanwhile, for the person who decides."""

    field: str
    mine: str
    theirs: str
    person: str
    at: str


class Answer(msgspec.Struct, frozen=True):
    """What the backend did with one change. The echo of `id` is what makes it count."""

    id: str
    outcome: str
    """One of `applied`, `kept`, `refused`, `needs_decision`, `photos_missing`, `held`."""
    sentence: str = ""
    order: WorkOrder | None = None
    other: OtherValue | None = None
    missing: tuple[str, ...] = ()
    """Hashes of photos that must come first."""
    also: WorkOrder | None = None
    """The second order that the change touched, as it stands now."""
    number: str = ""
    """The number that the backend gave to what the device had given an id of its own."""


class Answers(msgspec.Struct, frozen=True):
    """The answers to a batch of changes, in its order."""

    answers: tuple[Answer, ...]
    pull_first: bool = False
    """The backend does not know the batch's cursor: it was restored, and took nothing. What it forgot goes first."""


class Batch(msgspec.Struct, frozen=True):
    """Changes that a device sends together, and how far it has pulled; an empty cursor says nothing of that."""

    changes: tuple[Change, ...]
    cursor: str = ""


ENDED: Final = "ended"
"""The code of a problem: an administrator has ended this sign-in."""


class Problem(msgspec.Struct, frozen=True):
    """An error of the crew API: a sentence for the person and a code for the program."""

    code: str
    sentence: str


def encode(value: object) -> bytes:
    """Write any of this module's shapes, or a domain value, as JSON."""
    return msgspec.json.encode(value)


def decode(raw: bytes, shape: type[_T]) -> _T:
    """Read JSON into a shape, with every string cleaned.

    Raises:
        Malformed: The bytes are no JSON, or do not fit the shape.
    """
    try:
        return msgspec.convert(_cleaned(msgspec.json.decode(raw)), shape)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise Malformed(
            f"The other side sent something this version cannot read ({error}). Update one side."
        ) from error


def encode_changes(changes: tuple[Change, ...], cursor: str = "") -> bytes:
    """Write a batch of changes as the body of a request."""
    return msgspec.json.encode({"changes": [change_to_wire(change) for change in changes], "cursor": cursor})


def decode_changes(raw: bytes) -> Batch:
    """Read a batch of changes.

    Raises:
        Malformed: The body is no batch, or holds a kind this version does not know.
    """
    batch = decode(raw, _RawBatch)
    return Batch(tuple(change_from_wire(raw_change) for raw_change in batch.changes), batch.cursor)


def encode_each(changes: Iterable[Change]) -> Iterator[bytes]:
    """Write changes, each as `change_to_wire`; one act on hundreds of orders is worked out once."""
    act, payload = None, dict[str, Any]()
    for change in changes:
        if change.act is not act:
            act, payload = change.act, _payload(change.act)
        yield msgspec.json.encode(_enveloped(change, payload))


def change_to_wire(change: Change) -> dict[str, Any]:
    """One change as plain values: the envelope, the word for its kind, the act as payload."""
    return msgspec.structs.asdict(_enveloped(change, _payload(change.act)))


def _enveloped(one: Change, payload: dict[str, Any]) -> "_Envelope":
    return _Envelope(
        one.id, one.device_id, one.sequence, one.order_id, one.base_version, one.made_at, one.person, one.kind, payload
    )


def _payload(act: Act) -> dict[str, Any]:
    """The act as it always was where it says nothing new: the backend knows by its bytes what it has seen before."""
    payload: dict[str, Any] = msgspec.to_builtins(act)
    for photo in payload.get("photos", ()):
        if photo["lat"] is None:
            del photo["lat"], photo["long"]
    if isinstance(act, Assignment) and not act.reason:
        del payload["reason"]
    if isinstance(act, Escalation):
        payload = {name: value for name, value in payload.items() if value or name in ("level", "reason")}
    if isinstance(act, StatusChange):
        for name in ("public_note", "waiver"):
            if not payload[name]:
                del payload[name]
    return payload


def change_from_wire(raw_change: dict[str, Any]) -> Change:
    """Read one change from plain values that `decode` has cleaned.

    Raises:
        Malformed: A field is missing or cannot be, or the kind is unknown.
    """
    try:
        envelope = msgspec.convert(raw_change, _Envelope)
        act: Act = msgspec.convert(envelope.payload, KINDS[envelope.kind])
        require_moment(envelope.made_at)
    except (KeyError, ValueError, msgspec.ValidationError) as error:
        raise Malformed(f"A change cannot be read by this version ({error}). Update one side.") from error
    return Change(**{name: getattr(envelope, name) for name in _ENVELOPE}, act=act)


class _RawBatch(msgspec.Struct):
    changes: list[dict[str, Any]]
    cursor: str = ""


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    id: ChangeId
    device_id: str
    sequence: int
    order_id: OrderId
    base_version: int
    made_at: datetime
    person: str
    kind: str
    payload: dict[str, Any]


_ENVELOPE: Final = tuple(name for name in _Envelope.__struct_fields__ if name not in ("kind", "payload"))


def _cleaned(value: Any) -> Any:  # noqa: ANN401 - JSON is a tree of anything until it is converted
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    if isinstance(value, dict):
        return {name: _cleaned(part) for name, part in value.items()}
    return value
