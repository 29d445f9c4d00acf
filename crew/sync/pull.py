"""Brings orders onto the device. Sync layer.

Touches the outbox in one case only: a backend that does not know how far this device had pulled was restored from a
backup, and may have forgotten what it acknowledged since. All of that is sent anew.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from crew.domain.errors import TryLater
from crew.sync.events import PersonChanged, StoreChanged, SyncEvent
from crew.wire import Known, mark_of

if TYPE_CHECKING:
    from crew.api_client import CrewApi
    from crew.domain.clock import Clock
    from crew.domain.person import Person
    from crew.store.store import Store
    from crew.wire import FeedPage

PAGE: Final = 500
"""Orders asked for at once."""
_NOW_AND_THEN_SECONDS: Final = 10.0
_OLDEST_BACKUP: Final = timedelta(days=60)


class Pull:
    """One round of fetching."""

    def __init__(
        self, store: "Store", api: "CrewApi", clock: "Clock", person: "Person", tell: Callable[[SyncEvent], None]
    ) -> None:
        self._person = person
        self._store: Final = store
        self._clock: Final = clock
        self._api: Final = api
        self._tell: Final = tell
        self._pulled_at = 0.0
        self._cursor = ""

    @property
    def person(self) -> "Person":
        """Whose orders these are, as the backend has said last."""
        return self._person

    async def orders(self) -> int:
        """Follow the change feed to its end and return how many orders came or went."""
        count = 0
        while True:
            asked, unsent, known = await asyncio.to_thread(self._standing)
            page = await self._api.pull(asked, PAGE, unsent, known)
            if not await asyncio.to_thread(self._take, page, asked):
                return count
            if page.person is not None:
                self._person = page.person
                self._tell(PersonChanged())
            moved = frozenset((*(order.id for order in page.orders), *page.gone))
            count += len(moved)
            if moved:
                self._tell(StoreChanged(moved))
            if not page.more:
                self._pulled_at, self._cursor = asyncio.get_running_loop().time(), page.cursor
                return count
            if page.cursor == asked:
                raise TryLater("The backend's list of changes does not move on. Tell its administrator.")

    def _standing(self) -> tuple[str, int, Known]:
        """How far this device has pulled, how many changes wait here, and what else it knows."""
        device = self._store.device
        marks = (mark_of(self._person), self._store.time_rules.mark(), mark_of(device.wording))
        known = Known(*marks, posting=self._store.posting.mark())
        return device.cursor, self._store.outbox.count_to_send(), known

    async def orders_now_and_then(self, tail: str) -> None:
        """Follow the feed while something large travels: when it is told to have grown, otherwise now and then.

        Args:
            tail: Where the feed ends, as the backend told; empty where it tells nothing.
        """
        grown = tail not in ("", self._cursor)
        if grown or asyncio.get_running_loop().time() - self._pulled_at >= _NOW_AND_THEN_SECONDS:
            await self.orders()

    def _take(self, page: "FeedPage", asked: str) -> bool:
        """A page and its cursor in one transaction: a cut leaves both or neither.

        Nothing is taken where somebody else works by now, whose feed is another; False then.
        """
        device = self._store.device
        with self._store.transaction():
            now = device.signed_in()
            if now is None or now.person != self._person:
                return False
            if page.person is not None:
                self._store.people.renew(page.person)
            if page.wording is not None:
                device.keep_wording(page.wording)
            if page.reset or not asked:
                device.begin_whole_copy()
            if page.reset and device.first_hears_of(asked):
                self._store.outbox.send_anew(self._clock() - _OLDEST_BACKUP)
            self._store.time_rules.keep(page.time_rules)
            self._store.posting.keep(page.posting)
            self._store.orders.put_server_copies(page.orders, device.generation)
            self._store.week.take(page.orders, self._clock())
            known = self._store.orders.known(page.gone)
            self._store.orders.remove(page.gone)
            if self._person.role.sees_whole_city:
                self._store.queue.catch_up()  # nobody who looks for words should wait for it
            device.tell_moved_away(move for move in page.moved_away if move.order_id in known)
            device.forget_moved_away({order.id for order in page.orders})
            device.cursor = page.cursor
            if not page.more and device.end_whole_copy():
                self._store.orders.remove_older_than(device.generation)
        return True
