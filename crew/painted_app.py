"""A Textual app in the person's colours that lets no control character through. Just below the app; knows no work."""

from typing import TYPE_CHECKING, Any, Final

from textual.app import App
from textual.filter import LineFilter, Monochrome, NoColor

from crew.themes import themes
from crew.widgets.literal_text import ControlFilter, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.segment import Segment
    from textual.color import Color
    from textual.screen import Screen

    from crew.look import Look

NARROW: Final = 70
"""Columns below which lines wrap and words are short."""

_WIDTHS: Final = [(0, "-narrow"), (NARROW, "-medium"), (110, "-wide")]


class FilterChain(LineFilter):
    """Several filters in one, as every widget's line is copied for each filter that looks at it."""

    def __init__(self, filters: "Sequence[LineFilter]") -> None:
        super().__init__()
        self.filters: Final = tuple(filters)

    def apply(self, segments: "list[Segment]", background: "Color") -> "list[Segment]":
        """Let one filter after the other look."""
        for line_filter in self.filters:
            segments = line_filter.apply(segments, background)
        return segments


class PaintedApp(App[None]):
    """How the program looks, and the last door that text passes."""

    HORIZONTAL_BREAKPOINTS = _WIDTHS

    def __init__(self, look: "Look") -> None:
        self._no_colour: Final = NoColor()
        self._control: Final = ControlFilter()
        self._chain = FilterChain(())
        super().__init__()
        self.look: Final = look
        self._themes: Final = themes(ascii_only=look.symbols == "ascii")
        for theme in self._themes:
            self.register_theme(theme)
        self._painted: str = "terminal" if self.no_color else look.theme
        self.theme = self._painted
        self._screens_deep = 1
        self.stylesheet.set_variables(self.get_css_variables())

    def on_mount(self) -> None:
        """Follow what is opened."""
        self.screen_change_signal.subscribe(self, self._make_room, immediate=True)

    def _make_room(self, _: "Screen[Any]") -> None:
        """No toast lies over the buttons of a sheet that is opened; what a closed sheet leads to is said and stays."""
        deep = len(self.screen_stack)
        if deep > self._screens_deep:
            self.clear_notifications()
        self._screens_deep = deep

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Colours of our own that Textual's built-in themes lack."""
        return themes()[0].variables

    def get_line_filters(self) -> "Sequence[LineFilter]":
        """No control character reaches the terminal; NO_COLOR means none, not greys."""
        filters = [line_filter for line_filter in super().get_line_filters() if not isinstance(line_filter, Monochrome)]
        wanted = (*filters, self._control, *([self._no_colour] if self.no_color else []))
        if wanted != self._chain.filters:
            self._chain = FilterChain(wanted)  # another only where they differ: lines are kept by their filter
        return [self._chain]

    def refresh_css(self, animate: bool = True) -> None:
        """Paint anew in other colours; Textual also asks at the start, where nothing is painted yet."""
        if self.theme != self._painted:
            self._painted = self.theme
            super().refresh_css(animate)

    def action_theme(self) -> None:
        """The next set of colours."""
        names = [theme.name for theme in self._themes]
        place = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(place + 1) % len(names)]
        say(self, f"Colours: {self.theme}")

    @property
    def width_class(self) -> str:
        """The class of the width that the terminal has now."""
        return max((least, name) for least, name in _WIDTHS if least <= self.size.width)[1]
