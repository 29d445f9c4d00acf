"""Pictures in a terminal's own graphics, one strip of codes for each row of cells. Beside the widgets; pure Pillow.

The sixel encoder is textual-image's. It asks the terminal while it is imported, so it meets a stand-in here. Nothing is
written to the terminal; what should be is given back.
"""

import io
import re
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final
from zlib import crc32

from PIL import Image, ImageDraw
from rich.color import Color
from rich.console import Console, ConsoleRenderable
from rich.segment import ControlType, Segment
from rich.style import Style

from crew.domain.value import Value, field
from crew.pictures import Graphics

if TYPE_CHECKING:
    from crew.photos.prepared import CellPicture

_NO_OPERATION: Final = ((ControlType.CURSOR_FORWARD, 0),)
_SAVE: Final = "\x1b7"
_RESTORE: Final = "\x1b8"
_COLOURS: Final = 128
_HEAD: Final = re.compile(r'\x1bP[\d;]*q"[\d;]*')
_COLOUR: Final = re.compile(r"(#\d+);2;\d+;\d+;\d+")
_BAND: Final = 6
_END: Final = "\x1b\\"
_KITTY_CELL: Final = "\U0010eeee"
_KITTY_PIECE: Final = 4096
_KITTY_NUMBERS: Final = 0xFFFFFF
"""A picture's number travels as a colour."""
_KITTY_MOST_CELLS: Final = 297
"""In a row or a column: there are no more marks."""
_DOT_PART: Final = 5
"""Part of a cell's width that the radius of a dot has."""
_stand_in: Final = threading.Lock()
_Words = tuple[int, Segment]
"""The cell where they begin, and the words."""


class Overlay(Value):
    """What stands on a picture.

    Attributes:
        words: For rows of cells the text in them, from the left, each with the cell where it begins.
        dots: The middles of dots, in cells from the left and from above.
    """

    words: Mapping[int, Sequence[_Words]] = field(default_factory=dict)
    dots: Iterable[tuple[float, float]] = ()


_NOTHING: Final = Overlay()


class CodedPicture(Value):
    """A picture ready for the terminal.

    Attributes:
        columns: Width in cells.
        before: Must reach the terminal once, before the first line; takes no room.
        lines: For each row of cells what draws it, exactly `columns` wide, the cursor after it.
    """

    columns: int
    before: str
    lines: tuple[tuple[Segment, ...], ...]


