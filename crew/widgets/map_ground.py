"""A row of the map over a picture of the ground. Widget layer; pure.

Words and pins keep a ground of their own, so that they read on any picture. The dots of rings and ways are light on
dark ground and dark on light.
"""

from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from crew.maps.canvas import ACROSS, DOWN, dots_of, is_dots
from crew.widgets.half_blocks import ground_of, part_of_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crew.maps.map_text import MapText, Run
    from crew.photos.prepared import CellPicture
    from crew.widgets.half_blocks import Drawing

_LIGHT_FROM: Final = 128_000
_DARK: Final = Color.from_rgb(0, 0, 0)
_LIGHT: Final = Color.from_rgb(255, 255, 255)


def row_on_picture(
    runs: "Iterable[Run]", picture: "CellPicture", row: int, style_of: "Callable[[str], Style]", drawing: "Drawing"
) -> "Iterator[Segment]":
    """Draw a row.

    Args:
        runs: What stands on it: dots, letters of one cell each, and nothing.
        picture: The ground; as wide as the row.
        row: Which row of it.
        style_of: The style of an ink, with a ground of its own.
        drawing: How pixels are drawn.
    """
    column = 0
    for run in runs:
        if not run.ink:
            yield from part_of_line(picture, row, column, column + len(run.text), drawing)
        elif not any(map(is_dots, run.text)):
            yield Segment(run.text, style_of(run.ink))
        else:
            places = range(column, column + len(run.text))
            for ground, cells in groupby(zip(places, run.text, strict=True), lambda at: ground_of(picture, row, at[0])):
                text = "".join(letter for _, letter in cells)
                red, green, blue = ground
                dots = _DARK if red * 299 + green * 587 + blue * 114 >= _LIGHT_FROM else _LIGHT
                yield Segment(text, Style(color=dots, bgcolor=Color.from_rgb(*ground)))
        column += len(run.text)


Words = tuple[int, Segment]
"""The cell where they begin, and the words."""


def standing(
    text: "MapText", style_of: "Callable[[str], Style]"
) -> "tuple[dict[int, list[Words]], list[tuple[float, float]]]":
    """What stands on a map that is drawn in pixels: the words of each row, and the middles of its dots in cells."""
    words: dict[int, list[Words]] = {}
    dots: list[tuple[float, float]] = []
    for row, runs in enumerate(text.rows):
        cells = ((letter, run.ink) for run in runs for letter in run.text)
        for (ink, dotted), some in groupby(enumerate(cells), lambda at: (at[1][1], is_dots(at[1][0]))):
            found = [(column, letter) for column, (letter, _) in some]
            if dotted:
                dots += [_middle(column, row, dot) for column, letter in found for dot in dots_of(letter)]
            elif ink:
                letters = "".join(letter for _, letter in found)
                words.setdefault(row, []).append((found[0][0], Segment(letters, style_of(ink))))
    return words, dots


def _middle(column: int, row: int, dot: tuple[int, int]) -> tuple[float, float]:
    return column + (dot[0] + 0.5) / ACROSS, row + (dot[1] + 0.5) / DOWN
