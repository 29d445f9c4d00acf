"""Sheets for words: a note on an order, and sending finished work back. Screen layer.

Enter saves, since that is the key a glove finds; ctrl+j begins a new line.
"""

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.widgets import TextArea

from crew.commands import Command
from crew.domain.change import Change
from crew.domain.plain_text import TEXT_LIMIT
from crew.domain.work_order import WorkStatus
from crew.screens.drafted_sheet import DraftedSheet
from crew.screens.sheet import LATER, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.content import Content

_SAVE: Final = Command(name="save", key="enter", more_keys=("f2",), label="Save note", help="Save the note.")
_LEAVE: Final = Command(name="save", key="enter", more_keys=("f2",), label="Leave aside", help="It does not hold.")
_SEND_BACK: Final = Command(name="save", key="enter", more_keys=("f2",), label="Send back", help="Open the work again.")


class WordsArea(TextArea):
    """Where words are written: enter is for the sheet, ctrl+j begins a new line."""

    BINDINGS = [Binding("ctrl+j", "new_line", "New line", show=False)]

    async def _on_key(self, event: "events.Key") -> None:
        if event.key == "enter":
            event.prevent_default()
            event.stop()
            await self.run_action("screen.save")
            return
        await super()._on_key(event)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")


class NoteSheet(DraftedSheet):
    """A note that stays inside the city."""

    AUTO_FOCUS = "WordsArea"
    BINDINGS = sheet_bindings(_SAVE, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_SAVE, LATER)
    draft_kind: ClassVar[str] = "note"
    hint: ClassVar[str] = "Enter saves, ctrl+j begins a new line. The note stays inside the city."
    heading: ClassVar[str] = "Note"

    def title_words(self) -> "Content":
        """What it is about."""
        return titled(f"{self.heading}: {self.order.service_name}", self.order.address)

    def body(self) -> "ComposeResult":
        """Room to write."""
        yield WordsArea(self.draft, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
        yield LiteralText(self.hint, classes="hint")

    def on_mount(self) -> None:
        """Go on where the draft ended."""
        area = self.query_one(WordsArea)
        area.cursor_blink = False
        area.move_cursor(area.document.end)

    def draft_body(self) -> str:
        """The words so far."""
        return self.query_one(WordsArea).text[:TEXT_LIMIT]

    @on(TextArea.Changed)
    def _note_changed(self) -> None:
        self.refuse("")
        self.draft_changed()

    def action_save(self) -> None:
        """Save what is written."""
        words = self.draft_body()
        self.act_and_forget(lambda: self.do(words))

    def do(self, words: str) -> Change:
        """The act. Raises as `FieldWork.set_status`."""
        return self.field_work.add_note(self.order.id, words)


class SendBackSheet(NoteSheet):
    """Finished work is opened again; the words say what is missing."""

    BINDINGS = sheet_bindings(_SEND_BACK, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_SEND_BACK, LATER)
    draft_kind: ClassVar[str] = "send_back"
    hint: ClassVar[str] = "Say what is missing; the crew reads it. Enter sends the work back."
    heading: ClassVar[str] = "Send back"

    def do(self, words: str) -> Change:
        """The act. Raises as `FieldWork.set_status`."""
        grace_seconds = self.look.grace_seconds
        return self.field_work.set_status(self.order.id, WorkStatus.SENT_BACK, note=words, grace_seconds=grace_seconds)


class LeaveAsideSheet(NoteSheet):
    """What is kept of somebody whose sign-in had ended does not hold; the words say why."""

    BINDINGS = sheet_bindings(_LEAVE, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_LEAVE, LATER)
    draft_kind: ClassVar[str] = "leave_aside"
    hint: ClassVar[str] = "Say why it does not hold; it stays in the history. Enter leaves it aside."
    heading: ClassVar[str] = "Leave aside"

    kept: str = ""
    """The id of the change that is kept."""

    def do(self, words: str) -> Change:
        """The decision. Raises as `FieldWork.set_status`."""
        return self.field_work.decide_kept(self.order.id, self.kept, words, accepted=False)
