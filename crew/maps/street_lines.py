"""The street lines of a map around some places, in one grid for all tiles. The map's drawing code.

A tile is a stranger's: no more of them are read than a city has, and no more of each is taken than that has streets.
"""

from collections.abc import Iterator, Sequence
from math import floor
from typing import TYPE_CHECKING, Final

from crew.domain.value import Value
from crew.maps.clipping import lines_in
from crew.maps.schemas import driveable_of, street_keys_of
from crew.maps.view import to_world

if TYPE_CHECKING:
    from crew.domain.place import Point
    from crew.maps.city_map import CityMap

TILE: Final = 4096
"""Parts of the grid that a tile is wide: half a metre each at the zoom of streets."""

_ZOOMS: Final = (14, 13)
"""The zooms at which maps have every street; a closer one has no more of them."""
_MOST_TILES: Final = 150
"""Of 1.8 km each in the north of America."""
_MOST_SPOTS: Final = 200_000
"""A large city has half of that."""
_AROUND: Final = 0.4
"""Tiles beyond the outermost places: a way may lead a little round."""

_TILE_BOX: Final = (0, 0, TILE, TILE)
Spot = tuple[int, int]


class StreetLine(Value):
    """A line along which one drives.

    Attributes:
        spots: Its points in the grid.
        one_way: Whether one drives from the first to the last alone.
        level: 0 on the ground, 1 on a bridge, -1 in a tunnel.
    """

    spots: tuple[Spot, ...]
    one_way: bool = False
    level: int = 0


class StreetLines(Value):
    """Street lines, and the zoom whose tiles the grid is counted in."""

    zoom: int
    lines: tuple[StreetLine, ...]


class TooMuch(Exception):
    """These are more streets than any city has."""


def streets_around(city_map: "CityMap", places: "Sequence[Point]") -> StreetLines:
    """The streets of a map around places; of places that lie too far apart for a city, those nearest to any of them.

    Raises:
        TooMuch: A tile lies, or is not of this world.
    """
    first, last = city_map.facts().zooms
    zoom = max(first, min(last, _ZOOMS[0]))
    if zoom > _ZOOMS[-1] and first < zoom and _count(places, zoom) > _MOST_TILES:
        zoom -= 1
    lines: list[StreetLine] = []
    left = _MOST_SPOTS
    for column, row in _tiles(places, zoom):
        for line in _lines_of(city_map, zoom, column, row):
            left -= len(line.spots)
            if left < 0:
                raise TooMuch
            lines.append(line)
    return StreetLines(zoom, tuple(lines))


def _count(places: "Sequence[Point]", zoom: int) -> int:
    columns, rows = _span(places, zoom)
    return len(columns) * len(rows)


def _span(places: "Sequence[Point]", zoom: int) -> tuple[range, range]:
    """The columns and the rows of the tiles around places."""
    side = 1 << zoom
    worlds = [to_world(place) for place in places]
    columns, rows = [x * side for x, _ in worlds], [y * side for _, y in worlds]
    return (
        range(max(0, floor(min(columns) - _AROUND)), min(side - 1, floor(max(columns) + _AROUND)) + 1),
        range(max(0, floor(min(rows) - _AROUND)), min(side - 1, floor(max(rows) + _AROUND)) + 1),
    )


def _tiles(places: "Sequence[Point]", zoom: int) -> list[tuple[int, int]]:
    """The tiles around places; where they are too many, those nearest to any of them."""
    columns, rows = _span(places, zoom)
    if len(columns) * len(rows) <= _MOST_TILES:
        return [(column, row) for column in columns for row in rows]
    side = 1 << zoom
    own = dict.fromkeys((floor(x * side), floor(y * side)) for x, y in map(to_world, places))
    rings: dict[tuple[int, int], int] = {}
    for far in range(_MOST_TILES):
        for column, row in own:
            for tile in _ring(column, row, far):
                rings.setdefault(tile, far)
        if len(rings) >= _MOST_TILES:
            break
    return list(rings)[:_MOST_TILES]


def _ring(column: int, row: int, far: int) -> Iterator[tuple[int, int]]:
    """The tiles so many steps from a tile."""
    for across in range(-far, far + 1):
        for down in range(-far, far + 1) if abs(across) == far else {-far, far}:
            yield column + across, row + down


def _lines_of(city_map: "CityMap", zoom: int, column: int, row: int) -> Iterator[StreetLine]:
    """The streets of a tile, cut at its edge: what lies beyond stands in the next one too."""
    for feature in city_map.features(zoom, column, row, street_keys_of):
        drive = driveable_of(feature)
        if drive is None:
            continue
        scale = TILE / feature.extent
        for part in feature.parts:
            for piece in lines_in([(x * scale, y * scale) for x, y in part], _TILE_BOX):
                spots = _whole(piece, column * TILE, row * TILE)
                if len(spots) > 1:
                    yield StreetLine(
                        spots if drive.one_way >= 0 else spots[::-1], one_way=drive.one_way != 0, level=drive.level
                    )


def _whole(piece: Sequence[tuple[float, float]], left: int, top: int) -> tuple[Spot, ...]:
    """Whole numbers of the grid, none twice in a row."""
    spots: list[Spot] = []
    for x, y in piece:
        spot = left + round(x), top + round(y)
        if not spots or spots[-1] != spot:
            spots.append(spot)
    return tuple(spots)
