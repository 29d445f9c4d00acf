"""The list of stops: home. Screen layer; shows what is on disk and acts on the chosen stop, never waits for a network.

From 110 columns on, the right half shows the chosen order; below, enter opens it.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from crew.domain.value import replace
from crew.screens.day_view import DayView
from crew.screens.messages import YouMoved
from crew.screens.stops_screen import StopsScreen
from crew.widgets.attention import Attention
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_table import OrderTable
from crew.widgets.thanks import Thanks
from crew.widgets.top_row import TopRow
from crew.widgets.undo_bar import UndoBar
from crew.widgets.way_words import next_words, way_of

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from crew.domain.person import Person
    from crew.field_work import Day, FieldWork
    from crew.look import Look
    from crew.widgets.order_details import OrderDetails

_WIDE: Final = 110
_NARROW: Final = 70
_REST_SECONDS: Final = 0.06
"""The cursor rests for so long before the order beside the list is read: running through the list reads nothing."""


class MyDay(StopsScreen[None]):
    """The day's stops."""

    AUTO_FOCUS = "OrderTable"
    BINDINGS = [Binding("down", "leave_search", "To the list", show=False)]

    def __init__(self, field_work: "FieldWork", look: "Look", person: "Person | None", first_day: "Day | None") -> None:
        super().__init__(field_work, look, DayView(day=first_day, person=person))

    def compose(self) -> "ComposeResult":
        """Top row, summary, list, the way to the next stop, buttons: with the day that was handed in, in one go."""
        marks = self.look.marks
        yield TopRow()
        with Horizontal(classes="summary"):
            yield LiteralText("Find", classes="find")
            yield LiteralText(self.day_view.counts(marks), classes="counts")
            yield LiteralText(self._sorted_words(len(self.table.stops)), classes="sorted")
        if self.day_view.attention:
            yield Attention(self.day_view.attention, to_decide=self.day_view.is_to_decide)
        with Horizontal(classes="halves"), Vertical(classes="list"):
            yield self.table
            yield LiteralText(self.day_view.empty_words(marks), classes="empty")
        yield self._thanks_line()
        yield LiteralText(self._way(), classes="way")
        yield UndoBar()
        yield ButtonBar(self.buttons())
        self._show_either()

    # What is shown

    def show_day(self) -> None:
        """Draw the list and what stands around it."""
        now, marks = self.field_work.now, self.look.marks
        stops = self.day_view.shown(now)
        self.table.show(stops, now, with_crew=self.sees_crews)
        self.query_one(".empty", LiteralText).show(self.day_view.empty_words(marks))
        self.query_one(".counts", LiteralText).show(self.day_view.counts(marks))
        self.query_one(".sorted", LiteralText).show(self._sorted_words(len(stops)))
        self._attend(self.day_view.attention, to_decide=self.day_view.is_to_decide)
        thanks = self.query_one(Thanks)
        thanks.show(self.day_view.thanks)
        thanks.display = bool(self.day_view.thanks)
        self._show_either()
        self._follow()

    def _sorted_words(self, count: int) -> str:
        return self.day_view.order_words(count, self.look, short=self.app.size.width < _NARROW)

    def _attend(self, words: str, *, to_decide: bool) -> None:
        """Say what needs a person; the line is there only while something does."""
        lines = self.query(Attention)
        if words and not lines:
            self.mount(Attention(words, to_decide=to_decide), before=".halves")
        for line in lines:
            line.to_decide = to_decide
            line.show(words)
            line.display = bool(words)

    def _thanks_line(self) -> Thanks:
        """The quiet line; it takes no room while there is nothing to say."""
        line = Thanks(self.day_view.thanks)
        line.display = bool(self.day_view.thanks)
        return line

    def _show_either(self) -> None:
        """Show the list, or what to do where it is empty."""
        self.set_class(not self.table.stops, "-empty")

    @on(OrderTable.Chosen)
    def _follow(self) -> None:
        """Let buttons, way and details follow the chosen stop."""
        self.refresh_buttons()
        self.query_one(".way", LiteralText).show(self._way())
        chosen = self.table.chosen
        if self.size.width >= _WIDE and chosen is not None:
            self._read_details(chosen.order_id)

    def _way(self) -> str:
        if self.day_view.finished:
            return ""
        table, look = self.table, self.look
        you = self.field_work.whereabouts.you
        if you is not None and table.chosen is not None and (way := way_of(you, table.chosen, look.units, "you")):
            return f"Next: {way}"
        if self.sees_crews:
            return ""  # the stops of a city follow each other on nobody's way
        return next_words(table.stops, table.chosen, self.here, look.units, look.marks.dot)

    @on(YouMoved)
    def refresh_next(self) -> None:
        """Say the way to the chosen stop anew."""
        self.query_one(".way", LiteralText).show(self._way())

    # The chosen order beside the list

    def on_resize(self, event: "events.Resize") -> None:
        """Show the chosen order beside the list where there is room; after the list, which comes first."""
        self.query_one(".sorted", LiteralText).show(self._sorted_words(len(self.table.stops)))
        if event.size.width >= _WIDE and self.table.chosen is not None:
            self.call_after_refresh(self._read_details, self.table.chosen.order_id)

    @work(group="details", exclusive=True)
    async def _read_details(self, order_id: str) -> None:
        await asyncio.sleep(_REST_SECONDS)
        view = await self.reading(partial(self.order_view, order_id, self.here))
        if view is not None:
            self._details().show(view, self.field_work.now)
            self.refresh_buttons()

    def _details(self) -> "OrderDetails":
        from crew.widgets.order_details import OrderDetails

        found = self.query(OrderDetails)
        if found:
            return found.first()
        details = OrderDetails(self.field_work.photos.see, self.look.marks)
        self.query_one(".halves").mount(details)
        return details

    # The list's own commands

    async def action_find(self) -> None:
        """Type words to look for, in the line over the list; of a city that is not all listed, in the queue."""
        if self.day_view.day is not None and self.day_view.day.more and not self.day_view.finished:
            self._open_queue(finding=True)
            return
        self.add_class("-finding")
        if not self.query(Input):  # its looks alone would cost a tenth of the first paint, and few days need it
            line = Input(placeholder="service, street, late, status ...", select_on_focus=False, compact=True)
            await self.query_one(".summary").mount(line, after=".find")
        self.set_focus(self.query_one(Input))  # now: the next letters may be here already

    @on(Input.Changed)
    def _look_for(self, message: Input.Changed) -> None:
        self.day_view = self.day_view.looking_for(message.value)
        self.show_day()

    @on(Input.Submitted)
    def action_leave_search(self) -> None:
        """Keep what was found, and go on in the list."""
        self.remove_class("-finding")
        self.table.focus()

    @property
    def leads_back(self) -> bool:
        """Whether there is a search to leave, or finished work."""
        return self.has_class("-finding") or bool(self.day_view.words) or self.day_view.finished

    def action_back(self) -> None:
        """Out of the search, then out of the finished work."""
        if self.has_class("-finding") or self.day_view.words:
            for line in self.query(Input):
                line.clear()
            self.action_leave_search()
        elif self.day_view.finished:
            self.action_finished()

    def action_finished(self) -> None:
        """Turn from open to finished work, or back."""
        self.day_view = replace(self.day_view, finished=not self.day_view.finished)
        self.refresh_day()

    def action_board(self) -> None:
        """Show every crew with its load."""
        from crew.screens.board import Board  # a crew never needs it

        self.app.push_screen(Board(self.field_work, self.look, self.person))

    def action_queue(self) -> None:
        """Show every order of the city."""
        self._open_queue(finding=False)

    @work(group="sheet", exclusive=True)
    async def _open_queue(self, *, finding: bool) -> None:
        from crew.screens.queue import Queue  # a crew never needs it
        from crew.screens.queue_list import read_opening

        opening = await self.reading(partial(read_opening, self.field_work, finding=finding))
        if opening is not None and self.is_active:
            self.app.push_screen(Queue(self.field_work, self.look, self.person, opening))

    def action_map(self) -> None:
        """Show the stops of the list on a map; the one that is chosen there is chosen here."""
        from crew.screens.map_screen import MapScreen  # maps load when the first one is shown

        screen = MapScreen(self.field_work, self.look, self.day_view, self.chosen_id)
        self.app.push_screen(screen, self._choose)

    def _choose(self, order_id: str | None) -> None:
        self.table.choose(order_id or "")
