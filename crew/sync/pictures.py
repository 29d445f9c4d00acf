"""Brings pictures onto the device: thumbnails of a whole day first, then the photos. Sync layer.

What somebody looks at goes ahead. A wish stays until its picture is here: the link may be cut while it comes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from crew import thumbnail_wire
from crew.domain.errors import CallForHelp, CorrectInput
from crew.domain.work_order import PhotoHash
from crew.sync.events import StoreChanged, SyncEvent

if TYPE_CHECKING:
    from crew.api_client import CrewApi
    from crew.domain.clock import Clock
    from crew.store.store import Store

_MOST_PICTURED: Final = 2000
"""Of so many open orders thumbnails come by themselves, which is as many as are kept."""
PICTURES_A_ROUND: Final = 12
"""Most photos fetched before the outbox gets its turn again."""

THUMBNAIL_LIMIT_BYTES: Final = 64 * 1024
"""Several times what one has; whatever is longer is none."""

_ABSENT_FOR: Final = timedelta(minutes=10)
"""How long a picture that the backend did not give is not asked for: it may have come damaged, or come later."""


class Pictures:
    """What pictures are wanted, over all rounds."""

    def __init__(self, store: "Store", clock: "Clock", *, only_asked: bool) -> None:
        """Want nothing yet.

        Args:
            store: The device's store.
            clock: Tells the current time.
            only_asked: Whether a photo is fetched only when somebody looks at it; else those of all open orders.
        """
        self._store: Final = store
        self._only_asked: Final = only_asked
        self._wanted: Final[list[PhotoHash]] = []
        self._no_thumbnail: Final = _Absent(clock)
        self._absent: Final = _Absent(clock)

    def want(self, sha256: PhotoHash) -> None:
        """Fetch this photo ahead of others."""
        self._wanted.append(sha256)

    async def thumbnails(
        self, api: "CrewApi", tell: Callable[[SyncEvent], None], between: Callable[[], Awaitable[object]]
    ) -> None:
        """Fetch the thumbnails of all open orders that are not here, the most urgent order's first.

        Args:
            api: The backend.
            tell: Told of each step.
            between: Gets its turn after each of a few.
        """
        lacking = await asyncio.to_thread(self._lacking)
        for start in range(0, len(lacking), thumbnail_wire.AT_ONCE):
            some = lacking[start : start + thumbnail_wire.AT_ONCE]
            try:
                found = await api.fetch_thumbnails(some)
            except CallForHelp:
                return  # an older backend has none; the photos come anyway
            for sha256 in some:
                if len(found.get(sha256, b"")) > THUMBNAIL_LIMIT_BYTES:
                    del found[sha256]
                if sha256 not in found:
                    self._no_thumbnail.add(sha256)
            await asyncio.to_thread(self._store.thumbnails.keep, found)
            tell(StoreChanged(frozenset()))
            await between()

    def _lacking(self) -> list[PhotoHash]:
        wanted = self._store.thumbnails.lacking(self._store.orders.wanted_photos(_MOST_PICTURED))
        return [sha256 for sha256 in wanted if sha256 not in self._no_thumbnail and not self._store.photos.has(sha256)]

    async def photos(
        self,
        api: "CrewApi",
        tell: Callable[[SyncEvent], None],
        between: Callable[[], Awaitable[object]],
        *,
        whole_city: bool,
    ) -> bool:
        """Fetch photos that are not here yet, a bounded number, and return whether there may be more.

        Args:
            api: The backend.
            tell: Told of each one.
            between: Gets its turn after each one.
            whole_city: Whether this person sees every crew's orders, and so gets only the photos they look at.
        """
        ahead = await asyncio.to_thread(self._next, whole_city or self._only_asked)
        fetched = 0
        for sha256 in ahead[:PICTURES_A_ROUND]:
            try:
                content = await api.fetch_photo(sha256)
            except CorrectInput:
                self._absent.add(sha256)
                continue
            await asyncio.to_thread(self._store.photos.write, content)
            fetched += 1
            tell(StoreChanged(frozenset()))
            await between()
        return fetched == PICTURES_A_ROUND

    def _next(self, only_asked: bool) -> list[PhotoHash]:
        """What to fetch, the most wanted first; a wish that is fulfilled, or cannot be, is no more."""
        for sha256 in [sha256 for sha256 in tuple(self._wanted) if self._is_settled(sha256)]:
            self._wanted.remove(sha256)
        ahead = [] if only_asked else self._store.orders.wanted_photos()
        return [sha256 for sha256 in dict.fromkeys([*self._wanted, *ahead]) if not self._is_settled(sha256)]

    def _is_settled(self, sha256: PhotoHash) -> bool:
        return sha256 in self._absent or self._store.photos.has(sha256)


class _Absent:
    """The pictures that the backend does not give, for some minutes each."""

    def __init__(self, clock: "Clock") -> None:
        self._clock: Final = clock
        self._since: Final[dict[PhotoHash, datetime]] = {}

    def add(self, sha256: PhotoHash) -> None:
        self._since[sha256] = self._clock()

    def __contains__(self, sha256: PhotoHash) -> bool:
        since = self._since.get(sha256)
        return since is not None and since <= self._clock() < since + _ABSENT_FOR
