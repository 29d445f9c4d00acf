"""The way of mails to reporters: what a letter still has to tell, as one message. Backend layer.

Whether something is still so is asked when it leaves, not when it was written: it may have waited for a night.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from crew.backend.notice_kinds import ENDINGS, KINDS, Kind
from crew.backend.notices.claiming import settle
from crew.backend.notices.hours import in_quiet_hours
from crew.backend.notices.letters import Letter, Notice
from crew.backend.notices.mail import Carrier
from crew.backend.notices.notice_mail import digest_of, message_of
from crew.backend.notices.notice_words import Told
from crew.backend.notices.queueing import TOO_OLD
from crew.backend.notices.quiet_addresses import choice_of
from crew.backend.notices.recipients import Recipient, people_of, recipient_of
from crew.backend.notices.states import MAIL, State
from crew.backend.notices.way import Overtaken
from crew.backend.order_loading import load_order
from crew.backend.schema import notice_events, notices, service_requests
from crew.domain.value import Value
from crew.domain.work_order import PublicStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder

_TAKES_OVER: Final = {
    "received": ENDINGS,
    "scheduled": ENDINGS | {"reopened"},
    **dict.fromkeys(ENDINGS, ENDINGS | {"reopened"}),
    "reopened": ENDINGS | {"reopened"},
}
"""What of the same order, where it happened later, leaves nothing to tell of a kind."""


_TRUE_WHILE: Final = {
    **dict.fromkeys(ENDINGS, (PublicStatus.CLOSED, "opened again")),
    "reopened": (PublicStatus.OPEN, "closed again"),
    "scheduled": (PublicStatus.OPEN, "closed"),
}
"""The public status in which a kind is still so, and what has become of the order where it is not."""


class _Event(Value):
    order: "WorkOrder"
    version: int
    at: datetime


class MailWay:
    """Mails to those who reported something."""

    name: Final = MAIL

    def __init__(self, city: "City", carrier: Carrier) -> None:
        """Send what the city has to tell with a carrier."""
        self._city: Final = city
        self._carrier: Final = carrier

    @property
    def title(self) -> str:
        """As an administrator reads it."""
        mail = self._city.settings.mail
        return f"mail by {mail.smtp_host}:{mail.smtp_port}" if mail.smtp_host and not mail.folder else "mail folder"

    def kinds_at(self, moment: datetime) -> Iterable[Kind]:
        """Everything, in the quiet hours what is urgent."""
        settings = self._city.settings.notices
        if in_quiet_hours(settings.quiet, moment, ZoneInfo(self._city.settings.time_zone)):
            return settings.urgent_kinds
        return KINDS

    def send(self, letter: Letter, hand_over: Callable[[], None]) -> None:
        """Send one mail with what of the letter is still to be told; `Way.send` says what is raised."""
        told, last = [], ""
        for notice in letter.notices:
            try:
                told.append(self._told(notice))
            except Overtaken as problem:
                last = problem.sentence
                if len(letter.notices) > 1:
                    settle(self._city, letter, State.UNTOLD, last, only=notice)
        if not told:
            raise Overtaken(last)
        make = message_of if len(told) == 1 else digest_of
        self._carrier.send(letter.id, make(self._city, letter.id, told), hand_over)

    def give_up(self) -> None:
        """Let a mail that is under way fail at once."""
        self._carrier.give_up()

    def _told(self, notice: Notice) -> Told:
        """What a notice has to tell now. Raises Overtaken where it is nothing."""
        city = self._city
        with city.database.reading() as connection:
            event = _event_of(connection, city, notice)
            to = recipient_of(connection, city, notice.request_id)
            if to is None:
                raise Overtaken("Its reporter's mail address is not known any more.")
            if not choice_of(connection, to.person).wants(notice.news):
                raise Overtaken("The recipient has wanted no more mail since this notice was written.")
            _require_news(connection, city, notice, event)
            numbers = _numbers(connection, event.order.id, to)
        return Told(notice.news, notice.request_id, numbers, event.order, to)


def _event_of(connection: "Connection", city: "City", notice: Notice) -> _Event:
    events = notice_events
    row = connection.execute(select(events).where(events.c.id == notice.event_id)).one()
    order = load_order(connection, city.catalogue, row.order_id)
    if order is None:
        raise Overtaken(f"There is no order {row.order_id} any more.")
    return _Event(order, row.version, row.at)


def _require_news(connection: "Connection", city: "City", notice: Notice, event: _Event) -> None:
    """Raise Overtaken where what happened is too old, or something happened since that says more."""
    order = event.order
    if notice.created_at < city.clock() - timedelta(days=city.settings.notices.oldest_days):
        raise Overtaken(TOO_OLD)
    status, became = _TRUE_WHILE.get(notice.news, (order.public_status, ""))
    if order.public_status is not status:
        raise Overtaken(f"The order {order.id} was {became} before this notice left.")
    later = select(notice_events.c.id).where(
        notice_events.c.order_id == order.id,
        notice_events.c.version > event.version,
        notice_events.c.kind.in_(_TAKES_OVER[notice.news]),
    )
    if event.version and connection.execute(later).first():
        raise Overtaken(f"Something happened to the order {order.id} since that says more.")
    if notice.news == "reopened" and not _end_was_told(connection, notice, event):
        raise Overtaken("Its reporter was never told that it had ended.")


def _end_was_told(connection: "Connection", notice: Notice, event: _Event) -> bool:
    """Whether the mail about the ending before has left, or there was to be none."""
    ended = (
        select(notices.c.state, notices.c.doubts)
        .join(notice_events, notice_events.c.id == notices.c.event_id)
        .where(
            notice_events.c.order_id == event.order.id,
            notice_events.c.version < event.version,
            notice_events.c.kind.in_(ENDINGS),
            or_(notices.c.destination == notice.destination, notices.c.request_id == notice.request_id),
            notices.c.way == MAIL,
        )
        .order_by(notice_events.c.version.desc())
        .limit(1)
    )
    row = connection.execute(ended).first()
    return row is None or row.state == State.SENT or row.doubts > 0


def _numbers(connection: "Connection", order_id: str, to: Recipient) -> tuple[str, ...]:
    """Every request of the same person that the order answers."""
    ids = connection.scalars(select(service_requests.c.id).where(service_requests.c.order_id == order_id)).all()
    own = (to.person, f"request {to.request_id}")
    return tuple(one for one, person in people_of(connection, ids).items() if person in own)
