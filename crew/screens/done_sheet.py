"""The completion: photos of the finished work, a note, the sentence that the citizen will read. Screen layer."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widgets import Input

from crew.commands import Command
from crew.domain.work_order import WorkStatus
from crew.screens.photos_draft import PhotosDraft
from crew.screens.photos_sheet import CAMERA, PHONE, PHOTO, PhotosSheet
from crew.screens.sheet import LATER, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_lines import quoted

if TYPE_CHECKING:
    from textual.app import ComposeResult

_NOTE: Final = Command(name="note", key="n", label="Note", help="Add a note; it stays inside the city.")
_DONE: Final = Command(name="done", key="enter", label="Done", help="The work is finished.")


class DoneSheet(PhotosSheet):
    """Ends an order: from the list d, then p, c or f for the photo, enter keeps it, enter."""

    BINDINGS = sheet_bindings(_DONE, PHOTO, CAMERA, PHONE, _NOTE, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_DONE, PHOTO, CAMERA, PHONE, LATER)
    draft_kind: ClassVar[str] = "done"

    def title_words(self) -> Content:
        """What is finished."""
        return titled(f"Done: {self.order.service_name}", self.order.address)

    def body(self) -> "ComposeResult":
        """Photos and note, and what the citizen will read."""
        yield from super().body()
        yield self.note_line(self.chosen.note)
        text = self.field_work.public_text(self.order, WorkStatus.DONE)
        yield LiteralText(
            Content.assemble(("The citizen will read  ", "$muted"), quoted(text, self.look.marks)), classes="citizen"
        )

    def given(self) -> PhotosDraft:
        """Photos and note as they stand."""
        return replace(self.chosen, note=self.query_one(Input).value)

    def draft_body(self) -> str:
        """What was given so far."""
        return self.given().body()

    def invitation_words(self) -> str:
        """Say before anything is tried whether the photo is needed."""
        need = "needs a photo of the finished work" if self.order.photo_required else "a photo is welcome"
        return f"{self.order.service_name}: {need}.\n\np: file  c: camera  f: phone"

    def action_done(self) -> None:
        """Finish the work."""
        given, grace_seconds = self.given(), self.look.grace_seconds
        self.act_and_forget(
            lambda: self.field_work.set_status(
                self.order.id, WorkStatus.DONE, note=given.note, photos=given.photos, grace_seconds=grace_seconds
            )
        )
