"""The sheet that moves orders: to whom, then why, with what will happen before it does. Screen layer.

One order or hundreds: letters narrow the crews, enter chooses one; a reason is chosen or typed, and enter moves.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.widgets import Input

from crew.commands import Command
from crew.domain.crew_day import POOL
from crew.domain.errors import CrewError
from crew.domain.reasons import MOVE_REASONS
from crew.domain.value import Value
from crew.screens.list_sheet import ListSheet
from crew.screens.sheet import BACK, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.change import Change
    from crew.field_work import FieldWork
    from crew.look import Look
    from crew.moving import MovePreview
    from crew.wire import CrewLoad

_TAKE: Final = Command(name="take_row", key="enter", label="Assign", help="Choose this; after the reason, assign.")
_NONE_YET: Final = "The crews are not on this device yet: they come with the next sync."
_NO_MATCH: Final = "No crew has these letters."
_OWN_WORDS: Final = "in your own words"
_MOST_NAMED: Final = 3


class MovedTo(Value):
    """What was moved or closed, and the same in words for the undo line."""

    changes: "tuple[Change, ...]"
    words: str
    grace_seconds: float | None = None
    """How long it can be undone; None for as long as every act."""


class MoveSheet(ListSheet[MovedTo]):
    """Gives back what was moved."""

    BINDINGS = sheet_bindings(_TAKE, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_TAKE, BACK)

    def __init__(
        self, field_work: "FieldWork", look: "Look", order_ids: "Sequence[str]", what: str, crew: str | None = None
    ) -> None:
        """Move these orders.

        Args:
            field_work: What is on this device.
            look: The look.
            order_ids: The orders.
            what: What they are, in words.
            crew: Where to, where that is known already; empty for the pool.
        """
        super().__init__()
        self._field_work: Final = field_work
        self._look: Final = look
        self._order_ids: Final = tuple(order_ids)
        self._what: Final = what
        self._crew = crew
        self._crews: dict[str, CrewLoad] = {}
        self._preview: MovePreview | None = None

    def title_words(self) -> "Content":
        """What is moved."""
        return titled("Assign", self._what)

    def body(self) -> "ComposeResult":
        """The line to type, the crews or the reasons, what will happen."""
        yield Input()
        yield RowList(self._look.marks)
        yield LiteralText(classes="hint")

    def on_mount(self) -> None:
        """Read the crews, and what would become of the orders."""
        self._read()

    @work(group="crews", exclusive=True)
    async def _read(self) -> None:
        try:
            crews = await asyncio.to_thread(self._field_work.crews)
            self._preview = await asyncio.to_thread(self._field_work.preview_move, self._order_ids, self._crew or "")
        except CrewError as error:
            self.refuse(error.sentence)
            return
        self._crews = {crew.name: crew for crew in crews}
        self.query_one(Input).placeholder = "letters of a crew's name" if self._crew is None else "why"
        self._narrow()

    @on(Input.Changed)
    def _narrow(self) -> None:
        words = self.query_one(Input).value.casefold().split()
        rows = self._crew_rows(words) if self._crew is None else self._reason_rows(words)
        self.rows.show(rows)
        self.query_one(".hint", LiteralText).show(self._hint(found=bool(rows)))

    def _crew_rows(self, words: list[str]) -> list[Row]:
        here = self._preview.from_crews if self._preview else ()
        only = here[0][0] if len(here) == 1 else None
        rows = [
            Row(crew.name, crew.title or crew.name, self._facts(crew))
            for crew in sorted(self._crews.values(), key=lambda crew: -crew.open)
            if crew.name != only and _has(f"{crew.name} {crew.title}", words)
        ]
        if self._crews and only != "" and _has(f"{POOL} nobody", words):
            rows.append(Row("", POOL, "nobody's work, until somebody is given it"))
        return rows

    def _reason_rows(self, words: list[str]) -> list[Row]:
        rows = [Row(reason, reason, "") for reason in MOVE_REASONS if _has(reason, words)]
        typed = self.query_one(Input).value.strip()
        return [*rows, Row(typed, typed, _OWN_WORDS)] if typed and typed not in MOVE_REASONS else rows

    def _facts(self, crew: "CrewLoad") -> str:
        late = f" {self._look.marks.dot} {crew.overdue} late" if crew.overdue else ""
        return f"{crew.open} open{late}"

    def _hint(self, *, found: bool) -> str:
        preview = self._preview
        if preview is None or (self._crew is None and not self._crews):
            return _NONE_YET
        if not found:
            return _NO_MATCH
        if self._crew is None:
            return f"With {self._listed(preview)} now."
        return self._told(preview)

    def _listed(self, preview: "MovePreview") -> str:
        named = [
            f"{self._title(crew)}{f' ({count})' if preview.count > 1 else ''}" for crew, count in preview.from_crews
        ]
        more = f" and {len(named) - _MOST_NAMED} other crews" if len(named) > _MOST_NAMED else ""
        return f"{', '.join(named[:_MOST_NAMED])}{more}" if named else "nobody"

    def _told(self, preview: "MovePreview") -> str:
        """What will happen, before it does."""
        goal = self._title(preview.crew)
        there = self._crews.get(preview.crew)
        after = f", which then has {there.open + preview.count} open" if there else ""
        orders = "1 order goes" if preview.count == 1 else f"{preview.count} orders go"
        lines = [f"{orders} from {self._listed(preview)} to {goal}{after}. {_readers(preview)} why."]
        if preview.under_way:
            lines.append(f"{_counted(len(preview.under_way))} under way: that begins anew.")
        if preview.refused:
            lines.append(f"{_counted(len(preview.refused))} left where they are. {preview.refused[0].sentence}")
        return "\n".join(lines)

    def _title(self, crew: str) -> str:
        known = self._crews.get(crew)
        return (known.title if known and known.title else crew) or POOL

    @on(Input.Submitted)
    def action_take_row(self) -> None:
        """Take the crew, or move for the reason."""
        row = self.rows.chosen
        if row is None:
            self.refuse("Choose a crew first." if self._crew is None else "Say why first: both crews read it.")
            return
        self.refuse("")
        if self._crew is None:
            self._crew = str(row.key)
            self.query_one(Input).value = ""
            self._read()
            return
        self.act(partial(self._move, self._crew, str(row.key)))

    def _move(self, crew: str, reason: str) -> MovedTo:
        moved = self._field_work.move(self._order_ids, crew, reason, self._look.grace_seconds)
        stayed = f"; {len(moved.refused)} stayed" if moved.refused else ""
        return MovedTo(moved.changes, f"Moved to {self._title(crew)}: {self._what}{stayed}")


def _has(text: str, words: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def _readers(preview: "MovePreview") -> str:
    """Who is told: the pool is nobody."""
    crews = {crew for crew, _ in preview.from_crews if crew} | ({preview.crew} if preview.crew else set())
    if len(crews) == 1:
        return "The crew reads"
    return "Both crews read" if len(crews) == 2 else "All these crews read"


def _counted(count: int) -> str:
    return "1 of them is" if count == 1 else f"{count} of them are"
