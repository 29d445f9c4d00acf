"""Writes the names of streets where they fit: each once, along the longest piece in view. The drawing code; pure."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import dist
from typing import TYPE_CHECKING, Final

from crew.domain.plain_text import clean_line
from crew.maps.canvas import ACROSS, DOWN
from crew.maps.clipping import Spot
from crew.maps.labels import cells_of

if TYPE_CHECKING:
    from crew.maps.labels import Label, LabelBoard

_LONGEST: Final = 24
_APART: Final = 2
_CELLS_A_NAME: Final = 90
"""More names than one in so many cells make a page of text of a map."""

_STEEP: Final = 1.5
_PLACES: Final = (0.5, 0.35, 0.65, 0.2, 0.8)
"""Where along a street its name is tried."""

Named = tuple[str, bool, Sequence[Spot]]
"""A name, whether it is a main street's, and a line in view, in dots."""


def write_names(board: "LabelBoard", named: Iterable[Named], before: "Iterable[Label]" = ()) -> None:
    """Write the names that stood there before, then those of main streets, then those of the longest others."""
    longest: dict[str, tuple[float, bool, Sequence[Spot]]] = {}
    for name, main, seen in named:
        length = sum(map(dist, seen, seen[1:]))
        found = longest.get(name)
        if length > (found[0] if found else 0.0):
            longest[name] = (length, main, seen)
    most = max(3, board.columns * board.rows // _CELLS_A_NAME)
    here, kept = {_words(name) for name in longest}, set()
    for label in before:
        text = "".join(label.cells)
        if text in here and board.put(text, label.ink, label.column, label.row, apart=_APART):
            kept.add(text)
    most -= len(kept)
    for name, (length, _, run) in sorted(longest.items(), key=lambda one: (not one[1][1], -one[1][0])):
        if most <= 0:
            break
        text = _words(name)
        if text and text not in kept and length > len(cells_of(text)) * ACROSS * 0.6 and _write(board, text, run):
            most -= 1


@lru_cache(maxsize=4096)
def _words(name: str) -> str:
    """A name as it is written: the same few hundred at every move of a map."""
    return clean_line(name, _LONGEST)


def _write(board: "LabelBoard", text: str, run: Sequence[Spot]) -> bool:
    """Write on the line where it runs level, beside it where it is steep; at its middle, or near it."""
    width = len(cells_of(text))
    lengths = list(map(dist, run, run[1:]))
    for part in _PLACES:
        x, y, steep = _point(run, lengths, part)
        column, row = int(x) // ACROSS, int(y) // DOWN
        starts = [column + 1, column - width] if steep else [column - width // 2]
        if any(board.put(text, "name", start, row, apart=_APART) for start in starts):
            return True
    return False


def _point(run: Sequence[Spot], lengths: Sequence[float], part: float) -> tuple[float, float, bool]:
    """A point part of the way along a line, and whether it is steep there."""
    left = part * sum(lengths)
    for ((x, y), (right, down)), length in zip(pairwise(run), lengths, strict=True):
        if left <= length and length:
            way = left / length
            return x + way * (right - x), y + way * (down - y), abs(down - y) > _STEEP * abs(right - x)
        left -= length
    return (*run[-1], False)
