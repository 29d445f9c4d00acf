"""Lines in a terminal's own graphics, in place of a widget's own. Widget layer; draws no picture by itself."""

import sys
from typing import TYPE_CHECKING, Final

from textual.strip import Strip

from crew.pictures import Graphics, cell_pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Region
    from textual.widget import Widget

    from crew.picture_codes import CodedPicture

_LIKELY_CELL: Final = (10, 20)
"""Width and height in pixels; kitty fits a picture to its cells whatever their size is."""


class FineLines:
    """The finer lines of one widget, while it has some."""

    def __init__(self, widget: "Widget") -> None:
        self._widget: Final = widget
        self._before_sent = False
        self.coded: CodedPicture | None = None

    def put(self, coded: "CodedPicture | None") -> None:
        """Show other lines from now on, or none; the widget has to be drawn anew."""
        self.coded, self._before_sent = coded, False

    def strips(self, crop: "Region", line: "Callable[[CodedPicture, int], Strip]") -> list[Strip] | None:
        """The lines of a part of the widget; None where its own have to do.

        Lines that were made for a wider view would reach out of it, no terminal can cut them; and where another screen
        lies above, they would be drawn over it.

        Args:
            crop: The part that is asked for.
            line: Makes the strip of a line of the widget.
        """
        coded, widget = self.coded, self._widget
        whole = crop.width == widget.size.width == widget.outer_size.width and widget.screen.is_active
        if coded is None or not whole or coded.columns > widget.size.width:
            return None
        strips = [line(coded, y) for y in crop.line_range]
        if strips and coded.before and not self._before_sent:
            from crew.picture_codes import control

            self._before_sent = True
            strips[0] = Strip([control(coded.before), *strips[0]], widget.size.width)
        return strips


def cell_for(graphics: Graphics) -> tuple[int, int] | None:
    """How many pixels a cell has; None where nothing finer is drawn, or sixel would have to guess."""
    if graphics not in (Graphics.SIXEL, Graphics.KITTY):
        return None
    cell = cell_pixels(sys.__stderr__.fileno()) if sys.__stderr__ is not None else None
    return _LIKELY_CELL if cell is None and graphics is Graphics.KITTY else cell
