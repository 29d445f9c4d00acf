"""The completion: photos of the finished work, how it turned out, what the citizen will read. Screen layer."""

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.content import Content
from textual.widgets import Input

from crew.commands import Command
from crew.domain.change import StatusChange
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.screens.citizen_lines import CitizenLines, words_line
from crew.screens.photo_sources import CAMERA, PHONE, PHOTO
from crew.screens.photos_draft import PhotosDraft
from crew.screens.photos_sheet import PhotosSheet
from crew.screens.reason_sheet import ReasonSheet
from crew.screens.sheet import LATER, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.row_list import Row

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

_NOTE: Final = Command(name="note", key="n", label="Note", help="Add a note; it stays inside the city.")
_OUTCOME: Final = Command(name="outcome", key="o", label="Outcome", help="Say how the work turned out.")
_WORDS: Final = Command(name="words", key="t", label="Text", help="Write more for the citizen to read.")
_DONE: Final = Command(name="done", key="enter", label="Done", help="The work is finished.")
_AS_USUAL: Final = "Finished"


class OutcomeLine(LiteralText):
    """How the work turned out; a tap chooses another."""

    async def on_click(self, event: "events.Click") -> None:
        """Choose another."""
        event.stop()
        await self.run_action("screen.outcome")


class DoneSheet(PhotosSheet):
    """Ends an order: from the list d, then p, c or f for the photo, enter keeps it, enter."""

    BINDINGS = sheet_bindings(_DONE, PHOTO, CAMERA, PHONE, _OUTCOME, _WORDS, _NOTE, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_DONE, PHOTO, CAMERA, PHONE, LATER)
    draft_kind: ClassVar[str] = "done"

    def read(self) -> None:
        """The city's outcomes, and the one that this device used last for the service."""
        self._wording = self.field_work.wording()
        self._outcomes = self._wording.offered(WorkStatus.DONE, self.order.service_code)
        self._last = self.field_work.last_reason(self.order, WorkStatus.DONE)

    def title_words(self) -> Content:
        """What is finished."""
        return titled(f"Done: {self.order.service_name}", self.order.address)

    def body(self) -> "ComposeResult":
        """Photos, outcome, note and words, and what the citizen will read."""
        yield from super().body()
        yield OutcomeLine(classes="outcome")
        yield self.note_line(self.chosen.note)
        yield words_line(self.chosen.words)
        yield CitizenLines(self.look, self._wording)

    def on_mount(self) -> None:
        """Say what the citizen will read as it stands."""
        super().on_mount()
        self._show_ending()

    @property
    def _code(self) -> str:
        return self._last if self.chosen.reason is None else self.chosen.reason

    def given(self) -> PhotosDraft:
        """Photos, outcome, note and words as they stand."""
        return replace(self.chosen, note=self.query_one(Input).value, words=self.query_one(".words", Input).value)

    def ending(self) -> StatusChange:
        """The act as it stands."""
        given = self.given()
        return StatusChange(
            WorkStatus.DONE, reason=self._code, note=given.note, photos=given.photos, public_note=given.words
        )

    def draft_body(self) -> str:
        """What was given so far."""
        return self.given().body()

    def invitation_words(self) -> str:
        """Say before anything is tried whether the photo is needed."""
        need = "needs a photo of the finished work" if self.order.photo_required else "a photo is welcome"
        return f"{self.order.service_name}: {need}.\n\np: file  c: camera  f: phone"

    @on(Input.Changed, ".words")
    def _show_ending(self) -> None:
        act, outcome = self.ending(), self._wording.reason(WorkStatus.DONE, self._code)
        line = self.query_one(OutcomeLine)
        line.display = bool(self._outcomes)
        name = outcome.words if outcome else _AS_USUAL
        line.show(Content.assemble(("Outcome  ", "$muted"), (name, "bold"), ("   o: another", "$muted")))
        sentence = self.field_work.public_text(self.order, act, wording=self._wording)
        self.query_one(CitizenLines).show(sentence, act.public_note)

    def action_outcome(self) -> None:
        """Choose how the work turned out; what this device used last comes first."""
        if not self._outcomes:
            self.refuse("The city has one outcome for this: done.")
            return
        codes = dict.fromkeys((self._last, "", *(one.code for one in self._outcomes)))
        self.app.push_screen(
            ReasonSheet(self.look, "Outcome", self.order.service_name, [self._row(code) for code in codes]),
            self._take_outcome,
        )

    def _row(self, code: str) -> Row:
        outcome = self._wording.reason(WorkStatus.DONE, code)
        act = replace(self.ending(), reason=code)
        sentence = self.field_work.public_text(self.order, act, wording=self._wording)
        return Row(code, outcome.words if outcome else _AS_USUAL, sentence or "only what you write")

    def _take_outcome(self, code: str | None) -> None:
        if code is not None:
            self.chosen = replace(self.chosen, reason=code)
            self.refuse("")
            self._show_ending()
            self.keep_draft_now()

    def action_words(self) -> None:
        """Write more for the citizen."""
        self.query_one(".words", Input).focus()

    def action_done(self) -> None:
        """Finish the work."""
        act, grace_seconds = self.ending(), self.look.grace_seconds
        self.act_and_forget(lambda: self.field_work.change_status(self.order.id, act, grace_seconds))
