"""Tells listening devices that their feed has grown. Backend layer; says nothing of what is new: that is the feed's.

One look at the end of the feed serves every listener, twice a second while there are any, so that what other processes
write is seen too and a thousand idle terminals cost one query. What concerns many is told to one after the other, so
that they do not all pull in the same moment.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from crew import wire
from crew.backend import feed, sign_ins
from crew.domain.errors import CrewError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crew.backend.city import City
    from crew.backend.endpoint import Caller

_log: Final = logging.getLogger(__name__)
_LOOK_SECONDS: Final = 0.5
_WAKES_PER_SECOND: Final = 100
_LONGEST_SPREAD_SECONDS: Final = 1.0  # with the look before it and the pull after it, two seconds are kept
HEART_BEAT_SECONDS: Final = 15.0
"""Between two signs of life, so that a device notices a link that died in silence."""


@dataclass(eq=False, slots=True)
class _Listener:
    """A device that listens, and what wakes it."""

    audience: str
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def end(self) -> None:
        """Stop at the next turn."""
        self.ended = True
        self.woken.set()


class Events:
    """The listeners of a city. Lives on one event loop."""

    def __init__(self, city: "City", heart_beat_seconds: float = HEART_BEAT_SECONDS) -> None:
        """Serve a city; nothing is looked at until somebody listens."""
        self._city: Final = city
        self._heart_beat_seconds: Final = heart_beat_seconds
        self._listeners: Final[dict[str, _Listener]] = {}
        self._watch: asyncio.Task[None] | None = None
        self._over = False

    async def stream(self, caller: "Caller") -> AsyncIterator[bytes]:
        """What one device hears, for as long as it may and wants to; a newer call of the same device ends this one."""
        listener = _Listener(caller.audience)
        if (older := self._listeners.get(caller.device_id)) is not None:
            older.end()
        self._listeners[caller.device_id] = listener
        await self._look_out()
        try:
            while not (listener.ended or self._over):
                listener.woken.clear()
                cursor = await run_in_threadpool(self._tail, caller)
                if cursor is None:
                    return
                yield b"event: feed\ndata: " + wire.encode(wire.FeedGrown(cursor)) + b"\n\n"
                while not await self._was_woken(listener):
                    if not await run_in_threadpool(self._is_known, caller):
                        return
                    yield b":\n\n"
        finally:
            if self._listeners.get(caller.device_id) is listener:
                del self._listeners[caller.device_id]

    def end(self) -> None:
        """Let every listener go: the server ends."""
        self._over = True
        for listener in self._listeners.values():
            listener.end()

    async def _was_woken(self, listener: _Listener) -> bool:
        try:
            async with asyncio.timeout(self._heart_beat_seconds):
                return await listener.woken.wait()
        except TimeoutError:
            return False

    def _tail(self, caller: "Caller") -> str | None:
        """Where the caller's feed ends; None for a device that is not known any more."""
        with self._city.database.reading() as connection:
            if not sign_ins.is_known(connection, caller):
                return None
            return feed.tail(connection, caller.audience)

    def _is_known(self, caller: "Caller") -> bool:
        with self._city.database.reading() as connection:
            return sign_ins.is_known(connection, caller)

    async def _look_out(self) -> None:
        """Have the feed watched from here on; a listener looks at its end after this, so it misses nothing."""
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watch_feed(await run_in_threadpool(self._last)), name="feed watch")

    async def _watch_feed(self, seen: int) -> None:
        """Wake those whose feed grows, until nobody listens."""
        while self._listeners and not self._over:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                grown, seen = await run_in_threadpool(self._grown_since, seen)
            except CrewError:
                _log.exception("The feed could not be looked at; it is tried again")
                continue
            self._wake([listener for listener in self._listeners.values() if listener.audience in grown])

    def _wake(self, listeners: "Sequence[_Listener]") -> None:
        """Wake a few at once, and many spread over a second, each time in another order."""
        spread = min(len(listeners) / _WAKES_PER_SECOND, _LONGEST_SPREAD_SECONDS)
        loop = asyncio.get_running_loop()
        for place, listener in enumerate(random.sample(listeners, len(listeners))):
            loop.call_later(place / len(listeners) * spread, listener.woken.set)

    def _last(self) -> int:
        with self._city.database.reading() as connection:
            return feed.last_position(connection)

    def _grown_since(self, position: int) -> tuple[frozenset[str], int]:
        with self._city.database.reading() as connection:
            last = feed.last_position(connection)
            return (feed.audiences_after(connection, position) if last > position else frozenset()), last
