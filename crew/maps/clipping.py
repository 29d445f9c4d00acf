"""Cuts lines and areas to a tile, and leaves out points that nobody sees. The map's drawing code; pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

Spot = tuple[float, float]
Box = tuple[float, float, float, float]
"""The least x and y, and the greatest."""

BUFFER: Final = 64
"""How far beyond its edge a tile goes on, in parts of its extent: lines are drawn to the edge and a little further."""


def thinned(line: Sequence[Spot], tolerance: float) -> list[Spot]:
    """The line without points closer to the rest of it than a tolerance (Douglas and Peucker, 1973)."""
    keep = {0, len(line) - 1}
    waiting = [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        start, end = line[first], line[last]
        place, far = max(
            ((place, _distance_squared(line[place], start, end)) for place in range(first + 1, last)),
            key=lambda one: one[1],
        )
        if far > tolerance * tolerance:
            keep.add(place)
            waiting += [(first, place), (place, last)]
    return [line[place] for place in sorted(keep)]


def _distance_squared(spot: Spot, start: Spot, end: Spot) -> float:
    (x, y), (left, top), (right, bottom) = spot, start, end
    across, along = right - left, bottom - top
    length = across * across + along * along
    part = ((x - left) * across + (y - top) * along) / length if length else 0.0
    part = max(0.0, min(1.0, part))
    return float((left + part * across - x) ** 2 + (top + part * along - y) ** 2)


def lines_in(line: Sequence[Spot], box: Box) -> list[list[Spot]]:
    """The pieces of a line inside a box."""
    pieces: list[list[Spot]] = []
    for start, end in pairwise(line):
        inside = segment_in(start, end, box)
        if inside is None:
            continue
        first, last = inside
        if pieces and pieces[-1][-1] == first:
            pieces[-1].append(last)
        else:
            pieces.append([first, last])
    return pieces


def segment_in(start: Spot, end: Spot, box: Box) -> tuple[Spot, Spot] | None:
    """The part of a straight line inside a box (Liang and Barsky, 1984); None where none of it is."""
    (x, y), (x2, y2), (left, top, right, bottom) = start, end, box
    if left <= x <= right and left <= x2 <= right and top <= y <= bottom and top <= y2 <= bottom:
        return start, end
    if (x < left and x2 < left) or (x > right and x2 > right) or (y < top and y2 < top) or (y > bottom and y2 > bottom):
        return None
    across, along = x2 - x, y2 - y
    enter, leave = 0.0, 1.0
    for towards, room in ((-across, x - left), (across, right - x), (-along, y - top), (along, bottom - y)):
        if towards == 0:
            if room < 0:
                return None
        elif towards < 0:
            enter = max(enter, room / towards)
        else:
            leave = min(leave, room / towards)
    if enter > leave:
        return None
    first = start if enter == 0 else (x + enter * across, y + enter * along)
    last = end if leave == 1 else (x + leave * across, y + leave * along)
    return first, last


def ring_in(ring: Sequence[Spot], box: Box) -> list[Spot]:
    """The part of an area inside a box (Sutherland and Hodgman, 1974); empty where there is none."""
    left, top, right, bottom = box
    found = list(ring)
    for axis, bound, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        found = list(_beyond(found, axis, bound, sign))
    return found


def _beyond(ring: Sequence[Spot], axis: int, bound: float, sign: int) -> Iterable[Spot]:
    if not ring:
        return
    for before, spot in pairwise([ring[-1], *ring]):
        was, is_in = sign * (before[axis] - bound) >= 0, sign * (spot[axis] - bound) >= 0
        if was != is_in:
            part = (bound - before[axis]) / (spot[axis] - before[axis])
            other = before[1 - axis] + part * (spot[1 - axis] - before[1 - axis])
            yield (bound, other) if axis == 0 else (other, bound)
        if is_in:
            yield spot
