"""Places from the world: what can be no place, or not one of this city, is told in words and never gone by."""

from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.place import NO_PLACE, Point, distance_metres, middle_of, place_doubt, place_of

BOSTON = (42.3104, -71.1074)


@dataclass(frozen=True)
class Somewhere:
    lat: float | None
    long: float | None


IN_TOWN = st.builds(Somewhere, st.floats(42.2, 42.4), st.floats(-71.2, -71.0))
WRONG = st.sampled_from([Somewhere(None, None), Somewhere(0, 0), Somewhere(-71.1, 42.3), Somewhere(float("nan"), 1.0)])


@pytest.mark.parametrize(
    ("lat", "long", "words"),
    [
        (None, None, NO_PLACE),
        (0.0, 0.0, f"{NO_PLACE} (0, 0 is none)"),
        (1000.0, 2000.0, f"{NO_PLACE} (1000, 2000 is none)"),
        (float("nan"), -71.1, f"{NO_PLACE} (nan, -71.1 is none)"),
        (
            -71.1074,
            42.3104,
            f"{NO_PLACE} (-71.10740, 42.31040 is 15,240 km from the city: latitude and longitude are swapped)",
        ),
        (40.7128, -74.006, f"{NO_PLACE} (40.71280, -74.00600 is 300 km from the city)"),
        (42.4, -71.0, ""),
    ],
)
def test_a_wrong_place_is_said_to_be_what_it_is(lat: float | None, long: float | None, words: str) -> None:
    assert place_doubt(Somewhere(lat, long), BOSTON) == words


def test_where_the_city_is_unknown_only_what_cannot_be_is_doubted() -> None:
    assert place_doubt(Somewhere(-71.1, 42.3), None) == ""
    assert place_doubt(Somewhere(0, 0), None) != ""


def test_two_places_are_too_few_to_say_where_the_city_is() -> None:
    assert middle_of([Somewhere(*BOSTON), Somewhere(0, 0), Somewhere(*BOSTON)]) is None
    assert middle_of([Somewhere(*BOSTON)] * 3) == BOSTON


@given(right=st.lists(IN_TOWN, min_size=3), wrong=st.lists(WRONG, max_size=2), chance=st.randoms())
def test_some_wrong_places_do_not_move_the_city(right: list[Somewhere], wrong: list[Somewhere], chance: Random) -> None:
    several = [*right, *wrong]
    chance.shuffle(several)
    middle = middle_of(several)
    assert middle is not None
    assert all((place_doubt(one, middle) == "") == (one in right) for one in several)


@given(IN_TOWN)
def test_a_place_that_can_be_is_taken_as_it_is(one: Somewhere) -> None:
    place: Point | None = place_of(one)
    assert place == (one.lat, one.long)
    assert distance_metres(BOSTON, place) < 50_000
