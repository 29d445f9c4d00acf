"""The photos of an order: one, or before beside after where both exist and there is room. Widget layer.

Given photos and a way to their pixels; says which one was tapped.
"""

from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal, Vertical
from textual.message import Message

from crew.domain.value import Value
from crew.domain.work_order import PhotoHash, PhotoRole
from crew.widgets.literal_text import LiteralText
from crew.widgets.photo_view import PhotoSource, PhotoView
from crew.widgets.photo_words import APPROVED, HIDDEN, caption, picture_words
from crew.widgets.sizes import follow_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from textual import events
    from textual.app import ComposeResult

    from crew.domain.work_order import Photo
    from crew.look import Symbols
    from crew.photos.prepared import Seen

    See = Callable[[PhotoHash, int, int], Seen | None]
    """Returns a photo in so many columns and rows of cells, or None where it is not on this device."""

_PAIR_COLUMNS: Final = 56


class Framed(Value):
    """A photo and its place among those of the same side."""

    photo: "Photo"
    place: int
    count: int


class PhotoFrame(Vertical):
    """A photo with its line of words."""

    DEFAULT_CSS = """
    PhotoFrame { width: 1fr; height: 1fr; }
    PhotoFrame LiteralText { width: 100%; height: 1; text-align: center; color: $muted; text-wrap: nowrap;
        text-overflow: ellipsis; }
    """

    def __init__(self, *, plain: bool) -> None:
        super().__init__()
        self._view: Final = PhotoView(plain=plain)
        self._words: Final = LiteralText()

    def compose(self) -> "ComposeResult":
        """The photo above its words."""
        yield self._view
        yield self._words

    def show(self, source: PhotoSource | None, words: str) -> None:
        """Show another photo."""
        self._view.show(source)
        self._words.show(words)


class PhotoStrip(Horizontal):
    """The photos of an order, a few at a time; `move` shows others."""

    DEFAULT_CSS = """
    PhotoStrip { width: 1fr; height: 16; }
    PhotoStrip.-pair PhotoFrame { margin-right: 1; }
    """

    class Tapped(Message):
        """A photo was tapped, to be seen larger."""

        def __init__(self, strip: "PhotoStrip", place: int) -> None:
            self.strip: Final = strip
            self.place: Final = place
            """Its place among the strip's photos."""
            super().__init__()

    def __init__(self, see: "See", marks: "Symbols", *, pairs: bool = True) -> None:
        """Start without photos.

        Args:
            see: Returns a photo in so many columns and rows, or None where it is not on this device.
            marks: The symbols of the look.
            pairs: Whether before and after stand side by side where there is room.
        """
        super().__init__()
        self._see: Final = see
        self._marks: Final = marks
        self._pairs: Final = pairs
        self._photos: tuple[Photo, ...] = ()
        self._now: datetime | None = None
        self._page = 0
        self._marks_of: dict[PhotoHash, str] = {}
        self._frames: Final = tuple(PhotoFrame(plain=marks.cut.isascii()) for _ in range(2))

    def compose(self) -> "ComposeResult":
        """Room for two."""
        yield from self._frames

    @property
    def photos(self) -> "tuple[Photo, ...]":
        """All photos."""
        return self._photos

    @property
    def current(self) -> "Photo | None":
        """The photo that is shown, the last one of a pair."""
        page = self._shown()
        return page[-1].photo if page else None

    def show(self, photos: "Iterable[Photo]", now: "datetime", place: int | None = None) -> None:
        """Show other photos; the page stays where the photos do.

        Args:
            photos: The order's photos.
            now: The current time, aware, in the reader's zone.
            place: Which of the photos to begin with.
        """
        before, self._photos, self._now = self._photos, tuple(photos), now
        if place is not None:
            self._page = self._page_of(self._photos[place]) if self._photos else 0
        elif before[:1] != self._photos[:1]:
            self._page = 0
        self._lay_out()

    def mark(self, hidden: "Iterable[PhotoHash]", approved: "Iterable[PhotoHash]" = ()) -> None:
        """Say under these that the public does not see them, or that the city's posts may show them."""
        self._marks_of = {**dict.fromkeys(approved, APPROVED), **dict.fromkeys(hidden, HIDDEN)}
        self._lay_out()

    def move(self, by: int) -> None:
        """Show the photos after, or before."""
        pages = self._pages()
        self._page = (min(self._page, len(pages) - 1) + by) % len(pages) if pages else 0
        self._lay_out()

    @property
    def more(self) -> bool:
        """Whether there is more than is shown."""
        return len(self._pages()) > 1

    def on_mount(self) -> None:
        """Set two side by side, or one alone, at each size."""
        follow_size(self, self._lay_out)

    def on_click(self, event: "events.Click") -> None:
        """Say which photo was tapped."""
        page = self._shown()
        if page:
            second = len(page) > 1 and event.widget is not None and self._frames[1] in event.widget.ancestors_with_self
            self.post_message(self.Tapped(self, self._photos.index(page[int(second)].photo)))

    def _lay_out(self) -> None:
        page = self._shown()
        self.set_class(len(page) > 1, "-pair")
        for frame, framed in zip_longest(self._frames, page):
            frame.display = framed is not None
            if framed is not None and self._now is not None:
                photo = framed.photo
                words = picture_words(photo, self._now)
                source = PhotoSource(photo.sha256, partial(self._see, photo.sha256), words)
                mark, dot = self._marks_of.get(photo.sha256, ""), self._marks.dot
                frame.show(source, caption(photo, framed.place, framed.count, self._now, dot, mark=mark))

    def _shown(self) -> list[Framed]:
        pages = self._pages()
        return pages[min(self._page, len(pages) - 1)] if pages else []

    def _page_of(self, photo: "Photo") -> int:
        pages = self._pages()
        return next(place for place, page in enumerate(pages) if any(framed.photo == photo for framed in page))

    def _pages(self) -> list[list[Framed]]:
        before, after = self._of(PhotoRole.BEFORE), self._of(PhotoRole.AFTER)
        if not (self._pairs and before and after and self.size.width >= _PAIR_COLUMNS):
            return [[framed] for framed in (*before, *after)]
        longest = max(len(before), len(after))
        return [[side[min(page, len(side) - 1)] for side in (before, after)] for page in range(longest)]

    def _of(self, role: PhotoRole) -> list[Framed]:
        mine = [photo for photo in self._photos if photo.role is role]
        return [Framed(photo, place, len(mine)) for place, photo in enumerate(mine)]
