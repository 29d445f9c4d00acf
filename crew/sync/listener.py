"""Hears the backend say that the feed has grown, so that a new or moved order shows at once. Sync layer.

Pulls nothing by itself: it wakes a round. Where it cannot listen it says nothing either: the rounds meet the same
trouble, say it, and go on asking from time to time.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CrewError
from crew.store.device import SignedInDevice
from crew.sync.back_off import BackOff, named

if TYPE_CHECKING:
    from crew.sync.world import World


class Listener:
    """One connection that is kept open while the link stands."""

    def __init__(self, world: "World", wake: Callable[[], None]) -> None:
        self._world: Final = world
        self._wake: Final = wake
        self._back_off: Final = BackOff(world.jitter)
        self._device: SignedInDevice | None = None
        self._may_listen: Final = asyncio.Event()
        self._call: asyncio.Task[None] | None = None
        self._news = False
        self._pulled = ""
        self._round_under_way = True
        self.tail = ""
        """Where the feed ends, as was told last; empty before."""
        self.hears = False
        """Whether the backend tells of changes at the moment."""

    def round_begins(self) -> None:
        """What is heard now will be seen at the end of the round."""
        self._round_under_way = True

    def caught_up(self, device: SignedInDevice, cursor: str) -> None:
        """A round has pulled to here, so the link stands: listen. Wakes once more where more was told meanwhile."""
        if self._call is not None and device != self._device:
            self._call.cancel()
        self._device, self._pulled, self._round_under_way = device, cursor, False
        self._may_listen.set()
        self._wake_for_news()

    def hang_up(self) -> None:
        """The link does not stand."""
        self._round_under_way = self.hears = False
        self._may_listen.clear()
        if self._call is not None:
            self._call.cancel()

    async def run(self) -> None:
        """Listen whenever the link stands, for ever."""
        while True:
            await self._may_listen.wait()
            async with asyncio.TaskGroup() as group:
                self._call = group.create_task(self._listen())

    async def _listen(self) -> None:
        assert self._device is not None  # noqa: S101 - set before it may listen
        try:
            async with self._world.api(self._device.url, self._device.token) as api:
                await api.listen(self._heard)
        except (CrewError, OSError) as error:
            if self.hears:  # the first sign that the link may have gone: a round finds out
                self._wake()
            self.hears = False
            await asyncio.sleep(self._back_off.after(named(error)).seconds)

    def _heard(self, cursor: str) -> None:
        self._back_off.succeeded()
        self.hears = self._news = True
        self.tail = cursor
        if not self._round_under_way:
            self._wake_for_news()

    def _wake_for_news(self) -> None:
        """Once for each time that something was told: a backend that counts otherwise must not keep the road busy."""
        if self._news and self.tail != self._pulled:
            self._wake()
        self._news = False
