"""The sheet that chooses a status which ends nothing, with what work waits for. Screen layer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from crew.commands import Command
from crew.domain.change import Change
from crew.domain.work_order import WorkStatus
from crew.screens.choice_sheet import ChoiceSheet
from crew.screens.sheet import LATER, sheet_bindings

NOTE: Final = Command(name="note", key="n", label="Note", help="Add a note; it stays inside the city.")
_SAVE: Final = Command(name="save", key="enter", label="Set status", help="Set the status that is chosen.")

_STATUSES: Final = {
    status.words.capitalize(): status for status in (WorkStatus.ACCEPTED, WorkStatus.ON_THE_WAY, WorkStatus.WORKING)
}


class StatusSheet(ChoiceSheet):
    """Sets any status that needs no photo; waiting comes with what it waits for."""

    BINDINGS = sheet_bindings(_SAVE, NOTE, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_SAVE, NOTE, LATER)
    draft_kind: ClassVar[str] = "status"
    heading: ClassVar[str] = "Status"
    _waiting: Mapping[str, str] = MappingProxyType({})
    """The code of each reason to wait, by its label."""

    def options(self) -> dict[str, tuple[str, ...]]:
        """What it waits for, or another status."""
        offered = [one for one in self.field_work.wording().waiting if not one.retired]
        self._waiting = {f"{one.words[:1].upper()}{one.words[1:]}": one.code for one in offered}
        return {"Waiting for": tuple(self._waiting), "Or set it to": tuple(_STATUSES)}

    def do(self, label: str, words: str) -> Change:
        """Set the status. Raises as `FieldWork.set_status`."""
        status = _STATUSES.get(label, WorkStatus.WAITING)
        return self.field_work.set_status(
            self.order.id,
            status,
            reason=self._waiting.get(label, ""),
            note=words,
            grace_seconds=self.look.grace_seconds,
        )
