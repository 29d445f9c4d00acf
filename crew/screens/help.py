"""Every key with a sentence, from the one table of commands. Screen layer."""

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from crew.commands import SECTIONS, Command
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crew.domain.person import Role

_KEY_WIDTH = 7
_NAME_WIDTH = 12


class Help(ModalScreen[None]):
    """What each key does, for this person's role; any of the usual keys closes."""

    CSS_PATH = "help.tcss"
    BINDINGS = [Binding("escape,question_mark,f1,q,enter,space", "close", "Close", show=False)]

    def __init__(self, role: "Role") -> None:
        super().__init__()
        self._role = role

    def compose(self) -> "ComposeResult":
        """A heading and a paragraph of keys for each section."""
        with VerticalScroll():
            yield LiteralText("Keys. The underlined letter on a button is its key.", classes="title")
            for title, commands in SECTIONS.items():
                mine = [command for command in commands if self._role in command.roles]
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


_MOVING = (
    "Arrows, or j and k, move the cursor; page up, page down, home and end move further. "
    "The space bar does what the big button says. Ctrl+p finds any command by its name."
)


class HelpLine(LiteralText):
    """A key, its name, its sentence."""

    def __init__(self, command: Command) -> None:
        keys = " ".join((command.key_words, *command.more_keys))
        name = f"{command.label:<{_NAME_WIDTH}}"
        super().__init__(Content.assemble((f"{keys:<{_KEY_WIDTH}}", "bold $act"), (name, "bold"), command.help))


class CloseLine(LiteralText):
    """Says how to close."""
