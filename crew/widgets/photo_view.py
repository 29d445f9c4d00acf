"""One photo in the terminal. Widget layer; is told where its pixels come from, never waits for them.

Half blocks come first, deterministic and everywhere; where the terminal draws sixel or kitty graphics the finer
picture replaces them when it is ready. Both are made off the event loop. While a photo is not here, its thumbnail
stands in for it.
"""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual import work
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crew.domain.errors import CrewError
from crew.domain.value import Value
from crew.pictures import Graphics
from crew.widgets.fine_lines import FineLines, cell_for
from crew.widgets.sizes import follow_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.geometry import Region, Size

    from crew.photos.prepared import CellPicture, Seen
    from crew.picture_codes import CodedPicture
    from crew.widgets.half_blocks import Drawing

NOT_FETCHED: Final = "Photo not fetched yet"
NOT_SHOWN: Final = "This photo cannot be shown"


class PhotoSource(Value):
    """Where a picture comes from."""

    key: str
    """Tells pictures apart: the same key is the same picture."""
    see: "Callable[[int, int], Seen | None]"
    """Returns it in so many columns and rows of cells, or None where it is not on this device. Called in a thread."""
    words: str = ""
    """What is said of the picture where pictures are switched off."""


class PhotoView(Widget):
    """Draws one picture as large as it fits, in the middle or, by its style, at the top."""

    DEFAULT_CSS = """
    PhotoView { width: 1fr; height: 1fr; }
    PhotoView > .photo--words { color: $muted; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"photo--words"}

    class NotFetched(Message):
        """The picture that is looked at is not on this device."""

        def __init__(self, key: str) -> None:
            self.key: Final = key
            super().__init__()

    def __init__(self, *, plain: bool = False) -> None:
        """Start empty; `plain` is for fonts that lack half blocks and shades."""
        super().__init__()
        self._plain: Final = plain
        self._source: PhotoSource | None = None
        self._words = ""
        self._lines: Sequence[Sequence[Segment]] = ()
        self._fine: Final = FineLines(self)
        self._whole = False

    @property
    def _graphics(self) -> Graphics:
        """How the app draws pictures; an app that does not say draws half blocks."""
        return Graphics(getattr(self.app, "graphics", Graphics.HALF))

    @property
    def words(self) -> str:
        """The sentence that stands in place of the picture; empty while there is one."""
        return self._words

    @property
    def drawn(self) -> bool:
        """Whether a picture is shown."""
        return bool(self._lines)

    def show(self, source: PhotoSource | None) -> None:
        """Show another picture; None shows nothing."""
        if source is not None and self._source is not None and source.key == self._source.key and self._whole:
            return
        another = source is None or self._source is None or source.key != self._source.key
        self._source = source
        if another:
            self._put(())
        self._draw_again()

    def on_mount(self) -> None:
        """Fit the picture into each new size."""
        follow_size(self, self._draw_again)

    def _draw_again(self) -> None:
        if self._source is None or not self.size:
            return
        if self._graphics is Graphics.OFF:
            self._put((), self._source.words)
        else:
            self._draw(self._source, self.size)

    @work(group="photo", exclusive=True)
    async def _draw(self, source: PhotoSource, size: "Size") -> None:
        try:
            seen = await asyncio.to_thread(source.see, size.width, size.height)
            self._whole = seen is not None and seen.whole
            if not self._whole:
                self.post_message(self.NotFetched(source.key))
            if seen is None:
                self._put((), NOT_FETCHED)
                return
            self._put(await asyncio.to_thread(_half_block_lines, seen.picture, self._drawing()))
            if self._graphics in (Graphics.SIXEL, Graphics.KITTY):
                self._fine.put(await asyncio.to_thread(_coded, source, self._graphics, size))
                self.refresh()
        except CrewError:
            self._put((), NOT_SHOWN)

    def _drawing(self) -> "Drawing":
        if self.app.no_color:
            return "letters" if self._plain else "shades"
        return "spaces" if self._plain else "blocks"

    def _put(self, lines: "Sequence[Sequence[Segment]]", words: str = "") -> None:
        self._lines, self._words = lines, words
        self._fine.put(None)
        self.refresh()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line: a part of the picture, or the sentence in its place."""
        if not self._lines:
            return self._words_line(y)
        row = y - self._top(len(self._lines))
        if not 0 <= row < len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        return self._middle(self._lines[row])

    def render_lines(self, crop: "Region") -> list[Strip]:
        """Draw finer lines where that can be."""
        strips = self._fine.strips(crop, self._coded_line)
        return super().render_lines(crop) if strips is None else strips

    def _top(self, rows: int) -> int:
        """The line at which a picture begins; its place is the style sheet's affair."""
        at_top = self.styles.content_align_vertical == "top" and self.styles.has_rule("content_align_vertical")
        return 0 if at_top else (self.size.height - rows) // 2

    def _coded_line(self, coded: "CodedPicture", y: int) -> Strip:
        row = y - self._top(len(coded.lines))
        if not 0 <= row < len(coded.lines):
            return Strip.blank(self.size.width, self.rich_style)
        return self._middle(coded.lines[row], coded.columns)

    def _words_line(self, y: int) -> Strip:
        lines = Text(self._words).wrap(self.app.console, self.size.width) if self._words else ()
        row = y - max(0, (self.size.height - len(lines)) // 2)
        if not 0 <= row < len(lines):
            return Strip.blank(self.size.width, self.rich_style)
        style = self.get_visual_style("photo--words").rich_style
        return self._middle([Segment(lines[row].plain.strip(), style)])

    def _middle(self, segments: "Sequence[Segment]", columns: int | None = None) -> Strip:
        strip = Strip(segments, columns)
        if strip.cell_length > self.size.width:  # made for a wider view
            strip = strip.crop(0, self.size.width)
        left = (self.size.width - strip.cell_length) // 2
        right = self.size.width - strip.cell_length - left
        blank, style = " ", self.rich_style
        parts = [Segment(blank * left, style), *strip, Segment(blank * right, style)]
        return Strip([part for part in parts if part.text], self.size.width)


def _half_block_lines(picture: "CellPicture", drawing: "Drawing") -> list[list[Segment]]:
    from crew.widgets.half_blocks import picture_lines

    return picture_lines(picture, drawing)


def _coded(source: PhotoSource, graphics: Graphics, size: "Size") -> "CodedPicture | None":
    """The finer picture; none where sixel would have to guess how large a cell is."""
    from crew.picture_codes import coded_picture

    cell = cell_for(graphics)
    if cell is None:
        return None
    seen = source.see(size.width * cell[0], size.height * cell[1] // 2)
    return coded_picture(seen.picture, graphics, size.width, size.height, cell) if seen else None
