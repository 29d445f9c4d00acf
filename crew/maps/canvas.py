"""Draws lines and areas in dots, eight to a cell of the terminal. The map's drawing code; knows no map.

A line is drawn in runs, not in dots: a level street is one run of dots in each row of dots that it crosses, a steep one
in each column. A row of dots is one whole number, with the dots of each cell in a byte of their own, so a run is one
operation however long it is. Dot by dot, lines took two thirds of the time of a map.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

ACROSS: Final = 2
DOWN: Final = 4
"""Dots in a cell."""

_BRAILLE: Final = 0x2800
_BITS: Final = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
"""The bit of each dot of a cell, row by row, as Unicode numbers them."""
_LETTERS: Final = {bits: _BRAILLE + bits if bits else " " for bits in range(0x100)}

_PART: Final = 16
_DOT: Final = 1 << _PART
_HALF: Final = _DOT // 2
"""Lines are walked along in whole numbers, parts of a dot."""

Dot = tuple[float, float]
Strips = list[int]
"""Rows of dots, or columns of them."""


def _unicode(bits: Sequence[int]) -> bytes:
    """What stands for each combination of dots that are numbered otherwise."""
    return bytes(sum(bit for place, bit in enumerate(bits) if dots >> place & 1) for dots in range(0x100))


_OF_ROWS: Final = _unicode(_BITS)
_OF_COLUMNS: Final = _unicode(_BITS[::2] + _BITS[1::2])
_ANY: Final = bytes((0, *(0xFF,) * 0xFF))


@lru_cache(maxsize=8)
def _first_dots(count: int, in_cell: int) -> tuple[int, ...]:
    """The first dots of a strip: none, one, two and so on; each cell has a byte."""
    found = [0]
    for dot in range(count):
        found.append(found[-1] | 1 << (dot // in_cell * 8 + dot % in_cell))
    return tuple(found)


class Canvas:
    """Cells with dots, the ink of the dots, and the ground below. Ink and ground 0 mean none.

    A cell with dots of several inks has the strongest, which is the greatest.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.columns: Final = columns
        self.rows: Final = rows
        self.ground: Final = bytearray(columns * rows)
        self._level: Final = defaultdict[int, Strips](lambda: [0] * (rows * DOWN))
        self._steep: Final = defaultdict[int, Strips](lambda: [0] * (columns * ACROSS))
        self._across: Final = _first_dots(columns * ACROSS, ACROSS)
        self._down: Final = _first_dots(rows * DOWN, DOWN)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Its outermost dots: left, upper, right and lower."""
        return 0, 0, self.columns * ACROSS - 1, self.rows * DOWN - 1

    def line(self, dots: Iterable[Dot], ink: int, dash: int = 0) -> None:
        """Draw a line through dots inside the box; with a dash, so many dots are drawn and as many left out."""
        level, steep, across, down = self._level[ink], self._steep[ink], self._across, self._down
        points = [(int(x * _DOT) + _HALF, int(y * _DOT) + _HALF) for x, y in dots]
        for (x, y), (right, bottom) in pairwise(points):
            width, height = right - x, bottom - y
            if dash:
                self._dotted(x, y, width, height, level, dash)
            elif width >= abs(height):
                _walk(level, across, x, y, width, height)
            elif -width >= abs(height):
                _walk(level, across, right, bottom, -width, -height)
            elif height > 0:
                _walk(steep, down, y, x, height, width)
            else:
                _walk(steep, down, bottom, right, -height, -width)

    def _dotted(self, x: int, y: int, width: int, height: int, strips: Strips, dash: int) -> None:
        first, steps = self._across, (max(abs(width), abs(height)) >> _PART) + 1
        for begin in range(0, steps + 1, 2 * dash):
            for step in range(begin, min(begin + dash, steps + 1)):
                dot = (x + step * width // steps) >> _PART
                strips[(y + step * height // steps) >> _PART] |= first[dot + 1] ^ first[dot]

    def area(self, rings: Iterable[Sequence[Dot]], ground: int) -> None:
        """Give the cells inside rings a ground; a ring inside another is a hole in it."""
        crossings: list[list[float]] = [[] for _ in range(self.rows)]
        for ring in rings:
            for (x, y), (right, down) in pairwise([*ring, ring[0]]):
                if y > down:
                    x, y, right, down = right, down, x, y
                first = max(0, int((y + DOWN / 2) // DOWN))
                last = min(self.rows - 1, int((down - DOWN / 2) // DOWN))
                for row in range(first, last + 1):
                    middle = row * DOWN + DOWN / 2
                    if y <= middle < down:
                        crossings[row].append(x + (right - x) * (middle - y) / (down - y))
        for row, found in enumerate(crossings):
            found.sort()
            for left, right in zip(found[::2], found[1::2], strict=False):
                first = max(0, round(left / ACROSS))
                last = min(self.columns, round(right / ACROSS))
                if first < last:
                    start = row * self.columns
                    self.ground[start + first : start + last] = bytes((ground,)) * (last - first)

    def cells(self) -> tuple[str, bytes]:
        """The character of each cell, row by row, and its ink."""
        count, dots, inks = self.columns * self.rows, 0, 0
        for ink in sorted(self._level.keys() | self._steep.keys()):
            here = self._rows_of(ink) | self._columns_of(ink)
            taken = int.from_bytes(here.to_bytes(count, "little").translate(_ANY), "little")
            dots |= here
            inks = inks & ~taken | taken & int.from_bytes(bytes((ink,)) * count, "little")
        return dots.to_bytes(count, "little").decode("latin-1").translate(_LETTERS), inks.to_bytes(count, "little")

    def _rows_of(self, ink: int) -> int:
        """The dots of level lines, each cell a byte."""
        strips = iter(self._level.get(ink, ()))
        rows = (
            (one | two << ACROSS | three << 2 * ACROSS | four << 3 * ACROSS).to_bytes(self.columns, "little")
            for one, two, three, four in zip(strips, strips, strips, strips, strict=True)
        )
        return int.from_bytes(b"".join(rows).translate(_OF_ROWS), "little")

    def _columns_of(self, ink: int) -> int:
        """The same of steep lines."""
        strips = iter(self._steep.get(ink, ()))
        cells = bytearray(self.columns * self.rows)
        for column, (left, right) in enumerate(zip(strips, strips, strict=True)):
            if left or right:
                cells[column :: self.columns] = (left | right << DOWN).to_bytes(self.rows, "little")
        return int.from_bytes(cells.translate(_OF_COLUMNS), "little")


def _walk(strips: Strips, first: Sequence[int], place: int, strip: int, length: int, aside: int) -> None:
    """Draw a straight line run by run.

    Args:
        strips: The rows of dots of a line that is level, the columns of one that is steep.
        first: The first dots of such a strip, by how many.
        place: Where it begins along the strips, in parts of a dot.
        strip: Where it begins across them.
        length: How far it leads along them.
        aside: How far it leads across them, which is no more.
    """
    turn = 0
    if aside < 0:  # counted from the other side, it leads there too
        strip, aside, turn = ~strip, -aside, -1
    here, there = strip >> _PART, (strip + aside) >> _PART
    begin = first[place >> _PART]
    if here != there:
        steps = (length >> _PART) + 1
        onward, across = length // steps, aside // steps
        room = ((here + 1) << _PART) - 1 - strip
        for line in range(here, there):
            done = place + room // across * onward
            strips[line ^ turn] |= first[(done >> _PART) + 1] ^ begin
            begin = first[(done + onward) >> _PART]
            room += _DOT
    strips[there ^ turn] |= first[((place + length) >> _PART) + 1] ^ begin


def is_dots(letter: str) -> bool:
    """Whether a character is one of `Canvas.cells`."""
    return _BRAILLE < ord(letter) < _BRAILLE + 0x100


def dots_of(letter: str) -> list[tuple[int, int]]:
    """Which dots of its cell a character of `Canvas.cells` has, from the left and from above."""
    bits = ord(letter) - _BRAILLE
    return [(place % ACROSS, place // ACROSS) for place, bit in enumerate(_BITS) if bits & bit]
