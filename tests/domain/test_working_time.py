"""The city's calendar: no hour counts twice or never, whatever the clocks on the walls do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from crew.domain.working_time import DAY_MINUTES, Shift, WorkingTime

BOSTON = ZoneInfo("America/New_York")
GAP, FOLD = date(2026, 3, 8), date(2026, 11, 1)
"""Sundays on which clocks are put forward and back, at two in the morning."""

HOUR = timedelta(hours=1)
OFFICE = WorkingTime(
    BOSTON,
    (*(((8 * 60, 12 * 60), (13 * 60, 17 * 60)),) * 5, (), ()),
    frozenset({date(2026, 11, 26)}),
    frozenset({(7, 4), (12, 25), (1, 1)}),
)
AROUND_THE_CLOCK = WorkingTime(BOSTON, (((0, DAY_MINUTES),),) * 7)
NIGHTS = WorkingTime(BOSTON, (((0, 6 * 60), (22 * 60, DAY_MINUTES)),) * 7)


def at(*parts: int) -> datetime:
    year, month, day, *clock = parts
    hour, minute = (*clock, 0, 0)[:2]
    return datetime(year, month, day, hour, minute, tzinfo=BOSTON)


@st.composite
def shifts(draw: st.DrawFn) -> tuple[Shift, ...]:
    edges = sorted(draw(st.sets(st.integers(0, DAY_MINUTES), max_size=4)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingTime:
    zone = ZoneInfo(draw(st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC"])))
    week = tuple(draw(shifts()) for _ in range(7))
    assume(any(week))
    holidays = frozenset(draw(st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20)))
    return WorkingTime(zone, week, holidays, frozenset({(12, 25)}))


any_calendar = st.sampled_from([OFFICE, AROUND_THE_CLOCK, NIGHTS]) | calendars()
moments = st.one_of(
    st.integers(0, 365 * 86_400).map(lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)),
    st.integers(0, 8 * 3_600).map(lambda second: datetime(2026, 3, 8, 4, tzinfo=UTC) + timedelta(seconds=second)),
)
spans = st.timedeltas(timedelta(), timedelta(hours=60))


@given(any_calendar, moments, spans)
def test_a_deadline_is_exactly_so_much_working_time_away(city: WorkingTime, start: datetime, span: timedelta) -> None:
    due = city.after(start, span)
    assert city.between(start, due) == span
    assert city.between(due, start) == -span


@given(any_calendar, moments, spans, spans)
def test_later_reports_and_longer_spans_never_come_due_earlier(
    city: WorkingTime, start: datetime, span: timedelta, more: timedelta
) -> None:
    assert city.after(start, span) <= city.after(start, span + more)
    assert city.after(start, span) <= city.after(start + more, span)
    assert city.between(start, start + span) <= city.between(start, start + span + more)


@given(any_calendar, moments, spans, spans)
def test_two_spans_one_after_the_other_are_one(
    city: WorkingTime, start: datetime, first: timedelta, second: timedelta
) -> None:
    assert city.after(city.after(start, first), second) == city.after(start, first + second)
    middle, end = start + first, start + first + second
    assert city.between(start, middle) + city.between(middle, end) == city.between(start, end)


@given(any_calendar, moments, spans)
def test_nothing_is_due_in_the_night_or_on_a_holiday(city: WorkingTime, start: datetime, span: timedelta) -> None:
    assume(span > timedelta())
    due = city.after(start, span).astimezone(city.zone)
    before = (city.after(start, span) - timedelta(microseconds=1)).astimezone(city.zone)
    day = before.date()
    assert day not in city.holidays
    assert (day.month, day.day) not in city.yearly
    minute = before.hour * 60 + before.minute
    assert any(begin <= minute < end for begin, end in city.week[day.weekday()]), (due, before)


@given(moments, spans)
@example(datetime(2026, 3, 8, 6, 30, tzinfo=UTC), 3 * HOUR)
@example(datetime(2026, 11, 1, 4, 30, tzinfo=UTC), 3 * HOUR)
def test_around_the_clock_is_the_clock_also_where_it_is_turned(start: datetime, span: timedelta) -> None:
    assert AROUND_THE_CLOCK.after(start, span) == start + span
    assert AROUND_THE_CLOCK.between(start, start + span) == span


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (at(2026, 11, 23, 9), 2, at(2026, 11, 23, 11)),
        (at(2026, 11, 23, 11), 2, at(2026, 11, 23, 14)),  # an hour at noon is nobody's
        (at(2026, 11, 23, 16), 2, at(2026, 11, 24, 9)),
        (at(2026, 11, 23, 16), 1, at(2026, 11, 23, 17)),  # with the end of the day, not with the next one's beginning
        (at(2026, 11, 25, 16), 2, at(2026, 11, 27, 9)),  # over Thanksgiving
        (at(2026, 11, 27, 16), 2, at(2026, 11, 30, 9)),  # over the weekend
        (at(2026, 12, 24, 16), 2, at(2026, 12, 28, 9)),  # Christmas is every year
        (
            at(2026, 10, 30, 16),
            2,
            at(2026, 11, 2, 9),
        ),  # the night in which clocks are put back is nobody's working time
        (at(2026, 3, 7, 3), 8, at(2026, 3, 9, 17)),
    ],
)
def test_the_hours_of_an_office(start: datetime, hours: int, due: datetime) -> None:
    assert OFFICE.after(start, hours * HOUR) == due.astimezone(UTC)


def test_a_night_is_shorter_and_longer_when_the_clocks_are_turned() -> None:
    for day, hours in ((GAP, 5), (FOLD, 7), (date(2026, 5, 1), 6)):
        start = datetime(day.year, day.month, day.day, tzinfo=BOSTON)
        assert NIGHTS.between(start, start + timedelta(hours=12)) == hours * HOUR


def test_a_shift_that_begins_where_the_clocks_jump_begins_with_the_jump() -> None:
    city = WorkingTime(BOSTON, (((2 * 60 + 15, 2 * 60 + 45), (2 * 60 + 50, 4 * 60)),) * 7)
    jump = datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert city.after(jump - HOUR, timedelta(minutes=1)) == jump + timedelta(minutes=1)
    assert city.between(jump - HOUR, jump + 3 * HOUR) == HOUR


def test_a_calendar_without_work_comes_to_an_end() -> None:
    never = WorkingTime(BOSTON, ((),) * 7)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert never.after(start, HOUR) == start
    assert never.between(start, start + 100 * HOUR) == timedelta()


@pytest.mark.parametrize("week", [((),) * 6, (((60, 60),),) * 7, (((60, 120), (90, 180)),) * 7, (((0, 1500),),) * 7])
def test_a_week_that_cannot_be_is_refused(week: tuple[tuple[Shift, ...], ...]) -> None:
    with pytest.raises(ValueError, match="day"):
        WorkingTime(BOSTON, week)
