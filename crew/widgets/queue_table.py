"""The list of a whole city: only a window of it is here. Widget layer; asks for more with a message, reads nothing.

A line that is not here yet stands empty until its window comes, so that no key waits for the disk.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final, overload

from textual.binding import Binding
from textual.message import Message

from crew.domain.work_order import OrderId, WorkStatus
from crew.field_work import Stop
from crew.widgets.order_lines import stop_lines
from crew.widgets.order_table import OrderTable

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip

    from crew.look import Symbols
    from crew.widgets.order_lines import Part

_UNREAD: Final = Stop(
    *(OrderId(""), "", "", "", "", WorkStatus.NEW, "", ""),
    None,
    datetime(1970, 1, 1, tzinfo=UTC),
    None,
    None,
    0,
    1,
    0,
    0,
)
_SPARE: Final = 3
"""A window holds so many times what can be seen."""
_LEAST: Final = 60


class Window(Sequence[Stop]):
    """As long as the whole list, with only some of its stops; the others are empty."""

    def __init__(self, stops: Sequence[Stop] = (), start: int = 0, count: int = 0) -> None:
        self.stops: Final = stops
        self.start: Final = start
        self._count: Final = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Stop: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Stop]: ...
    def __getitem__(self, place: int | slice) -> Stop | Sequence[Stop]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(self._count))]
        if not 0 <= place < self._count:
            raise IndexError(place)
        return self.stops[place - self.start] if self.has(place) else _UNREAD

    def has(self, place: int) -> bool:
        """Whether the stop at this place of the list is here."""
        return self.start <= place < self.start + len(self.stops)

    def place_of(self, order_id: str) -> int | None:
        """Where an order stands; None where it is not in the window."""
        places = (place for place, stop in enumerate(self.stops, start=self.start) if stop.order_id == order_id)
        return next(places, None)


class QueueTable(OrderTable):
    """Stops of a window, some of them marked."""

    BINDINGS: ClassVar = [
        Binding("shift+down", "extend(1)", "Mark down", show=False),
        Binding("shift+up", "extend(-1)", "Mark up", show=False),
    ]

    class Wanted(Message):
        """Stops from `start` on are to be shown and are not here."""

        def __init__(self, start: int, count: int) -> None:
            self.start: Final = start
            self.count: Final = count
            super().__init__()

    class Marked(Message):
        """Other orders are marked."""

    def __init__(self, marks: "Symbols", now: "datetime", window: Window) -> None:
        super().__init__(marks, now, window, with_crew=True)
        self._window = window
        self._held: tuple[int, Stop] | None = None
        self._asked: tuple[int, int] | None = None
        self._left = False
        self.marked: dict[OrderId, None] = {}
        """What is marked, in the order of marking; what a filter hides stays marked."""

    @property
    def chosen(self) -> Stop | None:
        """The stop under the cursor, even where the window has gone elsewhere; None where it is not read yet."""
        if self._window.has(self._cursor):
            self._held = (self._cursor, self._window[self._cursor])
        if self._held is None or self._held[0] != self._cursor or not self._window:
            return None
        return self._held[1]

    @property
    def wanted(self) -> tuple[int, int]:
        """From where on, and how many stops to read for what can be seen, with some to each side."""
        visible = self.size.height // self._columns.lines_each + 1
        count = max(_LEAST, _SPARE * visible)
        first = self.scroll_offset.y // self._columns.lines_each
        return max(0, first - (count - visible) // 2), count

    def show_window(self, window: Window, now: "datetime") -> None:
        """Show what was read. The chosen order stays under the cursor as far as it is known."""
        before, height = self.chosen, self._top_of(self._cursor) - self.scroll_offset.y
        after = None if before is None else window.place_of(before.order_id)
        stays, seen = len(window) == len(self._window) and after in (self._cursor, None), self._said_in_sight()
        self._window = self._stops = window
        self._now, self._asked = now, None
        if stays:
            self._draw_what_differs(seen, self._said_in_sight())
        else:
            self._cursor = max(0, min(self._cursor, len(window) - 1)) if after is None else after
            self._resize_content()
            self.scroll_to(y=max(0, self._top_of(self._cursor) - height), animate=False)
            self._keep_in_sight()
            self.refresh()
        if self.chosen != before:
            self.post_message(self.Chosen(self.chosen))
        self._ask()

    def begin(self, window: Window, now: "datetime", *, left: bool = False) -> None:
        """Show another list from its first stop, and say nothing of the chosen one: who calls knows.

        Args:
            window: The beginning of the list.
            now: The current time.
            left: Whether deadlines are told by the time that is left.
        """
        told_alike = (left, _minute(now)) == (self._left, _minute(self._now))
        stays, before = told_alike and not self._cursor and not self.scroll_offset.y, self._in_sight()
        self._cursor, self._held, self._asked = 0, None, None
        self._window = self._stops = window
        self._now, self._left = now, left
        self._resize_content()
        if stays:
            self._draw_what_differs(before, self._in_sight())
        else:
            self.scroll_to(y=0, animate=False)
            self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for what came into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._ask()

    def _ask(self) -> None:
        """Ask for a window where a stop in sight, or under the cursor, is not here."""
        if not self._window or not self.is_mounted:
            return
        first = self.scroll_offset.y // self._columns.lines_each
        last = min(len(self._window) - 1, first + self.size.height // self._columns.lines_each)
        if all(self._window.has(place) for place in (min(first, last), last)) or self._asked == self.wanted:
            return
        self._asked = self.wanted
        self.post_message(self.Wanted(*self.wanted))

    # Marks

    def toggle(self) -> None:
        """Mark the chosen stop, or no longer, and go on to the next."""
        stop = self.chosen
        if stop is not None:
            if stop.order_id in self.marked:
                del self.marked[stop.order_id]
            else:
                self.marked[stop.order_id] = None
            self._told()
            self.action_move(1)

    def mark(self, order_ids: Sequence[OrderId]) -> None:
        """Mark these too; none at all lets go of every one."""
        self.marked = self.marked | dict.fromkeys(order_ids) if order_ids else {}
        self._told()

    def action_extend(self, by: int) -> None:
        """Mark the chosen stop and the next one."""
        for step in (0, by):
            self.action_move(step)
            if self.chosen is not None:
                self.marked[self.chosen.order_id] = None
        self._told()

    def _told(self) -> None:
        self.refresh()
        self.post_message(self.Marked())

    # Lines

    def _lines_of(self, place: int, stop: Stop) -> "list[list[Part]]":
        if stop is _UNREAD:
            return [[] for _ in range(self._columns.lines_each)]
        mark = self._marks.status[WorkStatus.DONE] if stop.order_id in self.marked else ""
        return stop_lines(stop, mark, self._columns, self._now, self._marks, left=self._left)

    def on_click(self, event: "events.Click") -> None:
        """A tap in the column of marks marks; elsewhere it chooses or opens, as in every list."""
        place = self._at_line(event.y + self.scroll_offset.y)
        if event.x < _MARK_COLUMNS and place is not None:
            event.prevent_default()  # or what the list does would follow
            self._move_to(place)
            self.toggle()

    def _opened(self, stop: Stop) -> "Strip":
        return super()._opened(stop) if stop is not _UNREAD else self._strip([], chosen=True)


def _minute(moment: "datetime") -> "datetime":
    return moment.replace(second=0, microsecond=0)


_MARK_COLUMNS: Final = 4
