"""Things to choose from, one line or two each. Widget layer; given rows and marks, says where the cursor is."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crew.domain.value import Value
from crew.domain.work_order import WorkStatus
from crew.widgets.order_lines import fitted
from crew.widgets.sizes import follow_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from crew.look import Symbols

_LINES: Final = 2


class Row(Value):
    """A thing to choose."""

    key: Hashable
    """Tells rows apart."""
    name: str
    facts: str
    """The second line, paler."""


class RowList(ScrollView):
    """Takes no focus: the sheet around it keeps the keyboard, since letters narrow the list."""

    DEFAULT_CSS = """
    RowList { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    RowList { background: $background; color: $foreground; }
    RowList > .rows--name { color: $foreground; text-style: $body-style; }
    RowList > .rows--facts { color: $muted; text-style: $body-style; }
    RowList > .rows--bar { color: $act; text-style: bold; }
    RowList > .rows--chosen { background: $chosen; text-style: $chosen-style; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--name", "rows--facts", "rows--bar", "rows--chosen"}

    class Moved(Message):
        """Another row is under the cursor; None where there is none."""

        def __init__(self, row: "Row | None") -> None:
            self.row: Final = row
            super().__init__()

    class Tapped(Message):
        """A row was tapped; the cursor is on it."""

    def __init__(self, marks: "Symbols", lines_each: int = _LINES) -> None:
        """Show rows.

        Args:
            marks: The symbols of the look.
            lines_each: 2, or 1 for names alone.
        """
        super().__init__()
        self._lines: Final = lines_each
        self._symbols: Final = marks
        self._rows: Sequence[Row] = ()
        self._cursor = 0
        self._marked: frozenset[Hashable] = frozenset()

    @property
    def chosen(self) -> "Row | None":
        """The row under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    def show(self, rows: "Sequence[Row]", marked: frozenset[Hashable] = frozenset()) -> None:
        """Show other rows, or other marks; the cursor stays on its row where that is still there."""
        before = self.chosen
        keys = [row.key for row in rows]
        self._rows, self._marked = rows, marked
        self._cursor = keys.index(before.key) if before is not None and before.key in keys else 0
        self.virtual_size = Size(self.size.width, len(rows) * self._lines)
        self._keep_in_sight()
        self.refresh()
        if self.chosen != before:
            self.post_message(self.Moved(self.chosen))

    def move(self, by: int) -> None:
        """Move the cursor."""
        place = max(0, min(self._cursor + by, len(self._rows) - 1))
        if place != self._cursor:
            self._cursor = place
            self._keep_in_sight()
            self.refresh()
            self.post_message(self.Moved(self.chosen))

    @property
    def at_top(self) -> bool:
        """Whether the cursor is on the first row."""
        return self._cursor == 0

    @property
    def page(self) -> int:
        """How many rows can be seen at once."""
        return max(1, self.size.height // self._lines)

    def on_click(self, event: "events.Click") -> None:
        """Put the cursor on the tapped row."""
        place = (event.y + self.scroll_offset.y) // self._lines
        if 0 <= place < len(self._rows):
            self.move(place - self._cursor)
            self.post_message(self.Tapped())

    def on_mount(self) -> None:
        """Keep the cursor in sight at each size."""
        follow_size(self, self._fit)

    def _fit(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows) * self._lines)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        self.scroll_to_region(Region(0, self._cursor * self._lines, 1, self._lines), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Draw one line: a name, or its facts."""
        place, line = divmod(y + self.scroll_offset.y, self._lines)
        if place >= len(self._rows):
            return Strip.blank(self.size.width, self.get_visual_style("rows--name").rich_style)
        row, more = self._rows[place], ("rows--chosen",) if place == self._cursor else ()
        bar = self._symbols.chosen if place == self._cursor else " "
        mark = self._symbols.status[WorkStatus.DONE] if row.key in self._marked and line == 0 else " "
        text = row.name if line == 0 else row.facts
        width = max(0, self.size.width - 4)
        name = "rows--name" if line == 0 else "rows--facts"
        return Strip(
            [
                Segment(f"{bar}{mark} ", self.get_visual_style("rows--bar", *more).rich_style),
                Segment(fitted(text, width, self._symbols.cut) + " ", self.get_visual_style(name, *more).rich_style),
            ]
        )
