"""The sheet that moves an order to another crew: letters narrow the list, enter moves. Screen layer."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.widgets import Input

from crew.commands import Command
from crew.domain.change import Change
from crew.domain.errors import CrewError
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork
    from crew.look import Look
    from crew.wire import CrewLoad

_MOVE: Final = Command(name="move_order", key="enter", label="Move order", help="Move the order to this crew.")
_NONE_YET: Final = "The crews are not on this device yet: they come with the next sync."
_NO_MATCH: Final = "No crew has these letters."


class CrewSheet(Sheet[Change]):
    """Chooses one of the city's crews."""

    CSS_PATH = ["sheet.tcss", "crew_sheet.tcss"]
    AUTO_FOCUS = "Input"
    full: ClassVar[bool] = True
    BINDINGS = [
        *sheet_bindings(_MOVE, BACK),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]
    buttons: ClassVar[tuple[Command, ...]] = (_MOVE, BACK)

    def __init__(self, field_work: "FieldWork", look: "Look", order: "WorkOrder") -> None:
        """Move this order."""
        super().__init__()
        self.field_work: Final = field_work
        self._look: Final = look
        self._order: Final = order
        self._crews: tuple[CrewLoad, ...] = ()

    def title_words(self) -> "Content":
        """What is moved."""
        return titled(f"Move: {self._order.service_name}", self._order.address)

    def body(self) -> "ComposeResult":
        """The line to type, the crews, where the order is now."""
        yield Input(placeholder="letters of a crew's name")
        yield RowList(self._look.marks)
        yield LiteralText(classes="hint")

    def on_mount(self) -> None:
        """Read the crews."""
        self._read_crews()

    @work(group="crews", exclusive=True)
    async def _read_crews(self) -> None:
        try:
            self._crews = await asyncio.to_thread(self.field_work.crews)
        except CrewError as error:
            self.refuse(error.sentence)
            return
        self._narrow()

    @on(Input.Changed)
    def _narrow(self) -> None:
        words = self.query_one(Input).value.casefold().split()
        crews = [crew for crew in self._crews if crew.name != self._order.crew and _has(crew, words)]
        self.query_one(RowList).show([Row(crew.name, crew.title or crew.name, self._facts(crew)) for crew in crews])
        now = f"With {self._order.crew_title or self._order.crew} now." if self._order.crew else "With no crew now."
        self.query_one(".hint", LiteralText).show(now if crews else _NO_MATCH if self._crews else _NONE_YET)

    def _facts(self, crew: "CrewLoad") -> str:
        late = f" {self._look.marks.dot} {crew.overdue} late" if crew.overdue else ""
        return f"{crew.open} open{late}"

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one(RowList).move(by)

    def action_page(self, by: int) -> None:
        """Move the cursor by what can be seen."""
        crews = self.query_one(RowList)
        crews.move(by * crews.page)

    @on(Input.Submitted)
    def action_move_order(self) -> None:
        """Move the order to the crew under the cursor."""
        row = self.query_one(RowList).chosen
        if row is None:
            self.refuse("Choose a crew first.")
            return
        crew = str(row.key)
        self.act(lambda: self.field_work.assign(self._order.id, crew))


def _has(crew: "CrewLoad", words: list[str]) -> bool:
    text = f"{crew.name} {crew.title}".casefold()
    return all(word in text for word in words)
