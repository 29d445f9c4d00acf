"""The sheet that raises an order to somebody who must look at it. Screen layer.

A letter chooses the level, and the ladder of the city says whom that asks and until when; both can be said otherwise.
"""

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input

from crew.commands import Command
from crew.domain.change import Change
from crew.domain.due import day_and_time
from crew.domain.errors import CorrectInput
from crew.domain.moment_words import moment_of
from crew.domain.reasons import ESCALATION_REASONS
from crew.screens.choice_sheet import ChoiceSheet
from crew.screens.choices import phrases
from crew.screens.sheet import LATER, sheet_bindings
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult

_SAVE: Final = Command(name="save", key="enter", label="Escalate", help="Raise the order.")
_REASON: Final = Command(name="note", key="n", label="Reason", help="Write why.")
_WHOM: Final = Command(name="whom", key="w", label="Whom", help="Say who is asked: a person, a role or a crew.")
_BY: Final = Command(name="by", key="b", label="By when", help="Say until when somebody should answer.")
_ASKED: Final = (
    ("whom", "w: somebody else, by name, role or crew"),
    ("by", "b: by when, such as 16:00, tomorrow 9:00 or 4h"),
)
"""The lines below the reason, each with the words that stand in it while it is empty."""
_LEVELS: Final = ("supervisor", "department", "mayor's office")
"""Where the city has told of no ladder."""


class EscalateSheet(ChoiceSheet):
    """Chooses the level; the reason is written beside it, and needed."""

    BINDINGS = sheet_bindings(_SAVE, _REASON, _WHOM, _BY, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_SAVE, _REASON, _WHOM, _BY, LATER)
    draft_kind: ClassVar[str] = "escalation"
    heading: ClassVar[str] = "Escalate"
    taken: ClassVar[str] = "nwb"

    _otherwise: "tuple[str, datetime | None]" = ("", None)
    """Who is asked and until when, where that is not as the ladder says."""

    def options(self) -> dict[str, tuple[str, ...]]:
        """To whom."""
        return {"To whom": tuple(f"{name[:1].upper()}{name[1:]}" for name in self._names())}

    def body(self) -> "ComposeResult":
        """As every choice; the line asks for the reason, and two more for what the ladder says otherwise."""
        for widget in super().body():
            if isinstance(widget, Input):
                widget.placeholder = "n: why, in a few words"
            yield widget
        for name, what in _ASKED:
            yield Input(placeholder=what, compact=True, classes="note", id=name, select_on_focus=False)
        yield LiteralText(classes="hint")
        yield phrases(ESCALATION_REASONS, self.look.marks.chosen)

    def choose(self, label: str) -> None:
        """Choose the level and go on with the reason where none is written; or take a reason."""
        if label in ESCALATION_REASONS:
            self.query_one(Input).value = label
            self.set_focus(None)
            return
        super().choose(label)
        self._tell()
        if not self.draft_body():
            self.action_note()

    def action_whom(self) -> None:
        """Say who is asked."""
        self.query_one("#whom", Input).focus()

    def action_by(self) -> None:
        """Say until when."""
        self.query_one("#by", Input).focus()

    @on(Input.Changed)
    def _tell(self) -> None:
        """Say who will be asked and until when, before it is done; what cannot be read is said when it is done."""
        words = "" if self._chosen is None else self._asked(self._chosen)
        self.query_one(".hint", LiteralText).show(words)

    def _asked(self, label: str) -> str:
        deadlines, now = self.field_work.deadlines, self.field_work.now
        level = deadlines.level(label)
        whom = self.query_one("#whom", Input).value.strip() or level.to or "everybody who may acknowledge it"
        try:
            by = self._by() or deadlines.answer_by(label, now)
        except CorrectInput:
            return f"Asks {whom}."
        if by is None:
            return f"Asks {whom}."
        above = deadlines.next_level(label)
        then = f"it goes on to {above.name}" if above else "it stays where it is"
        return f"Asks {whom}. Without an answer by {day_and_time(by, now)} {then}."

    def _by(self) -> "datetime | None":
        """When an answer is wanted, where the person has said so. Raises CorrectInput where it cannot be read."""
        words = self.query_one("#by", Input).value
        return moment_of(words, self.field_work.now) if words.strip() else None

    def action_save(self) -> None:
        """Raise it, once the time can be read."""
        try:
            self._otherwise = self.query_one("#whom", Input).value.strip(), self._by()
        except CorrectInput as error:
            self.refuse(error.sentence)
            return
        super().action_save()

    def do(self, label: str, words: str) -> Change:
        """Raise it. Raises as `FieldWork.set_status`."""
        whom, by = self._otherwise
        return self.field_work.escalate(self.order.id, self._level(label), words, whom, by, self.look.grace_seconds)

    def _level(self, label: str) -> str:
        """The level as the ladder writes it."""
        return next((name for name in self._names() if name.casefold() == label.casefold()), label.lower())

    def _names(self) -> "tuple[str, ...]":
        return tuple(level.name for level in self.field_work.deadlines.ladder) or _LEVELS
