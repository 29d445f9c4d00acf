"""What every full screen of Crew has: keys and buttons that come from crew/commands.py. Screen layer."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.binding import Binding
from textual.screen import Screen

from crew.commands import COMMANDS, PRIMARY_KEY, Command, Situation
from crew.widgets.button_bar import CommandButton
from crew.widgets.literal_text import say

if TYPE_CHECKING:
    from textual.binding import BindingType

_Result = TypeVar("_Result")


def key_bindings(commands: Iterable[Command]) -> "list[BindingType]":
    """A key for each command; the key asks the screen, which may refuse with a sentence."""
    return [
        Binding(",".join((command.key, *command.more_keys)), f"run('{command.name}')", command.label, show=False)
        for command in commands
    ]


class CommandScreen(Screen[_Result]):
    """A screen whose keys, buttons and palette run commands.

    `action_<name>` of the screen, or else of the app, is what a command does.
    """

    BINDINGS = [*key_bindings(COMMANDS), Binding(PRIMARY_KEY, "run_primary", "Next step", show=False)]

    def situation(self) -> Situation:
        """What commands need to know to say whether they can act."""
        raise NotImplementedError

    def buttons(self) -> Sequence[Command]:
        """The buttons now, the primary one first."""
        raise NotImplementedError

    def commands(self) -> tuple[Command, ...]:
        """Every command that this person sees here, whether or not it can act now."""
        who = self.situation().who
        return tuple(command for command in COMMANDS if command.lies_before(who))

    @property
    def leads_back(self) -> bool:
        """Whether there is something to go back to from here."""
        return len(self.app.screen_stack) > 1

    async def run_command(self, command: Command) -> None:
        """Do what a command stands for, or say why not."""
        refusal = command.refusal(self.situation())
        if refusal is not None:
            say(self, refusal, "warning")
            return
        action = f"action_{command.name}"
        if hasattr(self, action):
            await self.run_action(command.name)
        elif hasattr(self.app, action):
            await self.run_action(f"app.{command.name}")
        else:
            say(self, f"{command.label}: that is done in the list. Press esc to go there.", "warning")

    async def action_run(self, name: str) -> None:
        """Run the command that a key stands for."""
        await self.run_command(next(command for command in COMMANDS if command.name == name))

    async def action_run_primary(self) -> None:
        """Run the command of the big button."""
        await self.run_command(self.buttons()[0])

    @on(CommandButton.Tapped)
    async def run_tapped(self, message: CommandButton.Tapped) -> None:
        """Run the command of a tapped button."""
        message.stop()
        await self.run_command(message.command)

    def action_more(self) -> None:
        """Show everything that can be done here, as buttons."""
        from crew.screens.more import More  # loads when first needed

        self.app.push_screen(More(self.commands(), self.situation(), leads_back=self.leads_back), self._run_chosen)

    async def _run_chosen(self, command: Command | None) -> None:
        if command is not None:
            await self.run_command(command)
