"""The line that says what was just done, with a button to take it back. Widget layer; lies over the list."""

from textual.containers import Horizontal

from crew.commands import UNDO
from crew.widgets.button_bar import CommandButton
from crew.widgets.literal_text import LiteralText


class UndoBar(Horizontal):
    """Hidden until something can be undone. Moves nothing: it lies above the last lines of what is under it."""

    def show(self, words: str) -> None:
        """Say what was done; empty words hide the line."""
        self.set_class(bool(words), "-shown")
        if words and not self.children:
            self.mount(LiteralText(words, classes="done-words"), CommandButton(UNDO))
        for line in self.query(LiteralText):
            line.show(words)
