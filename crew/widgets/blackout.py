"""A picture on which areas are marked to be blacked out, with keys or the mouse. Widget layer; changes no picture.

Always in half blocks, whatever else the terminal draws: the marks are part of what is drawn.
"""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual import work
from textual.binding import Binding
from textual.strip import Strip
from textual.widget import Widget

from crew.domain.picture_area import Area
from crew.widgets.sizes import follow_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.geometry import Size

    from crew.photos.prepared import CellPicture
    from crew.widgets.half_blocks import Drawing

_FIRST: Final = Area(0.4, 0.4, 0.6, 0.6)
_CELLS_A_KEY: Final = 2


class Blackout(Widget, can_focus=True):
    """Marks areas; the last one is the one that keys move."""

    DEFAULT_CSS = "Blackout { width: 1fr; height: 1fr; }"
    BINDINGS: ClassVar = [
        Binding("left,h", "shift(-1, 0)", show=False),
        Binding("right,l", "shift(1, 0)", show=False),
        Binding("up,k", "shift(0, -1)", show=False),
        Binding("down,j", "shift(0, 1)", show=False),
        Binding("shift+left,H", "grow(-1, 0)", show=False),
        Binding("shift+right,L", "grow(1, 0)", show=False),
        Binding("shift+up,K", "grow(0, -1)", show=False),
        Binding("shift+down,J", "grow(0, 1)", show=False),
        Binding("plus,equals_sign", "grow(1, 1)", show=False),
        Binding("minus", "grow(-1, -1)", show=False),
        Binding("n,space", "another", show=False),
        Binding("x,delete,backspace", "remove", show=False),
    ]

    def __init__(self, *, plain: bool) -> None:
        """Start without a picture; `plain` is for fonts that lack half blocks and shades."""
        super().__init__()
        self._plain: Final = plain
        self._draw: Callable[[int, int], CellPicture] | None = None
        self._picture: CellPicture | None = None
        self._lines: list[list[Segment]] = []
        self._areas: list[Area] = []
        self._corner: tuple[int, int] | None = None

    @property
    def areas(self) -> "Sequence[Area]":
        """What is marked."""
        return tuple(self._areas)

    def show(self, draw: "Callable[[int, int], CellPicture]") -> None:
        """Begin with a picture and one area in its middle; `draw` gets columns and rows, off the event loop."""
        self._draw, self._picture, self._areas = draw, None, [_FIRST]
        self._draw_again()

    def on_mount(self) -> None:
        """Fit the picture into each new size."""
        follow_size(self, self._draw_again)

    def _draw_again(self) -> None:
        if self._draw is not None and self.size:
            self._fetch(self._draw, self.size)

    @work(group="blackout", exclusive=True)
    async def _fetch(self, draw: "Callable[[int, int], CellPicture]", size: "Size") -> None:
        self._picture = await asyncio.to_thread(draw, size.width, size.height)
        self._mark()

    def _mark(self) -> None:
        """Draw the picture with its areas."""
        from crew.widgets.half_blocks import picture_lines

        if self._picture is not None:
            self._lines = picture_lines(marked(self._picture, self._areas), self._drawing())
            self.refresh()

    def _drawing(self) -> "Drawing":
        if self.app.no_color:
            return "letters" if self._plain else "shades"
        return "spaces" if self._plain else "blocks"

    # Keys

    def action_shift(self, across: int, down: int) -> None:
        """Move the last area."""
        self._change(lambda area, x, y: area.moved(across * x, down * y))

    def action_grow(self, across: int, down: int) -> None:
        """Make the last area larger, or smaller."""
        self._change(lambda area, x, y: area.grown(across * x, down * y))

    def _change(self, change: "Callable[[Area, float, float], Area]") -> None:
        if self._picture is not None and self._areas:
            steps = (_CELLS_A_KEY / self._picture.columns, _CELLS_A_KEY / self._picture.rows)
            self._areas[-1] = change(self._areas[-1], *steps)
            self._mark()

    def action_another(self) -> None:
        """Mark one more."""
        self._areas.append(_FIRST)
        self._mark()

    def action_remove(self) -> None:
        """Take the last area away."""
        if self._areas:
            self._areas.pop()
            self._mark()

    # The mouse

    def on_mouse_down(self, event: "events.MouseDown") -> None:
        """Begin another area at a corner, instead of the first one where that was not touched."""
        if self._picture is not None:
            self.capture_mouse()
            if self._areas == [_FIRST]:
                self._areas = []
            self._corner = (event.x, event.y)
            self._areas.append(self._between(self._picture, self._corner, self._corner))
            self._mark()

    def on_mouse_move(self, event: "events.MouseMove") -> None:
        """Draw it out to the other corner."""
        if self._corner is not None and self._picture is not None and self._areas:
            self._areas[-1] = self._between(self._picture, self._corner, (event.x, event.y))
            self._mark()

    def on_mouse_up(self, event: "events.MouseUp") -> None:
        """Let go."""
        self._corner = None
        self.release_mouse()

    def _between(self, picture: "CellPicture", one: tuple[int, int], other: tuple[int, int]) -> Area:
        """The area under two cells and all between them."""
        left, top = self._margins(picture)
        first = (min(one[0], other[0]) - left) / picture.columns, (min(one[1], other[1]) - top) / picture.rows
        last = (max(one[0], other[0]) + 1 - left) / picture.columns, (max(one[1], other[1]) + 1 - top) / picture.rows
        return Area.between(first, last)

    # Drawing

    def _margins(self, picture: "CellPicture") -> tuple[int, int]:
        return max(0, self.size.width - picture.columns) // 2, max(0, self.size.height - picture.rows) // 2

    def render_line(self, y: int) -> Strip:
        """Draw one line of the picture with its marks."""
        width, style = self.size.width, self.rich_style
        if self._picture is None:
            return Strip.blank(width, style)
        left, top = self._margins(self._picture)
        row = y - top
        if not 0 <= row < len(self._lines):
            return Strip.blank(width, style)
        blank = " " * left
        return Strip([Segment(blank, style), *self._lines[row]]).extend_cell_length(width, style).crop(0, width)


def marked(picture: "CellPicture", areas: "Sequence[Area]") -> "CellPicture":
    """The picture with black areas; the last one has a frame."""
    from crew.photos.prepared import CellPicture

    pixels, width, height = bytearray(picture.pixels), picture.columns, picture.rows * 2
    for place, area in enumerate(areas):
        left, right = round(area.left * width), max(round(area.left * width) + 1, round(area.right * width))
        top, bottom = round(area.top * height), max(round(area.top * height) + 1, round(area.bottom * height))
        for row in range(top, min(bottom, height)):
            for column in range(left, min(right, width)):
                edge = row in (top, bottom - 1) or column in (left, right - 1)
                colour = _FRAME if edge and place == len(areas) - 1 else _BLACK
                start = (row * width + column) * 3
                pixels[start : start + 3] = colour
    return CellPicture(picture.columns, picture.rows, bytes(pixels))


_BLACK: Final = bytes((0, 0, 0))
_FRAME: Final = bytes((255, 210, 0))
