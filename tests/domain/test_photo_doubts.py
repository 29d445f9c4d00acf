"""What is odd about a photo is told before it is kept, and nothing that is ordinary."""

from datetime import datetime, timedelta

import pytest

from crew.domain.photo_doubts import Earlier, PhotoDoubts, doubts_about
from crew.domain.place import Point
from tests.builders import NOON, an_order

ORDER = an_order(lat=42.3125, long=-71.1148)
NEXT_DOOR = (42.3130, -71.1150)
ACROSS_TOWN = (42.3163, -71.1148)


@pytest.mark.parametrize("place", [None, (42.3125, -71.1148), NEXT_DOOR])
@pytest.mark.parametrize("taken_at", [None, NOON, NOON - timedelta(hours=11), NOON + timedelta(minutes=5)])
def test_a_photo_of_this_shift_and_place_raises_no_doubt(place: Point | None, taken_at: datetime | None) -> None:
    assert not doubts_about(ORDER, place, taken_at, NOON).any


def test_a_photo_from_elsewhere_says_how_far() -> None:
    doubts = doubts_about(ORDER, ACROSS_TOWN, NOON, NOON)
    assert doubts.metres == pytest.approx(422.5, abs=1)
    assert doubts.taken_at is None


@pytest.mark.parametrize(
    "taken_at", [NOON - timedelta(hours=13), NOON - timedelta(days=400), NOON + timedelta(hours=1)]
)
def test_a_photo_of_another_time_says_when(taken_at: datetime) -> None:
    assert doubts_about(ORDER, None, taken_at, NOON) == PhotoDoubts(taken_at=taken_at)


def test_an_order_without_a_place_has_nothing_to_compare_with() -> None:
    assert not doubts_about(an_order(lat=None, long=None), ACROSS_TOWN, None, NOON).any


def test_a_picture_that_was_seen_before_is_told() -> None:
    earlier = Earlier("BOS-1", NOON, same=True)
    assert doubts_about(ORDER, None, None, NOON, earlier) == PhotoDoubts(earlier=earlier)
