"""What every sheet has: a title, a body, large buttons, and the sentence that says why something was refused.

Screen layer. A sheet asks for what one act needs, does it off the event loop and gives back its result; nothing that
was typed is lost when the act is refused or the sheet is left.
"""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import on, work
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.events import ScreenResume
from textual.screen import ModalScreen

from crew.commands import Command
from crew.domain.errors import CrewError
from crew.widgets.button_bar import ButtonBar, CommandButton
from crew.widgets.literal_text import LiteralText, literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

_Result = TypeVar("_Result")

LATER: Final = Command(
    name="leave", key="escape", label="Later", help="Close the sheet; what you began is there when you come back."
)
BACK: Final = Command(name="leave", key="escape", label="Back", help="Close the sheet.")


def sheet_bindings(*commands: Command) -> "list[BindingType]":
    """A key for each button of a sheet."""
    return [
        Binding(",".join((command.key, *command.more_keys)), command.name, command.label, show=False)
        for command in commands
    ]


class Sheet(ModalScreen[_Result | None]):
    """A sheet over the screen it was opened from. None is given back where it was left without an act."""

    CSS_PATH = ["sheet.tcss"]
    AUTO_FOCUS = ""
    buttons: ClassVar[tuple[Command, ...]] = (BACK,)
    """The buttons, the primary one first."""
    full: ClassVar[bool] = False
    """Whether it takes all rows of the screen."""

    def __init__(self) -> None:
        super().__init__(classes="-full" if self.full else None)
        self._acting = False
        self._owed: tuple[_Result | None] | None = None

    def title_words(self) -> Content:
        """The first line."""
        raise NotImplementedError

    def body(self) -> "ComposeResult":
        """The widgets between title and buttons."""
        raise NotImplementedError

    def compose(self) -> "ComposeResult":
        """The parts, from top to bottom."""
        with Vertical(classes="sheet"):
            yield LiteralText(self.title_words(), classes="title")
            with Vertical(classes="body"):
                yield from self.body()
            yield LiteralText(classes="refusal")
            yield ButtonBar(self.buttons)

    @on(CommandButton.Tapped)
    async def run_tapped(self, message: CommandButton.Tapped) -> None:
        """Do what the button stands for."""
        message.stop()
        await self.run_action(message.command.name)

    def dismiss(self, result: _Result | None = None) -> AwaitComplete:
        """Close and give back a result; under another screen, as soon as that has gone.

        Textual closes whatever is on top, whoever asks: an act that ends late would open the lock.
        """
        if self.is_active:
            return super().dismiss(result)
        self._owed = (result,)
        return AwaitComplete()

    @on(ScreenResume)
    def _close_at_last(self) -> None:
        if self._owed is not None and self.is_active:
            self.dismiss(*self._owed)

    async def action_leave(self) -> None:
        """Close without an act."""
        self.dismiss(None)

    def refuse(self, sentence: str) -> None:
        """Say why not, in the sheet; an empty sentence takes it away."""
        refusal = self.query_one(".refusal", LiteralText)
        refusal.show(sentence)
        refusal.display = bool(sentence)

    @work(group="act")
    async def act(self, do: "Callable[[], _Result]") -> None:
        """Do it off the event loop and give back what it returns; a refusal is shown and the sheet stays."""
        await self.perform(do)

    async def perform(self, do: "Callable[[], _Result]") -> None:
        """As `act`, inside a worker that is running."""
        if self._acting:
            return
        self._acting = True
        try:
            result = await asyncio.to_thread(do)
        except CrewError as error:
            self.refuse(error.sentence)
            return
        finally:
            self._acting = False
        self.dismiss(result)


def titled(what: str, where: str) -> Content:
    """A title: what it is about in bold, where it is beside it."""
    return Content.assemble(literal(what).stylize("bold"), "   ", literal(where).stylize("$muted"))
