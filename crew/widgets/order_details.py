"""One order with everything about it, to be read and scrolled. Widget layer; given values, asks for nothing."""

from typing import TYPE_CHECKING

from textual.containers import Horizontal, VerticalScroll

from crew.widgets.literal_text import LiteralText
from crew.widgets.order_text import OrderView, around, heading, words_and_place

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual import events
    from textual.app import ComposeResult

    from crew.domain.work_order import PhotoHash
    from crew.look import Symbols
    from crew.widgets.photo_strip import PhotoStrip

_SIDE_BY_SIDE = 64


class OrderDetails(VerticalScroll):
    """Heading, the citizen's words beside the photo, and below them people, history and what travels."""

    def __init__(self, read_photo: "Callable[[PhotoHash], bytes | None]", marks: "Symbols") -> None:
        super().__init__()
        self._read_photo = read_photo
        self._marks = marks
        self._view: OrderView | None = None
        self._heading = LiteralText(classes="heading")
        self._citizen = LiteralText(classes="citizen")
        self._around = LiteralText(classes="around")
        self._upper = Horizontal(self._citizen, classes="upper")
        self._strip: PhotoStrip | None = None

    @property
    def view(self) -> OrderView | None:
        """What is shown."""
        return self._view

    def compose(self) -> "ComposeResult":
        """The parts, from top to bottom."""
        yield self._heading
        yield self._upper
        yield self._around

    def show(self, view: OrderView, now: "datetime") -> None:
        """Show an order; another one begins at its top."""
        other = self._view is None or self._view.order.id != view.order.id
        self._view = view
        self._heading.show(heading(view, now, self._marks))
        self._citizen.show(words_and_place(view, now, self._marks))
        self._around.show(around(view, now, self._marks))
        self._show_photos(view, now)
        if other:
            self.scroll_home(animate=False)

    def _show_photos(self, view: OrderView, now: "datetime") -> None:
        """The first order with photos brings the widget for them; Pillow loads in there."""
        photos = view.order.photos
        if photos and self._strip is None:
            from crew.widgets.photo_strip import PhotoStrip

            self._strip = PhotoStrip(self._read_photo, self._marks)
            self._upper.mount(self._strip, before=0)
        self.set_class(bool(photos), "-photos")
        if self._strip is not None:
            self.call_after_refresh(self._strip.show, photos, now)

    def on_resize(self, event: "events.Resize") -> None:
        """Put the photo beside the words where there is room."""
        self.set_class(event.size.width >= _SIDE_BY_SIDE, "-side-by-side")
