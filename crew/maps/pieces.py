"""What of a tile lies in a view, and where. The map's drawing code; pure."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from crew.domain.value import Value
from crew.maps.vector_tile import AREA, Feature, Ring

if TYPE_CHECKING:
    from crew.maps.schemas import Thing
    from crew.maps.view import View

_EDGE: Final = 4
"""Dots beyond the view in which a line may still matter: some are drawn two dots wide."""
_FEATURE_WEIGHT: Final = 5
"""What a feature takes besides its points, in points."""

Box = tuple[int, int, int, int]
"""West, north, east and south of a line, in parts of the tile's extent."""


class Placed(NamedTuple):
    """Something on a tile, with the boxes by which it is found: most of a tile lies outside of a close view.

    Attributes:
        thing: What it is.
        feature: As it was read.
        box: Of all of it.
        boxes: Of each part, where it has several.
    """

    thing: "Thing"
    feature: Feature
    box: Box
    boxes: tuple[Box, ...]


class Tile(Value):
    """What a tile holds.

    Attributes:
        things: What of it is drawn.
        weight: How much it takes, in points.
    """

    things: tuple[Placed, ...]
    weight: int


_NOWHERE: Final = (0.0, 0.0, -1.0, -1.0)


class Piece(Value):
    """Something drawn, with the tile that it lies on.

    Attributes:
        thing: What it is.
        name: What it is called; empty for most.
        parts: Its lines, rings or points, in parts of the tile's extent.
        scale: Dots for each part of the tile's extent.
        left: Where in the view the tile begins, in dots.
        top: Where it begins from above.
        is_inside: Whether all of it is known to lie in the view, and not at its edge.
    """

    thing: "Thing"
    name: str
    parts: Sequence[Ring]
    scale: float
    left: float
    top: float
    is_inside: bool = False

    def dots(self) -> list[list[tuple[float, float]]]:
        """Its lines, rings or points, in dots of the view."""
        scale, left, top = self.scale, self.left, self.top
        return [[(left + x * scale, top + y * scale) for x, y in part] for part in self.parts]


def tile_of(things: "Iterable[tuple[Thing, Feature]]") -> Tile:
    """A tile with the boxes of what it holds."""
    found = tuple(_placed(thing, feature) for thing, feature in things)
    return Tile(found, 1 + sum(_FEATURE_WEIGHT + sum(map(len, one.feature.parts)) for one in found))


def _placed(thing: "Thing", feature: Feature) -> Placed:
    boxes = tuple(_box(part) for part in feature.parts)
    return Placed(thing, feature, _around(boxes), boxes if len(boxes) > 1 else ())


def in_view(tile: Tile, place: tuple[int, int, int], view: "View") -> list[Piece]:
    """What of a tile of a zoom, a column and a row lies in a view."""
    zoom, column, row = place
    side = view.scale / (1 << zoom)
    left = (column / (1 << zoom) - view.left) * view.scale
    top = (row / (1 << zoom) - view.top) * view.scale
    pieces, extent, scale, outer, inner = [], 0, 1.0, _NOWHERE, _NOWHERE
    for thing, feature, box, boxes in tile.things:
        if feature.extent != extent:  # all of a tile have the same as a rule
            extent, scale = feature.extent, side / feature.extent
            outer, inner = (_edges(view, left, top, scale, beyond) for beyond in (_EDGE, -_EDGE))
        if box[0] > outer[2] or box[2] < outer[0] or box[1] > outer[3] or box[3] < outer[1]:
            continue
        parts: Sequence[Ring] = feature.parts
        if boxes and feature.shape != AREA:  # a hole belongs to its area
            parts = [part for part, around in zip(parts, boxes, strict=True) if _touch(around, outer)]
        if parts:
            is_inside = box[0] >= inner[0] and box[1] >= inner[1] and box[2] <= inner[2] and box[3] <= inner[3]
            pieces.append(Piece(thing, feature.name, parts, scale, left, top, is_inside))
    return pieces


def _edges(view: "View", left: float, top: float, scale: float, beyond: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a view and so many dots beyond it, in parts of the tile's extent."""
    right, bottom = view.width + beyond - left, view.height + beyond - top
    return (-beyond - left) / scale, (-beyond - top) / scale, right / scale, bottom / scale


def _touch(box: Box, other: "tuple[float, ...]") -> bool:
    return box[0] <= other[2] and box[2] >= other[0] and box[1] <= other[3] and box[3] >= other[1]


def _box(part: Ring) -> Box:
    xs, ys = [x for x, _ in part], [y for _, y in part]
    return min(xs), min(ys), max(xs), max(ys)


def _around(boxes: Sequence[Box]) -> Box:
    """The box of several; an empty one, which is in no view, for none."""
    if len(boxes) == 1:
        return boxes[0]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True) if boxes else ((0,), (0,), (-1,), (-1,))
    return min(lefts), min(tops), max(rights), max(bottoms)
