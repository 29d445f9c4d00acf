"""Tells people that a way is dead, each hour anew until it works. Backend layer.

An alarm leaves on another way than the one that it is about; it is logged in any case. It is no notice and is not kept:
where it cannot be told now, the next hour's will be.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Final

from crew.backend.notices.apprise_way import AppriseWay
from crew.backend.notices.mail import carrier
from crew.backend.notices.mail_address import read_mail_address
from crew.backend.notices.notice_mail import sender_of
from crew.backend.notices.standing import Standing, standings, take_alarm
from crew.backend.notices.states import MAIL, STAFF, apprise_way
from crew.domain.errors import CrewError
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.backend.notices.way import Way

_log: Final = logging.getLogger(__name__)


def dead_ways(city: "City", known: Iterable[Standing], now: datetime) -> list[Standing]:
    """The ways that fail for longer than the settings put up with."""
    limit = now - timedelta(hours=city.settings.notices.alarm_hours)
    return [one for one in known if one.failing_since is not None and one.failing_since <= limit]


def raise_alarms(city: "City", ways: "Sequence[Way]") -> None:
    """Log and tell of each dead way of the settings, once an hour, whichever worker comes first."""
    titles = {way.name: way.title for way in ways}
    with city.database.reading() as connection:
        dead = [one for one in dead_ways(city, standings(connection), city.clock()) if one.way in titles]
    for one in dead:
        if take_alarm(city, one):
            words = f"Nothing has left by {titles[one.way]} since {one.failing_since:%Y-%m-%d %H:%M} UTC: "
            words += clean_line(one.last_problem)
            _log.warning("%s", words)
            _tell(city, one, words)


def _tell(city: "City", dead: Standing, words: str) -> None:
    settings = city.settings.notices
    title = f"{clean_line(city.settings.city_name)}: notices do not leave"
    try:
        if settings.alarm_address and dead.way not in (MAIL, STAFF):
            _mail(city, title, words)
        for channel in settings.apprise:
            if channel.name == settings.alarm_channel and dead.way != apprise_way(channel.name):
                AppriseWay(city, channel).say(title, words)
    except CrewError as problem:
        _log.warning("The alarm could not be told by another way: %s", problem.sentence)


def _mail(city: "City", title: str, words: str) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender_of(city)
    message["To"] = read_mail_address(city.settings.notices.alarm_address)
    message["Subject"] = title
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{words}\n\nWhat waits: crew backend notices\n")
    name = f"alarm-{int(city.clock().timestamp())}"
    carrier(city.settings.mail, city.data_dir).send(name, message, lambda: None)
