"""The sheet that raises an order to somebody who must look at it. Screen layer."""

from typing import TYPE_CHECKING, ClassVar, Final

from textual.widgets import Input

from crew.commands import Command
from crew.domain.change import Change
from crew.domain.reasons import ESCALATION_REASONS
from crew.screens.choice_sheet import ChoiceSheet
from crew.screens.choices import phrases
from crew.screens.sheet import LATER, sheet_bindings

if TYPE_CHECKING:
    from textual.app import ComposeResult

_SAVE: Final = Command(name="save", key="enter", label="Escalate", help="Raise the order.")
_REASON: Final = Command(name="note", key="n", label="Reason", help="Write why.")
_LEVELS: Final = ("Supervisor", "Department", "Mayor's office")


class EscalateSheet(ChoiceSheet):
    """Chooses the level; the reason is written beside it, and needed."""

    BINDINGS = sheet_bindings(_SAVE, _REASON, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_SAVE, _REASON, LATER)
    draft_kind: ClassVar[str] = "escalation"
    heading: ClassVar[str] = "Escalate"

    def options(self) -> dict[str, tuple[str, ...]]:
        """To whom."""
        return {"To whom": _LEVELS}

    def body(self) -> "ComposeResult":
        """As every choice; the line asks for the reason."""
        for widget in super().body():
            if isinstance(widget, Input):
                widget.placeholder = "n: why, in a few words"
            yield widget
        yield phrases(ESCALATION_REASONS, self.look.marks.chosen)

    def choose(self, label: str) -> None:
        """Choose the level and go on with the reason where none is written; or take a reason."""
        if label in ESCALATION_REASONS:
            self.query_one(Input).value = label
            self.set_focus(None)
            return
        super().choose(label)
        if not self.draft_body():
            self.action_note()

    def do(self, label: str, words: str) -> Change:
        """Raise it. Raises as `FieldWork.set_status`."""
        return self.field_work.escalate(self.order.id, label.lower(), words)