def coded_picture(
    pixels: "CellPicture",
    graphics: Graphics,
    columns: int,
    rows: int,
    cell: tuple[int, int],
    over: Overlay = _NOTHING,
) -> CodedPicture:
    """Encode a picture for `columns` by `rows` cells of the terminal.

    Args:
        pixels: No wider and no higher than these cells.
        graphics: Sixel or kitty.
        columns: Room in cells.
        rows: Room in cells.
        cell: Width and height of one cell in pixels.
        over: What stands on it; the words stay text.
    """
    if graphics is Graphics.KITTY:
        columns, rows = min(columns, _KITTY_MOST_CELLS), min(rows, _KITTY_MOST_CELLS)
    width, height = cell
    picture = Image.frombytes("RGB", (pixels.columns, pixels.rows * 2), pixels.pixels)
    picture.thumbnail((columns * width, rows * height))
    used = min(columns, -(-picture.width // width)), min(rows, -(-picture.height // height))
    picture = picture.resize((used[0] * width, used[1] * height))
    _put_dots(picture, over.dots, cell)
    if graphics is Graphics.SIXEL:
        return _sixel(picture, *used, cell, over.words)
    return _kitty(picture, *used, over.words)


def control(codes: str) -> Segment:
    """Codes that take no room and that nothing may cut or clean."""
    return Segment(codes, None, _NO_OPERATION)


def _put_dots(picture: Image.Image, dots: Iterable[tuple[float, float]], cell: tuple[int, int]) -> None:
    """Dark dots with a light rim, which are seen on any ground."""
    pen, radius = ImageDraw.Draw(picture), max(1.0, cell[0] / _DOT_PART)
    places = [(across * cell[0], down * cell[1]) for across, down in dots]
    for size, colour in ((radius + 1, "white"), (radius, "black")):
        for x, y in places:
            pen.ellipse((x - size, y - size, x + size, y + size), fill=colour)


def _line(columns: int, words: Sequence[_Words], drawn: Callable[[int, int], Iterable[Segment]]) -> tuple[Segment, ...]:
    """One row of cells: the picture, but where words stand."""
    line: list[Segment] = []
    place = 0
    for column, text in words:
        if column > place:
            line += drawn(place, column)
        line.append(text)
        place = column + text.cell_length
    if place < columns:
        line += drawn(place, columns)
    return tuple(line)


def _sixel(
    picture: Image.Image, columns: int, rows: int, cell: tuple[int, int], words: Mapping[int, Sequence[_Words]]
) -> CodedPicture:
    """Each row of cells is a picture of its own, so that any of them can be drawn again alone."""
    few = picture.quantize(_COLOURS, Image.Quantize.FASTOCTREE)  # once, so that the rows share their colours
    width, height = cell

    def part(row: int, first: int, end: int) -> tuple[Segment, ...]:
        return _sixel_part(
            few.crop((first * width, row * height, end * width, (row + 1) * height)), end - first, height
        )

    lines = (_line(columns, words.get(row, ()), partial(part, row)) for row in range(rows))
    return CodedPicture(columns, "", tuple(lines))


def _sixel_part(part: Image.Image, columns: int, height: int) -> tuple[Segment, ...]:
    """A part of one row: blanks, and the codes that draw over them.

    The way back to the first blank is remembered, not counted: at the right edge of the window the cursor stays a cell
    before where the blanks end.
    """
    with _terminal_stand_in():
        from textual_image.renderable.sixel import Image as SixelImage

    codes = next(segment.text for segment in _drawn(SixelImage(part)) if segment.text.startswith("\x1bP"))
    codes = _without_overhang(_colours_first(codes), height)
    return control(_SAVE), Segment(" " * columns), control(f"{_RESTORE}{codes}{_RESTORE}\x1b[{columns}C")


def _colours_first(codes: str) -> str:
    """Define every colour before the first pixel: some terminals draw what comes before a definition wrongly."""
    head, pixels = _HEAD.match(codes), _COLOUR.sub(r"\1", codes)
    colours = "".join(match[0] for match in _COLOUR.finditer(codes))
    end = head.end() if head else 0
    return f"{pixels[:end]}{colours}{pixels[end:]}"


def _without_overhang(codes: str, height: int) -> str:
    """Keep the last band of six lines from reaching into the row of cells below.

    A character from "?" on is six pixels, the lowest bit on top; everything else in a band lies below "?".
    """
    over = height % _BAND
    if not over:
        return codes
    above, newline, last = codes.removesuffix(_END).rpartition("-")
    kept = {ord("?") + bits: ord("?") + (bits & (1 << over) - 1) for bits in range(1 << _BAND)}
    return f"{above}{newline}{last.translate(kept)}{_END}"


def _kitty(picture: Image.Image, columns: int, rows: int, words: Mapping[int, Sequence[_Words]]) -> CodedPicture:
    """Sent once, the picture is drawn by characters: each says which picture, row and column it shows.

    textual-image would stretch the picture first, to cells of a shape that it cannot know here.
    """
    with _terminal_stand_in():
        from textual_image.renderable.tgp import _NUMBER_TO_DIACRITIC as MARKS  # the protocol's, which no rule gives
    number = crc32(picture.tobytes(), columns) % _KITTY_NUMBERS + 1
    written = io.BytesIO()
    picture.save(written, "PNG")
    payload = b64encode(written.getvalue()).decode()
    codes = []
    for place in range(0, len(payload), _KITTY_PIECE):
        more = int(place + _KITTY_PIECE < len(payload))
        codes.append(f"\x1b_Gi={number},f=100,q=2,m={more};{payload[place : place + _KITTY_PIECE]}{_END}")
    codes.append(f"\x1b_Ga=p,U=1,i={number},c={columns},r={rows},q=2{_END}")
    style = Style(color=Color.from_rgb(*number.to_bytes(3, "big")))

    def part(row: int, first: int, end: int) -> list[Segment]:
        cells = (f"{_KITTY_CELL}{chr(MARKS[row])}{chr(MARKS[column])}" for column in range(first, end))
        return [Segment("".join(cells), style)]

    lines = (_line(columns, words.get(row, ()), partial(part, row)) for row in range(rows))
    return CodedPicture(columns, "".join(codes), tuple(lines))


def _drawn(renderable: ConsoleRenderable) -> list[Segment]:
    console = Console(file=io.StringIO(), width=1000, height=1000, color_system="truecolor")
    return list(console.render(renderable))


@contextmanager
def _terminal_stand_in() -> Iterator[None]:
    """Let textual-image meet no terminal, and so ask nothing."""
    with _stand_in:
        before, sys.__stdout__ = sys.__stdout__, io.StringIO()  # type: ignore[misc,assignment]  # the only way in
        try:
            yield
        finally:
            sys.__stdout__ = before  # type: ignore[misc]  # as above
