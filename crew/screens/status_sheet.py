"""Sheets that choose a status with its reason: why it cannot be done, what it waits for. Screen layer.

One letter or one tap chooses, enter does it. The note is optional; of an ending, the citizen's sentence is shown.
"""

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import Grid
from textual.content import Content
from textual.widgets import Input

from crew.commands import Command
from crew.domain.change import Change
from crew.domain.plain_text import TEXT_LIMIT
from crew.domain.reasons import CANT_DO_REASONS, WAITING_REASONS
from crew.domain.work_order import WorkStatus
from crew.screens.choices import Choice, letters_for
from crew.screens.drafted_sheet import DraftedSheet
from crew.screens.sheet import LATER, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_text import quoted

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

_SAVE: Final = Command(name="save", key="enter", label="Set status", help="Set the status that is chosen.")
_END: Final = Command(name="save", key="enter", label="Can't be done", help="End the order with this reason.")
_NOTE: Final = Command(name="note", key="n", label="Note", help="Add a note; it stays inside the city.")
_CHOSEN_BY_STATUS: Final = (WorkStatus.ACCEPTED, WorkStatus.ON_THE_WAY, WorkStatus.WORKING)

Value = tuple[WorkStatus, str]
"""A status and its reason, empty where it takes none."""


class StatusSheet(DraftedSheet[Change]):
    """Sets any status that needs no photo; waiting comes with what it waits for."""

    BINDINGS = sheet_bindings(_SAVE, _NOTE, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_SAVE, _NOTE, LATER)
    draft_kind: ClassVar[str] = "status"
    heading: ClassVar[str] = "Status"

    _chosen: Value | None = None

    def options(self) -> "dict[str, dict[str, Value]]":
        """What can be chosen: groups, each with the words of its values."""
        waiting = {words: (WorkStatus.WAITING, code) for code, words in WAITING_REASONS.items()}
        others = {status.words: (status, "") for status in _CHOSEN_BY_STATUS}
        return {"Waiting for": waiting, "Or set it to": others}

    def title_words(self) -> Content:
        """What it is about."""
        return titled(f"{self.heading}: {self.order.service_name}", self.order.address)

    def body(self) -> "ComposeResult":
        """The choices in groups, the note, what the citizen will read."""
        groups = self.options()
        labels = [label for group in groups.values() for label in group]
        letters = dict(zip(labels, letters_for(labels, taken="n"), strict=True))
        for heading, group in groups.items():
            yield LiteralText(heading, classes="heading")
            with Grid(classes="choices"):
                for label, value in group.items():
                    yield Choice(_key(value), _capital(label), letters[label], self.look.marks.chosen)
        yield Input(self.draft, placeholder="n: a note, it stays inside the city", max_length=TEXT_LIMIT)
        yield LiteralText(classes="citizen")

    def on_mount(self) -> None:
        """Nothing is chosen yet."""
        super().on_mount()
        self._show_chosen()

    # Choosing

    def on_key(self, event: "events.Key") -> None:
        """A letter chooses."""
        for choice in self.query(Choice):
            if choice.letter and event.key == choice.letter:
                event.stop()
                self._choose(choice.value)
                return

    @on(Choice.Chosen)
    def _tapped(self, message: Choice.Chosen) -> None:
        self._choose(message.value)

    def _choose(self, key: str) -> None:
        self._chosen = next(
            value for group in self.options().values() for value in group.values() if _key(value) == key
        )
        self.refuse("")
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self._chosen
        for choice in self.query(Choice):
            choice.choose(chosen=chosen is not None and choice.value == _key(chosen))
        text = self.field_work.public_text(self.order, *chosen) if chosen else ""
        words = Content.assemble(("The citizen will read  ", "$muted"), quoted(text, self.look.marks)) if text else ""
        self.query_one(".citizen", LiteralText).show(words)

    # The note

    def action_note(self) -> None:
        """Write a note."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _note_changed(self) -> None:
        self.draft_changed()

    @on(Input.Submitted)
    def _note_ended(self) -> None:
        self.set_focus(None)

    def draft_body(self) -> str:
        """The note so far."""
        return self.query_one(Input).value

    async def action_leave(self) -> None:
        """Out of the note first, then out of the sheet."""
        if self.focused is not None:
            self.set_focus(None)
        else:
            await super().action_leave()

    # Doing

    def action_save(self) -> None:
        """Set what is chosen."""
        if self._chosen is None:
            self.refuse("Choose one first: press its underlined letter, or tap it.")
            return
        status, reason = self._chosen
        note, grace_seconds = self.draft_body(), self.look.grace_seconds
        self.act_and_forget(
            lambda: self.field_work.set_status(
                self.order.id, status, reason=reason, note=note, grace_seconds=grace_seconds
            )
        )


class CantSheet(StatusSheet):
    """Ends an order without the work, with the reason."""

    BINDINGS = sheet_bindings(_END, _NOTE, LATER)
    buttons: ClassVar[tuple[Command, ...]] = (_END, _NOTE, LATER)
    draft_kind: ClassVar[str] = "cant"
    heading: ClassVar[str] = "Can't do"

    def options(self) -> "dict[str, dict[str, Value]]":
        """The reasons why an order ends without the work."""
        reasons = {code.replace("_", " "): (WorkStatus.CANT_DO, code) for code in CANT_DO_REASONS}
        return {"Why": reasons}


def _key(value: Value) -> str:
    return "/".join(value)


def _capital(label: str) -> str:
    return f"{label[:1].upper()}{label[1:]}"
