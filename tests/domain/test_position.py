"""Where the device is: what is believed, how long it is "you", how it reads."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.place import believable, distance_metres
from crew.domain.position import YOU_FOR, Position, PositionSource, Track, age_words, position_words

NOW = datetime(2026, 5, 4, 18, 32, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LATS = st.floats(-89, 89).filter(lambda lat: abs(lat) > 0.02)
LONGS = st.floats(-179, 179)


def at(lat: float, long: float, seconds: float = 0, **others: float) -> Position:
    return Position(lat, long, NOW + seconds * SECOND, PositionSource.RECEIVER, others.get("accuracy"), "gpsd")


@pytest.mark.parametrize(
    ("lat", "long"),
    [
        (math.nan, -71.0),
        (42.0, math.nan),
        (math.inf, -71.0),
        (0.0, 0.0),
        (0.001, -0.001),
        (91.0, 0.0),
        (42.0, 180.5),
        ("42", "-71"),
        (None, None),
        (True, True),
    ],
)
def test_a_place_that_cannot_be_is_not_believed(lat: object, long: object) -> None:
    assert not believable(lat, long)


def test_a_position_is_never_made_of_such_a_place() -> None:
    with pytest.raises(ValueError, match="somewhere on Earth"):
        at(0.0, 0.0)
    with pytest.raises(ValueError, match="time zone"):
        Position(42.0, -71.0, NOW.replace(tzinfo=None), PositionSource.PHOTO)


@pytest.mark.parametrize("source", PositionSource)
def test_it_is_you_for_as_long_as_its_source_is_good_for(source: PositionSource) -> None:
    position = Position(42.3, -71.1, NOW, source)
    assert position.is_you(NOW + YOU_FOR[source])
    assert not position.is_you(NOW + YOU_FOR[source] + SECOND)
    assert not position.is_you(NOW - YOU_FOR[source] - SECOND), "a clock that was set back makes nothing fresh"


def test_a_vague_place_is_not_you() -> None:
    assert at(42.3, -71.1, accuracy=500).is_you(NOW)
    assert not at(42.3, -71.1, accuracy=501).is_you(NOW)


def test_a_jump_is_doubted_until_the_receiver_insists() -> None:
    track = Track()
    assert track.believe(at(42.31, -71.11))
    assert not track.believe(at(43.31, -71.11, 1))
    assert track.believe(at(42.3101, -71.11, 2)), "the truck goes on where it was"
    assert [track.believe(at(43.31, -71.11, second)) for second in (3, 4, 5)] == [False, False, True]


def test_leaps_to_ever_other_places_are_never_believed() -> None:
    track = Track()
    assert track.believe(at(42.31, -71.11))
    assert not any(track.believe(at(42.31 + 1.5 * second, -71.11, second)) for second in range(1, 20))


@given(lat=LATS, long=LONGS, steps=st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), max_size=30))
def test_driving_is_always_believed(lat: float, long: float, steps: list[tuple[float, float]]) -> None:
    track = Track()
    for second, (north, east) in enumerate(steps):
        lat += north * 0.0003
        long += east * 0.0003
        if believable(lat, long):
            assert track.believe(at(lat, long, second))


@given(
    places=st.lists(st.tuples(LATS, LONGS), min_size=2, max_size=10),
)
def test_what_is_believed_at_once_was_within_reach(places: list[tuple[float, float]]) -> None:
    track = Track()
    assert track.believe(at(*places[0]))
    if distance_metres(places[0], places[1]) > 271:
        assert not track.believe(at(*places[1], 1))


def test_it_reads_as_words() -> None:
    assert position_words(at(42.3, -71.1, accuracy=8.2), NOW, "km") == "gpsd, to 10 m, just now"
    assert position_words(Position(42.3, -71.1, NOW, PositionSource.BY_HAND), NOW + 90 * SECOND, "mi") == (
        "by hand, 1 min ago"
    )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-5, "just now"),
        (0, "just now"),
        (59, "59 min ago"),
        (60, "1 h ago"),
        (47 * 60, "47 h ago"),
        (2880, "2 days ago"),
    ],
)
def test_an_age_reads_as_words(minutes: int, words: str) -> None:
    assert age_words(at(42.3, -71.1).age(NOW + timedelta(minutes=minutes))) == words
