"""Ways along streets: as a brute force finds them on small grids, over seams and bridges, bounded where a tile lies."""

import time
from itertools import pairwise, permutations, product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crew.domain.driving_order import Errand, driven, route
from crew.domain.place import Point, distance_metres
from crew.domain.short_path import short_path
from crew.domain.ways import Along, Ways
from crew.maps.city_map import CityMap
from crew.maps.schemas import Driveable, driveable_of
from crew.maps.street_graph import StreetGraph
from crew.maps.street_lines import TILE, StreetLine, StreetLines, TooMuch, streets_around
from crew.maps.vector_tile import LINE, Feature
from crew.maps.view import from_world, to_world
from tests.maps.town import NORTH, SOUTH, make_town

ZOOM = 14
BLOCK = 400
LEFT, TOP = 4955 * TILE + 100, 6060 * TILE + 100
"""In the south-east of Boston, beside the seam of two tiles."""


def spot(across: float, down: float) -> tuple[int, int]:
    return LEFT + round(across * BLOCK), TOP + round(down * BLOCK)


def place(across: float, down: float) -> Point:
    x, y = spot(across, down)
    return from_world(x / (TILE << ZOOM), y / (TILE << ZOOM))


def line(*corners: tuple[float, float], one_way: bool = False, level: int = 0) -> StreetLine:
    return StreetLine(tuple(spot(*corner) for corner in corners), one_way=one_way, level=level)


def graph_of(*lines: StreetLine) -> StreetGraph:
    return StreetGraph(StreetLines(ZOOM, lines))


def way(graph: StreetGraph, one: Point, other: Point) -> float:
    start, goal = graph.access(one), graph.access(other)
    assert start is not None
    assert goal is not None
    return graph.ways(start, [goal])[0]


@st.composite
def grids(draw: st.DrawFn, *, one_ways: bool = True) -> list[StreetLine]:
    """Avenues and streets from end to end, none with a point at a corner; some of them for one direction alone."""
    across, down = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    lines = []
    for number in range(across):
        lines.append([(number, 0), (number, down - 1)])
    for number in range(down):
        lines.append([(0, number), (across - 1, number)])
    kinds = st.sampled_from((0, 1, -1) if one_ways else (0,))
    found = []
    for ends in lines:
        direction = draw(kinds)
        found.append(line(*(ends if direction >= 0 else ends[::-1]), one_way=direction != 0))
    return found


