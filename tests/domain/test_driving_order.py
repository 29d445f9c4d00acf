"""The driving order: every stop once, deadlines kept where they can be, and never worse than the list."""

from itertools import pairwise, permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crew.domain.driving_order import (
    METRES_PER_SECOND,
    WORK_SECONDS,
    Errand,
    driven,
    moved,
    route,
    slotted,
)
from crew.domain.place import Point, distance_metres
from crew.domain.short_path import short_path

PLACES = st.tuples(st.floats(42.28, 42.34), st.floats(-71.14, -71.06))
STARTS = st.none() | PLACES
DUE = st.none() | st.floats(-50_000, 50_000)


@st.composite
def days(draw: st.DrawFn, most: int = 14, *, placed: bool = False) -> list[Errand]:
    where = PLACES if placed else st.none() | PLACES
    return [Errand(f"o{number}", draw(where), draw(DUE)) for number in range(draw(st.integers(0, most)))]


def missed(keys: tuple[str, ...], day: list[Errand], start: Point | None) -> int:
    """How many deadlines are missed that could be kept by going there first."""
    errands = {errand.key: errand for errand in day}
    seconds, here, count = 0.0, start, 0
    for key in keys:
        errand = errands[key]
        if errand.place is None:
            continue
        seconds += 0.0 if here is None else distance_metres(here, errand.place) / METRES_PER_SECOND
        direct = 0.0 if start is None else distance_metres(start, errand.place) / METRES_PER_SECOND
        if errand.due_seconds is not None and direct <= errand.due_seconds < seconds:
            count += 1
        seconds, here = seconds + WORK_SECONDS, errand.place
    return count


@settings(deadline=None)
@given(days(), STARTS)
def test_every_stop_is_driven_to_once_and_those_without_a_place_come_last(
    day: list[Errand], start: Point | None
) -> None:
    found = route(day, start)
    assert sorted(found.keys) == sorted(errand.key for errand in day)
    placed = {errand.key: errand.place is not None for errand in day}
    assert sorted((placed[key] for key in found.keys), reverse=True) == [placed[key] for key in found.keys]
    told = driven(found.keys, [errand.key for errand in day], day, start)
    assert found.metres == pytest.approx(told.metres)
    assert found.listed_metres == pytest.approx(told.metres + told.saved_metres)


@settings(deadline=None)
@given(days(), STARTS)
def test_it_is_never_worse_than_the_list(day: list[Errand], start: Point | None) -> None:
    found, listed = route(day, start), tuple(errand.key for errand in day)
    assert missed(found.keys, day, start) <= missed(listed, day, start)
    if not any(errand.due_seconds is not None for errand in day):
        assert found.metres <= found.listed_metres + 1e-6


@settings(deadline=None, max_examples=25)
@given(days(most=6, placed=True), STARTS)
def test_a_short_day_misses_no_deadline_that_any_order_keeps(day: list[Errand], start: Point | None) -> None:
    keys = [errand.key for errand in day]
    fewest = min(missed(tuple(order), day, start) for order in permutations(keys))
    assert missed(route(day, start).keys, day, start) == fewest


@settings(deadline=None)
@given(days())
def test_the_same_day_gives_the_same_order(day: list[Errand]) -> None:
    assert route(day, None) == route(list(day), None)


def test_what_is_overdue_comes_before_what_is_near_when_it_costs_little() -> None:
    near = Errand("near", (42.310, -71.110), None)
    late = Errand("late", (42.311, -71.110), -3600.0)
    assert route([near, late], (42.3105, -71.1101)).keys == ("late", "near")


# Slotting in, and moving by hand


@settings(deadline=None)
@given(days(placed=True), days(most=3), STARTS)
def test_a_new_stop_is_slotted_in_and_nobody_else_moves(
    day: list[Errand], more: list[Errand], start: Point | None
) -> None:
    fresh = [Errand(f"new{number}", errand.place, errand.due_seconds) for number, errand in enumerate(more)]
    made = tuple(errand.key for errand in reversed(day))
    found = slotted(made, [*day, *fresh], start)
    assert tuple(key for key in found if key in made) == made
    assert sorted(found) == sorted([*made, *(errand.key for errand in fresh)])


@given(days(placed=True), STARTS)
def test_a_stop_that_is_gone_leaves_the_others_as_they_were(day: list[Errand], start: Point | None) -> None:
    made = tuple(errand.key for errand in day)
    assert slotted(made, day[1:], start) == made[1:]


def test_a_new_stop_stands_where_it_costs_least() -> None:
    day = [Errand(str(number), (42.30 + number / 100, -71.1)) for number in range(4)]
    new = Errand("new", (42.315, -71.1))
    assert slotted(("0", "1", "2", "3"), [*day, new], (42.29, -71.1)) == ("0", "1", "new", "2", "3")


@given(st.permutations(list("abcdef")), st.sampled_from("abcdef"), st.integers(-9, 9))
def test_a_stop_is_moved_as_far_as_there_are_places(keys: list[str], key: str, by: int) -> None:
    found = moved(keys, key, by)
    assert [other for other in found if other != key] == [other for other in keys if other != key]
    assert found.index(key) == max(0, min(5, keys.index(key) + by))


# The short way


def length(way: list[int], places: list[Point], start: Point | None) -> float:
    first = [] if start is None else [start]
    return sum(distance_metres(one, other) for one, other in pairwise([*first, *(places[at] for at in way)]))


def shortest(places: list[Point], start: Point | None) -> float:
    """The length of the best of all ways (Held and Karp, 1962)."""
    count = len(places)
    between = [[distance_metres(one, other) for other in places] for one in places]
    best = {(1 << at, at): 0.0 if start is None else distance_metres(start, places[at]) for at in range(count)}
    for seen in range(1, 1 << count):
        for at in range(count):
            so_far = best.get((seen, at))
            if so_far is None:
                continue
            for after in range(count):
                if not seen >> after & 1:
                    key = (seen | 1 << after, after)
                    best[key] = min(best.get(key, float("inf")), so_far + between[at][after])
    return min(best[(1 << count) - 1, at] for at in range(count))


def short(places: list[Point], start: Point | None) -> list[int]:
    between = [[distance_metres(one, other) for other in places] for one in places]
    return short_path(between, None if start is None else [distance_metres(start, place) for place in places])


@settings(deadline=None, max_examples=30)
@given(st.lists(PLACES, min_size=1, max_size=9), STARTS)
def test_a_way_through_a_few_places_is_the_shortest(places: list[Point], start: Point | None) -> None:
    way = short(places, start)
    assert sorted(way) == list(range(len(places)))
    assert length(way, places, start) <= shortest(places, start) + 0.001


@pytest.mark.parametrize("seed", range(20))
def test_a_way_through_more_places_is_within_three_hundredths_of_the_shortest(seed: int) -> None:
    chance = Random(seed)
    places = [(42.25 + chance.random() / 8, -71.15 + chance.random() / 8) for _ in range(11)]
    start = places.pop() if seed % 2 else None
    assert length(short(places, start), places, start) <= 1.03 * shortest(places, start)


@settings(deadline=None)
@given(st.lists(PLACES, min_size=1, max_size=40), STARTS)
def test_a_short_way_leads_through_every_place_once(places: list[Point], start: Point | None) -> None:
    assert sorted(short(places, start)) == list(range(len(places)))


@settings(deadline=None)
@given(PLACES, st.integers(1, 30))
def test_stops_at_one_place_are_no_trouble(place: Point, count: int) -> None:
    assert sorted(short([place] * count, place)) == list(range(count))
