"""Finds any command by its name: what ctrl+p shows. Screen layer; the commands come from the screen underneath."""

from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Provider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.command import Hits

    from crew.commands import Command


@runtime_checkable
class Commanded(Protocol):
    """A screen that has commands."""

    def commands(self) -> "tuple[Command, ...]":
        """Every command that this person sees here, whether or not it can act now."""

    async def run_command(self, command: "Command") -> None:
        """Do what a command stands for, or say why not."""


class CommandProvider(Provider):
    """The commands of a screen, with their sentences; one that cannot act now says why when it is chosen."""

    def _commands(self) -> "Sequence[tuple[Commanded, Command]]":
        screen = self.screen
        if not isinstance(screen, Commanded):
            return ()
        return [(screen, command) for command in screen.commands()]

    async def discover(self) -> "Hits":
        """Everything, before a letter is typed."""
        for screen, command in self._commands():
            yield DiscoveryHit(_name(command), partial(screen.run_command, command), help=command.help)

    async def search(self, query: str) -> "Hits":
        """What matches the letters typed, in name or sentence."""
        matcher = self.matcher(query)
        for screen, command in self._commands():
            score = max(matcher.match(_name(command)), matcher.match(command.help) / 2)
            if score > 0:
                shown = matcher.highlight(_name(command))
                yield Hit(score, shown, partial(screen.run_command, command), help=command.help)


def _name(command: "Command") -> str:
    return f"{command.label}  ({command.key_words})"
