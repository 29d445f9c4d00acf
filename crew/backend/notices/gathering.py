"""Whether what waits for one address leaves now, alone or together, or waits for more. Backend layer; only reads."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from crew.backend.notices.hours import next_at
from crew.backend.notices.quiet_addresses import Choice, choice_of
from crew.backend.notices.states import State
from crew.backend.schema import notices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.notices.letters import Notice


def gathered(
    connection: "Connection", city: "City", first: "Notice", waiting: "Sequence[Notice]", now: datetime
) -> "tuple[list[Notice], datetime | None]":
    """Decide about what waits for an address.

    Args:
        connection: A connection inside a transaction.
        city: Where the settings are.
        first: What is due.
        waiting: Everything that waits for the same address, the oldest first, `first` included.
        now: The current time.

    Returns:
        What leaves together, or waits together, and until when it waits; None where it leaves now.
    """
    settings = city.settings.notices
    if choice_of(connection, first.destination) is Choice.DAILY:
        due = next_at(settings.daily, waiting[0].created_at, ZoneInfo(city.settings.time_zone))
        return list(waiting), due if due > now else None
    if not settings.digest_over:
        return [first], None
    span = timedelta(minutes=settings.digest_minutes)
    recent = _sent_since(connection, first.destination, now - span)
    if len(recent) >= settings.digest_over:
        return list(waiting), recent[-settings.digest_over] + span
    return (list(waiting) if len(recent) + len(waiting) > settings.digest_over else [first]), None


def _sent_since(connection: "Connection", destination: str, since: datetime) -> list[datetime]:
    """When the letters left that an address has got since a moment, the oldest first."""
    sent = func.max(notices.c.sent_at)
    question = (
        select(sent)
        .where(notices.c.destination == destination, notices.c.state == State.SENT, notices.c.sent_at > since)
        .group_by(notices.c.letter_id)
        .order_by(sent)
    )
    return [moment for (moment,) in connection.execute(question) if moment is not None]
