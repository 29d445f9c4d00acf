"""A city's streets as one network, and the ways along it. The map's drawing code; pure.

Only what can be driven to and back from is kept, so that there is a way between any two places on it. Lengths are
metres on the sphere of `crew.domain.place`, so that no way along streets is shorter than the straight line.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import accumulate, pairwise, product
from math import cosh, hypot, pi
from typing import Final, NamedTuple

from crew.domain.place import Point, distance_metres
from crew.domain.value import Value
from crew.maps.crossings import Node, Piece, cut_at_crossings
from crew.maps.street_lines import TILE, StreetLines
from crew.maps.view import from_world, to_world

_AROUND_THE_EARTH: Final = 2 * pi * 6_371_008.8
NEAR_METRES: Final = 150
"""What lies farther from every street is not driven to along them: it is in a large park, or no street is known."""
_CORNER_METRES: Final = 15
"""So near to a junction a stop is reached from it, and left to it, whichever way the street leads."""
_CELL: Final = 512


class Street(NamedTuple):
    """A street from one junction to the next.

    Attributes:
        start: The number of a junction.
        end: The other.
        spots: Its points in the grid.
        along: The metres from the start to each of them.
        one_way: Whether one drives from the start to the end alone.
    """

    start: int
    end: int
    spots: tuple[Node, ...]
    along: tuple[float, ...]
    one_way: bool


class Access(Value):
    """Where a place meets the streets.

    Attributes:
        street: The number of the street.
        along: Metres from the start of the street.
        off: Metres from the place to the street.
    """

    street: int
    along: float
    off: float


class StreetGraph:
    """A network of streets."""

    def __init__(self, lines: StreetLines) -> None:
        """Make the network. Takes a second for a city.

        Args:
            lines: The streets, as the tiles have them.

        Raises:
            TooMuch: They meet more often than any city's streets do.
        """
        self._side: Final = TILE << lines.zoom
        streets = _one_network(_streets(cut_at_crossings(lines.lines), self._side))
        self.streets: Final = streets
        self._cells: Final[defaultdict[tuple[int, int], list[int]]] = defaultdict(list)
        self._leaving: Final[defaultdict[int, list[tuple[int, float]]]] = defaultdict(list)
        for number, street in enumerate(streets):
            for cell in _cells_of(street.spots):
                self._cells[cell].append(number)
            self._leaving[street.start].append((street.end, street.along[-1]))
            if not street.one_way:
                self._leaving[street.end].append((street.start, street.along[-1]))

    def access(self, place: Point) -> Access | None:
        """Where a place meets the nearest street; None where none is near."""
        x, y = (part * self._side for part in to_world(place))
        reach = NEAR_METRES / _metres_per_part(y, self._side)
        best: tuple[float, int, int, float] = (reach * reach, -1, 0, 0.0)
        columns = range(int((x - reach) // _CELL), int((x + reach) // _CELL) + 1)
        rows = range(int((y - reach) // _CELL), int((y + reach) // _CELL) + 1)
        for number in {one for cell in product(columns, rows) for one in self._cells.get(cell, ())}:
            for at, (one, other) in enumerate(pairwise(self.streets[number].spots)):
                far, part = _nearest_part(x, y, one, other)
                best = min(best, (far, number, at, part))
        return None if best[1] < 0 else self._access(place, *best[1:])

    def _access(self, place: Point, number: int, at: int, part: float) -> Access:
        street = self.streets[number]
        (x, y, _), (right, down, _) = street.spots[at : at + 2]
        spot = from_world((x + part * (right - x)) / self._side, (y + part * (down - y)) / self._side)
        before, after = street.along[at : at + 2]
        return Access(number, before + part * (after - before), distance_metres(place, spot))

    def ways(self, start: Access, goals: Sequence[Access]) -> list[float]:
        """The shortest way along streets from one place to others, in metres, with the steps aside at both ends."""
        metres = self._metres_from(start, {end for goal in goals for end in self.streets[goal.street][:2]})
        return [start.off + self._last_part(start, goal, metres) + goal.off for goal in goals]

    def _last_part(self, start: Access, goal: Access, metres: dict[int, float]) -> float:
        ways = [metres[junction] + last for junction, last in self._junctions(goal, leaving=False)]
        if start.street == goal.street and (goal.along >= start.along or not self.streets[goal.street].one_way):
            ways.append(abs(goal.along - start.along))
        return min(ways)

    def _junctions(self, access: Access, *, leaving: bool) -> Iterator[tuple[int, float]]:
        """The junctions to which one drives from a place, or from which to it, with the way."""
        street = self.streets[access.street]
        back, forth = access.along, street.along[-1] - access.along
        if leaving or not street.one_way or forth <= min(back, _CORNER_METRES):
            yield street.end, forth
        if not leaving or not street.one_way or back <= min(forth, _CORNER_METRES):
            yield street.start, back

    def _metres_from(self, start: Access, wanted: set[int]) -> dict[int, float]:
        """How far it is to junctions, until the wanted ones are known (Dijkstra, 1959)."""
        waiting = sorted((way, junction) for junction, way in self._junctions(start, leaving=True))
        known: dict[int, float] = {}
        left, leaving = len(wanted), self._leaving
        while waiting and left:
            metres, here = heappop(waiting)
            if here in known:
                continue
            known[here] = metres
            left -= here in wanted
            for there, way in leaving[here]:
                if there not in known:
                    heappush(waiting, (metres + way, there))
        return known


def _streets(pieces: Iterable[Piece], side: int) -> list[Street]:
    """Streets from junction to junction: nodes where nothing else meets are no more than points along them."""
    leaving: defaultdict[Node, set[Node]] = defaultdict(set)
    arriving: defaultdict[Node, set[Node]] = defaultdict(set)
    for nodes, one_way in pieces:
        for one, other in pairwise(nodes):
            leaving[one].add(other)
            arriving[other].add(one)
            if not one_way:
                leaving[other].add(one)
                arriving[one].add(other)
    passed = {node for node in leaving.keys() | arriving.keys() if _is_passed(leaving[node], arriving[node])}
    numbers = {node: number for number, node in enumerate((leaving.keys() | arriving.keys()) - passed)}
    found = []
    for node, number in numbers.items():
        for other in leaving[node]:
            spots = [node, other]
            while spots[-1] in passed:
                spots.append(next(one for one in leaving[spots[-1]] if one != spots[-2]))
            both = spots[-2] in leaving[spots[-1]]
            if not both or spots <= spots[::-1]:  # of a street for both ways only one direction is kept
                found.append(Street(number, numbers[spots[-1]], tuple(spots), _along(spots, side), not both))
    return found


def _is_passed(leaving: set[Node], arriving: set[Node]) -> bool:
    """Whether a node lies within one street: there are two ways on, or one after a one-way."""
    if len(leaving) == 2:
        return leaving == arriving
    return len(leaving) == len(arriving) == 1 and leaving != arriving


def _along(nodes: Sequence[Node], side: int) -> tuple[float, ...]:
    steps = (
        hypot(right - x, down - y) * _metres_per_part((y + down) / 2, side)
        for (x, y, _), (right, down, _) in pairwise(nodes)
    )
    return tuple(accumulate(steps, initial=0.0))


def _metres_per_part(y: float, side: int) -> float:
    return _AROUND_THE_EARTH / side / cosh(pi * (1 - 2 * y / side))


def _cells_of(spots: Sequence[Node]) -> set[tuple[int, int]]:
    """The cells in which a street may lie."""
    cells: set[tuple[int, int]] = set()
    for (x, y, _), (right, down, _) in pairwise(spots):
        columns = range(min(x, right) // _CELL, max(x, right) // _CELL + 1)
        rows = range(min(y, down) // _CELL, max(y, down) // _CELL + 1)
        cells.update(product(columns, rows))
    return cells


def _nearest_part(x: float, y: float, one: Node, other: Node) -> tuple[float, float]:
    """The square of the distance from a spot to a straight line, and how far along that its nearest point lies."""
    across, down = other[0] - one[0], other[1] - one[1]
    part = ((x - one[0]) * across + (y - one[1]) * down) / (across * across + down * down or 1)
    part = max(0.0, min(1.0, part))
    return (one[0] + part * across - x) ** 2 + (one[1] + part * down - y) ** 2, part


def _one_network(streets: Sequence[Street]) -> list[Street]:
    """The streets of the largest part in which every junction can be reached from every other."""
    forth: defaultdict[int, list[int]] = defaultdict(list)
    back: defaultdict[int, list[int]] = defaultdict(list)
    for start, end, _, _, one_way in streets:
        forth[start].append(end)
        back[end].append(start)
        if not one_way:
            forth[end].append(start)
            back[start].append(end)
    largest: set[int] = set()
    seen: set[int] = set()
    for junction in reversed(_by_end(forth)):  # Kosaraju and Sharir, 1981
        if junction not in seen:
            part = _reached(back, junction, seen)
            largest = max(largest, part, key=len)
    return [street for street in streets if street.start in largest and street.end in largest]


def _by_end(forth: dict[int, list[int]]) -> list[int]:
    """Junctions in the order in which a walk in depth leaves them for good."""
    left: list[int] = []
    seen: set[int] = set()
    for first in list(forth):
        stack = [(first, False)]
        while stack:
            junction, is_done = stack.pop()
            if is_done:
                left.append(junction)
            elif junction not in seen:
                seen.add(junction)
                stack.append((junction, True))
                stack += [(other, False) for other in forth.get(junction, ()) if other not in seen]
    return left


def _reached(ways: dict[int, list[int]], start: int, seen: set[int]) -> set[int]:
    """What is reached from a junction without what was seen before."""
    found, waiting = {start}, [start]
    seen.add(start)
    while waiting:
        for other in ways.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                found.add(other)
                waiting.append(other)
    return found
