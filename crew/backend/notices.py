"""The notice outbox: what a citizen should hear of is written with the event and delivered by mail. Backend layer.

At least once: a notice is marked as sent after the mail server took it, and its Message-ID never changes, so that a
second copy is recognised. Holds no message texts (notice_mail.py) and opens no socket (mail.py).
"""

import hashlib
import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import and_, insert, select, update

from crew.backend import schema
from crew.backend.database import set_setting
from crew.backend.mail import Carrier, RecipientRefused, ServerAway, carrier
from crew.backend.notice_mail import Overtaken, message_of
from crew.backend.quiet_addresses import is_quiet
from crew.domain.errors import CorrectInput, CorrectSettings, CrewError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder

Kind = Literal["received", "closed"]
"""What a notice tells: the report was received, or its work order has ended."""

POLL_SECONDS: Final = 2.0
_BATCH: Final = 100
_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(hours=1)
_WAIT_AFTER_REFUSAL: Final = timedelta(hours=24)
_GIVE_UP_REFUSED_AFTER: Final = timedelta(days=5)

NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""`next_try_at` of a notice that was given up: kept, with its problem, and never tried again."""

TOLD_BEFORE: Final = "A backup was restored; this may have been mailed before that, and is not mailed again."
"""`last_problem` of a notice that was given up for that reason."""

_TOLD: Final = {"next_try_at": NEVER, "last_problem": TOLD_BEFORE}
_SILENT_BEFORE: Final = "silent_before"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Due:
    id: str
    request_id: str
    kind: Kind
    recipient: str
    created_at: datetime
    attempts: int


def queue(connection: "Connection", city: "City", order: "WorkOrder", kind: Kind) -> None:
    """Write a notice for every linked service request that has a mail address, in the transaction of the event.

    The same event queued twice is one notice: its id is made from request, kind, order and version. What
    happened before the moment of `silence_before` is written and not mailed.
    """
    requests = schema.service_requests
    rows = connection.execute(
        select(requests.c.id, requests.c.email).where(requests.c.order_id == order.id, requests.c.email != "")
    )
    for request_id, email in rows.all():
        notice_id = notice_id_of(request_id, kind, order.version, order.id)
        there = select(schema.notices.c.id).where(schema.notices.c.id == notice_id)
        if connection.execute(there).first() or is_quiet(connection, email):
            continue
        now = city.clock()
        first_try = {"next_try_at": now} if _may_be_news(connection, order) else _TOLD
        row = {"id": notice_id, "request_id": request_id, "kind": kind, "recipient": email, "created_at": now}
        connection.execute(insert(schema.notices).values(**row, **first_try, attempts=0))


def notice_id_of(request_id: str, kind: str, version: int, order_id: str) -> str:
    """Names a notice by its event. Versions count for one order, so another order that answers is named too."""
    where = "" if order_id == request_id else f"\0{order_id}"
    return hashlib.sha256(f"{request_id}\0{kind}\0{version}{where}".encode()).hexdigest()[:32]


def silence_before(connection: "Connection", moment: datetime) -> int:
    """Take citizens to know of what happened before a moment: a restored city must not mail them all anew.

    Devices send again what a restored city has forgotten, so this holds for notices to come, too.

    Returns:
        How many waiting notices will not be mailed.
    """
    set_setting(connection, _SILENT_BEFORE, moment.isoformat())
    notices = schema.notices
    waiting = and_(notices.c.sent_at.is_(None), notices.c.next_try_at != NEVER, notices.c.created_at < moment)
    return connection.execute(update(notices).where(waiting).values(**_TOLD)).rowcount


def deliver_due(city: "City", stop: threading.Event | None = None) -> int:
    """Try every notice that is due, each for itself, and return how many were delivered.

    Ends early only when it is told to stop, and when nothing can leave at all: the mail server is away, or the
    settings are wrong.
    """
    way = carrier(city.settings.mail, city.data_dir)
    delivered = 0
    for notice in _due(city):
        if stop is not None and stop.is_set():
            break
        try:
            _deliver(city, way, notice)
        except CrewError as problem:
            _put_off(city, notice, problem)
            if isinstance(problem, ServerAway | CorrectSettings):
                break
        else:
            delivered += 1
    return delivered


def deliver_forever(city: "City", stop: threading.Event, poll_seconds: float = POLL_SECONDS) -> None:
    """Deliver what is due, again and again, until `stop` is set; meant for a thread of its own."""
    while not stop.is_set():
        try:
            deliver_due(city, stop)
        except CrewError as problem:
            _log.warning("No notice can be delivered now; the next try is in %s s. %s", poll_seconds, problem.sentence)
        stop.wait(poll_seconds)


def _may_be_news(connection: "Connection", order: "WorkOrder") -> bool:
    """Whether the last event of an order is one that its citizens cannot have heard of before a restore."""
    settings = schema.settings
    silent_before = connection.scalar(select(settings.c.value).where(settings.c.name == _SILENT_BEFORE))
    return silent_before is None or order.history[-1].at >= datetime.fromisoformat(silent_before)


def _due(city: "City") -> list[_Due]:
    notices = schema.notices
    columns = (getattr(notices.c, name) for name in _Due.__slots__)
    question = (
        select(*columns)
        .where(notices.c.sent_at.is_(None), notices.c.next_try_at <= city.clock())
        .order_by(notices.c.next_try_at, notices.c.created_at)
        .limit(_BATCH)
    )
    with city.database.reading() as connection:
        return [_Due(*row) for row in connection.execute(question)]


def _deliver(city: "City", way: Carrier, notice: _Due) -> None:
    with city.database.reading() as connection:
        if is_quiet(connection, notice.recipient):
            raise Overtaken("The recipient has wanted no more mail since this notice was written.")
    message = message_of(city, notice.id, notice.request_id, notice.kind, notice.recipient)
    way.send(notice.id, message)
    notices = schema.notices
    with city.database.writing() as connection:
        connection.execute(
            update(notices)
            .where(notices.c.id == notice.id)
            .values(sent_at=city.clock(), attempts=notice.attempts + 1, last_problem="")
        )


def _put_off(city: "City", notice: _Due, problem: CrewError) -> None:
    now = city.clock()
    notices = schema.notices
    with city.database.writing() as connection:
        connection.execute(
            update(notices)
            .where(notices.c.id == notice.id)
            .values(
                attempts=notice.attempts + 1,
                last_problem=problem.sentence,
                next_try_at=_next_try(notice, problem, now),
            )
        )


def _next_try(notice: _Due, problem: CrewError, now: datetime) -> datetime:
    """Doubling waits up to an hour; what was refused for good is tried daily for some days, then never again."""
    if isinstance(problem, Overtaken | CorrectInput):
        return NEVER
    if isinstance(problem, RecipientRefused):
        return now + _WAIT_AFTER_REFUSAL if now - notice.created_at < _GIVE_UP_REFUSED_AFTER else NEVER
    return now + min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(notice.attempts, 10)))
