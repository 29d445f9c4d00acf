"""Pixels as lines of a terminal: half blocks, or shades where there is no colour. Widget layer; pure."""

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crew.photos.prepared import CellPicture

Drawing = Literal["blocks", "spaces", "shades", "letters"]
"""Half blocks; whole cells, for fonts without them; and without colour: shades, or letters for poor fonts."""

_UPPER: Final = "▀"
_SHADES: Final = " ░▒▓█"
_LETTERS: Final = " .:-=+*#%@"

_Colour = tuple[int, int, int]


def picture_lines(picture: "CellPicture", drawing: Drawing) -> list[list[Segment]]:
    """The picture as one list of segments for each row of cells, exactly as wide as the picture."""
    return [list(_line(picture, row, drawing)) for row in range(picture.rows)]


def _line(picture: "CellPicture", row: int, drawing: Drawing) -> "Iterator[Segment]":
    return part_of_line(picture, row, 0, picture.columns, drawing)


def part_of_line(picture: "CellPicture", row: int, start: int, end: int, drawing: Drawing) -> "Iterator[Segment]":
    """The cells of one row from `start` to before `end`."""
    for (upper, lower), run in groupby(_cells(picture, row, start, end)):
        count = len(list(run))
        match drawing:
            case "blocks":
                yield Segment(_UPPER * count, _two_colours(upper, lower))
            case "spaces":
                yield Segment(" " * count, Style(bgcolor=Color.from_rgb(*_between(upper, lower))))
            case "shades":
                yield Segment(_shade(_between(upper, lower), _SHADES) * count, Style.null())
            case "letters":
                yield Segment(_shade(_between(upper, lower), _LETTERS) * count, Style.null())


@lru_cache(maxsize=4096)
def _two_colours(upper: _Colour, lower: _Colour) -> Style:
    """What repeats from row to row, and from one picture of a camera to the next, is made once."""
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))


def ground_of(picture: "CellPicture", row: int, column: int) -> _Colour:
    """The colour of a cell, between those of its two pixels."""
    return _between(*next(_cells(picture, row, column, column + 1)))


def _cells(picture: "CellPicture", row: int, first: int, end: int) -> "Iterator[tuple[_Colour, _Colour]]":
    pixels, stride = picture.pixels, picture.columns * 3
    start = row * 2 * stride
    for place in range(start + 3 * first, start + 3 * end, 3):
        below = place + stride
        yield (
            (pixels[place], pixels[place + 1], pixels[place + 2]),
            (pixels[below], pixels[below + 1], pixels[below + 2]),
        )


def _between(upper: _Colour, lower: _Colour) -> _Colour:
    return (upper[0] + lower[0]) // 2, (upper[1] + lower[1]) // 2, (upper[2] + lower[2]) // 2


def _shade(colour: _Colour, shades: str) -> str:
    red, green, blue = colour
    light = red * 299 + green * 587 + blue * 114
    return shades[min(len(shades) - 1, light * len(shades) // 255_000)]
