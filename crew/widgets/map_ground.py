"""A row of the map over a picture of the ground. Widget layer; pure.

Words and pins keep a ground of their own, so that they read on any picture. The dots of rings and ways are light on
dark ground and dark on light.
"""

from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from crew.maps.canvas import is_dots
from crew.widgets.half_blocks import ground_of, part_of_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crew.maps.drawing import Run
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
