"""The city's working time: when its offices and crews are at work, in its own zone. Domain layer; pure.

A zone is handed in, so nothing here reads a file. Days are the city's, sums are elapsed time: where clocks are put
forward a night shift is an hour shorter, where they are put back an hour longer, and no hour counts twice.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from crew.domain.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY_MINUTES: Final = 24 * 60
_ZERO: Final = timedelta()
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_LONGEST_WITHOUT_WORK: Final = 400
"""Days; a calendar that knows no work for so long stands still, and a deadline is where the search ended."""

Shift = tuple[int, int]
"""From when until when on a day, in minutes since midnight as clocks on walls show them."""


class WorkingTime(Value):
    """When work is done.

    Attributes:
        zone: The city's time zone.
        week: The shifts of each day, Monday first, in their order and apart from each other.
        holidays: Days without work.
        yearly: Days without work of every year, as month and day.
    """

    zone: tzinfo
    week: tuple[tuple[Shift, ...], ...]
    holidays: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days")
        for shifts in self.week:
            edges = [0, *(minute for shift in shifts for minute in shift), DAY_MINUTES]
            if edges != sorted(edges) or any(begin == end for begin, end in shifts):
                raise ValueError("the shifts of a day follow one another within it")

    def after(self, moment: datetime, span: timedelta) -> datetime:
        """When so much working time has gone by since a moment. Nothing at all is over at once; as aware UTC.

        A span that would end with a shift ends there, not when the next one begins.
        """
        moment, left = moment.astimezone(UTC), span
        if left <= _ZERO:
            return moment
        for begin, end in self._shifts_from(moment):
            begin = max(begin, moment)
            if end - begin >= left:
                return begin + left
            left -= max(_ZERO, end - begin)
        return moment

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments; negative where the second is the earlier one."""
        if end < start:
            return -self.between(end, start)
        start, end, sum_ = start.astimezone(UTC), end.astimezone(UTC), _ZERO
        for day in _days(self._day_of(start), self._day_of(end)):
            for begin, close in self._shifts_on(day):
                sum_ += max(_ZERO, min(close, end) - max(begin, start))
        return sum_

    def _shifts_from(self, moment: datetime) -> "Iterator[tuple[datetime, datetime]]":
        """The shifts that end after a moment, until there are none for a long time."""
        day = self._day_of(moment)
        last = day
        while (day - last).days <= _LONGEST_WITHOUT_WORK and day < date.max - _DAY:
            for begin, end in self._shifts_on(day):
                if end > moment and end > begin:
                    last = day
                    yield begin, end
            day += _DAY

    def _shifts_on(self, day: date) -> "Iterator[tuple[datetime, datetime]]":
        if day in self.holidays or (day.month, day.day) in self.yearly:
            return
        for begin, end in self.week[day.weekday()]:
            yield self._moment(day, begin), self._moment(day, end)

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _moment(self, day: date, minute: int) -> datetime:
        """The moment at which the clocks on the walls show this; the first of two, and in a gap the gap itself."""
        day += _DAY * (minute // DAY_MINUTES)
        shown = datetime.combine(day, time(minute % DAY_MINUTES // 60, minute % 60), self.zone)
        late, early = shown.astimezone(UTC), shown.replace(fold=1).astimezone(UTC)
        return late if early >= late else self._jump(early, late)

    def _jump(self, early: datetime, late: datetime) -> datetime:
        """The first second of the new time, where clocks were put forward between two moments."""
        before = early.astimezone(self.zone).utcoffset()
        while late - early > _SECOND:
            middle = early + (late - early) // _SECOND // 2 * _SECOND
            jumped = middle.astimezone(self.zone).utcoffset() != before
            early, late = (early, middle) if jumped else (middle, late)
        return late


def _days(first: date, last: date) -> "Iterator[date]":
    return (first + _DAY * number for number in range((last - first).days + 1))
