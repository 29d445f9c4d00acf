"""The board: crews side by side with what each has to do, and work moved between them. Screen layer.

Many orders are marked and moved in one go; a mouse drags them. What is shown is on disk, so moves count at once.
"""

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.containers import Horizontal
from textual.widgets import Input

from crew.commands import ASSIGN, MORE, Command, Situation
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.place_commands import BOARD_COMMANDS, MARK, MARK_ALL, NEXT_CREW
from crew.screens.command_screen import key_bindings
from crew.screens.day_view import has_words
from crew.screens.messages import MinutePassed, StoreMoved
from crew.screens.order_screen import OrderScreen
from crew.widgets.board_grid import BoardGrid
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_lines import quoted
from crew.widgets.top_row import TopRow
from crew.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from crew.domain.crew_day import CrewDay
    from crew.domain.person import Person
    from crew.field_work import FieldWork, Stop
    from crew.look import Look
    from crew.screens.move_sheet import MovedTo

_FIRST_ORDERS: Final = 500
_NONE: Final = "No work is on this device yet: it comes with the next sync."


class Board(OrderScreen[None]):
    """Every crew's day."""

    CSS_PATH = "board.tcss"
    AUTO_FOCUS = "BoardGrid"
    BINDINGS: ClassVar = key_bindings(BOARD_COMMANDS)

    def __init__(self, field_work: "FieldWork", look: "Look", person: "Person | None") -> None:
        """Show nothing yet."""
        super().__init__(field_work, look, person)
        self._grid: Final = BoardGrid(look.marks, field_work.now)
        self._days: tuple[CrewDay[Stop], ...] = ()
        self._words = ""
        self._whole = False
        """Whether every order has been read; of a large city the first ones are shown while the others are."""
        self._marks_all = False

    @property
    def chosen_id(self) -> str:
        """The order under the cursor; empty for none."""
        stop = self.chosen_order
        return stop.order_id if stop else ""

    @property
    def chosen_order(self) -> "Stop | None":
        """The order under the cursor."""
        return self._grid.state.chosen

    @property
    def chosen_has_photos(self) -> bool:
        """Whether it has photos."""
        stop = self.chosen_order
        return stop is not None and stop.photo_count > 0

    def situation(self) -> Situation:
        """That of the chosen order; marked ones can be moved wherever the cursor is."""
        found = super().situation()
        return replace(found, status=WorkStatus.ASSIGNED) if self._grid.state.marked else found

    def commands(self) -> tuple[Command, ...]:
        """Those of the list, and the board's own."""
        return (*BOARD_COMMANDS, *super().commands())

    def buttons(self) -> "Sequence[Command]":
        """Moving is what a board is for."""
        return (ASSIGN, MARK, MARK_ALL, NEXT_CREW, MORE)

    def compose(self) -> "ComposeResult":
        """What is shown and marked, the crews, the buttons."""
        yield TopRow()
        with Horizontal(classes="summary"):
            yield LiteralText("Find", classes="find")
            yield LiteralText(classes="counts")
            yield LiteralText(classes="marked")
        yield self._grid
        yield UndoBar()
        yield ButtonBar(self.buttons())

    def on_mount(self) -> None:
        """Read the crews."""
        self.refresh_board()

    # What is shown

    @on(StoreMoved)
    @on(MinutePassed)
    def refresh_board(self) -> None:
        """Read the crews again; how much of their work is late counts by the minute too."""
        self._read_days()

    @work(group="day", exclusive=True)
    async def _read_days(self) -> None:
        if not self._days:
            self._take(await self.reading(partial(self.field_work.crew_days, _FIRST_ORDERS)))
        if self._whole or sum(len(day.orders) for day in self._days) == _FIRST_ORDERS:
            self._take(await self.reading(self.field_work.crew_days))
        self._whole = True
        if self._marks_all:
            self._marks_all = False
            self.action_mark_all()

    def _take(self, days: "tuple[CrewDay[Stop], ...] | None") -> None:
        if days is not None:
            self._days = self._in_place(days)
            self._show()

    def _in_place(self, days: "tuple[CrewDay[Stop], ...]") -> "tuple[CrewDay[Stop], ...]":
        """The crews where they stood: a column must not run away from under the hand that moves work."""
        stood = {day.name: place for place, day in enumerate(self._days)}
        return tuple(sorted(days, key=lambda day: stood.get(day.name, len(stood))))

    def _show(self) -> None:
        wanted, now = self._words.casefold().split(), self.field_work.now
        known = frozenset(stop.order_id for day in self._days for stop in day.orders)
        self._grid.show([_narrowed(day, wanted, self.field_work) for day in self._days], now, known)

    @on(BoardGrid.Moved)
    def _follow(self) -> None:
        """Let words and buttons follow what is chosen and marked."""
        state = self._grid.state
        shown = [stop for day in state.days for stop in day.orders]
        all_of = sum(day.open for day in self._days)
        found = f"With {quoted(self._words, self.look.marks)}: {len(shown):,} of {all_of:,}" if self._words else ""
        self.query_one(".counts", LiteralText).show(found or (f"{all_of:,} open orders" if all_of else _NONE))
        hidden = len(state.marked) - len(state.marked & {stop.order_id for stop in shown})
        more = f", {hidden} not shown" if hidden else ""
        marked = f"{len(state.marked)} marked{more}" if state.marked else ""
        place = f"crew {state.crew + 1} of {len(state.days)}" if state.days else ""
        gap = f"  {self.look.marks.dot}  " if marked and place else ""
        self.query_one(".marked", LiteralText).show(f"{marked}{gap}{place}")
        self.refresh_buttons()

    # The board's own commands

    async def action_run(self, name: str) -> None:
        """Run the command that a key stands for."""
        mine = next((command for command in BOARD_COMMANDS if command.name == name), None)
        if mine is None:
            await super().action_run(name)
        else:
            await self.run_command(mine)

    async def action_run_primary(self) -> None:
        """The space bar marks here."""
        await self.run_command(MARK)

    def action_mark(self) -> None:
        """Mark the chosen order, or no longer, and go on to the next."""
        self._grid.change(self._grid.state.toggled().moved(1))

    def action_mark_all(self) -> None:
        """Mark what is shown of this crew; of every crew where words were looked for; as soon as all of it is here."""
        if not self._whole:
            self._marks_all = True
            return
        self._grid.change(self._grid.state.all_marked(everywhere=bool(self._words)))

    def action_next_crew(self) -> None:
        """Go to the next crew, and from the last to the first."""
        state = self._grid.state
        self._grid.change(state.turned(1) if state.crew < len(state.days) - 1 else state.turned(-len(state.days)))

    def action_assign(self) -> None:
        """Move what is marked, or the chosen order."""
        self._move(self._taken())

    def action_close_marked(self) -> None:
        """End what is marked, or the chosen order, in one go."""
        if order_ids := self._taken():
            self.close_orders(order_ids, self._what(order_ids))

    @on(BoardGrid.Dropped)
    def _dropped(self, message: BoardGrid.Dropped) -> None:
        """Move what was dragged, once it is said why."""
        self._move(message.order_ids, message.crew)

    def moved(self, done: "MovedTo | None") -> None:
        """What was moved is marked no longer."""
        super().moved(done)
        if done is not None:
            self._grid.change(self._grid.state.let_go())

    def _taken(self) -> tuple[str, ...]:
        """The marked orders, those that a filter hides too, else the chosen one."""
        marked = self._grid.state.marked
        if not marked:
            return self._grid.state.taken
        return tuple(stop.order_id for day in self._days for stop in day.orders if stop.order_id in marked)

    def _move(self, order_ids: "Sequence[str]", crew: str | None = None) -> None:
        self.move_orders(order_ids, self._what(order_ids), crew)

    def _what(self, order_ids: "Sequence[str]") -> str:
        stop = next((stop for day in self._days for stop in day.orders if [stop.order_id] == list(order_ids)), None)
        return f"{stop.service_name}, {stop.address or 'no address'}" if stop else f"{len(order_ids)} orders"

    @on(BoardGrid.Opened)
    def action_open(self) -> None:
        """Show everything about the chosen order."""
        from crew.screens.order_detail import OrderDetail

        self.app.push_screen(OrderDetail(self.field_work, self.look, self.person, self.chosen_id, None))

    async def action_find(self) -> None:
        """Type words to look for."""
        self.add_class("-finding")
        if not self.query(Input):
            line = Input(placeholder="a service, a street, a crew, late ...", select_on_focus=False, compact=True)
            await self.query_one(".summary").mount(line, after=".find")
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _look_for(self, message: Input.Changed) -> None:
        self._words = " ".join(message.value.split())
        self._show()

    @on(Input.Submitted)
    def _leave_search(self) -> None:
        self.remove_class("-finding")
        self._grid.focus()

    def action_back(self) -> None:
        """Out of the search, then let go of what is marked, then back to the list."""
        if self.has_class("-finding") or self._words:
            for line in self.query(Input):
                line.clear()
            self._leave_search()
        elif self._grid.state.marked:
            self._grid.change(self._grid.state.let_go())
        else:
            self.dismiss()

    def action_board(self) -> None:
        """Back to the list."""
        self.dismiss()


def _narrowed(day: "CrewDay[Stop]", wanted: list[str], field_work: "FieldWork") -> "CrewDay[Stop]":
    """The crew with those of its orders that have every word; what is said of it counts all."""
    if not wanted:
        return day
    return replace(day, orders=tuple(stop for stop in day.orders if has_words(stop, wanted, field_work.now)))
