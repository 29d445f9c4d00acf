"""A line to type in what is looked for. Widget layer."""

from collections.abc import Callable
from typing import Final

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class SearchLine(Input):
    """As wide as it is, whatever is typed: a key repaints it, and lays nothing else out anew."""

    virtual_size = Reactive(Size(0, 0))

    def __init__(self, placeholder: str, look_for: Callable[[str], None]) -> None:
        """Take what is typed.

        Args:
            placeholder: What stands there while nothing is.
            look_for: Called with each new line at once, so that looking begins before the letter is drawn.
        """
        self._look_for: Final = look_for
        super().__init__(placeholder=placeholder, select_on_focus=False, compact=True, validate_on=())

    def watch_value(self, value: str) -> None:
        """Look for another line."""
        self._look_for(value)