def brute_force(lines: list[StreetLine]) -> dict[tuple[tuple[int, int], tuple[int, int]], float]:
    """Between all corners of a grid (Floyd and Warshall, 1962)."""
    corners = list(product(range(4), range(4)))
    far = {pair: 0.0 if pair[0] == pair[1] else float("inf") for pair in product(corners, corners)}
    for street in lines:
        (x, y), (right, down) = (
            [round((part - edge) / BLOCK) for part, edge in zip(end, (LEFT, TOP), strict=True)] for end in street.spots
        )
        steps = max(abs(right - x), abs(down - y))
        passed = [(x + (right - x) * step // steps, y + (down - y) * step // steps) for step in range(steps + 1)]
        for one, other in pairwise(passed):
            far[one, other] = distance_metres(place(*one), place(*other))
            if not street.one_way:
                far[other, one] = far[one, other]
    for by, one, other in product(corners, corners, corners):
        far[one, other] = min(far[one, other], far[one, by] + far[by, other])
    return far


@settings(deadline=None, max_examples=60)
@given(grids())
def test_ways_between_corners_are_those_of_a_brute_force(lines: list[StreetLine]) -> None:
    far, graph = brute_force(lines), graph_of(*lines)
    corners = {(x, y) for x, y in product(range(4), range(4)) if (found := graph.access(place(x, y))) and found.off < 1}
    kept = {one for one in corners if all(far[one, other] < 1e9 > far[other, one] for other in corners)}
    for one, other in permutations(kept, 2):
        assert way(graph, place(*one), place(*other)) == pytest.approx(far[one, other], rel=1e-3, abs=1)


SPOTS = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=3, max_size=3)


def ways_between(graph: StreetGraph, places: list[Point]) -> dict[tuple[Point, Point], float]:
    accesses = {one: access for one in places if (access := graph.access(one)) is not None}
    return {
        (one, other): metres
        for one, access in accesses.items()
        for other, metres in zip(accesses, graph.ways(access, list(accesses.values())), strict=True)
        if one != other
    }


@settings(deadline=None, max_examples=60)
@given(grids(), SPOTS)
def test_no_way_is_shorter_than_the_straight_line_nor_longer_than_one_by_a_third_place(
    lines: list[StreetLine], spots: list[tuple[float, float]]
) -> None:
    places = [place(*one) for one in spots]
    found = ways_between(graph_of(*lines), places)
    for (one, other), metres in found.items():
        assert metres >= distance_metres(one, other) - 0.01
        for third in places:
            if (one, third) in found and (third, other) in found:
                assert metres <= found[one, third] + found[third, other] + 0.01


@settings(deadline=None, max_examples=30)
@given(grids(one_ways=False), SPOTS)
def test_without_one_ways_the_way_back_is_as_long(lines: list[StreetLine], spots: list[tuple[float, float]]) -> None:
    found = ways_between(graph_of(*lines), [place(*one) for one in spots])
    for (one, other), metres in found.items():
        assert metres == pytest.approx(found[other, one], abs=0.01)


@pytest.mark.parametrize("seed", range(8))
def test_a_day_along_streets_is_within_three_hundredths_of_the_shortest(seed: int) -> None:
    chance = Random(seed)
    lines = [line((at, 0), (at, 3), one_way=chance.random() < 0.4) for at in range(4)]
    lines += [line((0, at), (3, at), one_way=chance.random() < 0.4) for at in range(4)]
    found = ways_between(graph_of(*lines), [place(3 * chance.random(), 3 * chance.random()) for _ in range(11)])
    places = list(dict.fromkeys(one for one, _ in found))
    ways = Ways(found)
    errands = [Errand(str(number), one) for number, one in enumerate(places)]
    made = route(errands, None, ways)
    keys = [errand.key for errand in errands]
    assert sorted(made.keys) == sorted(keys)
    told = driven(made.keys, keys, errands, None, ways)
    assert told.metres == pytest.approx(made.metres)
    assert told.saved_metres >= -1e-6
    assert told.along is Along.STREETS
    assert made.metres <= 1.03 * shortest([[ways.metres(one, other) for other in places] for one in places]) + 1


def shortest(between: list[list[float]]) -> float:
    """The length of the best of all ways, each in its direction (Held and Karp, 1962)."""
    count = len(between)
    best = {(1 << at, at): 0.0 for at in range(count)}
    for seen in range(1, 1 << count):
        for at in (at for at in range(count) if seen >> at & 1):
            so_far, row = best[seen, at], between[at]
            for after in range(count):
                if not seen >> after & 1:
                    key = (seen | 1 << after, after)
                    best[key] = min(best.get(key, float("inf")), so_far + row[after])
    return min(best[(1 << count) - 1, at] for at in range(count))


def test_a_bridge_meets_the_ground_at_its_ends_alone() -> None:
    ring = line((0, 0), (2, 0), (2, 2), (0, 2), (0, 0))
    below, above = line((0, 1), (2, 1)), line((1, 0), (1, 2), level=1)
    start, goal = place(0.9, 1), place(1, 0.9)
    joined = way(graph_of(ring, below, line((1, 0), (1, 2))), start, goal)
    crossed = way(graph_of(ring, below, above), start, goal)
    block = distance_metres(place(0, 0), place(1, 0))
    assert joined == pytest.approx(0.2 * block, rel=0.02)
    assert crossed == pytest.approx(3.8 * block, rel=0.02)


def test_a_street_that_ends_beside_another_ends_on_it() -> None:
    far = 4 / BLOCK
    graph = graph_of(line((0, 0), (4, 0)), line((2, far), (2, 2)))
    assert way(graph, place(1, 0), place(2, 1)) == pytest.approx(
        2 * distance_metres(place(0, 0), place(1, 0)), rel=0.02
    )


def test_what_is_far_from_every_street_has_no_way_along_them() -> None:
    graph = graph_of(line((0, 0), (4, 0)))
    assert graph.access(place(2, 0.5)) is not None
    assert graph.access(place(2, 2)) is None


def test_an_island_is_no_part_of_the_network() -> None:
    graph = graph_of(line((0, 0), (4, 0)), line((1, 0), (1, 3)), line((3, 2), (3, 3)))
    assert graph.access(place(3, 2.5)) is None


def test_a_street_goes_on_over_the_seams_of_tiles(tmp_path: Path) -> None:
    with CityMap(make_town(tmp_path / "city.pmtiles")) as city_map:
        graph = StreetGraph(streets_around(city_map, [(SOUTH, -71.122), (NORTH, -71.106)]))
    corners = [(SOUTH, -71.122), (42.306, -71.116), (42.312, -71.114), (NORTH, -71.106)]
    rows = {int(to_world(corner)[1] * 2**ZOOM) for corner in corners}
    assert len(rows) > 1
    along = sum(distance_metres(one, other) for one, other in pairwise(corners))
    assert way(graph, corners[0], corners[-1]) == pytest.approx(along, rel=0.01)


def test_real_streets_have_one_ways_bridges_and_detours(shared_data: Path) -> None:
    places = [(41.8786 + north / 300, -87.6403 + east / 250) for north, east in product(range(4), range(4))]
    with CityMap(shared_data / "geo" / "chicago_osm_z15.pmtiles") as city_map:
        lines = streets_around(city_map, places)
    assert {one.level for one in lines.lines} == {-1, 0, 1}
    assert 0.1 < sum(one.one_way for one in lines.lines) / len(lines.lines) < 0.9
    found = ways_between(StreetGraph(lines), places)
    assert len(found) > 200
    detours = sorted(metres / distance_metres(*pair) for pair, metres in found.items())
    assert detours[0] >= 1 - 1e-9
    assert 1.2 < detours[len(detours) // 2] < 2
    assert any(abs(metres - found[other, one]) > 100 for (one, other), metres in found.items())


def test_more_streets_than_any_city_has_are_given_up_soon() -> None:
    step = TILE // 800
    across = [StreetLine(((LEFT, TOP + step * at), (LEFT + 3000, TOP + step * at))) for at in range(600)]
    down = [StreetLine(((LEFT + step * at, TOP), (LEFT + step * at, TOP + 3000))) for at in range(600)]
    before = time.process_time()
    with pytest.raises(TooMuch):
        graph_of(*across, *down)
    assert time.process_time() - before < 10


@pytest.mark.parametrize(
    ("kind", "more", "drive"),
    [
        ("primary", ("1", "", "", "", ""), Driveable(1, 0)),  # OpenMapTiles
        ("minor", ("-1", "bridge", "", "", ""), Driveable(-1, 1)),
        ("minor", ("0", "ford", "", "", ""), Driveable(0, 0)),
        ("street", ("true", "", "tunnel", "", ""), Driveable(1, -1)),  # Mapbox Streets
        ("street", ("false", "", "none", "", ""), Driveable(0, 0)),
        ("minor_road", ("yes", "", "", "1", ""), Driveable(1, 1)),  # Protomaps
        ("minor_road", ("", "", "", "", "true"), Driveable(0, -1)),
        ("path", ("", "", "", "", ""), None),
        ("rail", ("", "", "", "", ""), None),
    ],
)
def test_three_kinds_of_tiles_say_how_one_drives(kind: str, more: tuple[str, ...], drive: Driveable | None) -> None:
    assert driveable_of(Feature("road", kind, "", LINE, [[(0, 0), (9, 9)]], 4096, more)) == drive


def half_one_way(seed: int) -> list[list[float]]:
    """The ways between sixty stops in a grid of streets, half of them one-ways.

    The shortest ways known were found by the program LKH (Helsgaun, 2000), twenty runs of it.
    """
    chance = Random(seed)
    lines = []
    for at in range(18):
        for ends in (((at, 0), (at, 17)), ((0, at), (17, at))):
            turned = ends if chance.random() < 0.5 else ends[::-1]
            lines.append(line(*turned, one_way=chance.random() < 0.5))
    places = [place(17 * chance.random(), 17 * chance.random()) for _ in range(60)]
    found = Ways(ways_between(graph_of(*lines), places))
    return [[found.metres(one, other) for other in places] for one in places]


@pytest.mark.parametrize(("seed", "shortest_metres"), [(1, 31_192.2), (4, 31_281.6), (6, 30_400.3), (7, 29_036.2)])
def test_sixty_stops_among_one_ways_are_within_three_hundredths_of_the_shortest_way_known(
    seed: int, shortest_metres: float
) -> None:
    between = half_one_way(seed)
    way = short_path(between, None)
    assert sorted(way) == list(range(60))
    assert sum(between[one][other] for one, other in pairwise(way)) <= 1.03 * shortest_metres


def test_sixty_stops_along_streets_are_a_short_way() -> None:
    lines = [line((at, 0), (at, 11), one_way=at % 3 == 1) for at in range(12)]
    lines += [line((0, at), (11, at), one_way=at % 4 == 1) for at in range(12)]
    places = [place((at * 37 % 110) / 10, (at * 53 % 107) / 10) for at in range(60)]
    found = Ways(ways_between(graph_of(*lines), places))
    between = [[found.metres(one, other) for other in places] for one in places]
    assert sorted(short_path(between, None)) == list(range(60))
    made = route([Errand(str(at), one) for at, one in enumerate(places)], places[0], found)
    assert made.metres < 0.4 * made.listed_metres
