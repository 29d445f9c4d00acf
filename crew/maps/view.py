"""What part of the world is seen: Web Mercator, centre and zoom. The map's drawing code; pure.

The world is a square of side 1, north up, from the top left corner. A view counts in dots; a cell of a terminal has two
dots across and four down, and a tile of zoom z is 256 dots wide at zoom z.
"""

from collections.abc import Iterable
from math import asinh, atan, cos, degrees, exp2, floor, log2, pi, radians, sinh, tan
from typing import Final

from crew.domain.place import Point
from crew.domain.value import Value, replace

TILE_DOTS: Final = 256
CLOSEST: Final = 19.0
FURTHEST: Final = 3.0
_STEEPEST: Final = 85.0511
"""Where Web Mercator is as high as it is wide."""

_EQUATOR_METRES: Final = 40_075_016.686
_MARGIN: Final = 0.12
_FIT_CLOSEST: Final = 17.0
"""One pin alone is shown with the streets around it."""


def to_world(point: Point) -> tuple[float, float]:
    """Where a place lies in the square of the world."""
    lat, long = max(-_STEEPEST, min(_STEEPEST, point[0])), point[1]
    return long / 360 + 0.5, 0.5 - asinh(tan(radians(lat))) / (2 * pi)


def from_world(x: float, y: float) -> Point:
    """The place at a point of the square."""
    return degrees(atan(sinh(pi * (1 - 2 * y)))), x * 360 - 180


class View(Value):
    """A part of the world, in dots.

    Attributes:
        x: The centre, from 0 in the west to 1.
        y: The centre, from 0 in the north to 1.
        zoom: Each step shows half as much.
        width: In dots.
        height: In dots.
    """

    x: float
    y: float
    zoom: float
    width: int
    height: int

    @classmethod
    def fitting(cls, points: Iterable[Point], width: int, height: int) -> "View":
        """The closest view in which all points stand, with a margin; the whole world for none."""
        placed = [to_world(point) for point in points]
        if not placed:
            return cls(0.5, 0.5, FURTHEST, width, height)
        left, right = min(x for x, _ in placed), max(x for x, _ in placed)
        top, bottom = min(y for _, y in placed), max(y for _, y in placed)
        room = 1 - 2 * _MARGIN
        zooms = [
            log2(room * dots / (TILE_DOTS * span))
            for dots, span in ((width, right - left), (height, bottom - top))
            if span > 0 and dots > 0
        ]
        zoom = min([_FIT_CLOSEST, *zooms])
        return cls((left + right) / 2, (top + bottom) / 2, max(FURTHEST, zoom), width, height)

    @property
    def scale(self) -> float:
        """How many dots wide the world is."""
        return TILE_DOTS * exp2(self.zoom)

    @property
    def left(self) -> float:
        """Where in the world the first dot is."""
        return self.x - self.width / 2 / self.scale

    @property
    def top(self) -> float:
        """Where in the world the uppermost dot is."""
        return self.y - self.height / 2 / self.scale

    @property
    def centre(self) -> Point:
        """The place in the middle."""
        return from_world(self.x, self.y)

    @property
    def metres_per_dot(self) -> float:
        """The length that a dot stands for, in the middle."""
        return _EQUATOR_METRES * cos(radians(self.centre[0])) / self.scale

    def dot_of(self, point: Point) -> tuple[float, float]:
        """How far right and down of the corner a place is; outside the view too."""
        x, y = to_world(point)
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    def place_at(self, right: float, down: float) -> Point:
        """The place under a dot."""
        return from_world(self.left + right / self.scale, self.top + down / self.scale)

    def shows(self, point: Point) -> bool:
        """Whether a place is in the view."""
        right, down = self.dot_of(point)
        return 0 <= right < self.width and 0 <= down < self.height

    def panned(self, right: float, down: float) -> "View":
        """The view so many dots further, never beyond the world."""
        x, y = self.x + right / self.scale, self.y + down / self.scale
        return replace(self, x=max(0.0, min(1.0, x)), y=max(0.0, min(1.0, y)))

    def zoomed(self, by: float, right: float | None = None, down: float | None = None) -> "View":
        """The view so many steps closer; what is under a dot stays there, by default what is in the middle."""
        zoom = max(FURTHEST, min(CLOSEST, self.zoom + by))
        right = 0 if right is None else right - self.width / 2
        down = 0 if down is None else down - self.height / 2
        kept = 1 / self.scale - 1 / (TILE_DOTS * exp2(zoom))
        return replace(self, x=self.x + right * kept, y=self.y + down * kept, zoom=zoom)

    def centred(self, point: Point) -> "View":
        """The same with another place in the middle."""
        x, y = to_world(point)
        return replace(self, x=x, y=y)

    def resized(self, width: int, height: int) -> "View":
        """The same place in a window of another size."""
        return replace(self, width=width, height=height)

    def tiles(self, zoom: int) -> tuple[range, range]:
        """The columns and the rows of the tiles of a zoom that are seen, from the north-west."""
        count = 2**zoom
        right, bottom = self.left + self.width / self.scale, self.top + self.height / self.scale
        columns = range(max(0, floor(self.left * count)), min(count - 1, floor(right * count)) + 1)
        rows = range(max(0, floor(self.top * count)), min(count - 1, floor(bottom * count)) + 1)
        return columns, rows
