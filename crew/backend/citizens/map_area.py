"""The part of the city that the public map shows: as an address names it, moved, closer, further. Backend layer, pure.

North is up, and both directions have one scale. A map of the whole city keeps its edges while reports come and go, so
that its picture of streets stays the same one.
"""

from collections.abc import Iterable, Sequence
from math import ceil, cos, floor, radians
from typing import Final

from crew.backend.public.public_requests import Area
from crew.domain.place import Point

WIDTH: Final = 294
HEIGHT: Final = 252
SMALLEST_DEGREES: Final = 0.006
"""From south to north: a few blocks."""
LARGEST_DEGREES: Final = 1.5
"""More than any city; beyond it no streets are drawn, and no link leads further out."""

_METRES_A_DEGREE: Final = 111_195
_STEP_DEGREES: Final = 0.005
_HALF: Final = 0.5
_NEARLY: Final = 1.2
"""Addresses round a part outwards."""


def area_around(points: Iterable[Point]) -> Area:
    """The part in which all places lie, with room beside the outermost; on edges that rarely move."""
    places = list(points)
    south, north = _edges([lat for lat, _ in places])
    west, east = _edges([long for _, long in places])
    return Area(south, west, north, east)


def _edges(degrees: Sequence[float]) -> tuple[float, float]:
    room = max((max(degrees) - min(degrees)) * 0.06, SMALLEST_DEGREES / 4)
    first, last = (min(degrees) - room) / _STEP_DEGREES, (max(degrees) + room) / _STEP_DEGREES
    return floor(first) * _STEP_DEGREES, ceil(last) * _STEP_DEGREES


def fitted(area: Area) -> Area:
    """The area made as wide or as high as the map is, and never smaller than a few blocks."""
    wide = cos(radians((area.south + area.north) / 2))
    high = max(area.north - area.south, (area.east - area.west) * wide * HEIGHT / WIDTH, SMALLEST_DEGREES)
    return _with_middle(area, high)


def beside(area: Area, east: int, north: int) -> Area:
    """The area half a map further: `east` and `north` are 1, 0 or -1."""
    up, right = north * _HALF * (area.north - area.south), east * _HALF * (area.east - area.west)
    return Area(area.south + up, area.west + right, area.north + up, area.east + right)


def closer(area: Area) -> Area | None:
    """The middle of the area, twice as large; None where it shows a few blocks already."""
    high = area.north - area.south
    return _with_middle(area, max(high * _HALF, SMALLEST_DEGREES)) if high > SMALLEST_DEGREES * _NEARLY else None


def further(area: Area) -> Area | None:
    """The area with what lies around it; None where it shows more than a city already."""
    high = (area.north - area.south) / _HALF
    return _with_middle(area, high) if high <= LARGEST_DEGREES else None


def _with_middle(area: Area, high: float) -> Area:
    """An area of the map's shape around the middle of another."""
    lat, long = (area.south + area.north) / 2, (area.west + area.east) / 2
    across = high * WIDTH / HEIGHT / max(cos(radians(lat)), 0.01)
    return Area(lat - high / 2, long - across / 2, lat + high / 2, long + across / 2)


def metres_a_unit(area: Area) -> float:
    """How much of the city a unit of the map stands for."""
    return (area.north - area.south) * _METRES_A_DEGREE / HEIGHT


def read_area(words: str) -> Area | None:
    """The part of the city that an address names as `south,west,north,east`; None where it names none."""
    try:
        south, west, north, east = (float(part) for part in words.split(","))
    except ValueError:
        return None
    known = -90 <= south < north <= 90 and -180 <= west < east <= 180
    return Area(south, west, north, east) if known else None


def written_area(area: Area) -> str:
    """A part of the city as an address names it, to a few metres."""
    return ",".join(f"{degrees:.5f}" for degrees in (area.south, area.west, area.north, area.east))


def rough_area(area: Area) -> str:
    """The same in fewer letters, and a little larger: a page has many such addresses."""
    steps = 1_000 if area.north - area.south > 3 * SMALLEST_DEGREES else 10_000
    low = [floor(degrees * steps) / steps for degrees in (area.south, area.west)]
    high = [ceil(degrees * steps) / steps for degrees in (area.north, area.east)]
    return ",".join(f"{degrees:g}" for degrees in (*low, *high))
