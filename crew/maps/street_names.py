"""The streets of a map by name, each with points along it. The map's drawing code.

A whole city is some thousand tiles, so it takes seconds: what was found is kept in a file beside the map.
"""

from collections import defaultdict
from contextlib import suppress
from itertools import islice, product
from typing import TYPE_CHECKING, Final

import msgspec

from crew.domain.finding_place import Street
from crew.domain.plain_text import clean_line
from crew.maps.schemas import Thing
from crew.maps.vector_tile import LINE
from crew.maps.view import from_world, to_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crew.domain.place import Point
    from crew.maps.city_map import CityMap
    from crew.maps.pieces import Tile

_NAMED: Final = (Thing.MAIN_ROAD, Thing.ROAD, Thing.PATH, Thing.NAME)
_NAME_LENGTH: Final = 80
_MOST_TILES: Final = 20_000
"""A city of 130 km each way at the closest zoom that maps have."""
_MOST_NAMES: Final = 60_000
_MOST_POINTS: Final = 64
"""Of one name: a city has many a Main Street, and long ones."""
_APART_DEGREES: Final = 0.004
"""Some 400 m: nearer points of one street say nothing more."""


MapState = tuple[int, int] | None
"""Time and size of a map's file."""


class KnownStreets(msgspec.Struct, frozen=True):
    """The streets of the map that had this time and size."""

    of_map: MapState
    streets: tuple[Street, ...]


def kept_streets(path: "Path", state: MapState) -> KnownStreets | None:
    """What was kept of this map; None where there is nothing, or it was damaged: it can be found again."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=KnownStreets)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return kept if kept.of_map == state else None


def found_streets(city_map: "CityMap", path: "Path", state: MapState) -> KnownStreets:
    """Read the map, and keep what was found where that can be written."""
    found = KnownStreets(state, tuple(street_names(city_map).items()))
    part = path.with_suffix(".part")
    with suppress(OSError):  # a full disk must not keep anybody from finding a street
        part.write_bytes(msgspec.json.encode(found))
        part.replace(path)
    return found


def street_names(city_map: "CityMap") -> dict[str, tuple["Point", ...]]:
    """Every street of a map with points along it, some 400 m apart; no more of either than a large city has."""
    found: defaultdict[str, dict[tuple[int, int], Point]] = defaultdict(dict)
    for place in islice(_places(city_map), _MOST_TILES):
        for name, point in _named_in(city_map.tile(*place), place):
            if name in found or len(found) < _MOST_NAMES:
                points = found[name]
                cell = int(point[0] // _APART_DEGREES), int(point[1] // _APART_DEGREES)
                if len(points) < _MOST_POINTS:
                    points.setdefault(cell, point)
    return {name: tuple(points.values()) for name, points in sorted(found.items())}


def _places(city_map: "CityMap") -> "Iterator[tuple[int, int, int]]":
    """The tiles of the closest zoom at which they are not too many."""
    facts = city_map.facts()
    west, north = to_world((facts.north_east[0], facts.south_west[1]))
    east, south = to_world((facts.south_west[0], facts.north_east[1]))
    first, last = facts.zooms
    zoom = last
    while zoom > first and (east - west) * (south - north) * 4**zoom > _MOST_TILES:
        zoom -= 1
    side = 1 << zoom
    columns = range(int(west * side), min(side, int(east * side) + 1))
    rows = range(int(north * side), min(side, int(south * side) + 1))
    return ((zoom, column, row) for column, row in product(columns, rows))


def _named_in(tile: "Tile", place: tuple[int, int, int]) -> "Iterator[tuple[str, Point]]":
    """The names in a tile, each with the middle of the line that has it."""
    zoom, column, row = place
    for thing, feature, _, _ in tile.things:
        if thing in _NAMED and feature.shape == LINE and (name := clean_line(feature.name, _NAME_LENGTH)):
            for part in feature.parts:
                x, y = part[len(part) // 2]
                yield (
                    name,
                    from_world((column + x / feature.extent) / (1 << zoom), (row + y / feature.extent) / (1 << zoom)),
                )
