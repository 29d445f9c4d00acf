"""Opens for a refused act the sheet that it was made on, with what it had. Screen layer; mends nothing by itself."""

from typing import TYPE_CHECKING

from crew.domain.change import Act, Escalation, Intake, Note, PhotosAdded, StatusChange
from crew.domain.errors import NotAllowed
from crew.domain.work_order import WorkStatus
from crew.screens.photos_draft import PhotosDraft, draft_of

if TYPE_CHECKING:
    from crew.domain.change import Change
    from crew.field_work import FieldWork
    from crew.look import Look
    from crew.screens.drafted_sheet import DraftedSheet


def mending_sheet(field_work: "FieldWork", look: "Look", change: "Change") -> "DraftedSheet":
    """The sheet for a refused change. What it does takes the place of the change; until then nothing is lost.

    Raises:
        NotAllowed: The change was not refused, or it has nothing that can be mended.
        CorrectInput: Its order is not on this device any more.
    """
    mending = field_work.mending(change.id)
    kind, body = _sheet_of(change.act)
    order = mending.order(change.order_id)
    sheet = kind(mending, look, order, mending.draft(order.id, kind.draft_kind) or body)
    sheet.read()
    return sheet


def _sheet_of(act: Act) -> "tuple[type[DraftedSheet], str]":
    """The kind of sheet and the draft that stands for the act; each loads when it is needed."""
    from crew.screens import (
        add_photos_sheet,
        cant_sheet,
        done_sheet,
        escalate_sheet,
        intake_sheet,
        note_sheet,
        status_sheet,
    )

    match act:
        case StatusChange(status=WorkStatus.DONE) as ending:
            return done_sheet.DoneSheet, draft_of(ending).body()
        case StatusChange(status=WorkStatus.CANT_DO) as ending:
            return cant_sheet.CantSheet, draft_of(ending).body()
        case StatusChange(status=WorkStatus.SENT_BACK, note=note):
            return note_sheet.SendBackSheet, note
        case StatusChange(note=note):
            return status_sheet.StatusSheet, note
        case Note(text):
            return note_sheet.NoteSheet, text
        case PhotosAdded(photos):
            return add_photos_sheet.AddPhotosSheet, PhotosDraft(photos=photos).body()
        case Escalation(reason=reason):
            return escalate_sheet.EscalateSheet, reason
        case Intake() as intake:
            return intake_sheet.IntakeSheet, intake_sheet.draft_of(intake)
        case _:
            raise NotAllowed("Nothing of this can be mended. Set it aside, and do it anew.")
