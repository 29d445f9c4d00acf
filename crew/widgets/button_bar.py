"""The row of buttons under a screen. Widget layer: told which commands to show, says which was tapped.

Buttons are three rows high so that a gloved finger meets them; the underlined letter is the key that does the same.
"""

from typing import TYPE_CHECKING, Final

from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from crew.commands import Command

_SLOTS: Final = 5


def button_words(command: "Command") -> Content:
    """A command's label with its key underlined; a key that is no letter of the label stands behind it."""
    place = command.letter_at
    if place is not None:
        return Content(command.label).stylize("underline", place, place + 1)
    return Content.assemble(command.label, "  ", (command.key_words, "underline"))


class CommandButton(Widget):
    """A button for one command; a tap tells it to the screen. Takes no focus: the key does the same."""

    class Tapped(Message):
        """The button was tapped or clicked."""

        def __init__(self, command: "Command") -> None:
            self.command: Final = command
            super().__init__()

    def __init__(self, command: "Command | None" = None, *, primary: bool = False, classes: str = "") -> None:
        super().__init__(classes=classes)
        self.command = command
        self.set_class(primary, "-primary")
        self.display = command is not None

    def show(self, command: "Command | None", *, primary: bool = False) -> None:
        """Stand for another command; None hides the button."""
        self.set_class(primary, "-primary")
        self.display = command is not None
        if command is not self.command:
            self.command = command
            self.refresh()

    def render(self) -> Content:
        """The label with its key."""
        return button_words(self.command) if self.command else Content()

    def on_click(self, event: "events.Click") -> None:
        """Tell which command was asked for."""
        event.stop()
        if self.command is not None:
            self.post_message(self.Tapped(self.command))


class ButtonBar(Container):
    """Up to five buttons, the primary one first and wider; below 70 columns they stand in two rows.

    Sends `CommandButton.Tapped`.
    """

    def __init__(self, commands: "Sequence[Command]" = (), *, first_is_primary: bool = True) -> None:
        super().__init__()
        self._commands: tuple[Command, ...] = tuple(commands)
        self._first_is_primary: Final = first_is_primary

    def compose(self) -> "ComposeResult":
        """As many buttons as a bar may have; those without a command are hidden."""
        for place in range(_SLOTS):
            yield CommandButton(self._at(place), primary=self._is_primary(place))
        self._set_count()

    def show(self, commands: "Sequence[Command]") -> None:
        """Show other commands; the first is the primary one."""
        if tuple(commands) == self._commands:
            return
        self._commands = tuple(commands)
        for place, button in enumerate(self.query(CommandButton)):
            button.show(self._at(place), primary=self._is_primary(place))
        self._set_count()

    def _at(self, place: int) -> "Command | None":
        return self._commands[place] if place < len(self._commands) else None

    def _is_primary(self, place: int) -> bool:
        return place == 0 and self._first_is_primary

    def _set_count(self) -> None:
        words = ("one", "two", "three", "four", "five")
        for count, word in enumerate(words, start=1):
            self.set_class(count == len(self._commands), f"-{word}")
