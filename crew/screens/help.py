"""Every key with a sentence, from the one table of commands. Screen layer."""

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen

from crew.commands import SECTIONS, Command
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crew.domain.person import Person


class Help(ModalScreen[None]):
    """What each key does, for what this person may do; any of the usual keys closes."""

    CSS_PATH = "help.tcss"
    BINDINGS = [Binding("escape,question_mark,f1,q,enter,space", "close", "Close", show=False)]

    def __init__(self, person: "Person") -> None:
        super().__init__()
        self._person = person

    def compose(self) -> "ComposeResult":
        """A heading and a paragraph of keys for each section."""
        with VerticalScroll():
            yield LiteralText(_TITLE, classes="title")
            for title, commands in SECTIONS.items():
                mine = [command for command in commands if command.lies_before(self._person)]
                if mine:
                    yield LiteralText(title, classes="section")
                    for command in mine:
                        yield HelpLine(command)
            yield LiteralText("Moving", classes="section")
            yield LiteralText(_MOVING, classes="moving")
            yield CloseLine("esc  Close")

    def action_close(self) -> None:
        """Back to where the person was."""
        self.dismiss()

    def on_click(self) -> None:
        """A tap closes: there is nothing to choose here."""
        self.dismiss()


_TITLE = "Keys. The underlined letter on a button is its key; esc or a tap closes."
_MOVING = (
    "Arrows, or j and k, move the cursor; page up, page down, home and end move further. "
    "The space bar does what the big button says. Ctrl+p finds any command by its name."
)


class HelpLine(Horizontal):
    """A key, its name, its sentence."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        self._command = command

    def compose(self) -> "ComposeResult":
        """The three, in columns."""
        yield LiteralText(" ".join((self._command.key_words, *self._command.more_keys)), classes="key")
        yield LiteralText(self._command.label, classes="name")
        yield LiteralText(self._command.help, classes="sentence")


class CloseLine(LiteralText):
    """Says how to close."""
