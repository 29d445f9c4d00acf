"""A QR code in terminal cells, for a phone's camera. Widget layer; given a text, draws it or says that it has no room.

Dark on light whatever the theme, with its quiet zone. Without colours the light modules are what is drawn, as nearly
every terminal is dark then; phones read the inverse too, where one is not.
"""

import asyncio
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.geometry import Size

Modules = tuple[tuple[bool, ...], ...]
"""The rows of a code without its quiet zone; True is dark."""

NO_ROOM: Final = "No room for the code here. Make the window larger, or type the address."
_QUIET: Final = (4, 3, 2)
"""Modules of light around the code, the best first. Four are the rule; phones are content with two."""
_WORDS_COLUMNS: Final = 26
_BLOCKS: Final = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
"""By whether the upper and the lower module are light."""
_WHITE: Final = "#ffffff"
_BLACK: Final = "#000000"


def qr_modules(text: str) -> Modules:
    """The code for a text, as small as it gets: a screen is neither dirty nor torn, so little correction will do."""
    import segno

    code = segno.make(text, error="l", micro=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def qr_lines(modules: Modules, quiet: int, *, plain: bool) -> list[str]:
    """A code as lines of characters that stand for its light modules.

    Args:
        modules: The code.
        quiet: How many modules of light to put around it.
        plain: For fonts without half blocks: a row for each module, `##` where it is light.
    """
    side = len(modules) + 2 * quiet
    empty = (False,) * side
    framed = [*[empty] * quiet, *((False,) * quiet + row + (False,) * quiet for row in modules), *[empty] * quiet]
    if plain:
        return ["".join("  " if dark else "##" for dark in row) for row in framed]
    lower = [*framed[1::2], empty] if side % 2 else framed[1::2]
    return [
        "".join(_BLOCKS[not up, not down] for up, down in zip(*rows, strict=True))
        for rows in zip(framed[::2], lower, strict=True)
    ]


class QrCode(Widget):
    """As large as its code; where that does not fit, a sentence."""

    DEFAULT_CSS = """
    QrCode { width: auto; height: auto; }
    QrCode > .code--words { color: $muted; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"code--words"}

    def __init__(self, *, plain: bool = False, beside: int = 0) -> None:
        """Start empty.

        Args:
            plain: For fonts that lack half blocks.
            beside: How many columns to leave for what stands beside it.
        """
        super().__init__()
        self._plain: Final = plain
        self._beside: Final = beside
        self._modules: Modules = ()
        self._lines: Sequence[str] = ()

    @property
    def drawn(self) -> "Sequence[str]":
        """The lines of the code; empty where there is none, or no room."""
        return self._lines

    @work(group="code", exclusive=True)
    async def show(self, text: str) -> None:
        """Show the code for a text; an empty text takes it away."""
        self._modules = await asyncio.to_thread(qr_modules, text) if text else ()
        self.refresh(layout=True)

    def get_content_width(self, container: "Size", viewport: "Size") -> int:
        """As wide as the code that fits."""
        self._lines = self._fitting(container)
        if self._lines:
            return len(self._lines[0])
        return min(_WORDS_COLUMNS, container.width) if self._modules else 0

    def get_content_height(self, container: "Size", viewport: "Size", width: int) -> int:
        """As high as the code that fits."""
        return len(self._lines) or len(self._words(width))

    def _fitting(self, room: "Size") -> "Sequence[str]":
        for quiet in _QUIET if self._modules else ():
            lines = qr_lines(self._modules, quiet, plain=self._plain)
            if len(lines) <= room.height and len(lines[0]) <= room.width - self._beside:
                return lines
        return ()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the code, or of the sentence in its place."""
        if not self._lines:
            return self._words_line(y)
        text = self._lines[y] if y < len(self._lines) else ""
        return Strip([_segment(run) for run in _runs(text)], len(text))

    def _words(self, columns: int) -> list[str]:
        """The sentence in place of a code that does not fit."""
        return wrap(NO_ROOM, max(1, columns)) if self._modules else []

    def _words_line(self, y: int) -> Strip:
        lines = self._words(self.size.width)
        text = lines[y] if y < len(lines) else ""
        style = self.get_visual_style("code--words").rich_style
        return Strip([Segment(text.ljust(self.size.width), style)], self.size.width)


def _segment(run: str) -> Segment:
    """Cells of one kind. Cells that are all light or all dark are coloured twice, since glyphs leave gaps."""
    colour = {"█": (_WHITE, _WHITE), "#": (_WHITE, _WHITE), " ": (_BLACK, _BLACK)}.get(run[0], (_WHITE, _BLACK))
    return Segment(run, Style(color=colour[0], bgcolor=colour[1]))


def _runs(text: str) -> list[str]:
    return ["".join(run) for _, run in groupby(text)]
