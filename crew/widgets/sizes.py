"""Tells a widget of each new size. Widget layer; decides nothing about what fits.

Textual's own Resize is lost where somebody asks for a place on the screen between a change of the layout and its
drawing: the compositor then takes the new size for the old one. A list that relied on it kept the columns of a wider
screen, or stayed scrolled past its end.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Size
    from textual.screen import Screen
    from textual.widget import Widget


def follow_size(widget: "Widget", fit: "Callable[[], object]") -> None:
    """Call `fit` whenever a layout has given a mounted widget another size, and once for its first."""
    fitted: tuple[Size, Size] | None = None

    def after_layout(_screen: "Screen[object]") -> None:
        nonlocal fitted
        sizes = (widget.size, widget.scrollable_content_region.size)
        if sizes != fitted:
            fitted = sizes
            widget.call_next(fit)

    widget.screen.screen_layout_refresh_signal.subscribe(widget, after_layout, immediate=True)
