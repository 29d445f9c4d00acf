"""Everything that can be done here, as buttons. Screen layer; gives back the command that was chosen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from crew.commands import BACK, MORE, Command, Situation
from crew.widgets.button_bar import CommandButton

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


class More(ModalScreen[Command | None]):
    """A grid of buttons; a key does what it does everywhere, esc or a tap on its edge closes."""

    CSS_PATH = "more.tcss"
    BINDINGS = [Binding("escape,full_stop", "close", "Back", show=False)]

    def __init__(self, commands: Sequence[Command], situation: Situation, *, leads_back: bool = False) -> None:
        """Offer commands.

        Args:
            commands: What there is.
            situation: Says what of it can act now.
            leads_back: Whether there is a screen to go back to, which takes a tap too.
        """
        super().__init__()
        self._commands = [command for command in commands if command not in (MORE, BACK)]
        self._commands += [BACK] if leads_back else []
        self._situation = situation

    def compose(self) -> "ComposeResult":
        """A button for each command; those that cannot act now are paler, and say why when they are tapped."""
        with VerticalScroll() as grid:
            grid.border_title = "esc or a tap here closes"
            for command in self._commands:
                able = command.refusal(self._situation) is None
                yield CommandButton(command, classes="" if able else "-unable")

    @on(CommandButton.Tapped)
    def choose(self, message: CommandButton.Tapped) -> None:
        """Give the command back."""
        message.stop()
        self.dismiss(message.command)

    def on_key(self, event: "events.Key") -> None:
        """A command's key chooses it here too."""
        for command in self._commands:
            if command is not BACK and event.key in (command.key, *command.more_keys):
                event.stop()
                self.dismiss(command)
                return

    def on_click(self, event: "events.Click") -> None:
        """A tap above the buttons closes: on a small terminal that is their edge alone. A tap between two does not."""
        if event.screen_y <= self.query_one(VerticalScroll).region.y + 1:
            self.dismiss(None)

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)
