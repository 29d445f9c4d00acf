"""A key on the map to its drawn cells, against decoding the same tiles alone; and sixty stops in driving order."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from random import Random

from benchmarks.comparison import Bench, Comparison
from crew.domain.driving_order import Errand, route
from crew.domain.place import distance_metres
from crew.domain.short_path import short_path
from crew.domain.ways import Ways
from crew.maps.building import write_map
from crew.maps.city_map import CityMap
from crew.maps.drawing import Marks, draw
from crew.maps.geojson import Shape
from crew.maps.map_text import MapText, Style
from crew.maps.pins import Pin
from crew.maps.schemas import Thing
from crew.maps.street_graph import StreetGraph
from crew.maps.street_lines import TILE, StreetLine, StreetLines
from crew.maps.view import View, to_world

_SOUTH, _WEST, _SIDE = 42.25, -71.15, 0.12
_STREETS = 12_800
"""As many street lines as Boston has."""
_COLUMNS, _ROWS = 120, 40
_ZOOM = 14.0
_STOPS = 60
_SEARCHES = 20
_STREET_ZOOM = 14
_BLOCK = 300
"""Parts of the grid of streets: 135 m."""
_FRAME_MILLISECONDS = 1000 / 30


def compare_maps(bench: Bench) -> Iterator[Comparison]:
    """Pan a city of generated streets, with nothing decoded before and with everything; then order stops."""
    path = bench.folder / "city.pmtiles"
    chance = Random(5)
    write_map(a_city(chance), path, on_progress=lambda done, total: None)
    places = [_place(chance) for _ in range(_STOPS)]
    marks = Marks([Pin(str(number), place, str(number)) for number, place in enumerate(places, start=1)])
    fresh, decoded, cached = [], [], []
    for run in range(bench.runs):
        bench.say(f"map, run {run + 1} of {bench.runs}")
        view = _view(chance)
        with CityMap(path) as opened:
            decoded.append(_milliseconds(partial(opened.pieces, view)))
        with CityMap(path) as opened:
            fresh.append(_milliseconds(partial(_drawn, opened, view, marks)))
            moved = view.panned(40, 0)
            opened.pieces(moved)
            cached.append(_milliseconds(partial(_drawn, opened, moved, marks)))
    what = "a pan to its drawn cells, 120x40"
    yield Comparison(f"{what}, nothing decoded before", "decoding its tiles alone", 2, "ms", fresh, decoded)
    frames = [_FRAME_MILLISECONDS] * len(cached)
    yield Comparison(f"{what}, tiles decoded before", "one of 30 frames a second", 1, "ms", cached, frames)
    yield from _compare_driving(bench, places, chance)
    yield from _compare_streets(bench, chance)


def _drawn(opened: CityMap, view: View, marks: Marks) -> MapText:
    return draw(view, opened.pieces(view), marks, Style())


def _compare_driving(bench: Bench, places: list[tuple[float, float]], chance: Random) -> Iterator[Comparison]:
    due = (None, None, 20_000.0, 60_000.0, -900.0)
    errands = [Errand(str(number), place, chance.choice(due)) for number, place in enumerate(places)]
    between = [[distance_metres(one, other) for other in places] for one in places]
    took = [_milliseconds(partial(route, errands, places[0])) for _ in range(bench.runs)]
    limit = [300.0] * len(took)
    yield Comparison("60 stops in driving order, most with a deadline", "a third of a second", 1, "ms", took, limit)
    found = _length(between, short_path(between, None))
    searches = []
    for _ in range(_SEARCHES):
        turned = list(range(_STOPS))
        chance.shuffle(turned)
        searches.append(_length([[between[one][other] for other in turned] for one in turned], None))
    yield Comparison("the way through 60 stops", "the best of 20 searches", 1.03, "km", [found], [min(searches)])


def _compare_streets(bench: Bench, chance: Random) -> Iterator[Comparison]:
    """The same along the streets of a grid of blocks, a third of them one-ways."""
    graph = StreetGraph(StreetLines(_STREET_ZOOM, tuple(_grid(chance))))
    places = [_place(chance, _SOUTH + 0.02, 0.04) for _ in range(_STOPS)]
    accesses = {place: access for place in places if (access := graph.access(place)) is not None}
    found = {
        (one, other): metres
        for one, access in accesses.items()
        for other, metres in zip(accesses, graph.ways(access, list(accesses.values())), strict=True)
    }
    ways, places = Ways(found), list(accesses)
    due = (None, None, 20_000.0, 60_000.0, -900.0)
    errands = [Errand(str(number), place, chance.choice(due)) for number, place in enumerate(places)]
    took = [_milliseconds(partial(route, errands, places[0], ways)) for _ in range(bench.runs)]
    yield Comparison(
        "60 stops in driving order along streets", "a third of a second", 1, "ms", took, [300.0] * len(took)
    )
    between = [[ways.metres(one, other) for other in places] for one in places]
    searches = []
    for _ in range(_SEARCHES):
        turned = list(range(len(places)))
        chance.shuffle(turned)
        searches.append(_length([[between[one][other] for other in turned] for one in turned], None))
    way = _length(between, short_path(between, None))
    yield Comparison(
        "the way through them along streets", "the best of 20 searches", 1.03, "km", [way], [min(searches)]
    )


def _grid(chance: Random) -> Iterator[StreetLine]:
    side = TILE << _STREET_ZOOM
    (left, bottom), (right, top) = (
        (round(x * side), round(y * side))
        for x, y in (to_world((_SOUTH + part, _WEST + part)) for part in (0.01, 0.07))
    )
    for x in range(left, right, _BLOCK):
        ends = ((x, top), (x, bottom))
        yield StreetLine(ends[:: chance.choice((1, -1))], one_way=chance.random() < 1 / 3)
    for y in range(top, bottom, _BLOCK):
        ends = ((left, y), (right, y))
        yield StreetLine(ends[:: chance.choice((1, -1))], one_way=chance.random() < 1 / 3)


def _length(between: list[list[float]], way: list[int] | None) -> float:
    """Kilometres of a way, by default of the one that is found."""
    way = short_path(between, None) if way is None else way
    return sum(between[one][other] for one, other in pairwise(way)) / 1000


def a_city(chance: Random) -> list[Shape]:
    """Streets as close as a city's, with names, of which every tenth is a main one."""
    shapes = []
    for number in range(_STREETS):
        lat, long = _place(chance)
        level = number % 2
        line = tuple(
            (long + step * 0.002 * level + chance.uniform(-2e-4, 2e-4), lat + step * 0.0015 * (1 - level))
            for step in range(8)
        )
        thing = Thing.MAIN_ROAD if number % 10 == 0 else Thing.ROAD
        shapes.append(Shape(thing, f"Street {number}", (line,)))
    return shapes


def _place(chance: Random, south: float = _SOUTH, side: float = _SIDE) -> tuple[float, float]:
    return south + chance.random() * side, _WEST + south - _SOUTH + chance.random() * side


def _view(chance: Random) -> View:
    view = View.fitting([_place(chance)], _COLUMNS * 2, _ROWS * 4)
    return view.zoomed(_ZOOM - view.zoom)


def _milliseconds(do: Callable[[], object]) -> float:
    """Of a processor: all of this waits for nothing, and what others do on the machine is none of its time."""
    before = time.process_time()
    do()
    return 1000 * (time.process_time() - before)
