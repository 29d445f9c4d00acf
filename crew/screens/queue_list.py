"""What the queue shows: orders narrowed by words and filters, sorted, in views that have names. Screen layer.

A window of it is read at a time, off the event loop; a line of words and filters can be kept under a name.
"""

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.containers import Horizontal, HorizontalScroll
from textual.widgets import Input

from crew.domain.errors import CorrectInput
from crew.domain.queue import DueTime, QueueQuery, Sort, query_of
from crew.domain.value import Value, replace
from crew.queue_book import QueuePage, View
from crew.screens.choices import Choice
from crew.screens.messages import MinutePassed, StoreMoved
from crew.screens.order_screen import OrderScreen
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_table import OrderTable
from crew.widgets.queue_table import QueueTable, Window
from crew.widgets.search_line import SearchLine
from crew.widgets.top_row import TopRow
from crew.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crew.domain.person import Person
    from crew.field_work import FieldWork, Stop
    from crew.look import Look

_FIRST_ROWS: Final = 60
_MOST_MARKED: Final = 1000
_SORT: Final = re.compile(r"\s*\bsort:\S*", re.IGNORECASE)
_NO_LETTER: Final = -1
_FILTERS: Final = "words, status:new crew:none due:late is:escalated ..."


class Opening(Value):
    """What the screen is opened with, so that its first frame is whole."""

    page: QueuePage
    views: tuple[View, ...]
    finding: bool = False
    """Whether to begin with the line to type in."""


def read_opening(field_work: "FieldWork", *, finding: bool) -> Opening:
    """Read what the queue shows first; blocks on the disk."""
    return Opening(field_work.queue.page(QueueQuery(), 0, _FIRST_ROWS), field_work.queue.views(), finding)


