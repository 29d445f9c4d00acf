"""The list of stops: home. Screen layer; shows what is on disk and acts on the chosen stop, never waits for a network.

From 110 columns on, the right half shows the chosen order; below, enter opens it.
"""

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from crew.screens.day_view import DayView
from crew.screens.messages import StoreMoved, YouMoved
from crew.screens.order_screen import OrderScreen
from crew.widgets.attention import Attention
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText, say
from crew.widgets.order_table import OrderTable
from crew.widgets.top_row import TopRow
from crew.widgets.undo_bar import UndoBar
from crew.widgets.way_words import driven_words, next_words, way_of, where_we_are

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from crew.domain.person import Person
    from crew.field_work import Day, FieldWork, Stop
    from crew.look import Look
    from crew.widgets.order_details import OrderDetails

_WIDE: Final = 110
_REST_SECONDS: Final = 0.06
"""The cursor rests for so long before the order beside the list is read: running through the list reads nothing."""


class MyDay(OrderScreen[None]):
    """The day's stops."""

    AUTO_FOCUS = "OrderTable"
    BINDINGS = [Binding("down", "leave_search", "To the list", show=False)]

    def __init__(self, field_work: "FieldWork", look: "Look", person: "Person | None", first_day: "Day | None") -> None:
        super().__init__(field_work, look, person)
        self._view = DayView(day=first_day, person=person)
        now = field_work.now
        self._table = OrderTable(look.marks, now, self._view.shown(now), with_crew=self._sees_crews)

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
    def chosen_has_photos(self) -> bool:
        """Whether the stop under the cursor has photos."""
        stop = self.chosen_order
        return stop is not None and stop.photo_count > 0

    def compose(self) -> "ComposeResult":
        """Top row, summary, list, the way to the next stop, buttons: with the day that was handed in, in one go."""
        marks = self.look.marks
        yield TopRow()
        with Horizontal(classes="summary"):
            yield LiteralText("Find", classes="find")
            yield LiteralText(self._view.counts(marks), classes="counts")
            yield LiteralText(self._view.order_words(len(self._table.stops), self.look), classes="sorted")
        if self._view.attention:
            yield Attention(self._view.attention)
        with Horizontal(classes="halves"), Vertical(classes="list"):
            yield self._table
            yield LiteralText(self._view.empty_words(marks), classes="empty")
        yield LiteralText(self._way(), classes="way")
        yield UndoBar()
        yield ButtonBar(self.buttons())
        self._show_either()

    # What is shown

    def _show(self) -> None:
        now, marks = self.field_work.now, self.look.marks
        stops = self._view.shown(now)
        self._table.show(stops, now, with_crew=self._sees_crews)
        self.query_one(".empty", LiteralText).show(self._view.empty_words(marks))
        self.query_one(".counts", LiteralText).show(self._view.counts(marks))
        self.query_one(".sorted", LiteralText).show(self._view.order_words(len(stops), self.look))
        self._attend(self._view.attention)
        self._show_either()
        self._follow()

    def _attend(self, words: str) -> None:
        """Say what needs a person; the line is there only while something does."""
        lines = self.query(Attention)
        if words and not lines:
            self.mount(Attention(words), before=".halves")
        for line in lines:
            line.show(words)
            line.display = bool(words)

    def _show_either(self) -> None:
        """Show the list, or what to do where it is empty."""
        self.set_class(not self._table.stops, "-empty")

    @property
    def _sees_crews(self) -> bool:
        return self.person is not None and self.person.role.sees_whole_city

    @on(OrderTable.Chosen)
    def _follow(self) -> None:
        """Let buttons, way and details follow the chosen stop."""
        self.refresh_buttons()
        self.query_one(".way", LiteralText).show(self._way())
        chosen = self._table.chosen
        if self.size.width >= _WIDE and chosen is not None:
            self._read_details(chosen.order_id)

    @property
    def _here(self) -> "Stop | None":
        return where_we_are(self._view.day.stops if self._view.day else (), next(iter(self._view.ended), None))

    def _way(self) -> str:
        if self._view.finished:
            return ""
        table, look = self._table, self.look
        you = self.field_work.whereabouts.you
        if you is not None and table.chosen is not None and (way := way_of(you, table.chosen, look.units, "you")):
            return f"Next: {way}"
        return next_words(table.stops, table.chosen, self._here, look.units, look.marks.dot)

    @on(YouMoved)
    def refresh_next(self) -> None:
        """Say the way to the chosen stop anew."""
        self.query_one(".way", LiteralText).show(self._way())

    @on(StoreMoved)
    def refresh_day(self) -> None:
        """Read the day again."""
        self._read_day()

    @work(group="day", exclusive=True)
    async def _read_day(self) -> None:
        read = await self.reading(self._day_now)
        if read is not None:
            self._view = replace(self._view, day=read.day, ended=read.ended, person=read.person)
            self.person = read.person
            self._show()

    def _day_now(self) -> DayView:
        device = self.field_work.signed_in()
        day = self.field_work.day()
        ended = self.field_work.ended() if self._view.finished or day.ended_today else ()
        return DayView(day=day, ended=ended, person=device.person if device else None)

    def tick(self) -> None:
        """A minute has passed: deadlines read differently."""
        self._table.tick(self.field_work.now)

    # The chosen order beside the list

    def on_resize(self, event: "events.Resize") -> None:
        """Show the chosen order beside the list where there is room; after the list, which comes first."""
        if event.size.width >= _WIDE and self._table.chosen is not None:
            self.call_after_refresh(self._read_details, self._table.chosen.order_id)

    @work(group="details", exclusive=True)
    async def _read_details(self, order_id: str) -> None:
        await asyncio.sleep(_REST_SECONDS)
        view = await self.reading(partial(self.order_view, order_id, self._here))
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
        """Type words to look for, in the line over the list."""
        self.add_class("-finding")
        if not self.query(Input):  # its looks alone would cost a tenth of the first paint, and few days need it
            line = Input(placeholder="a service, a street, late, a status ...", select_on_focus=False, compact=True)
            await self.query_one(".summary").mount(line, after=".find")
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
            for line in self.query(Input):
                line.clear()
            self.action_leave_search()
        elif self._view.finished:
            self.action_finished()

    def action_finished(self) -> None:
        """Turn from open to finished work, or back."""
        self._view = replace(self._view, finished=not self._view.finished)
        self._read_day()

    # Driving

    @work(group="drive", exclusive=True)
    async def action_drive(self) -> None:
        """List the stops as they are best driven, or by due time again."""
        if self._view.day is not None and self._view.day.driven is not None:
            await self.reading(self.field_work.driving.stop)
        else:
            driven = await self.reading(self.field_work.drive)
            if driven is not None:
                say(self, driven_words(driven, self.look.units))
        self._read_day()

    def action_earlier(self) -> None:
        """Move the chosen stop up."""
        self._move_stop(-1)

    def action_later(self) -> None:
        """Move it down."""
        self._move_stop(1)

    def action_do_next(self) -> None:
        """Move it right behind what is under way."""
        self._move_stop(-len(self._table.stops))

    @work(group="drive")
    async def _move_stop(self, by: int) -> None:
        await self.reading(partial(self.field_work.drive_later, self.chosen_id, by))
        self._read_day()

    def action_map(self) -> None:
        """Show the stops of the list on a map; the one that is chosen there is chosen here."""
        from crew.screens.map_screen import MapScreen  # maps load when the first one is shown

        driven = self._view.day is not None and self._view.day.driven is not None
        stops, chosen = self._table.stops, self.chosen_id
        screen = MapScreen(self.field_work, self.look, self.person, stops, chosen, in_driving_order=driven)
        self.app.push_screen(screen, self._choose)

    def _choose(self, order_id: str | None) -> None:
        self._table.choose(order_id or "")

    @on(OrderTable.Opened)
    def action_open(self) -> None:
        """Show everything about the chosen order."""
        from crew.screens.order_detail import OrderDetail

        self.app.push_screen(OrderDetail(self.field_work, self.look, self.person, self.chosen_id, self._here))
