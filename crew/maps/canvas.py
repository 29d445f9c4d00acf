"""Draws lines and areas in dots, eight to a cell of the terminal. The map's drawing code; knows no map.

What is drawn later with a stronger ink takes the cell's ink; the dots of both stay.
"""

from collections.abc import Iterable, Sequence
from itertools import count, pairwise
from typing import Final

from crew.maps.clipping import segment_in

ACROSS: Final = 2
DOWN: Final = 4
"""Dots in a cell."""

_BRAILLE: Final = 0x2800
_BITS: Final = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
"""The bit of each dot of a cell, row by row, as Unicode numbers them."""
_LETTERS: Final = {bits: _BRAILLE + bits if bits else " " for bits in range(0x100)}

_DOT: Final = 16
_ONE: Final = 1 << _DOT
_CELL_ACROSS, _CELL_DOWN, _ROW = _DOT + 1, _DOT + 2, _DOT - 1
"""Lines are walked along in whole numbers, parts of a dot: half of the time of a map went there."""

Dot = tuple[float, float]


class Canvas:
    """Cells with dots, the ink of the dots, and the ground below. Ink and ground 0 mean none."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns: Final = columns
        self.rows: Final = rows
        self.bits: Final = bytearray(columns * rows)
        self.ink: Final = bytearray(columns * rows)
        self.ground: Final = bytearray(columns * rows)

    def line(self, dots: Sequence[Dot], ink: int, dash: int = 0) -> None:
        """Draw a line through dots; with a dash, so many dots are drawn and as many left out."""
        box = (0, 0, self.columns * ACROSS - 1, self.rows * DOWN - 1)
        for start, end in pairwise(dots):
            inside = segment_in(start, end, box)
            if inside is not None:
                self._straight(*inside, ink, dash)

    def _straight(self, start: Dot, end: Dot, ink: int, dash: int) -> None:
        (x, y), (right, down) = start, end
        steps = int(max(abs(right - x), abs(down - y))) + 1
        across, along = int((right - x) / steps * _ONE), int((down - y) / steps * _ONE)
        column, row = int((x + 0.5) * _ONE), int((y + 0.5) * _ONE)
        bits, inks, columns = self.bits, self.ink, self.columns
        for step, right_dot, down_dot in zip(range(steps + 1), count(column, across), count(row, along), strict=False):
            if dash and step // dash % 2:
                continue
            cell = (down_dot >> _CELL_DOWN) * columns + (right_dot >> _CELL_ACROSS)
            bits[cell] |= _BITS[(down_dot >> _ROW & 6) | (right_dot >> _DOT & 1)]
            if inks[cell] < ink:
                inks[cell] = ink

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

    def braille(self, row: int) -> str:
        """The characters of a row of cells."""
        start = row * self.columns
        return self.bits[start : start + self.columns].decode("latin-1").translate(_LETTERS)


def is_dots(letter: str) -> bool:
    """Whether a character is one of `Canvas.braille`."""
    return _BRAILLE < ord(letter) < _BRAILLE + 0x100


def dots_of(letter: str) -> list[tuple[int, int]]:
    """Which dots of its cell a character of `Canvas.braille` has, from the left and from above."""
    bits = ord(letter) - _BRAILLE
    return [(place % ACROSS, place // ACROSS) for place, bit in enumerate(_BITS) if bits & bit]
