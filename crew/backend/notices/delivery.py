"""Delivers the notices that are due, each for itself. Backend layer; what is due was written by queueing.py.

At least once: a notice is marked as sent after the mail server took it, and its Message-ID never changes, so that a
second copy is recognised. Holds no message texts (notice_mail.py) and opens no socket (mail.py).
"""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from crew.backend import schema
from crew.backend.notices.mail import Carrier, RecipientRefused, ServerAway, carrier
from crew.backend.notices.notice_mail import Overtaken, message_of
from crew.backend.notices.queueing import NEVER, Kind
from crew.backend.notices.recipients import recipient_of
from crew.domain.errors import CorrectInput, CorrectSettings, CrewError

if TYPE_CHECKING:
    from crew.backend.city import City

POLL_SECONDS: Final = 2.0
_BATCH: Final = 100
_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(hours=1)
_WAIT_AFTER_REFUSAL: Final = timedelta(hours=24)
_GIVE_UP_REFUSED_AFTER: Final = timedelta(days=5)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Due:
    id: str
    request_id: str
    kind: Kind
    created_at: datetime
    attempts: int


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
    recipient = recipient_of(city, notice.request_id)
    if recipient is None:
        raise Overtaken("Since this notice was written its recipient wanted no more mail, or was forgotten.")
    message = message_of(city, notice.id, notice.request_id, notice.kind, recipient)
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
