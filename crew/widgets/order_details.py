"""One order with everything about it, to be read and scrolled. Widget layer; given values, asks for nothing."""

from typing import TYPE_CHECKING

from textual.containers import Container, VerticalScroll

from crew.domain.citizen_answers import photos_to_show
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_text import OrderView, around, heading, words_and_place
from crew.widgets.photo_strip import PhotoStrip
from crew.widgets.sizes import follow_size

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult

    from crew.look import Symbols
    from crew.widgets.photo_strip import See

_SIDE_BY_SIDE = 64


class OrderDetails(VerticalScroll):
    """Heading, the citizen's words beside the photo, and below them people, history and what travels."""

    def __init__(self, see: "See", marks: "Symbols") -> None:
        super().__init__()
        self._marks = marks
        self._view: OrderView | None = None
        self._heading = LiteralText(classes="heading")
        self._citizen = LiteralText(classes="citizen")
        self._around = LiteralText(classes="around")
        self._strip = PhotoStrip(see, marks)

    @property
    def view(self) -> OrderView | None:
        """What is shown."""
        return self._view

    def compose(self) -> "ComposeResult":
        """The parts, from top to bottom."""
        yield self._heading
        with Container(classes="upper"):
            yield self._citizen
            yield self._strip
        yield self._around

    def show(self, view: OrderView, now: "datetime") -> None:
        """Show an order; another one begins at its top."""
        other = self._view is None or self._view.order.id != view.order.id
        self._view = view
        self._heading.show(heading(view, now, self._marks))
        self._citizen.show(words_and_place(view, now, self._marks))
        self._around.show(around(view, now, self._marks))
        self.set_class(bool(view.order.photos), "-photos")
        self._strip.show(photos_to_show(view.order), now)
        self._strip.mark(view.order.withdrawn, view.order.approved)
        if other:
            self.scroll_home(animate=False)

    def on_mount(self) -> None:
        """Put the photo beside the words where there is room."""
        follow_size(self, lambda: self.set_class(self.outer_size.width >= _SIDE_BY_SIDE, "-side-by-side"))
