"""What a camera sees, in half blocks. Widget layer; told each picture, asks for none.

A picture is made ready off the event loop (`view_of`) and shown on it: drawing thousands of cells takes as long as
several keys.
"""

from typing import TYPE_CHECKING, Final

from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crew.domain.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from crew.photos.prepared import CellPicture
    from crew.widgets.half_blocks import Drawing

_MOST_COLUMNS: Final = 80
"""Enough to aim by; each cell more costs every key of the sheet a little."""
_COARSE: Final = bytes(min(255, (value + 4) // 8 * 8) for value in range(256))
"""Each colour as the nearest of 32: fewer of them repeat more often, and what repeats is not drawn anew."""


class View(Value):
    """A picture that is ready to be shown.

    Attributes:
        lines: Its lines; none where there is no picture.
        columns: How wide they are.
    """

    lines: tuple[Strip, ...]
    columns: int


NOTHING: Final = View((), 0)


class Viewfinder(Widget):
    """The picture in the middle; a tap is the shutter."""

    DEFAULT_CSS = "Viewfinder { width: 1fr; height: 1fr; }"

    class Tapped(Message):
        """It was tapped."""

    def __init__(self, *, plain: bool) -> None:
        """Start dark; `plain` is for fonts that lack half blocks and shades."""
        super().__init__()
        self._plain: Final = plain
        self._view = NOTHING

    @property
    def room(self) -> tuple[int, int]:
        """Columns and rows for a picture; at least one of each."""
        return max(1, min(_MOST_COLUMNS, self.size.width)), max(1, self.size.height)

    def view_of(self, look: "Callable[[], CellPicture | None]") -> View:
        """Look, and make ready what is seen. Blocks: for a thread."""
        from crew.widgets.half_blocks import picture_lines

        picture = look()
        if picture is None:
            return NOTHING
        coarse = type(picture)(picture.columns, picture.rows, picture.pixels.translate(_COARSE))
        lines = tuple(Strip(line, picture.columns) for line in picture_lines(coarse, self._drawing()))
        for line in lines:
            line.render(self.app.console)  # each colour remembers its escape sequence, which is the longest of all
        return View(lines, picture.columns)

    def show(self, view: View) -> None:
        """Show another picture."""
        self._view = view
        self.refresh()

    def _drawing(self) -> "Drawing":
        if self.app.no_color:
            return "letters" if self._plain else "shades"
        return "spaces" if self._plain else "blocks"

    def render_line(self, y: int) -> Strip:
        """Draw one line of the picture."""
        width, style = self.size.width, self.rich_style
        row = y - (self.size.height - len(self._view.lines)) // 2
        if not 0 <= row < len(self._view.lines):
            return Strip.blank(width, style)
        before = Strip.blank((width - self._view.columns) // 2, style)
        return Strip.join([before, self._view.lines[row]]).extend_cell_length(width, style).crop(0, width)

    def on_click(self, event: "events.Click") -> None:
        """Press the shutter."""
        event.stop()
        self.post_message(self.Tapped())
