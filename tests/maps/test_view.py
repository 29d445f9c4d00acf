"""What is seen of the world: places and dots are two names of the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.place import distance_metres
from crew.maps.view import CLOSEST, FURTHEST, View, from_world, to_world

PLACES = st.tuples(st.floats(-80, 80), st.floats(-179, 179))
NEAR = st.tuples(st.floats(42.2, 42.4), st.floats(-71.2, -71.0))
VIEWS = st.builds(
    lambda place, zoom, width, height: View(*to_world(place), zoom, width, height),
    PLACES,
    st.floats(FURTHEST, CLOSEST),
    st.integers(2, 400),
    st.integers(4, 400),
)


@given(PLACES)
def test_the_world_is_there_and_back(place: tuple[float, float]) -> None:
    assert from_world(*to_world(place)) == pytest.approx(place, abs=1e-9)


@given(VIEWS, st.floats(0, 1), st.floats(0, 1))
def test_a_dot_is_a_place_and_a_place_a_dot(view: View, across: float, along: float) -> None:
    dot = (across * view.width, along * view.height)
    assert view.dot_of(view.place_at(*dot)) == pytest.approx(dot, abs=1e-3)


@given(VIEWS, st.floats(-3, 3), st.floats(0, 1), st.floats(0, 1))
def test_zooming_keeps_what_is_under_the_pointer(view: View, by: float, across: float, along: float) -> None:
    dot = (across * view.width, along * view.height)
    zoomed = view.zoomed(by, *dot)
    assert FURTHEST <= zoomed.zoom <= CLOSEST
    assert zoomed.dot_of(view.place_at(*dot)) == pytest.approx(dot, abs=1e-3)


@given(st.lists(NEAR, min_size=1, max_size=8), st.integers(20, 400), st.integers(20, 400))
def test_what_is_fitted_is_seen_and_as_close_as_that_allows(
    places: list[tuple[float, float]], width: int, height: int
) -> None:
    view = View.fitting(places, width, height)
    assert all(view.shows(place) for place in places)
    closer = view.zoomed(1)
    assert view.zoom == 17 or not all(closer.shows(place) for place in places)


def test_nothing_to_fit_shows_the_world() -> None:
    assert View.fitting([], 100, 50).zoom == FURTHEST


@given(NEAR)
def test_a_dot_is_as_long_as_it_says(place: tuple[float, float]) -> None:
    view = View.fitting([place], 200, 100)
    left, right = view.place_at(0, 50), view.place_at(200, 50)
    assert distance_metres(left, right) == pytest.approx(200 * view.metres_per_dot, rel=0.005)


@given(VIEWS, st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_nobody_pans_out_of_the_world(view: View, right: float, down: float) -> None:
    panned = view.panned(right, down)
    assert 0 <= panned.x <= 1
    assert 0 <= panned.y <= 1


@given(VIEWS, st.integers(0, 16))
def test_the_tiles_of_a_view_cover_it(view: View, zoom: int) -> None:
    columns, rows = view.tiles(zoom)
    count = 2**zoom
    for across, along in ((0.0, 0.0), (0.5, 0.5), (0.999, 0.999)):
        x = view.left + across * view.width / view.scale
        y = view.top + along * view.height / view.scale
        if 0 <= x < 1 and 0 <= y < 1:
            assert math.floor(x * count) in columns
            assert math.floor(y * count) in rows
