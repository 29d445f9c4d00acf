"""What a person does about the chosen change of the outbox. Screen layer; field work decides what is allowed.

A key that cannot act on the chosen change says why.
"""

import asyncio
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.screen import Screen

from crew.commands import SIGN_IN, SYNC, UNDO, Command
from crew.domain.change import SendingStatus
from crew.domain.errors import CrewError
from crew.place_commands import (
    KEEP_MINE,
    KEEP_THEIRS,
    MEND,
    OUTBOX_COMMANDS,
    SEND_AGAIN,
    SET_ASIDE,
    TAKE_UP,
)
from crew.screens.messages import Acted, SendNow, StoreMoved
from crew.widgets.button_bar import CommandButton
from crew.widgets.literal_text import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from crew.domain.change import Change
    from crew.field_work import FieldWork, OutboxEntry
    from crew.look import Look
    from crew.outbox_export import Exported

_DECISIONS: Final[dict[SendingStatus, tuple[Command, ...]]] = {
    SendingStatus.WAITING: (UNDO,),
    SendingStatus.SENDING: (UNDO,),  # without a link each is for some seconds; the key says so
    SendingStatus.REFUSED: (SEND_AGAIN, MEND, SET_ASIDE),
    SendingStatus.NEEDS_DECISION: (KEEP_MINE, KEEP_THEIRS),
    SendingStatus.SET_ASIDE: (TAKE_UP,),
}


class OutboxActs(Screen[None]):
    """The commands of the outbox. The screen says which change is chosen."""

    field_work: "FieldWork"
    look: "Look"

    @property
    def chosen(self) -> "OutboxEntry | None":
        """The change under the cursor."""
        raise NotImplementedError

    def deciding(self) -> tuple[Command, ...]:
        """What can be done about the chosen change."""
        return _DECISIONS.get(self.chosen.sending_status, ()) if self.chosen else ()

    def commands(self) -> tuple[Command, ...]:
        """Every command of this screen, for the palette."""
        return (SYNC, UNDO, *OUTBOX_COMMANDS, SIGN_IN)

    async def run_command(self, command: Command) -> None:
        """Do what a command stands for, here or in the app."""
        here = hasattr(self, f"action_{command.name}")
        await self.run_action(command.name if here else f"app.{command.name}")

    @on(CommandButton.Tapped)
    async def run_tapped(self, message: CommandButton.Tapped) -> None:
        """Do what the button stands for."""
        message.stop()
        await self.run_command(message.command)

    def action_sync(self) -> None:
        """Send now."""
        self.post_message(SendNow())

    def action_again(self) -> None:
        """Send the refused change once more."""
        self._decide(SEND_AGAIN, lambda entry: self.field_work.send_again(entry.change.id), "It is sent again.")

    def action_aside(self) -> None:
        """Stop sending it."""
        words = "Set aside. It stays readable here."
        self._decide(SET_ASIDE, lambda entry: self.field_work.set_aside(entry.change.id), words)

    async def action_reverse(self) -> None:
        """The key that undo and taking up share: out of the outbox, or back into it."""
        await self.run_command(TAKE_UP if TAKE_UP in self.deciding() else UNDO)

    def action_undo(self) -> None:
        """Take back what has not left yet."""
        words = "Undone. It stays readable here."
        self._decide(UNDO, lambda entry: self.field_work.undo(entry.change.id), words)

    def action_take_up(self) -> None:
        """Do once more what was set aside."""
        self._decide(TAKE_UP, lambda entry: self.field_work.take_up(entry.change.id), "Taken up again.")

    def action_mine(self) -> None:
        """One's own value holds."""
        self._decide(KEEP_MINE, lambda entry: self.field_work.keep_mine(entry.change.id), "Yours holds now.")

    def action_theirs(self) -> None:
        """The other value holds."""
        self._decide(KEEP_THEIRS, lambda entry: self.field_work.keep_theirs(entry.change.id), "Theirs holds.")

    @work(group="sheet", exclusive=True)
    async def action_mend(self) -> None:
        """Open the sheet on which the refused change was made."""
        entry = self._decided_entry(MEND)
        if entry is None:
            return
        from crew.screens.mending import mending_sheet

        try:
            sheet = await asyncio.to_thread(mending_sheet, self.field_work, self.look, entry.change)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self.app.push_screen(sheet, self._mended)

    def _mended(self, change: "Change | None") -> None:
        if change is not None:
            self._acted(change, "Mended. It is sent again.")

    def action_export(self) -> None:
        """Ask where to write it."""
        from crew.screens.export_sheet import ExportSheet

        self.app.push_screen(ExportSheet(self.field_work), self._exported)

    def _exported(self, done: "Exported | None") -> None:
        if done is not None:
            say(self, done.words)

    @work(group="act")
    async def action_seen(self) -> None:
        """The person has read what became of the damaged store."""
        try:
            await asyncio.to_thread(self.field_work.forget_recovery)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self._tell_screens()

    @work(group="act")
    async def _decide(self, command: Command, decide: "Callable[[OutboxEntry], Change | None]", words: str) -> None:
        entry = self._decided_entry(command)
        if entry is None:
            return
        try:
            change = await asyncio.to_thread(decide, entry)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self._acted(change, words)

    def _decided_entry(self, command: Command) -> "OutboxEntry | None":
        """The chosen change where the command is for it; otherwise the person is told why not."""
        entry = self.chosen
        if entry is not None and command in self.deciding():
            return entry
        why = f"This change is {entry.sending_status.words}" if entry else "Nothing waits"
        say(self, f"{command.label}: {why}, there is nothing to decide.", "warning")
        return None

    def _acted(self, change: "Change | None", words: str) -> None:
        say(self, words)
        if change is not None:
            self.post_message(Acted(words, change))
        self.post_message(SendNow(asked_for=False))
        self._tell_screens()

    def _tell_screens(self) -> None:
        """What was decided changes the day and the order too."""
        for screen in self.app.screen_stack:
            screen.post_message(StoreMoved(frozenset()))
