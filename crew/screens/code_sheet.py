"""A sheet with a code to scan at the left, as high as the screen, and words and buttons beside it. Screen layer.

Where nothing is left for the code, the words have the whole width (widgets/qr_code.py).
"""

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.containers import Horizontal, Vertical, VerticalScroll

from crew.screens.sheet import Sheet
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText
from crew.widgets.qr_code import QrCode

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crew.commands import Command
    from crew.look import Look

_Result = TypeVar("_Result")


class CodeSheet(Sheet[_Result]):
    """Shows a code. Who inherits says which, and what stands beside it."""

    CSS_PATH = ["sheet.tcss", "code_sheet.tcss"]
    full: ClassVar[bool] = True
    beside_columns: ClassVar[int]
    """What words and buttons need beside the code."""

    def __init__(self, look: "Look") -> None:
        """Show nothing to scan yet.

        Args:
            look: The look; with symbols of ASCII alone the code is drawn so, too.
        """
        super().__init__()
        self.look = look

    def body(self) -> "ComposeResult":
        """The lines beside the code, from top to bottom."""
        raise NotImplementedError

    def first_buttons(self) -> "tuple[Command, ...]":
        """The buttons before anything is known."""
        return self.buttons

    def compose(self) -> "ComposeResult":
        """The code at the left, as high as the sheet; words and buttons beside it."""
        with Vertical(classes="sheet"):
            yield LiteralText(self.title_words(), classes="title")
            with Horizontal(classes="body"):
                yield QrCode(plain=self.look.symbols == "ascii", beside=self.beside_columns)
                with Vertical(classes="beside"):
                    with VerticalScroll(classes="words", can_focus=False):
                        yield from self.body()
                        yield LiteralText(classes="refusal")
                    yield ButtonBar(self.first_buttons())

    def show_code(self, content: str) -> None:
        """Draw a code; empty for none."""
        self.query_one(QrCode).show(content)

    def say_line(self, where: str, words: str) -> None:
        """Say something in a line of the body; an empty one takes no room."""
        text = self.query_one(where, LiteralText)
        text.show(words)
        text.display = bool(words)
