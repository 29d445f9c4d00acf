"""Joins the pieces of a street into one line. The map's drawing code; pure.

Cities keep a street as many pieces, from corner to corner. In one, it has room for its name, and fewer points are kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from crew.domain.value import replace
from crew.maps.geojson import Shape
from crew.maps.schemas import Thing

Spot = tuple[float, float]
Line = tuple[Spot, ...]


def joined(shapes: Iterable[Shape]) -> Iterator[Shape]:
    """The same areas, and the lines of one name and kind as one shape with as few lines as they make."""
    streets: defaultdict[tuple[Thing, str], list[Shape]] = defaultdict(list)
    for shape in shapes:
        if shape.thing in (Thing.WATER, Thing.PARK):
            yield shape  # two areas that overlap must not become each other's holes
        else:
            streets[shape.thing, shape.name].append(shape)
    for pieces in streets.values():
        lines = [part for piece in pieces for part in piece.parts]
        yield replace(pieces[0], parts=tuple(_chains(lines)))


def _chains(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines that begin where others end, as one. Each is taken once; at a fork any of them goes on."""
    at: defaultdict[Spot, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        at[line[0]].append(number)
        at[line[-1]].append(number)
    left = set(range(len(lines)))
    for number, line in enumerate(lines):
        if number in left:
            left.remove(number)
            forth = _onward(line[-1], lines, at, left)
            back = _onward(line[0], lines, at, left)
            yield (*reversed(back), *line, *forth)


def _onward(spot: Spot, lines: Sequence[Line], at: dict[Spot, list[int]], left: set[int]) -> list[Spot]:
    """The points after the end of a line, along those that are left and go on there."""
    found: list[Spot] = []
    while at[spot]:
        number = at[spot].pop()
        if number in left:
            left.remove(number)
            line = lines[number] if lines[number][0] == spot else lines[number][::-1]
            found += line[1:]
            spot = line[-1]
    return found
