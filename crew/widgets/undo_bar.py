"""The line that says what was just done, with a button to take it back. Widget layer; lies over the list."""

from typing import TYPE_CHECKING

from textual.containers import Horizontal

from crew.commands import UNDO
from crew.widgets.button_bar import CommandButton
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual.app import ComposeResult


class UndoBar(Horizontal):
    """Hidden until something can be undone. Moves nothing: it lies above the last lines of what is under it."""

    def compose(self) -> "ComposeResult":
        """What was done, and the button."""
        yield LiteralText(classes="done-words")
        yield CommandButton(UNDO)

    def show(self, words: str) -> None:
        """Say what was done; empty words hide the line."""
        self.set_class(bool(words), "-shown")
        self.query_one(LiteralText).show(words)
