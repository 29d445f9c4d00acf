"""The list of orders. Widget layer: given stops, says which one is chosen; reads no store.

Draws only the lines that can be seen, so that 100,000 orders are as quick as ten. A refresh keeps the chosen order
under the cursor and in its place on the screen.
"""

from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from crew.widgets.order_lines import Columns, Part, columns, opened_line, stop_lines
from crew.widgets.sizes import follow_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from rich.style import Style
    from textual import events

    from crew.field_work import Stop
    from crew.look import Symbols

_EIGHTHS: Final = 8


class OrderTable(ScrollView, can_focus=True):
    """Stops, one or two lines each; the chosen one opens by a line with the citizen's words."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "orders--text",
        "orders--muted",
        "orders--late",
        "orders--act",
        "orders--words",
        "orders--bar",
        "orders--chosen",
    }
    BINDINGS = [
        Binding("down,j", "move(1)", "Next stop", show=False),
        Binding("up,k", "move(-1)", "Stop before", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("home", "first", "First stop", show=False),
        Binding("end", "last", "Last stop", show=False),
    ]

    class Chosen(Message):
        """Another stop is under the cursor, or the one under it is new; `chosen` is None where the list is empty."""

        def __init__(self, stop: "Stop | None") -> None:
            self.chosen: Final = stop
            super().__init__()

    class Opened(Message):
        """The chosen stop was tapped."""

    def __init__(
        self, marks: "Symbols", now: "datetime", stops: "Sequence[Stop]" = (), *, with_crew: bool = False
    ) -> None:
        super().__init__()
        self._marks: Final = marks
        self._now = now
        self._with_crew = with_crew
        self._stops = stops
        self._cursor = 0
        self._columns = columns(80, with_crew=with_crew)
        self._styles: dict[tuple[str, bool], Style] = {}
        self.set_reactive(ScrollView.virtual_size, self._content_size())

    @property
    def chosen(self) -> "Stop | None":
        """The stop under the cursor."""
        return self._stops[self._cursor] if self._stops else None

    @property
    def stops(self) -> "Sequence[Stop]":
        """What is shown."""
        return self._stops

    def show(self, stops: "Sequence[Stop]", now: "datetime", *, with_crew: bool | None = None) -> None:
        """Show other stops.

        The chosen order stays under the cursor and on its line of the screen; where it is gone, the next one
        takes its place.
        """
        self._now = now
        if with_crew is not None and with_crew != self._with_crew:
            self._with_crew = with_crew
            self._divide()
        before, place = self.chosen, self._top_of(self._cursor) - self.scroll_offset.y
        self._stops = stops
        self._cursor = self._find(before)
        self._resize_content()
        self.scroll_to(y=max(0, self._top_of(self._cursor) - place), animate=False)
        self._keep_in_sight()
        self.refresh()
        if self.chosen != before:
            self.post_message(self.Chosen(self.chosen))

    def choose(self, order_id: str) -> bool:
        """Put the cursor on an order; False where it is not in the list."""
        for place, stop in enumerate(self._stops):
            if stop.order_id == order_id:
                self._move_to(place)
                return True
        return False

    def tick(self, now: "datetime") -> None:
        """Say deadlines anew."""
        before = self._said_in_sight()
        self._now = now
        self._draw_what_differs(before, self._said_in_sight())

    # Moving

    def action_move(self, by: int) -> None:
        """Move the cursor by some stops."""
        self._move_to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by what fits on the screen."""
        self._move_to(self._cursor + by * max(1, self.size.height // self._columns.lines_each - 1))

    def action_first(self) -> None:
        """Move the cursor to the first stop."""
        self._move_to(0)

    def action_last(self) -> None:
        """Move the cursor to the last stop."""
        self._move_to(len(self._stops) - 1)

    def on_click(self, event: "events.Click") -> None:
        """A tap chooses a stop; a tap on the chosen one opens it."""
        place = self._at_line(event.y + self.scroll_offset.y)
        if place is None:
            return
        if place == self._cursor:
            self.post_message(self.Opened())
        else:
            self._move_to(place)

    def _move_to(self, place: int) -> None:
        place = max(0, min(place, len(self._stops) - 1))
        if place == self._cursor or not self._stops:
            return
        first, last = sorted((self._cursor, place))
        self._cursor = place
        top = self._top_of(first)
        self.refresh_lines(top, (last - first + 1) * self._columns.lines_each + 1)
        self._keep_in_sight()
        self.post_message(self.Chosen(self.chosen))

    def _keep_in_sight(self) -> None:
        height = self._columns.lines_each + 1
        region = Region(0, self._top_of(self._cursor), self.size.width, height)
        self.scroll_to_region(region, animate=False, force=True)

    def _find(self, before: "Stop | None") -> int:
        if before is not None:
            for place, stop in enumerate(self._stops):
                if stop.order_id == before.order_id:
                    return place
        return max(0, min(self._cursor, len(self._stops) - 1))

    # What is drawn anew

    def _in_sight(self) -> "dict[int, Stop]":
        """The stops on the screen by their places."""
        first = self._at_line(self.scroll_offset.y)
        if first is None:
            return {}
        end = min(len(self._stops), first + self.size.height // self._columns.lines_each + 1)
        return {place: self._stops[place] for place in range(first, end)}

    def _said_in_sight(self) -> "dict[int, tuple[Stop, list[list[Part]]]]":
        """The same, with what their lines say now."""
        return {place: (stop, self._lines_of(place, stop)) for place, stop in self._in_sight().items()}

    def _draw_what_differs(self, before: "Mapping[int, object]", after: "Mapping[int, object]") -> None:
        """Draw anew what is another by now of what is seen; most keys and minutes change few lines."""
        if before.keys() != after.keys():
            self.refresh()
            return
        for differs, run in groupby(after, key=lambda place: before[place] != after[place]):
            if differs:
                places = list(run)
                top, end = self._top_of(places[0]), self._top_of(places[-1] + 1)
                self.refresh_lines(top, end - top)

    # Lines

    def on_mount(self) -> None:
        """Divide the columns anew for each size."""
        follow_size(self, self._fit)

    def _fit(self) -> None:
        self._divide()
        self._keep_in_sight()

    def _divide(self) -> None:
        new: Columns = columns(self.scrollable_content_region.width, with_crew=self._with_crew)
        if new != self._columns:
            self._columns = new
            self._resize_content()
            self.refresh()

    def _resize_content(self) -> None:
        """Be as long as the list; the screen is laid out anew only where the scrollbar comes or goes."""
        size = self._content_size()
        if (size.height > self.container_size.height) is not self.show_vertical_scrollbar:
            self.virtual_size = size
            return
        self.set_reactive(ScrollView.virtual_size, size)
        if self.show_vertical_scrollbar:
            _measure_anew(self.vertical_scrollbar, size.height)

    def _content_size(self) -> Size:
        """As many lines as there are; one column, since nothing is ever scrolled sideways."""
        return Size(1, len(self._stops) * self._columns.lines_each + 1 if self._stops else 0)

    def _top_of(self, place: int) -> int:
        """The line at which a stop begins."""
        return place * self._columns.lines_each + (1 if place > self._cursor else 0)

    def _at_line(self, line: int) -> int | None:
        """The stop that a line belongs to; the line by which the chosen one opens is its own."""
        after = self._top_of(self._cursor) + self._columns.lines_each
        place = (line if line < after else line - 1) // self._columns.lines_each
        return place if 0 <= place < len(self._stops) else None

    def render_line(self, y: int) -> Strip:
        """Draw one line of what can be seen."""
        line = y + self.scroll_offset.y
        place = self._at_line(line)
        if place is None:
            return Strip.blank(self.size.width, self._style("text", chosen=False))
        stop, within, chosen = self._stops[place], line - self._top_of(place), place == self._cursor
        if within >= self._columns.lines_each:
            return self._opened(stop)
        return self._strip(self._lines_of(place, stop)[within], chosen=chosen)

    def _lines_of(self, place: int, stop: "Stop") -> list[list[Part]]:
        return stop_lines(stop, place + 1, self._columns, self._now, self._marks)

    def _opened(self, stop: "Stop") -> Strip:
        return self._strip(opened_line(stop, self._columns, self._marks), chosen=True)

    def _strip(self, parts: "Sequence[Part]", *, chosen: bool) -> Strip:
        bar = (self._marks.chosen if chosen else " ", "bar")
        pieces = [Segment(text, self._style(name, chosen=chosen)) for text, name in (bar, *parts)]
        return Strip(pieces).adjust_cell_length(self.size.width, self._style("text", chosen=chosen))

    def notify_style_update(self) -> None:
        """Forget the styles of other colours."""
        self._styles.clear()
        super().notify_style_update()

    def _style(self, name: str, *, chosen: bool) -> "Style":
        style = self._styles.get((name, chosen))
        if style is None:
            style = self.get_visual_style(f"orders--{name}", *(("orders--chosen",) if chosen else ())).rich_style
            if chosen:
                # A visual style drops "reverse", which is how two of the themes show the chosen line.
                style += self.get_component_styles("orders--chosen").text_style
            self._styles[name, chosen] = style
        return style


def _measure_anew(bar: ScrollBar, line_count: int) -> None:
    """Tell a scrollbar how long the list is; it is drawn anew only where its thumb is another."""
    if _thumb(bar, line_count) == _thumb(bar, bar.window_virtual_size):
        bar.set_reactive(ScrollBar.window_virtual_size, line_count)
    else:
        bar.window_virtual_size = line_count


def _thumb(bar: ScrollBar, line_count: int) -> tuple[int, int]:
    """Where the thumb begins and ends in a list of so many lines, in the eighths of a line that it is drawn in."""
    rows, window = bar.size.height, bar.window_size
    length = max(1, window * rows / max(1, line_count))
    start = int((rows - length) * bar.position / max(1, line_count - window) * _EIGHTHS)
    return start, start + ceil(length * _EIGHTHS)
