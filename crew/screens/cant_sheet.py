"""The sheet that ends an order without the work: why not, what the citizen will read. Screen layer."""

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input

from crew.commands import Command
from crew.domain.change import Change, StatusChange
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.screens.choice_sheet import ChoiceSheet
from crew.screens.citizen_lines import CitizenLines, words_line
from crew.screens.photos_draft import PhotosDraft, read_draft
from crew.screens.reason_sheet import ReasonSheet
from crew.screens.sheet import LATER, sheet_bindings
from crew.widgets.literal_text import LiteralText
from crew.widgets.row_list import Row

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crew.domain.wording import ClosureReason
    from crew.screens.add_photos_sheet import ProvingPhotosSheet

_END: Final = Command(name="save", key="enter", label="Can't be done", help="End the order with this reason.")
_NOTE: Final = Command(name="note", key="n", label="Note", help="Add a note; it stays inside the city.")
_WORDS: Final = Command(name="words", key="t", label="Text", help="Write more for the citizen to read.")
_PHOTO: Final = Command(name="photo", key="p", label="Photo", help="Add a photo that shows why; for the city alone.")
_MORE: Final = "More reasons"
_AT_ONCE: Final = 6
"""Reasons that are shown as large choices; with more, the last one leads to all of them."""


class CantSheet(ChoiceSheet):
    """Ends an order without the work, with the reason; shows the sentence that the citizen will read."""

    BINDINGS = sheet_bindings(_END, _NOTE, _WORDS, _PHOTO, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_END, _NOTE, _PHOTO, LATER)
    draft_kind: ClassVar[str] = "cant"
    heading: ClassVar[str] = "Can't do"
    taken: ClassVar[str] = "ntp"

    def read(self) -> None:
        """The city's reasons, and what was begun."""
        self._wording = self.field_work.wording()
        offered = self._wording.offered(WorkStatus.CANT_DO, self.order.service_code)
        last = self.field_work.last_reason(self.order, WorkStatus.CANT_DO)
        self._reasons: dict[str, ClosureReason] = {one.words: one for one in offered}
        self._begun = read_draft(self.draft)
        labels = list(self._reasons)
        if len(labels) > _AT_ONCE:
            used = next((one.words for one in offered if one.code == last), labels[_AT_ONCE - 2])
            labels = [*labels[: _AT_ONCE - 1], _MORE]
            labels = labels if used in labels else [*labels[: _AT_ONCE - 2], used, _MORE]
        self._labels = tuple(labels)
        self._chosen = next((one.words for one in offered if one.code == self._begun.reason), None)

    def options(self) -> dict[str, tuple[str, ...]]:
        """The reasons why an order ends without the work."""
        return {"Why not": self._labels}

    def note_begun(self) -> str:
        """The note as the draft has it."""
        return self._begun.note

    def body(self) -> "ComposeResult":
        """The reasons, the lines for words, what the citizen will read."""
        yield from super().body()
        yield words_line(self._begun.words)
        yield LiteralText(classes="hint")
        yield CitizenLines(self.look, self._wording)

    def choose(self, label: str) -> None:
        """Choose a reason, or look at all of them."""
        if label != _MORE:
            super().choose(label)
            self.draft_changed()
            return
        rows = [Row(one.code, one.words, self._sentence(one)) for one in self._reasons.values()]
        self.app.push_screen(ReasonSheet(self.look, "Why not", self.order.service_name, rows), self._take_reason)

    def _take_reason(self, code: str | None) -> None:
        reason = self._wording.reason(WorkStatus.CANT_DO, code or "")
        if reason is not None:
            self.choose(reason.words)

    def is_chosen(self, label: str) -> bool:
        """The last choice stands for every reason that is not shown."""
        hidden = self.chosen is not None and self.chosen not in self._labels
        return label == (_MORE if hidden else self.chosen)

    @on(Input.Changed, ".words")
    def show_chosen(self) -> None:
        """Let choices, the line about photos and the citizen's sentence follow what is chosen."""
        super().show_chosen()
        reason = self._reasons.get(self.chosen or "")
        if reason is not None:
            heading = f"Why not: {reason.words}" if reason.words not in self._labels else "Why not"
            self.query_one(".heading", LiteralText).show(heading)
        hint = self.query_one(".hint", LiteralText)
        hint.show(self._hint(reason))
        hint.display = bool(self._hint(reason))
        self.query_one(CitizenLines).show(self._sentence(reason) if reason else "", self.given().words)

    def _hint(self, reason: "ClosureReason | None") -> str:
        count = len(self._begun.photos)
        lines = [f"{count} photo{'s' if count > 1 else ''}, for the city alone"] if count else []
        if reason and reason.photo and not count:
            lines.append(f"p: it asks for a photo: {reason.photo}")
        if reason and reason.note and not self.given().note.strip():
            lines.append(f"n: it asks for a note: {reason.note}")
        return "\n".join(lines)

    def _sentence(self, reason: "ClosureReason") -> str:
        act = StatusChange(WorkStatus.CANT_DO, reason=reason.code, public_note=self.given().words)
        return self.field_work.public_text(self.order, act, wording=self._wording)

    def given(self) -> PhotosDraft:
        """Reason, photos and words as they stand."""
        reason = self._reasons.get(self.chosen or "")
        return replace(
            self._begun,
            note=self.query_one(Input).value,
            words=self.query_one(".words", Input).value,
            reason=reason.code if reason else None,
        )

    def draft_body(self) -> str:
        """What was given so far."""
        return self.given().body()

    def action_words(self) -> None:
        """Write more for the citizen."""
        self.query_one(".words", Input).focus()

    def action_photo(self) -> None:
        """Add photos that show why."""
        from crew.screens.add_photos_sheet import ProvingPhotosSheet

        draft = PhotosDraft(photos=self._begun.photos).body()
        sheet = ProvingPhotosSheet(self.field_work, self.look, self.order, draft)
        self.app.push_screen(sheet, lambda _: self._take_photos(sheet))

    def _take_photos(self, sheet: "ProvingPhotosSheet") -> None:
        self._begun = replace(self._begun, photos=sheet.chosen.photos)
        self.refuse("")
        self.show_chosen()
        self.draft_changed()

    def do(self, label: str, words: str) -> Change:
        """End the order. Raises as `FieldWork.set_status`."""
        given = read_draft(words)
        act = StatusChange(
            WorkStatus.CANT_DO,
            reason=self._reasons[label].code,
            note=given.note,
            photos=given.photos,
            public_note=given.words,
        )
        return self.field_work.change_status(self.order.id, act, self.look.grace_seconds)
