"""One order with everything about it, to be read and scrolled. Widget layer; given values, asks for nothing."""

from typing import TYPE_CHECKING

from textual.containers import Horizontal, VerticalScroll

from crew.widgets.literal_text import LiteralText
from crew.widgets.order_text import OrderView, citizen_words, facts, heading

if TYPE_CHECKING:
    from datetime import datetime

    from textual import events
    from textual.app import ComposeResult

    from crew.look import Symbols

_SIDE_BY_SIDE = 64


class OrderDetails(VerticalScroll):
    """Heading, the citizen's words beside the photo, and the facts below."""

    def __init__(self, marks: "Symbols") -> None:
        super().__init__()
        self._marks = marks
        self._view: OrderView | None = None

    @property
    def view(self) -> OrderView | None:
        """What is shown."""
        return self._view

    def compose(self) -> "ComposeResult":
        """The parts, from top to bottom."""
        yield LiteralText(classes="heading")
        with Horizontal(classes="upper"):
            yield LiteralText(classes="citizen")
        yield LiteralText(classes="facts")

    def show(self, view: OrderView, now: "datetime") -> None:
        """Show an order; another one begins at its top."""
        other = self._view is None or self._view.order.id != view.order.id
        self._view = view
        self.query_one(".heading", LiteralText).show(heading(view, now, self._marks))
        self.query_one(".citizen", LiteralText).show(citizen_words(view, self._marks))
        self.query_one(".facts", LiteralText).show(facts(view, now, self._marks))
        if other:
            self.scroll_home(animate=False)

    def on_resize(self, event: "events.Resize") -> None:
        """Put the photo beside the words where there is room."""
        self.set_class(event.size.width >= _SIDE_BY_SIDE, "-side-by-side")
