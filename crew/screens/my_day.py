"""The list of stops: home. Screen layer; shows what is on disk and acts on the chosen stop, never waits for a network.

From 110 columns on, the right half shows the chosen order; below, enter opens it.
"""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from crew.domain.errors import CrewError
from crew.screens.day_view import DayView
from crew.screens.messages import StoreMoved
from crew.screens.order_screen import OrderScreen
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText, say
from crew.widgets.order_table import OrderTable
from crew.widgets.top_row import TopRow
from crew.widgets.undo_bar import UndoBar
from crew.widgets.way_words import next_words, way_words, where_we_are

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from crew.domain.person import Person
    from crew.field_work import Day, FieldWork, Stop
    from crew.look import Look
    from crew.widgets.order_details import OrderDetails
    from crew.widgets.order_text import OrderView

_WIDE = 110


class MyDay(OrderScreen[None]):
    """The day's stops."""

    AUTO_FOCUS = "OrderTable"
    BINDINGS = [Binding("down", "leave_search", "To the list", show=False)]

    def __init__(self, field_work: "FieldWork", look: "Look", person: "Person | None", first_day: "Day | None") -> None:
        super().__init__(field_work, look, person)
        self._view = DayView(day=first_day, person=person)

    @property
    def chosen_id(self) -> str:
        """The stop under the cursor."""
        stop = self.chosen_order
        return stop.order_id if stop else ""

    @property
    def chosen_order(self) -> "Stop | None":
        """The stop under the cursor."""
        return self._table.chosen

    @property
    def _table(self) -> OrderTable:
        return self.query_one(OrderTable)

    def compose(self) -> "ComposeResult":
        """Top row, summary, list, the way to the next stop, buttons."""
        yield TopRow()
        with Horizontal(classes="summary"):
            yield LiteralText("Find", classes="find")
            yield LiteralText(classes="counts")
            yield Input(placeholder="a service, a street, late, a status ...", select_on_focus=False, compact=True)
            yield LiteralText(classes="sorted")
        with Horizontal(classes="halves"), Vertical(classes="list"):
            yield OrderTable(self.look.marks, self.field_work.now)
            yield LiteralText(classes="empty")
        yield LiteralText(classes="way")
        yield UndoBar()
        yield ButtonBar()

    def on_mount(self) -> None:
        """Show the day that was handed in, before anything is read."""
        self._show()

    # What is shown

    def _show(self) -> None:
        now = self.field_work.now
        stops = self._view.shown(now)
        crews = self.person is not None and self.person.role.sees_whole_city
        self._table.show(stops, now, with_crew=crews)
        self._table.display = bool(stops)
        empty = self.query_one(".empty", LiteralText)
        empty.display = not stops
        empty.show(self._view.empty_words(self.look.marks))
        self.query_one(".counts", LiteralText).show(self._view.counts(self.look.marks))
        self.query_one(".sorted", LiteralText).show(self._view.order_words(len(stops), self.look.marks))
        self._follow()

    @on(OrderTable.Chosen)
    def _follow(self) -> None:
        """Let buttons, way and details follow the chosen stop."""
        self.refresh_buttons()
        stops, chosen = self._table.stops, self._table.chosen
        here = where_we_are(self._view.day.stops if self._view.day else (), next(iter(self._view.ended), None))
        words = "" if self._view.finished else next_words(stops, chosen, here, self.look.units, self.look.marks.dot)
        self.query_one(".way", LiteralText).show(words)
        if self.size.width >= _WIDE and chosen is not None:
            self._read_details(chosen, self._way_to(chosen, here))

    def _way_to(self, stop: "Stop", here: "Stop | None") -> str:
        elsewhere = here is not None and here.order_id != stop.order_id
        return way_words(here, stop, self.look.units) if here and elsewhere else ""

    @on(StoreMoved)
    def refresh_day(self) -> None:
        """Read the day again."""
        self._read_day()

    @work(group="day", exclusive=True)
    async def _read_day(self) -> None:
        try:
            self._view = await asyncio.to_thread(self._day_now, self._view)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self.person = self._view.person
        self._show()

    def _day_now(self, view: DayView) -> DayView:
        device = self.field_work.signed_in()
        day = self.field_work.day()
        ended = self.field_work.ended() if view.finished or day.ended_today else ()
        return replace(view, day=day, ended=ended, person=device.person if device else None)

    def tick(self) -> None:
        """A minute has passed: deadlines read differently."""
        self._table.tick(self.field_work.now)

    # The chosen order beside the list

    def on_resize(self, event: "events.Resize") -> None:
        """Show the chosen order beside the list where there is room."""
        if event.size.width >= _WIDE:
            self._details()
            self._follow()

    def _details(self) -> "OrderDetails":
        from crew.widgets.order_details import OrderDetails

        found = self.query(OrderDetails)
        if found:
            return found.first()
        details = OrderDetails(self.field_work.photo_bytes, self.look.marks)
        self.query_one(".halves").mount(details)
        return details

    @work(group="details", exclusive=True)
    async def _read_details(self, stop: "Stop", way: str) -> None:
        try:
            view = await asyncio.to_thread(self._order_view, stop.order_id, way)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self._details().show(view, self.field_work.now)

    def _order_view(self, order_id: str, way: str) -> "OrderView":
        from crew.widgets.order_text import OrderView

        return OrderView(order=self.field_work.order(order_id), unsent=self.field_work.unsent_of(order_id), way=way)

    # The list's own commands

    def action_find(self) -> None:
        """Type words to look for, in the line over the list."""
        self.add_class("-finding")
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _look_for(self, message: Input.Changed) -> None:
        self._view = self._view.looking_for(message.value)
        self._show()

    @on(Input.Submitted)
    def action_leave_search(self) -> None:
        """Keep what was found, and go on in the list."""
        self.remove_class("-finding")
        self._table.focus()

    def action_back(self) -> None:
        """Out of the search, then out of the finished work."""
        if self.has_class("-finding") or self._view.words:
            self.query_one(Input).clear()
            self.action_leave_search()
        elif self._view.finished:
            self.action_finished()

    def action_finished(self) -> None:
        """Turn from open to finished work, or back."""
        self._view = replace(self._view, finished=not self._view.finished)
        self._read_day()

    @on(OrderTable.Opened)
    def action_open(self) -> None:
        """Show everything about the chosen order."""
        from crew.screens.order_detail import OrderDetail

        self.app.push_screen(OrderDetail(self.field_work, self.look, self.person, self.chosen_id))
