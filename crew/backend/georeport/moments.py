"""Reads and writes the dates of GeoReport: W3C notation with seconds and an offset. Backend layer, pure.

Writes strictly, reads kindly: clients send dates without a zone, with fractions, or with a plus that became a space.
"""

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from crew.backend.georeport.refusals import CorrectParameters

_LOST_PLUS: Final = re.compile(r" (?=\d\d:?\d\d$)")
_DAY_LETTERS: Final = 10  # every date with a time is longer
_YEARS: Final = range(1900, 2200)
_SECOND: Final = timedelta(seconds=1)


def write_moment(moment: datetime, zone: tzinfo) -> str:
    """A moment in the city's own time, with its offset, without fractions of a second."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def read_start(parameter: str, raw: str, zone: tzinfo) -> datetime:
    """The first moment that a date means; a day alone starts at midnight.

    Args:
        parameter: Named in the refusal.
        raw: What the client sent.
        zone: Taken for a date that names none.

    Raises:
        CorrectParameters: It is no date.
    """
    text = _LOST_PLUS.sub("+", raw) if ":" in raw.partition(" ")[0] else raw
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_date(parameter) from error
    if moment.year not in _YEARS:
        raise _no_date(parameter)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def read_end(parameter: str, raw: str, zone: tzinfo) -> datetime:
    """The first moment after what a date means, so that the date itself is included: its second, or its whole day.

    Raises:
        CorrectParameters: It is no date.
    """
    start = read_start(parameter, raw, zone)
    if len(raw) <= _DAY_LETTERS:
        return datetime.combine(start.astimezone(zone).date() + timedelta(days=1), time(), zone).astimezone(UTC)
    return start.replace(microsecond=0) + _SECOND


def _no_date(parameter: str) -> CorrectParameters:
    return CorrectParameters(
        f'{parameter} is not a date: write it like 2026-03-11T02:30:00Z, with "+" as %2B in an address.'
    )
