"""Sheets that choose a status with its reason: what work waits for, why it cannot be done. Screen layer."""

from typing import ClassVar, Final

from crew.commands import Command
from crew.domain.change import Change
from crew.domain.reasons import CANT_DO_REASONS, WAITING_REASONS
from crew.domain.work_order import WorkStatus
from crew.screens.choice_sheet import ChoiceSheet
from crew.screens.sheet import LATER, sheet_bindings

NOTE: Final = Command(name="note", key="n", label="Note", help="Add a note; it stays inside the city.")
_SAVE: Final = Command(name="save", key="enter", label="Set status", help="Set the status that is chosen.")
_END: Final = Command(name="save", key="enter", label="Can't be done", help="End the order with this reason.")

_WAITING: Final = {f"{words[:1].upper()}{words[1:]}": code for code, words in WAITING_REASONS.items()}
_STATUSES: Final = {
    status.words.capitalize(): status for status in (WorkStatus.ACCEPTED, WorkStatus.ON_THE_WAY, WorkStatus.WORKING)
}
_CANT: Final = {code.replace("_", " ").capitalize(): code for code in CANT_DO_REASONS}


class StatusSheet(ChoiceSheet):
    """Sets any status that needs no photo; waiting comes with what it waits for."""

    BINDINGS = sheet_bindings(_SAVE, NOTE, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_SAVE, NOTE, LATER)
    draft_kind: ClassVar[str] = "status"
    heading: ClassVar[str] = "Status"

    def options(self) -> dict[str, tuple[str, ...]]:
        """What it waits for, or another status."""
        return {"Waiting for": tuple(_WAITING), "Or set it to": tuple(_STATUSES)}

    def do(self, label: str, words: str) -> Change:
        """Set the status. Raises as `FieldWork.set_status`."""
        status = _STATUSES.get(label, WorkStatus.WAITING)
        return self.field_work.set_status(
            self.order.id,
            status,
            reason=_WAITING.get(label, ""),
            note=words,
            grace_seconds=self.look.grace_seconds,
        )


class CantSheet(ChoiceSheet):
    """Ends an order without the work, with the reason; shows the sentence that the citizen will read."""

    BINDINGS = sheet_bindings(_END, NOTE, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_END, NOTE, LATER)
    draft_kind: ClassVar[str] = "cant"
    heading: ClassVar[str] = "Can't do"

    def options(self) -> dict[str, tuple[str, ...]]:
        """The reasons why an order ends without the work."""
        return {"Why not": tuple(_CANT)}

    def public_words(self, label: str) -> str:
        """The sentence of the reason."""
        return self.field_work.public_text(self.order, WorkStatus.CANT_DO, _CANT[label])

    def do(self, label: str, words: str) -> Change:
        """End the order. Raises as `FieldWork.set_status`."""
        return self.field_work.set_status(
            self.order.id,
            WorkStatus.CANT_DO,
            reason=_CANT[label],
            note=words,
            grace_seconds=self.look.grace_seconds,
        )
