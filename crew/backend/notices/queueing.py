"""The notice outbox: what somebody should hear of is written with the event, in its transaction. Backend layer.

One row an event and destination: each person's mail, each webhook, channel and post. Delivers nothing (delivery.py),
and holds no texts (notice_mail.py).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import asdict
from sqlalchemy import and_, insert, select, update

from crew.backend import schema
from crew.backend.database import set_setting
from crew.backend.notice_kinds import PHOTO_WITHDRAWN, AnyKind, Kind
from crew.backend.notices.post_photos import waits_until, ways_showing
from crew.backend.notices.post_way import post_ways
from crew.backend.notices.public_facts import facts_of
from crew.backend.notices.quiet_addresses import choice_of
from crew.backend.notices.recipients import people_of
from crew.backend.notices.states import MAIL, State, apprise_way, webhook_way
from crew.backend.order_loading import load_order
from crew.domain.value import Value
from crew.domain.work_order import PublicStatus, WorkStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.notice_settings import AppriseSettings, WebhookSettings
    from crew.domain.work_order import PhotoHash, WorkOrder

NOTICES: Final = "notices"
"""What the commit bell is told of."""

TOLD_BEFORE: Final = "A backup was restored; this may have been mailed before that, and is not mailed again."
"""`last_problem` of a notice that is not told for that reason."""

TOO_OLD: Final = "It happened too long ago to be told as news; oldest_days in [notices] is the limit."
"""`last_problem` of a notice that is not told for that reason."""

NOT_OURS: Final = "not_ours"
"""The closure reason of what another agency cares for."""

_SILENT_BEFORE: Final = "silent_before"
_HAS_A_CREW: Final = frozenset({WorkStatus.ASSIGNED, WorkStatus.ACCEPTED})


def kind_of_ending(order: "WorkOrder") -> Kind:
    """What the reporters of an ended order are told."""
    if order.work_status is WorkStatus.DONE:
        return "done"
    return "moved" if order.closure_reason == NOT_OURS else "cant_do"


def queue_change(connection: "Connection", city: "City", before: "WorkOrder", changed: "WorkOrder") -> None:
    """Write the notices of what became of an order, in the transaction of the change; most changes are no news."""
    kind = _kind_of(before, changed)
    if kind is None or not any(_destinations(city, changed, kind)):
        return
    order = load_order(connection, city.catalogue, changed.id)
    if order is not None:
        queue(connection, city, order, kind)


def _kind_of(before: "WorkOrder", changed: "WorkOrder") -> Kind | None:
    was, now = before.public_status, changed.public_status
    if was is not now:
        return kind_of_ending(changed) if now is PublicStatus.CLOSED else "reopened"
    has_crew = bool(changed.crew) and changed.work_status in _HAS_A_CREW
    moved = (before.crew, before.work_status) != (changed.crew, changed.work_status)
    return "scheduled" if has_crew and moved else None


def queue(
    connection: "Connection", city: "City", order: "WorkOrder", kind: Kind, only: Iterable[str] | None = None
) -> None:
    """Write an event and a notice for each of its destinations, in the transaction of the event.

    The same event queued twice is one: its id is made from order, kind and version. What happened before the moment
    of `silence_before`, or longer ago than the settings allow, is written and told to nobody.

    Args:
        connection: A connection inside the transaction of the event.
        city: Where settings and clock are.
        order: The order as it stands after the event.
        kind: What is told.
        only: The requests whose reporters are concerned; None: all that the order answers.
    """
    event_id = event_id_of(order.id, kind, order.version)
    if is_written(connection, event_id):
        return
    rows = [*_mails(connection, city, order, kind, only), *_others(city, order, kind, only)]
    if not rows:
        return
    facts = facts_of(connection, city, order, kind) if any(row["way"] != MAIL for row in rows) else ""
    write_event(connection, city, Event(event_id, order.id, kind, order.version, order.history[-1].at, facts), rows)


def queue_correction(connection: "Connection", city: "City", order: "WorkOrder", hashes: "Iterable[PhotoHash]") -> None:
    """Write the event that photos which may stand in posts must not be seen any more, in its transaction."""
    ways, event_id = ways_showing(connection, order.id, hashes), event_id_of(order.id, PHOTO_WITHDRAWN, order.version)
    if ways and not is_written(connection, event_id):
        event = Event(event_id, order.id, PHOTO_WITHDRAWN, order.version, order.history[-1].at)
        rows = [{"way": way, "destination": "", "request_id": order.id} for way in ways]
        write_event(connection, city, event, rows)


class Event(Value):
    """What happened; the fields are those of the table."""

    id: str
    order_id: str
    kind: AnyKind
    version: int
    at: datetime
    facts: str = ""


def write_event(connection: "Connection", city: "City", event: Event, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write an event that is not there yet, and a notice for each of its destinations.

    Args:
        connection: A connection inside the transaction of the event.
        city: Where settings and clock are.
        event: What happened.
        rows: Way, destination and request of each notice.
    """
    connection.execute(insert(schema.notice_events), asdict(event))
    now, told = city.clock(), _told(connection, city, event.at)
    known = {"event_id": event.id, "kind": event.kind, "created_at": now, "next_try_at": now, **told}
    for row in rows:
        name = notice_id_of(event.id, row["way"], row["destination"])
        connection.execute(insert(schema.notices), {"id": name, **known, **row})
    city.database.bell.note(NOTICES)


