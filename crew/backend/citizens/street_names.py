"""Where the names of streets stand in a picture: along straight pieces, apart from each other. Backend layer, pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from math import atan2, ceil, degrees, floor, hypot
from typing import Final

from crew.domain.plain_text import clean_line
from crew.domain.value import Value

NAME_SIZE: Final = 17
"""Of a letter, in dots: nine pixels on a phone, sixteen on a desk."""

_LETTER: Final = 0.56
"""How wide a letter is, in parts of its size."""
_LONGEST: Final = 26
_MOST_NAMES: Final = 14
_MOST_TRIED: Final = 300
_MOST_SQUARES: Final = 300_000
_MOST_LOOKED_AT: Final = 500
_STRAIGHT: Final = 0.97
_APART: Final = 2.4 * NAME_SIZE
_MARGIN: Final = 6.0
_SQUARE: Final = 6
_ALONG: Final = 0.8
_PLACES: Final = (0.5, 0.35, 0.65, 0.2, 0.8)
"""Where along a street its name is tried."""

Spot = tuple[float, float]


class Named(Value):
    """A piece of a street with its name.

    Attributes:
        name: As the map has it.
        main: Whether it is a main street.
        run: Its line, in dots.
    """

    name: str
    main: bool
    run: Sequence[Spot]


class PlacedName(Value):
    """Words and where their middle stands.

    Attributes:
        words: Cleaned.
        x: From the left.
        y: From the top.
        degrees: How far they are turned clockwise; never upside down.
    """

    words: str
    x: float
    y: float
    degrees: float


class Streets:
    """Where streets run, in squares of the picture."""

    def __init__(self, runs: Iterable[Sequence[Spot]]) -> None:
        """Go along some streets."""
        self._squares: Final = set(islice((square for run in runs for square in _squares(run)), _MOST_SQUARES))

    def has(self, run: Sequence[Spot]) -> bool:
        """Whether a line lies along one of them, for most of its way."""
        wanted = list(islice(_squares(run), _MOST_LOOKED_AT))
        there = sum(
            any((across + i, down + j) in self._squares for i in (-1, 0, 1) for j in (-1, 0, 1))
            for across, down in wanted
        )
        return there >= _ALONG * len(wanted)


def _squares(run: Sequence[Spot]) -> Iterator[tuple[int, int]]:
    for (x, y), (x2, y2) in pairwise(run):
        steps = ceil(hypot(x2 - x, y2 - y) / _SQUARE) or 1
        for step in range(steps + 1):
            yield floor((x + (x2 - x) * step / steps) / _SQUARE), floor((y + (y2 - y) * step / steps) / _SQUARE)


def longest(named: Iterable[Named]) -> list[Named]:
    """The longest piece of each street, the longest street first; as many as a picture could ever name."""
    found: dict[str, tuple[float, Named]] = {}
    for one in named:
        length = length_of(one.run)
        if length > found.get(one.name, (0.0, one))[0]:
            found[one.name] = (length, one)
    return [one for _, one in sorted(found.values(), key=lambda pair: -pair[0])[:_MOST_TRIED]]


def placed_names(named: Iterable[Named], width: int, height: int) -> list[PlacedName]:
    """The names that fit, main streets first, then the longest; each once, along its longest piece."""
    found: list[PlacedName] = []
    taken: list[Spot] = []
    for one in sorted(longest(named), key=lambda one: not one.main):
        words = clean_line(one.name, _LONGEST)
        if words and len(found) < _MOST_NAMES:
            for name, spots in _tries(words, one.run):
                inside = all(_MARGIN <= x <= width - _MARGIN and _MARGIN <= y <= height - _MARGIN for x, y in spots)
                if inside and all(hypot(x - x2, y - y2) >= _APART for x, y in spots for x2, y2 in taken):
                    found.append(name)
                    taken += spots
                    break
    return found


def _tries(words: str, run: Sequence[Spot]) -> Iterator[tuple[PlacedName, list[Spot]]]:
    """Where a name may stand along a line that is straight there, and spots along it."""
    wide, length = len(words) * _LETTER * NAME_SIZE, length_of(run)
    for part in _PLACES:
        middle = part * length
        if middle - wide / 2 < 0 or middle + wide / 2 > length:
            continue
        (x, y), (x2, y2) = _at(run, middle - wide / 2), _at(run, middle + wide / 2)
        if hypot(x2 - x, y2 - y) < _STRAIGHT * wide:
            continue
        if x2 < x:
            x, y, x2, y2 = x2, y2, x, y
        steps = ceil(wide / NAME_SIZE)
        spots = [(x + (x2 - x) * step / steps, y + (y2 - y) * step / steps) for step in range(steps + 1)]
        yield PlacedName(words, (x + x2) / 2, (y + y2) / 2, degrees(atan2(y2 - y, x2 - x))), spots


def length_of(run: Sequence[Spot]) -> float:
    """How long a line is, in dots."""
    return sum(hypot(x2 - x, y2 - y) for (x, y), (x2, y2) in pairwise(run))


def _at(run: Sequence[Spot], way: float) -> Spot:
    """The point so far along a line."""
    for (x, y), (x2, y2) in pairwise(run):
        length = hypot(x2 - x, y2 - y)
        if way <= length and length:
            return x + way / length * (x2 - x), y + way / length * (y2 - y)
        way -= length
    return run[-1]