class QueueList(OrderScreen[None]):
    """The orders as they are looked for. Who inherits acts on them."""

    def __init__(self, field_work: "FieldWork", look: "Look", person: "Person | None", opening: Opening) -> None:
        """Show what was read."""
        super().__init__(field_work, look, person)
        self._opening: Final = opening
        self.page = opening.page
        self._views = opening.views
        self.line = ""
        self.query_now = self._found_for = QueueQuery()
        self._is_behind = False
        self.table: Final = QueueTable(look.marks, field_work.now, _window(opening.page))
        self._counts: Final = LiteralText(classes="counts")
        self._sorted: Final = LiteralText(classes="sorted")
        self._trouble: Final = LiteralText(classes="trouble")
        self._empty: Final = LiteralText(classes="empty")
        self._chosen_words: tuple[str, str] | None = None

    @property
    def chosen_id(self) -> str:
        """The order under the cursor; empty for none."""
        stop = self.chosen_order
        return stop.order_id if stop else ""

    @property
    def chosen_order(self) -> "Stop | None":
        """The order under the cursor."""
        return self.table.chosen

    @property
    def chosen_has_photos(self) -> bool:
        """Whether it has photos."""
        stop = self.chosen_order
        return stop is not None and stop.photo_count > 0

    def compose(self) -> "ComposeResult":
        """What is found, the views, the sorts, the orders, the buttons."""
        yield TopRow()
        with Horizontal(classes="summary"):
            yield LiteralText("Find", classes="find")
            yield SearchLine(_FILTERS, self._look)
            yield self._counts
            yield self._sorted
        yield HorizontalScroll(*(self._word(view.name) for view in self._views), classes="views", can_focus=False)
        yield self._trouble
        with Horizontal(classes="head"):
            for sort in Sort:
                yield self._word(sort.value.capitalize())
        yield self.table
        yield self._empty
        yield UndoBar()
        yield ButtonBar(self.buttons())

    def _word(self, label: str) -> Choice:
        return Choice(label, _NO_LETTER, self.look.marks.chosen)

    async def on_mount(self) -> None:
        """Say what is shown."""
        self._follow()
        if self._opening.finding:
            await self.action_find()

    # What is shown

    @on(StoreMoved)
    def refresh_queue(self) -> None:
        """Read again what can be seen, a search that is under way first."""
        self._is_behind = self._found_for != self.query_now
        if not self._is_behind:
            self._read_window(*self.table.wanted)

    @on(QueueTable.Wanted)
    def _bring(self, message: QueueTable.Wanted) -> None:
        self._read_window(message.start, message.count)

    @work(group="queue", exclusive=True)
    async def _read_window(self, start: int, count: int) -> None:
        query = self.query_now
        page = await self.reading(partial(self.field_work.queue.page, query, start, count))
        if query == self.query_now:
            self._found_for = query
        if page is not None and query == self.query_now:
            self.page = page
            self.table.show_window(_window(page), self.field_work.now)
            self._follow()
            self._catch_up()

    @work(group="queue", exclusive=True)
    async def _begin(self) -> None:
        """Read what is looked for now, from its beginning."""
        query = self.query_now
        page = await self.reading(partial(self.field_work.queue.page, query, 0, _FIRST_ROWS, self.page.total))
        if query == self.query_now:
            self._found_for = query
        if page is not None and query == self.query_now:
            self.page = page
            self.table.begin(_window(page), self.field_work.now, left=query.due is DueTime.NEXT)
            self._follow()
            self._catch_up()

    def _catch_up(self) -> None:
        """Read again where the store moved while a search was read, which may have seen it as it was before."""
        if self._is_behind:
            self.refresh_queue()

    @on(OrderTable.Chosen)
    @on(QueueTable.Marked)
    def _follow(self) -> None:
        """Let words and buttons follow what is shown, chosen and marked."""
        page, dot = self.page, self.look.marks.dot
        narrowed = self.query_now.words or self.query_now.narrows
        of_all = f"{page.count:,} of {page.total:,} open orders" if narrowed else f"{page.total:,} open orders"
        found = f"{page.count:,} ended orders" if self.query_now.ended else of_all
        self._counts.show(found)
        marked = f"{len(self.table.marked):,} marked  {dot}  " if self.table.marked else ""
        self._sorted.show(f"{self._hit_words()}{marked}{self.query_now.sort.words}")
        self._empty.show(_empty_words(found=bool(page.total)))
        self.set_class(not page.count, "-empty")
        self._show_chosen_words()
        self.refresh_buttons()

    def _hit_words(self) -> str:
        """How many are found while somebody types; always as wide, so that no key lays the screen out anew."""
        if not self.has_class("-finding") or not (self.query_now.words or self.query_now.narrows):
            return ""
        total = f"{self.page.total:,}"
        return f"{self.page.count:>{len(total)},} of {total}  {self.look.marks.dot}  "

    def _show_chosen_words(self) -> None:
        sort, view = chosen = self.query_now.sort.value.capitalize(), self._view_name()
        if chosen == self._chosen_words:
            return
        self._chosen_words = chosen
        for choice in self.query(".head Choice").results(Choice):
            choice.choose(chosen=choice.label == sort)
        for choice in self.query(".views Choice").results(Choice):
            choice.choose(chosen=choice.label == view)

    def _view_name(self) -> str:
        """The view that is shown; empty where none has this line."""
        mine = replace(self.query_now, sort=Sort.DUE)
        names = (view.name for view in self._views if replace(_read(view.line), sort=Sort.DUE) == mine)
        return next(names, "")

    @on(MinutePassed)
    def tick(self) -> None:
        """Let deadlines read as they do by now; only what is narrowed by them is another list then.

        No more than that: a key that meets the minute would wait for the reading.
        """
        self.table.tick(self.field_work.now)
        if self.query_now.due is not None:
            self.refresh_queue()

    # Looking for something

    async def action_find(self) -> None:
        """Type words and filters."""
        self._turn_finding(on=True)
        self.set_focus(self.query_one(Input))

    def _look(self, line: str, sort: Sort | None = None) -> None:
        """Look for what a line says; say what in it is not known, and go on showing what was found before."""
        try:
            query = query_of(line)
        except CorrectInput as error:
            self._trouble.show(error.sentence)
            return
        self._trouble.show("")
        self.line = line
        query = query if _SORT.search(line) else replace(query, sort=sort or self.query_now.sort)
        if query != self.query_now:
            self.query_now = query
            self._begin()

    @on(Input.Submitted)
    def leave_search(self) -> None:
        """Keep what was found, and go on in the list."""
        self._turn_finding(on=False)
        self.table.focus()
        self._follow()

    def _turn_finding(self, *, on: bool) -> None:
        """Let the line come or go now, so that no key that follows runs a command; nothing else looks otherwise."""
        self.set_class(on, "-finding", update=False)
        self.app.stylesheet.update(self.query_one(".summary"))

    def show_line(self, line: str) -> None:
        """Look for another line, with its own sort."""
        self._look(line, _read(line).sort)
        self.line = _SORT.sub("", line).strip()
        self.query_one(Input).value = self.line

    def action_next_view(self) -> None:
        """Show the next view."""
        self._turn_view(1)

    def action_view_before(self) -> None:
        """Show the view before."""
        self._turn_view(-1)

    def _turn_view(self, by: int) -> None:
        names = [view.name for view in self._views]
        shown = self._view_name()
        place = names.index(shown) if shown else -1 if by > 0 else 0
        self.show_line(self._views[(place + by) % len(names)].line)

    def action_sort(self) -> None:
        """Sort another way."""
        self._look(_SORT.sub("", self.line), self.query_now.sort.next)

    @on(Choice.Chosen)
    def _tapped(self, message: Choice.Chosen) -> None:
        if message.label.lower() in {sort.value for sort in Sort} and self._in_head(message):
            self._look(_SORT.sub("", self.line), Sort(message.label.lower()))
        else:
            self.show_line(next(view.line for view in self._views if view.name == message.label))

    def _in_head(self, message: Choice.Chosen) -> bool:
        return any(choice is message._sender for choice in self.query(".head Choice"))

    def action_keep_view(self) -> None:
        """Keep what is looked for under a name."""
        from crew.screens.view_sheet import ViewSheet

        sort = "" if self.query_now.sort is Sort.DUE else f" sort:{self.query_now.sort}"
        line = f"{_SORT.sub('', self.line).strip()}{sort}".strip()
        own = next((view.name for view in self._views if view.own and view.name == self._view_name()), "")
        self.app.push_screen(ViewSheet(self.field_work, line, own), self._view_kept)

    def _view_kept(self, name: str | None) -> None:
        if name is not None:
            self._show_views()

    @work(group="views", exclusive=True)
    async def _show_views(self) -> None:
        views = await self.reading(self.field_work.queue.views)
        if views is not None:
            self._views = views
            bar = self.query_one(".views", HorizontalScroll)
            await bar.remove_children()
            await bar.mount_all([self._word(view.name) for view in views])
            self._chosen_words = None  # the new words stand for none yet
            self._show_chosen_words()


def _window(page: QueuePage) -> Window:
    return Window(page.stops, page.start, page.count)


def _read(line: str) -> QueueQuery:
    """The line of a view; one that cannot be read, as a city's settings may have it, looks for everything."""
    try:
        return query_of(line)
    except CorrectInput:
        return QueueQuery()


def _empty_words(*, found: bool) -> str:
    if found:
        return "Nothing fits.\n\nPress esc to show everything again, or tab for the next view."
    return "No open orders are on this device yet: they come with the next sync."
