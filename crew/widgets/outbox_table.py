"""The list of what waits to be sent. Widget layer; given the outbox, says which change is chosen."""

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crew.widgets.outbox_text import TROUBLE, Outbox, blocks
from crew.widgets.sizes import follow_size

if TYPE_CHECKING:
    from textual import events

    from crew.field_work import OutboxEntry
    from crew.look import Symbols
    from crew.widgets.order_lines import Part

_BAR: Final = 1


class OutboxTable(ScrollView, can_focus=True):
    """Blocks of lines; the cursor stands on changes alone."""

    DEFAULT_CSS = """
    OutboxTable { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    OutboxTable { background: $background; color: $foreground; }
    OutboxTable > .outbox--text { color: $foreground; text-style: $body-style; }
    OutboxTable > .outbox--muted { color: $muted; text-style: $body-style; }
    OutboxTable > .outbox--act { color: $foreground; text-style: bold; }
    OutboxTable > .outbox--late { color: $late; text-style: bold; }
    OutboxTable > .outbox--bar { color: $act; text-style: bold; }
    OutboxTable > .outbox--chosen { background: $chosen; text-style: $chosen-style; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "outbox--text",
        "outbox--muted",
        "outbox--act",
        "outbox--late",
        "outbox--bar",
        "outbox--chosen",
    }
    BINDINGS = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
    ]

    class Chosen(Message):
        """Another change is under the cursor."""

    def __init__(self, marks: "Symbols") -> None:
        super().__init__()
        self._marks: Final = marks
        self._outbox: Outbox | None = None
        self._lines: list[tuple[tuple[Part, ...], OutboxEntry | None]] = []
        self._entries: list[OutboxEntry] = []
        self._cursor = 0

    @property
    def chosen(self) -> "OutboxEntry | None":
        """The change under the cursor."""
        return self._entries[self._cursor] if self._entries else None

    def show(self, outbox: Outbox) -> None:
        """Show the outbox as it stands now; the cursor stays on its change, or moves to the first in need."""
        before = self.chosen
        self._outbox = outbox
        self._entries = [*outbox.view.entries, *reversed(outbox.view.aside)]
        self._cursor = self._find(before)
        self._lay_out()
        if self.chosen != before:
            self.call_after_refresh(self._scroll_to_chosen)
            self.post_message(self.Chosen())

    def _find(self, before: "OutboxEntry | None") -> int:
        ids = [entry.change.id for entry in self._entries]
        if before is not None and before.change.id in ids:
            return ids.index(before.change.id)
        in_need = (place for place, entry in enumerate(self._entries) if entry.sending_status in TROUBLE)
        return next(in_need, 0)

    def on_mount(self) -> None:
        """Break the lines anew for each size."""
        follow_size(self, self._lay_out)

    def _lay_out(self) -> None:
        if self._outbox is None:
            return
        found = blocks(self._outbox, max(1, self.scrollable_content_region.width - _BAR), self._marks)
        self._lines = [(line, block.entry) for block in found for line in block.lines]
        self.virtual_size = Size(self.size.width, len(self._lines))
        self.refresh()

    def action_move(self, by: int) -> None:
        """Move the cursor, or scroll where there is nothing to choose."""
        place = max(0, min(self._cursor + by, len(self._entries) - 1))
        if place == self._cursor or not self._entries:
            self.scroll_relative(y=max(-len(self._lines), min(by, len(self._lines))), animate=False)
            return
        self._move_to(place)

    def on_click(self, event: "events.Click") -> None:
        """Put the cursor on the tapped change."""
        line = event.y + self.scroll_offset.y
        entry = self._lines[line][1] if 0 <= line < len(self._lines) else None
        if entry is not None:
            self._move_to(self._entries.index(entry))

    def _move_to(self, place: int) -> None:
        self._cursor = place
        self._scroll_to_chosen()
        self.refresh()
        self.post_message(self.Chosen())

    def _scroll_to_chosen(self) -> None:
        chosen = self.chosen
        lines = [number for number, (_, entry) in enumerate(self._lines) if entry is not None and entry is chosen]
        if lines:
            self.scroll_to_region(Region(0, lines[0], 1, len(lines)), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Draw one line of what can be seen."""
        line = y + self.scroll_offset.y
        if line >= len(self._lines):
            return Strip.blank(self.size.width, self.get_visual_style("outbox--text").rich_style)
        parts, entry = self._lines[line]
        chosen = entry is not None and entry is self.chosen
        more = ("outbox--chosen",) if chosen else ()
        bar = Segment(self._marks.chosen if chosen else " ", self.get_visual_style("outbox--bar", *more).rich_style)
        drawn = [Segment(text, self.get_visual_style(f"outbox--{tone}", *more).rich_style) for text, tone in parts]
        return Strip([bar, *drawn]).adjust_cell_length(self.size.width)
