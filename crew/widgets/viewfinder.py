"""What a camera sees, in half blocks. Widget layer; told each picture, asks for none."""

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from crew.photos import CellPicture
    from crew.widgets.half_blocks import Drawing


class Viewfinder(Widget):
    """The picture in the middle; a tap is the shutter."""

    DEFAULT_CSS = "Viewfinder { width: 1fr; height: 1fr; }"

    class Tapped(Message):
        """It was tapped."""

    def __init__(self, *, plain: bool) -> None:
        """Start dark; `plain` is for fonts that lack half blocks and shades."""
        super().__init__()
        self._plain: Final = plain
        self._lines: Sequence[Sequence[Segment]] = ()
        self._columns = 0

    def show(self, picture: "CellPicture | None") -> None:
        """Show another picture; None shows nothing."""
        from crew.widgets.half_blocks import picture_lines

        self._lines = picture_lines(picture, self._drawing()) if picture is not None else ()
        self._columns = picture.columns if picture is not None else 0
        self.refresh()

    def _drawing(self) -> "Drawing":
        if self.app.no_color:
            return "letters" if self._plain else "shades"
        return "spaces" if self._plain else "blocks"

    def render_line(self, y: int) -> Strip:
        """Draw one line of the picture."""
        width, style = self.size.width, self.rich_style
        row = y - (self.size.height - len(self._lines)) // 2
        if not 0 <= row < len(self._lines):
            return Strip.blank(width, style)
        blank = " " * ((width - self._columns) // 2)
        return Strip([Segment(blank, style), *self._lines[row]]).extend_cell_length(width, style).crop(0, width)

    def on_click(self, event: "events.Click") -> None:
        """Press the shutter."""
        event.stop()
        self.post_message(self.Tapped())
