"""Crews side by side with their orders. Widget layer: given days, says what is chosen, opened or dropped on a crew.

Draws only what can be seen. As many crews stand side by side as have room; the others follow with the cursor.
"""

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crew.widgets.board_lines import CARD_LINES, HEAD_LINES, card_lines, head_lines
from crew.widgets.board_state import BoardState
from crew.widgets.sizes import follow_size

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.style import Style
    from textual import events

    from crew.domain.crew_day import CrewDay
    from crew.field_work import Stop
    from crew.look import Symbols
    from crew.widgets.order_lines import Part

_LEAST_COLUMN: Final = 38


class BoardGrid(Widget, can_focus=True):
    """The crews of a city, a column each."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "board--text",
        "board--muted",
        "board--late",
        "board--act",
        "board--chosen",
        "board--aimed",
        "board--line",
    }
    BINDINGS = [
        Binding("space", "screen.mark", show=False),  # ahead of the screen, where it does what comes next
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("left", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
        Binding("shift+down", "extend(1)", show=False),
        Binding("shift+up", "extend(-1)", show=False),
    ]

    class Moved(Message):
        """Another order or crew is under the cursor, or others are marked."""

    class Opened(Message):
        """The chosen order was tapped."""

    class Dropped(Message):
        """What is marked, or one order, was dragged to a crew."""

        def __init__(self, order_ids: tuple[str, ...], crew: str) -> None:
            self.order_ids: Final = order_ids
            self.crew: Final = crew
            super().__init__()

    def __init__(self, marks: "Symbols", now: "datetime") -> None:
        super().__init__()
        self._marks: Final = marks
        self._now = now
        self._state = BoardState()
        self._first = 0
        self._tops: dict[str, int] = {}
        self._held: str | None = None
        self._aimed: int | None = None
        self._styles: dict[tuple[str, ...], Style] = {}

    @property
    def state(self) -> BoardState:
        """What is chosen and marked."""
        return self._state

    def show(self, days: "Sequence[CrewDay[Stop]]", now: "datetime", known: frozenset[str] | None = None) -> None:
        """Show other orders; `known` are all that there are where a filter hides some."""
        self._now = now
        self.change(self._state.showing(days, known))

    def change(self, state: BoardState) -> None:
        """Choose or mark something else."""
        self._state = state
        self._keep_in_sight()
        self.refresh()
        self.post_message(self.Moved())

    # Keys

    def action_move(self, by: int) -> None:
        """Move the cursor up or down."""
        self.change(self._state.moved(by))

    def action_page(self, by: int) -> None:
        """Move it by what fits on the screen."""
        self.change(self._state.moved(by * max(1, self._page - 1)))

    def action_turn(self, by: int) -> None:
        """Go to another crew."""
        self.change(self._state.turned(by))

    def action_extend(self, by: int) -> None:
        """Mark from where the range begins to the next order."""
        self.change(self._state.extended(by))

    # The mouse

    def on_mouse_down(self, event: "events.MouseDown") -> None:
        """Choose what is under the pointer, and take hold of it."""
        crew, row = self._under(event)
        if crew is None:
            return
        before = self._state.chosen
        self.change(self._state.at(crew, self._state.row if row is None else row))
        chosen = self._state.chosen
        if row is not None and chosen is not None:
            self.capture_mouse()
            self._held = chosen.order_id if chosen == before else ""
            self._aimed = crew

    def on_mouse_move(self, event: "events.MouseMove") -> None:
        """Show which crew would get what is held."""
        if self._aimed is not None:
            aimed, _ = self._under(event)
            if aimed is not None and aimed != self._aimed:
                self._aimed = aimed
                self.refresh()

    def on_mouse_up(self, event: "events.MouseUp") -> None:
        """Drop it on another crew; on its own, a second tap opens it."""
        self.release_mouse()
        held, aimed = self._held, self._aimed
        self._held = self._aimed = None
        self.refresh()
        chosen = self._state.chosen
        if aimed is None or chosen is None:
            return
        if aimed != self._state.crew:
            ids = self._state.taken if chosen.order_id in self._state.marked else (chosen.order_id,)
            self.post_message(self.Dropped(ids, self._state.days[aimed].name))
        elif held:
            self.post_message(self.Opened())

    def on_mouse_scroll_down(self, event: "events.MouseScrollDown") -> None:
        """Go down in the column under the pointer."""
        self._scroll(event, 1)

    def on_mouse_scroll_up(self, event: "events.MouseScrollUp") -> None:
        """Go up in it."""
        self._scroll(event, -1)

    def _scroll(self, event: "events.MouseEvent", by: int) -> None:
        event.stop()
        crew, _ = self._under(event)
        if crew is not None:
            self.change((self._state if crew == self._state.crew else self._state.at(crew, 0)).moved(by))

    def _under(self, event: "events.MouseEvent") -> tuple[int | None, int | None]:
        """The crew and the row at a point; None for none."""
        column = event.x // self._column_width
        crew = self._first + column
        if not 0 <= column < self._columns or crew >= len(self._state.days):
            return None, None
        day = self._state.days[crew]
        row = (event.y - HEAD_LINES - 1) // CARD_LINES + self._tops.get(day.name, 0)
        return crew, row if event.y > HEAD_LINES and row < len(day.orders) else None

    # What is seen

    def on_mount(self) -> None:
        """Divide the columns anew for each size."""
        follow_size(self, self._fit)

    def _fit(self) -> None:
        self._keep_in_sight()
        self.refresh()

    @property
    def _columns(self) -> int:
        return max(1, self.size.width // _LEAST_COLUMN)

    @property
    def _column_width(self) -> int:
        return max(1, self.size.width // self._columns)

    @property
    def _page(self) -> int:
        return max(1, (self.size.height - HEAD_LINES - 1) // CARD_LINES)

    def _keep_in_sight(self) -> None:
        state = self._state
        self._first = max(min(self._first, state.crew), state.crew - self._columns + 1)
        if state.day is not None:
            top = self._tops.get(state.day.name, 0)
            self._tops[state.day.name] = max(min(top, state.row), state.row - self._page + 1)

    def render_line(self, y: int) -> Strip:
        """Draw one line of all columns in sight."""
        pieces: list[Segment] = []
        for crew in range(self._first, min(self._first + self._columns, len(self._state.days))):
            pieces += self._cells(crew, y)
        return Strip(pieces).adjust_cell_length(self.size.width, self._style("text"))

    def _cells(self, crew: int, y: int) -> list[Segment]:
        day, width = self._state.days[crew], self._column_width - 1
        gap = Segment(" ", self._style("text"))
        aimed = self._aimed is not None and crew == self._aimed != self._state.crew
        if y < HEAD_LINES:
            more = "aimed" if aimed else "chosen" if crew == self._state.crew and not day.orders else ""
            return [*self._segments(head_lines(day, width, self._now, self._marks)[y], more), gap]
        if y == HEAD_LINES:
            line = self._marks.rule * width
            return [Segment(line, self._style("act" if crew == self._state.crew else "line")), gap]
        place, within = divmod(y - HEAD_LINES - 1, CARD_LINES)
        row = place + self._tops.get(day.name, 0)
        if row >= len(day.orders):
            return [Segment(" " * width, self._style("text")), gap]
        stop = day.orders[row]
        marked = stop.order_id in self._state.marked
        is_chosen = crew == self._state.crew and row == self._state.row
        parts = card_lines(stop, width, self._now, self._marks, marked=marked)[within]
        return [*self._segments(parts, "chosen" if is_chosen else ""), gap]

    def _segments(self, parts: "Sequence[Part]", more: str) -> list[Segment]:
        names = (more,) if more else ()
        return [Segment(text, self._style(tone, *names)) for text, tone in parts]

    def notify_style_update(self) -> None:
        """Forget the styles of other colours."""
        self._styles.clear()
        super().notify_style_update()

    def _style(self, *names: str) -> "Style":
        style = self._styles.get(names)
        if style is None:
            style = self.get_visual_style(*(f"board--{name}" for name in names)).rich_style
            for name in names[
                1:
            ]:  # a visual style drops "reverse", which is how two of the themes show the chosen line
                style += self.get_component_styles(f"board--{name}").text_style
            self._styles[names] = style
        return style
