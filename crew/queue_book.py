"""The queue of the whole city as a person looks at it: in windows, and its views. Above the store; changes no order.

All of it blocks for some milliseconds on the disk, so the terminal calls it off the event loop.
"""

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CorrectInput
from crew.domain.plain_text import clean_line
from crew.domain.queue import QueueQuery, query_of
from crew.domain.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crew.domain.clock import Clock
    from crew.domain.work_order import OrderId
    from crew.store.orders import Stop
    from crew.store.store import Store

EVERYTHING: Final = "All"
"""The view that leaves nothing out."""

_LONGEST_NAME: Final = 30
_MOST_VIEWS: Final = 12


class View(Value):
    """A name for a line of words and filters."""

    name: str
    line: str
    own: bool = False
    """Whether somebody kept it on this device; else the city's settings have it."""


class QueuePage(Value):
    """A window on the queue.

    Attributes:
        stops: What is read.
        start: How many come before it.
        count: How many fit in all.
        total: How many open orders there are.
    """

    stops: "tuple[Stop, ...]" = ()
    start: int = 0
    count: int = 0
    total: int = 0


class QueueBook:
    """The queue of one device."""

    def __init__(self, store: "Store", clock: "Clock", zone: tzinfo) -> None:
        self._store: Final = store
        self._clock: Final = clock
        self._zone: Final = zone
        self.city_views: Mapping[str, str] = {}
        """The views of the settings; the wiring hands them in."""

    @property
    def _now(self) -> datetime:
        return self._clock().astimezone(self._zone)

    def page(self, query: QueueQuery, start: int, limit: int, total: int | None = None) -> QueuePage:
        """Some of the orders that fit, and how many there are.

        Args:
            query: What is looked for.
            start: How many to pass over; fewer where the page would end behind the last.
            limit: No more than so many.
            total: How many open orders there are, where that was counted a moment ago.
        """
        ids = self._ids(query, start, limit)
        if not start and len(ids) < limit:  # these are all: nothing is left to be counted
            count, total = len(ids), self._counts(QueueQuery(), total)[1]
        else:
            count, total = self._counts(query, total)
            if start > max(0, count - limit):
                start = max(0, count - limit)
                ids = self._ids(query, start, limit)
        return QueuePage(tuple(self._store.orders.stops_of(ids)), start, count, total)

    def matching(self, query: QueueQuery, most: int) -> "tuple[OrderId, ...]":
        """The numbers of those that fit, in their order, and no more than `most`."""
        return tuple(self._ids(query, 0, most))

    def _ids(self, query: QueueQuery, start: int, limit: int) -> "list[OrderId]":
        return self._store.queue.ids(query, self._crews(query), self._now, start, limit)

    def _counts(self, query: QueueQuery, total: int | None) -> tuple[int, int]:
        if total is None:
            total = self._store.queue.count(QueueQuery(), (), self._now)
        if not query.words and not query.narrows:
            return total, total
        return self._store.queue.count(query, self._crews(query), self._now), total

    def _crews(self, query: QueueQuery) -> list[str]:
        """The crews that letters mean: the one of that name, else those that have them in their name or title."""
        if not query.crew:
            return []
        wanted = query.crew.casefold()
        known = {crew.name: crew.title for crew in self._store.device.crews()}
        exact = [name for name, title in known.items() if wanted in (name.casefold(), title.casefold())]
        return (
            exact or [name for name, title in known.items() if wanted in f"{name} {title}".casefold()] or [query.crew]
        )

    # Views

    def views(self) -> tuple[View, ...]:
        """Everything, then the city's views, then those kept here; one kept here stands in place of the city's."""
        own = self._store.queue_views.kept()
        city = [View(name, line) for name, line in self.city_views.items() if line and name not in own]
        return (View(EVERYTHING, ""), *city, *(View(name, line, own=True) for name, line in own.items()))

    def view(self, name: str) -> View:
        """The view of this name, or that begins so.

        Raises:
            CorrectInput: There is none; the sentence names those that there are.
        """
        views, wanted = self.views(), name.casefold()
        for view in (
            *(view for view in views if view.name.casefold() == wanted),
            *(view for view in views if view.name.casefold().startswith(wanted)),
        ):
            return view
        raise CorrectInput(
            f'There is no view "{clean_line(name)}". There are: {", ".join(view.name for view in views)}.'
        )

    def keep_view(self, name: str, line: str) -> str:
        """Keep a line under a name, in place of what had it; returns the name as it was kept.

        Raises:
            CorrectInput: The line cannot be read, or the name cannot be one; the sentence says why.
        """
        query_of(line)
        name = clean_line(name).strip()
        if not name or len(name) > _LONGEST_NAME or name == EVERYTHING:
            raise CorrectInput(
                f'Give the view a name of at most {_LONGEST_NAME} characters, other than "{EVERYTHING}".'
            )
        kept = self._store.queue_views.kept()
        if name not in kept and len(kept) >= _MOST_VIEWS:
            raise CorrectInput(f"There are {_MOST_VIEWS} views already. Drop one first.")
        self._store.queue_views.keep({**kept, name: line})
        return name

    def drop_view(self, name: str) -> None:
        """Keep a view no longer; one of the city's is seen again where this stood in its place.

        Raises:
            CorrectInput: It was not kept on this device.
        """
        kept = self._store.queue_views.kept()
        if name not in kept:
            raise CorrectInput(f'"{clean_line(name)}" is not a view of this device: the city\'s settings have it.')
        del kept[name]
        self._store.queue_views.keep(kept)
