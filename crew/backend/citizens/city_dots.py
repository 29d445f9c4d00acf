"""Draws places as dots on a small map that needs no script: near ones as one, each a link. Backend layer, pure.

North is up, and both directions have one scale. Dots never overlap, so each can be hit by a finger.
"""

from collections.abc import Sequence
from math import floor
from typing import Final

from crew.backend.citizens.map_area import HEIGHT, WIDTH, area_around, fitted, metres_a_unit
from crew.backend.public.public_requests import Area, PublicRequest
from crew.domain.place import middle_of, place_doubt, place_of
from crew.domain.value import Value
from crew.domain.work_order import PublicStatus

_CELL: Final = 42
_RADIUS: Final = 14
"""A dot is 26 units wide or more: 25 pixels where a phone of 360 pixels shows the map."""
_LEEWAY: Final = (_CELL - 2 * _RADIUS) / 2
_SCALES: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
_LONGEST_SCALE: Final = WIDTH / 3


class Dot(Value):
    """What stands at one spot of the map.

    Attributes:
        x: From the left.
        y: From the top.
        radius: Of the dot.
        requests: What it stands for; one, or several that are near.
        area: The part of the city that it covers.
    """

    x: int
    y: int
    radius: int
    requests: tuple[PublicRequest, ...]
    area: Area

    @property
    def closed(self) -> bool:
        """Whether everything here is finished."""
        return all(one.public_status is PublicStatus.CLOSED for one in self.requests)


class Dots(Value):
    """A map.

    Attributes:
        dots: From the north to the south.
        area: What it shows.
        scale_metres: A round length.
        scale_length: The same on the map.
    """

    dots: tuple[Dot, ...]
    area: Area
    scale_metres: int
    scale_length: float


def city_dots(found: Sequence[PublicRequest], asked: Area | None) -> Dots | None:
    """The map of some places; None where there is nothing to show and nobody chose where to look.

    Args:
        found: What was found; what has no place, or one outside any city, is left out.
        asked: The part of the city that a reader chose; None shows all of them.
    """
    middle = middle_of(found)
    placed = [one for one in found if not place_doubt(one, middle)]
    if not placed and asked is None:
        return None
    area = fitted(asked or area_around(place for one in placed if (place := place_of(one))))
    cells: dict[tuple[int, int], list[PublicRequest]] = {}
    for one in placed:
        x, y = _spot(area, one)
        if 0 <= x < WIDTH and 0 <= y < HEIGHT:
            cells.setdefault((floor(y / _CELL), floor(x / _CELL)), []).append(one)
    dots = tuple(_dot(area, row, column, inside) for (row, column), inside in sorted(cells.items(), key=_by_cell))
    unit = metres_a_unit(area)
    metres = max((one for one in _SCALES if one / unit <= _LONGEST_SCALE), default=_SCALES[0])
    return Dots(dots, area, metres, round(metres / unit, 1))


def _by_cell(cell: tuple[tuple[int, int], list[PublicRequest]]) -> tuple[int, int]:
    return cell[0]


def _spot(area: Area, one: PublicRequest) -> tuple[float, float]:
    assert one.lat is not None and one.long is not None  # noqa: S101 - only what has a place comes here
    x = (one.long - area.west) / (area.east - area.west) * WIDTH
    return x, (area.north - one.lat) / (area.north - area.south) * HEIGHT


def _dot(area: Area, row: int, column: int, inside: list[PublicRequest]) -> Dot:
    spots = [_spot(area, one) for one in inside]
    x = _near((column + 0.5) * _CELL, sum(x for x, _ in spots) / len(spots))
    y = _near((row + 0.5) * _CELL, sum(y for _, y in spots) / len(spots))
    radius = _RADIUS if len(inside) > 1 else _RADIUS - 1
    return Dot(round(x), round(y), radius, tuple(inside), _cell_area(area, row, column))


def _near(middle: float, wanted: float) -> float:
    """The wanted spot, as far from the middle of its cell as its neighbours allow."""
    return min(max(wanted, middle - _LEEWAY), middle + _LEEWAY)


def _cell_area(area: Area, row: int, column: int) -> Area:
    high, wide = (area.north - area.south) / HEIGHT * _CELL, (area.east - area.west) / WIDTH * _CELL
    north, west = area.north - row * high, area.west + column * wide
    return Area(north - high, west, north, west + wide)
