"""Days without work: from the settings, a list of dates, or a calendar file. Backend layer; only reads.

Of a calendar (iCalendar, RFC 5545) it takes whole days, and those that come every year on their date. What moves from
year to year has to be written out: a date that is guessed wrong would move deadlines and tell nobody.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from crew.domain.errors import CorrectSettings
from crew.domain.value import Value

_LARGEST: Final = 1_000_000
_LONGEST: Final = timedelta(days=62)
_LEAP_YEAR: Final = 2000
_FOLDED: Final = re.compile(r"\r?\n[ \t]")
_DAY: Final = re.compile(r"(\d{4})(\d\d)(\d\d)")
_YEARLY: Final = re.compile(r"FREQ=YEARLY(;INTERVAL=1)?(;BYMONTH=\d+)?(;BYMONTHDAY=\d+)?", re.IGNORECASE)


class Holidays(Value):
    """Days without work: each once, or every year on its month and day."""

    once: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()

    def __or__(self, other: "Holidays") -> "Holidays":
        """Both."""
        return Holidays(self.once | other.once, self.yearly | other.yearly)

    @classmethod
    def of_lines(cls, lines: Iterable[str], origin: str) -> "Holidays":
        """Read "2026-11-26" and "12-25".

        Raises:
            CorrectSettings: A line is neither; the sentence names it.
        """
        once, yearly = set(), set()
        for line in lines:
            try:
                if len(line) == len("12-25"):
                    day = date.fromisoformat(f"{_LEAP_YEAR}-{line}")
                    yearly.add((day.month, day.day))
                else:
                    once.add(date.fromisoformat(line))
            except ValueError as error:
                raise CorrectSettings(
                    f'In {origin}: "{line}" is no day. Write 2026-11-26, or 12-25 for every year.'
                ) from error
        return cls(frozenset(once), frozenset(yearly))


def read_holidays(path: Path) -> Holidays:
    """Read a list of dates, a line each with anything behind it, or a calendar whose name ends in .ics.

    Raises:
        CorrectSettings: It cannot be read; the sentence says why.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise CorrectSettings(f"{path} is no list of holidays: it is larger than a megabyte.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CorrectSettings(f"The holidays {path} cannot be read ({error}).") from error
    if path.suffix.lower() == ".ics":
        return _of_calendar(text, path)
    lines = (line.replace(",", " ").split() for line in text.splitlines())
    return Holidays.of_lines((words[0] for words in lines if words and words[0][0] != "#"), str(path))


def _of_calendar(text: str, path: Path) -> Holidays:
    found, event = Holidays(), dict[str, str]()
    for line in _FOLDED.sub("", text).splitlines():
        name, _, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        if name == "BEGIN":
            event = {}
        elif name == "END" and value.strip().upper() == "VEVENT":
            found |= _of_event(event, path)
        else:
            event[name] = value.strip()
    return found


def _of_event(event: dict[str, str], path: Path) -> Holidays:
    """The days of an event; one that is not of whole days is no holiday."""
    if not _DAY.fullmatch(event.get("DTSTART", "")) or event.get("STATUS", "").upper() == "CANCELLED":
        return Holidays()
    called = event.get("SUMMARY", event["DTSTART"])
    try:
        start = _day(event["DTSTART"])
        end = _day(event["DTEND"]) if "DTEND" in event else start + timedelta(days=1)
    except ValueError as error:
        raise CorrectSettings(f'In {path}: "{called}" is on a day that does not exist.') from error
    if end - start > _LONGEST:
        raise CorrectSettings(f'In {path}: "{called}" lasts longer than two months. Is that a holiday?')
    days = [start + timedelta(days=number) for number in range(max(1, (end - start).days))]
    if "RRULE" not in event:
        return Holidays(once=frozenset(days))
    if not _YEARLY.fullmatch(event["RRULE"]):
        raise CorrectSettings(
            f'In {path}: "{called}" is on another day each year ({event["RRULE"]}). Write its dates into holidays.'
        )
    return Holidays(yearly=frozenset((day.month, day.day) for day in days))


def _day(words: str) -> date:
    read = _DAY.fullmatch(words)
    if read is None:
        raise ValueError("no day")
    return date(*map(int, read.groups()))