def is_written(connection: "Connection", event_id: str) -> bool:
    """Whether an event is there already."""
    events = schema.notice_events
    return connection.execute(select(events.c.id).where(events.c.id == event_id)).first() is not None


def event_id_of(order_id: str, kind: str, version: int) -> str:
    """Names an event."""
    return _name(order_id, kind, str(version))


def notice_id_of(event_id: str, way: str, destination: str) -> str:
    """Names a notice by its event and its destination."""
    return _name(event_id, way, destination)


def _name(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]


def _mails(
    connection: "Connection", city: "City", order: "WorkOrder", kind: Kind, only: Iterable[str] | None
) -> Iterator[dict[str, Any]]:
    """A row for each person, however many of the order's requests they sent."""
    if not _is_mailed(city, order, kind):
        return
    requests = schema.service_requests
    ids = connection.scalars(select(requests.c.id).where(requests.c.order_id == order.id)) if only is None else only
    by_person: dict[str, list[str]] = {}
    for request_id, person in people_of(connection, ids).items():
        by_person.setdefault(person, []).append(request_id)
    for person, their in by_person.items():
        if not choice_of(connection, person).wants(kind):
            continue
        if kind == "scheduled" and _was_told(connection, kind, their):
            continue
        yield {"way": MAIL, "destination": person, "request_id": order.id if order.id in their else their[0]}


def _is_mailed(city: "City", order: "WorkOrder", kind: Kind) -> bool:
    own = city.catalogue.service(order.service_code).notices
    return kind in (city.settings.notices.kinds if own is None else own)


def _was_told(connection: "Connection", kind: Kind, request_ids: list[str]) -> bool:
    notices = schema.notices
    there = select(notices.c.id).where(notices.c.kind == kind, notices.c.request_id.in_(request_ids))
    return connection.execute(there).first() is not None


def _others(city: "City", order: "WorkOrder", kind: Kind, only: Iterable[str] | None) -> Iterator[dict[str, Any]]:
    if only is not None and order.id not in only:
        return  # who joined a report is told of it; programs, channels and posts have heard of the report
    for way in _ways_beside_mail(city, order, kind):
        yield {"way": way, "destination": "", "request_id": order.id}
    for way in post_ways(city, order, kind, only):
        later = waits_until(city, way, order, kind)
        yield {"way": way, "destination": "", "request_id": order.id, **({"next_try_at": later} if later else {})}


def _destinations(city: "City", order: "WorkOrder", kind: Kind) -> Iterator[str]:
    if _is_mailed(city, order, kind):
        yield MAIL
    yield from _ways_beside_mail(city, order, kind)
    yield from post_ways(city, order, kind)


def _ways_beside_mail(city: "City", order: "WorkOrder", kind: Kind) -> Iterator[str]:
    def hears(way: "WebhookSettings | AppriseSettings") -> bool:
        return (not way.kinds or kind in way.kinds) and (not way.services or order.service_code in way.services)

    settings = city.settings.notices
    yield from (webhook_way(hook.name) for hook in settings.webhook if hears(hook))
    yield from (apprise_way(channel.name) for channel in settings.apprise if hears(channel))


def silence_before(connection: "Connection", moment: datetime) -> int:
    """Take everybody to know of what happened before a moment: a restored city must not mail them all anew.

    Devices send again what a restored city has forgotten, so this holds for notices to come, too.

    Returns:
        How many waiting notices will not be sent.
    """
    set_setting(connection, _SILENT_BEFORE, moment.isoformat())
    notices = schema.notices
    waiting = and_(notices.c.state == State.WAITING, notices.c.created_at < moment)
    told = {"state": State.UNTOLD, "last_problem": TOLD_BEFORE}
    return connection.execute(update(notices).where(waiting).values(**told)).rowcount


def _told(connection: "Connection", city: "City", at: datetime) -> dict[str, str]:
    """Whether an event is one that nobody can have heard of before a restore, and is news."""
    settings = schema.settings
    silent_before = connection.scalar(select(settings.c.value).where(settings.c.name == _SILENT_BEFORE))
    if silent_before is not None and at < datetime.fromisoformat(silent_before):
        return {"state": State.UNTOLD, "last_problem": TOLD_BEFORE}
    if at < city.clock() - timedelta(days=city.settings.notices.oldest_days):
        return {"state": State.UNTOLD, "last_problem": TOO_OLD}
    return {"state": State.WAITING}
