"""Finds where street lines meet, and cuts them there. The map's drawing code; pure.

Makers of tiles leave out the points of a straight street, those at its corners too: so lines are cut where they cross,
and where one ends on another. Bridges and tunnels meet the ground only at their ends. At the seam of two tiles a line
may be a step aside: its two ends become one way.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import Final

from crew.maps.street_lines import TILE, Spot, StreetLine, TooMuch

_CELL: Final = 128
_ENDS_WITHIN: Final = 6
"""Parts of the grid from the end of a line to another on which it ends: what is left out of a line moves it by less."""
_SEAM: Final = 16
_MOST_PAIRS: Final = 1_000_000
_MOST_CUTS: Final = 200_000
"""Pairs of segments that are looked at, and where they meet: a large city has half of either."""

Node = tuple[int, int, int]
"""A spot where one can turn, and its level. At the ends of lines the level is 0, as a bridge ends on the ground."""
Piece = tuple[tuple[Node, ...], bool]
"""The nodes along a line, and whether one drives from the first to the last alone."""
_Cut = tuple[float, Spot]
"""How far along a segment it is cut, and where."""


def cut_at_crossings(lines: Sequence[StreetLine]) -> list[Piece]:
    """Each line with a node wherever another meets it; then the ways across the seams of tiles.

    Raises:
        TooMuch: They meet more often than any city's streets do.
    """
    ends = {spot for line in lines for spot in (line.spots[0], line.spots[-1])}
    cuts = _Segments(lines).cuts()
    pieces = [(tuple(_nodes(line, number, cuts, ends)), line.one_way) for number, line in enumerate(lines)]
    return [*pieces, *((((*one, 0), (*other, 0)), False) for one, other in _seams(lines))]


def _nodes(line: StreetLine, number: int, cuts: dict[tuple[int, int], list[_Cut]], ends: set[Spot]) -> Iterator[Node]:
    before: Node | None = None
    for at, spot in enumerate(line.spots):
        own = cuts.get((number, at))
        for x, y in (spot, *(cut for _, cut in sorted(own))) if own else (spot,):
            node = (x, y, 0 if (x, y) in ends else line.level)
            if node != before:
                yield node
            before = node


class _Segments:
    """The straight pieces of lines, found by the cell of the grid in which they lie."""

    def __init__(self, lines: Sequence[StreetLine]) -> None:
        self._lines: Final = lines
        self._found: Final[list[tuple[int, int, int, int, int, int, int]]] = []
        self._cells: Final[defaultdict[Spot, list[int]]] = defaultdict(list)
        self._cuts: Final[defaultdict[tuple[int, int], list[_Cut]]] = defaultdict(list)
        for number, line in enumerate(lines):
            for at, ((x, y), (right, down)) in enumerate(pairwise(line.spots)):
                for cell in _cells_along(x, y, right, down):
                    self._cells[cell].append(len(self._found))
                self._found.append((x, y, right, down, line.level, number, at))

    def cuts(self) -> dict[tuple[int, int], list[_Cut]]:
        """Where each segment is cut, by the number of its line and its own in it."""
        pairs = sum(len(here) * (len(here) - 1) // 2 for here in self._cells.values())
        if pairs > _MOST_PAIRS:
            raise TooMuch
        left = _MOST_CUTS
        for here in self._cells.values():
            for place, one in enumerate(here):
                for other in here[:place]:
                    left -= self._cross(one, other)
            if left < 0:
                raise TooMuch
        self._end_on_others()
        return self._cuts

    def _cross(self, one: int, other: int) -> bool:
        """Cut both segments where they cross; whether they do."""
        x1, y1, x2, y2, level, number, at = self._found[one]
        x3, y3, x4, y4, other_level, other_number, other_at = self._found[other]
        if level != other_level or (number == other_number and abs(at - other_at) <= 1):
            return False
        across, along, right, down = x2 - x1, y2 - y1, x4 - x3, y4 - y3
        turn = across * down - along * right
        if turn == 0:
            return False
        part = ((x3 - x1) * down - (y3 - y1) * right) / turn
        if not 0 <= part <= 1:
            return False
        other_part = ((x3 - x1) * along - (y3 - y1) * across) / turn
        if not 0 <= other_part <= 1:
            return False
        spot = round(x1 + part * across), round(y1 + part * along)
        self._cuts[number, at].append((part, spot))
        self._cuts[other_number, other_at].append((other_part, spot))
        return True

    def _end_on_others(self) -> None:
        """Cut the line on which another ends, where the end is no point of any other."""
        counts = Counter(spot for line in self._lines for spot in line.spots)
        for number, line in enumerate(self._lines):
            for spot in (line.spots[0], line.spots[-1]):
                if counts[spot] == 1 and spot[0] % TILE and spot[1] % TILE:
                    near = {one for cell in _cells_around(spot) for one in self._cells.get(cell, ())}
                    self._end_on(spot, number, near)

    def _end_on(self, spot: Spot, number: int, near: Iterable[int]) -> None:
        best, cut = float(_ENDS_WITHIN**2), None
        for one in near:
            x, y, right, down, _, other, at = self._found[one]
            across, along = right - x, down - y
            part = ((spot[0] - x) * across + (spot[1] - y) * along) / (across * across + along * along)
            part = max(0.0, min(1.0, part))
            far = (x + part * across - spot[0]) ** 2 + (y + part * along - spot[1]) ** 2
            if other != number and far <= best:
                best, cut = far, ((other, at), (part, spot))
        if cut is not None:
            self._cuts[cut[0]].append(cut[1])


def _cells_along(x: int, y: int, right: int, down: int) -> set[Spot]:
    """The cells that a segment may touch; a long one is walked along."""
    steps = max(1, ceil(max(abs(right - x), abs(down - y)) / _CELL))
    stops = [((x + (right - x) * step // steps), (y + (down - y) * step // steps)) for step in range(steps + 1)]
    cells: set[Spot] = set()
    for (left, top), (other, bottom) in pairwise(stops):
        columns, rows = (left // _CELL, other // _CELL), (top // _CELL, bottom // _CELL)
        cells.update((column, row) for column in columns for row in rows)
    return cells


def _cells_around(spot: Spot) -> set[Spot]:
    x, y = spot
    sides = (-_ENDS_WITHIN, _ENDS_WITHIN)
    return {((x + across) // _CELL, (y + down) // _CELL) for across in sides for down in sides}


def _seams(lines: Iterable[StreetLine]) -> Iterator[tuple[Spot, Spot]]:
    """Ends of lines on both sides of the edge of a tile that are close enough to be one."""
    edges: defaultdict[tuple[int, int, int], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for line in lines:
        for end, inner in ((line.spots[0], line.spots[1]), (line.spots[-1], line.spots[-2])):
            for axis in (0, 1):
                if end[axis] % TILE == 0 and inner[axis] != end[axis]:
                    key = axis, end[axis], end[1 - axis] // TILE
                    edges[key][inner[axis] > end[axis]].append(end[1 - axis])
    for (axis, edge, _), (before, behind) in edges.items():
        for one, other in _matched(sorted(set(before)), sorted(set(behind))):
            if one != other:
                yield ((edge, one), (edge, other)) if axis == 0 else ((one, edge), (other, edge))


def _matched(before: list[int], behind: list[int]) -> set[tuple[int, int]]:
    """Each of two sorted rows of numbers with the nearest of the other row, where that is near."""
    forth = {(one, near) for one in before if (near := _nearest(behind, one)) is not None}
    return forth | {(near, one) for one in behind if (near := _nearest(before, one)) is not None}


def _nearest(row: list[int], number: int) -> int | None:
    place = bisect_left(row, number)
    near = min(row[max(0, place - 1) : place + 1], key=lambda one: abs(one - number), default=None)
    return near if near is not None and abs(near - number) <= _SEAM else None
