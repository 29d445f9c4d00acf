"""The sheet that ends many orders in one go: why, what the citizens read, and what will happen. Screen layer.

Letters narrow the reasons, enter chooses one; then words for all of them may be added, and enter ends them.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.widgets import Input

from crew.commands import Command
from crew.domain.change import StatusChange
from crew.domain.errors import CrewError
from crew.domain.public_warnings import warnings
from crew.domain.wording import PUBLIC_NOTE_LIMIT, STANDARD_WORDING, readable
from crew.domain.work_order import WorkStatus
from crew.screens.list_sheet import ListSheet
from crew.screens.move_sheet import MovedTo
from crew.screens.reason_sheet import matching
from crew.screens.sheet import BACK, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_lines import quoted
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.wording import ClosureReason
    from crew.field_work import FieldWork
    from crew.look import Look
    from crew.mass_closing import ClosePreview

_TAKE: Final = Command(name="take_row", key="enter", label="Close", help="Choose this; after the words, end them.")
_AS_USUAL: Final = "Finished"
_MANY_GRACE_SECONDS: Final = 60
"""What many citizens will read waits longer than one act before it leaves."""


class CloseSheet(ListSheet[MovedTo]):
    """Gives back what was ended."""

    BINDINGS = sheet_bindings(_TAKE, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_TAKE, BACK)

    def __init__(self, field_work: "FieldWork", look: "Look", order_ids: "Sequence[str]", what: str) -> None:
        """End these orders; `what` is what they are, in words."""
        super().__init__()
        self._field_work: Final = field_work
        self._look: Final = look
        self._order_ids: Final = tuple(order_ids)
        self._what: Final = what
        self._wording = STANDARD_WORDING
        self._reasons: tuple[Row, ...] = ()
        self._ending: StatusChange | None = None
        self._preview: ClosePreview | None = None

    def title_words(self) -> "Content":
        """What is ended."""
        return titled("Close", self._what)

    def body(self) -> "ComposeResult":
        """The line to type, the reasons or what the citizens read, what will happen."""
        yield Input(placeholder="letters of a reason", max_length=PUBLIC_NOTE_LIMIT)
        yield RowList(self._look.marks)
        yield LiteralText(classes="hint")

    def on_mount(self) -> None:
        """Read the reasons."""
        self._read()

    @work(group="reasons", exclusive=True)
    async def _read(self) -> None:
        try:
            self._wording = await asyncio.to_thread(self._field_work.wording)
        except CrewError as error:
            self.refuse(error.sentence)
            return
        offered = [one for status in (WorkStatus.DONE, WorkStatus.CANT_DO) for one in self._wording.offered(status)]
        first = self._wording.languages[0].code
        rows = [
            Row((one.status, one.code), one.words, f"{one.status.words}: {readable(one.text[first])}")
            for one in offered
        ]
        usual = Row((WorkStatus.DONE, ""), _AS_USUAL, "done: each with the sentence of its service")
        self._reasons = (usual, *rows)
        self._follow()

    @on(Input.Changed)
    def _follow(self) -> None:
        typed = self.query_one(Input).value
        if self._ending is None:
            rows = matching(self._reasons, typed)
            self.rows.show(rows)
            self.query_one(".hint", LiteralText).show("" if rows else "No reason has these letters.")
        else:
            self._tell(StatusChange(self._ending.status, self._ending.reason, public_note=typed))

    @work(group="preview", exclusive=True)
    async def _tell(self, ending: StatusChange) -> None:
        """Say what will happen with the words as they stand."""
        try:
            preview = await asyncio.to_thread(self._field_work.preview_close, self._order_ids, ending)
        except CrewError as error:
            self.refuse(error.sentence)
            return
        self._ending, self._preview = ending, preview
        self.rows.show([Row(one.name, f"{one.count} {one.name}", one.sentence) for one in preview.services])
        self._show_told()

    @on(RowList.Moved)
    def _show_told(self) -> None:
        """What will happen, and the whole sentence of the service under the cursor."""
        if self._ending is None or self._preview is None:
            return
        chosen = self.rows.chosen
        sentence = next((one.sentence for one in self._preview.services if chosen and one.name == chosen.key), "")
        read = f"The citizen will read  {quoted(sentence, self._look.marks)}" if sentence else ""
        warned = warnings(self._ending.public_note, self._wording)
        lines = (read, *warned, *_told(self._preview))
        self.query_one(".hint", LiteralText).show("\n".join(filter(None, lines)))

    @on(Input.Submitted)
    @on(RowList.Tapped)
    def action_take_row(self) -> None:
        """Take the reason, or end the orders."""
        if self._ending is not None:
            typed = self.query_one(Input).value
            ending = StatusChange(self._ending.status, self._ending.reason, public_note=typed)
            self.act(partial(self._close, ending))
            return
        row = self.rows.chosen
        if row is None:
            self.refuse("Choose a reason first.")
            return
        self.refuse("")
        chosen = next(one for one in self._reasons if one.key == row.key)
        status, code = self._key(chosen)
        self._ending = StatusChange(status, code)
        line = self.query_one(Input)
        line.placeholder = "more for all of them to read, or nothing; then enter"
        line.value = ""
        self._follow()

    def _key(self, row: Row) -> tuple[WorkStatus, str]:
        assert isinstance(row.key, tuple)  # noqa: S101 - they are made in _read
        return row.key

    def _close(self, ending: StatusChange) -> MovedTo:
        grace_seconds = self._look.grace_seconds
        if len(self._order_ids) > 1:
            grace_seconds = max(grace_seconds, _MANY_GRACE_SECONDS)
        done = self._field_work.close(self._order_ids, ending, grace_seconds)
        stayed = f"; {len(done.refused)} stayed open" if done.refused else ""
        return MovedTo(done.changes, f"Closed: {self._what}{stayed}", grace_seconds)


def _row(reason: "ClosureReason", language: str) -> Row:
    text = readable(reason.text[language])
    return Row((reason.status, reason.code), reason.words, f"{reason.status.words}: {text}")


def _told(preview: "ClosePreview") -> list[str]:
    """What will happen, before it does."""
    lines = [f"{_counted(preview.count, 'order')} will end; {_counted(preview.requests, 'report')} answered."]
    for demand, count in preview.without:
        lines.append(f"{count} without the {demand} that is asked for: their history says so.")
    if preview.under_way:
        count = len(preview.under_way)
        are = "is" if count == 1 else "are"
        lines.append(f"{count} of them {are} under way: whoever is there reads it with the next sync.")
    if preview.refused:
        lines.append(f"{len(preview.refused)} stay open. {preview.refused[0].sentence}")
    return lines


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
