"""Moments as cities write them, read in the city's own time zone. Backend layer; pure."""

from datetime import datetime, tzinfo
from typing import Final

from crew.backend.importing.entry import Unusable
from crew.backend.schema import to_microseconds
from crew.domain.plain_text import clean_line

_FORMS: Final = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M", "%m/%d/%Y")
_SECONDS: Final = {f"{second // 60:02d}:{second % 60:02d}": second * 1_000_000 for second in range(3600)}
"""Microseconds into the hour, by the text of minutes and seconds."""

_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2200
_HOURS_LIMIT: Final = 100_000


class Moments:
    """Reads moments; a moment without a zone is in the city's.

    A file holds few hours and many moments, so an hour is worked out once and minutes and seconds are added.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._hours: dict[str, int] = {}

    def microseconds(self, text: str) -> int | None:
        """Microseconds since 1970; None for an empty text.

        Raises:
            Unusable: This is no moment.
        """
        try:
            # Both of Boston's forms, and ISO 8601, have minutes and seconds at the same places.
            return self._hours[text[:14] + text[19:]] + _SECONDS[text[14:19]]
        except KeyError:
            return self._first_of_hour(text)

    def _first_of_hour(self, text: str) -> int | None:
        stripped = text.strip()
        if not stripped:
            return None
        moment = to_microseconds(self._parse(stripped))
        within = _SECONDS.get(text[14:19])
        if within is not None:
            if len(self._hours) >= _HOURS_LIMIT:
                self._hours.clear()
            self._hours[text[:14] + text[19:]] = moment - within
        return moment

    def _parse(self, text: str) -> datetime:
        moment = _iso(text) or _american(text)
        if moment is None or not _FIRST_YEAR <= moment.year < _LAST_YEAR:
            raise Unusable(f'"{clean_line(text, 40)}" is no date')
        return moment if moment.tzinfo else moment.replace(tzinfo=self._zone)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _american(text: str) -> datetime | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the file's moments have no zone; the caller adds it
        except ValueError:
            continue
    return None
