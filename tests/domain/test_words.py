"""Deadlines, places, ids and public sentences."""

from datetime import UTC, datetime, timedelta
from math import cos, radians, sin
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.due import day_and_time, due_words
from crew.domain.identity import uuid7
from crew.domain.place import direction_words, distance_metres, distance_words
from crew.domain.work_order import WorkStatus
from tests.builders import NOON

BOSTON = ZoneInfo("America/New_York")
NOW = NOON.astimezone(BOSTON)
POINTS = st.tuples(st.floats(-89, 89), st.floats(-179, 179))


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=-20), "late 1 min"),
        (timedelta(minutes=-59), "late 59 min"),
        (timedelta(hours=-47, minutes=-59), "late 47 h"),
        (timedelta(hours=-48), "late 2 d"),
        (timedelta(days=-800), "late 2 y"),
        (timedelta(), "in 1 min"),
        (timedelta(minutes=90), "in 1 h"),
        (timedelta(minutes=91), "today 13:31"),
        (timedelta(hours=20), "tomorrow 08:00"),
        (timedelta(days=3), "Thu 12:00"),
        (timedelta(days=20), "13 Dec"),
        (timedelta(days=400), "28 Dec 2027"),
    ],
)
def test_a_deadline_in_words(left: timedelta, words: str) -> None:
    assert due_words(NOW + left, NOW).words == words


def test_ended_work_is_never_late_and_no_deadline_says_so() -> None:
    past = NOW - timedelta(days=3)
    assert due_words(past, NOW).late
    assert not due_words(past, NOW, WorkStatus.DONE).late
    assert due_words(None, NOW).words == "no deadline"


def test_days_are_the_readers_days_over_a_change_of_clocks() -> None:
    evening = datetime(2026, 10, 31, 23, 30, tzinfo=BOSTON)
    assert day_and_time(evening + timedelta(hours=2), evening) == "tomorrow 01:30"
    assert day_and_time(evening - timedelta(hours=24), evening) == "yesterday 23:30"


@pytest.mark.parametrize(("hours", "words"), [(1, "in 1 h"), (2, "today 01:30"), (-2, "late 2 h")])
def test_the_time_left_is_real_time_over_a_change_of_clocks(hours: int, words: str) -> None:
    """Clocks go back at 02:00 on this night: 01:30 comes twice, two hours after 00:30 and one hour after it."""
    now = datetime(2026, 11, 1, 0, 30, tzinfo=BOSTON)
    due_at = (now.astimezone(UTC) + timedelta(hours=hours)).astimezone(BOSTON)
    assert due_words(due_at, now).words == words


def test_known_distances_and_directions() -> None:
    city_hall, jamaica_pond = (42.36035, -71.05793), (42.31765, -71.12024)
    assert distance_metres(city_hall, jamaica_pond) == pytest.approx(6985, rel=0.01)
    assert direction_words(city_hall, jamaica_pond) == "south-west"


@pytest.mark.parametrize(
    ("bearing", "words"),
    [
        (0, "north"),
        (22, "north"),
        (23, "north-east"),
        (90, "east"),
        (135, "south-east"),
        (180, "south"),
        (225, "south-west"),
        (270, "west"),
        (337, "north-west"),
        (338, "north"),
    ],
)
def test_a_direction_is_the_nearest_of_eight(bearing: int, words: str) -> None:
    """Near the equator, where a degree of longitude is as long as one of latitude."""
    end = (0.1 * cos(radians(bearing)), 0.1 * sin(radians(bearing)))
    assert direction_words((0.0, 0.0), end) == words


@given(POINTS, POINTS)
def test_a_way_is_as_long_in_both_directions(start: tuple[float, float], end: tuple[float, float]) -> None:
    there, back = distance_metres(start, end), distance_metres(end, start)
    assert there == pytest.approx(back)
    assert 0 <= there <= 20_040_000


@pytest.mark.parametrize(
    ("metres", "km", "mi"),
    [(4, "0 m", "0 ft"), (352, "350 m", "0.2 mi"), (1449, "1.4 km", "0.9 mi"), (250, "250 m", "800 ft")],
)
def test_a_length_in_the_crews_unit(metres: float, km: str, mi: str) -> None:
    assert distance_words(metres, "km") == km
    assert distance_words(metres, "mi") == mi


@given(st.integers(0, 2**62), st.integers(0, 10**9))
def test_ids_are_version_7_and_sort_by_time(bits: int, seconds: int) -> None:
    def some_bits(count: int) -> int:
        return bits % (1 << count)

    earlier = uuid7(lambda: NOON, some_bits)
    later = uuid7(lambda: NOON + timedelta(seconds=seconds + 1), some_bits)
    assert (earlier.version, earlier.variant) == (7, "specified in RFC 4122")
    assert earlier < later
