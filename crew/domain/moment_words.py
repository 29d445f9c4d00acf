"""A time as a person types it: "16:00", "tomorrow 9:00", "fri 12:00", "4h", or a whole date. Domain layer; pure."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from crew.domain.errors import CorrectInput
from crew.domain.plain_text import clean_line

_CLOCK: Final = re.compile(r"(?:(?P<day>\S+) +)?(?P<hour>\d{1,2})[:.](?P<minute>\d\d)")
_SPAN: Final = re.compile(r"\+?(?P<count>\d{1,3}) *(?P<unit>min|m|h|d)")
_UNITS: Final = {"min": "minutes", "m": "minutes", "h": "hours", "d": "days"}
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHORTEST: Final = 2
"""Letters by which a day is known."""


def moment_of(words: str, now: datetime) -> datetime:
    """Read a time that is still to come, in the zone of `now`.

    Raises:
        CorrectInput: It cannot be read, or has gone by.
    """
    given = clean_line(words).strip().casefold()
    moment = _after(given, now) or _at_clock(given, now) or _whole(given, now)
    if moment is None:
        raise CorrectInput(
            f'"{clean_line(words)}" is no time. Write 16:00, tomorrow 9:00, fri 12:00, 4h or 2026-11-24T16:00.'
        )
    if moment <= now:
        raise CorrectInput(f'"{clean_line(words)}" has gone by. Give a time that is still to come.')
    return moment


def _after(given: str, now: datetime) -> datetime | None:
    read = _SPAN.fullmatch(given)
    if read is None:
        return None
    span = timedelta(**{_UNITS[read["unit"]]: int(read["count"])})
    return (now.astimezone(UTC) + span).astimezone(now.tzinfo)


def _at_clock(given: str, now: datetime) -> datetime | None:
    read = _CLOCK.fullmatch(given)
    if read is None or int(read["hour"]) > 23 or int(read["minute"]) > 59:
        return None
    day = _day(read["day"] or "today", now.date())
    return None if day is None else datetime.combine(day, time(int(read["hour"]), int(read["minute"])), now.tzinfo)


def _day(word: str, today: date) -> date | None:
    if len(word) >= _SHORTEST and "tomorrow".startswith(word) and word != "to":
        return today + timedelta(days=1)
    if word == "today":
        return today
    place = next(
        (place for place, day in enumerate(_DAYS) if len(word) >= _SHORTEST and word.startswith(day[: len(word)])), None
    )
    return None if place is None else today + timedelta(days=(place - today.weekday()) % 7 or 7)


def _whole(given: str, now: datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(given.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
