"""Rounds for ever: when the next one begins, and what may begin it early. Sync layer; what a round does is not here.

The only place that tries again. Nothing but a cancellation ends it: an error of a round, of the store or of the system
is said and followed by a pause.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CrewError
from crew.store.device import SignedInDevice
from crew.sync.back_off import BackOff, Pause, named
from crew.sync.link_watch import LinkWatch

if TYPE_CHECKING:
    from crew.store.store import Store
    from crew.sync.listener import Listener
    from crew.sync.standing import Standing
    from crew.sync.world import World

_POLL_SECONDS: Final = 20.0
_POLL_WITH_EARS_SECONDS: Final = 120.0
"""Between rounds while the backend tells of changes by itself."""

_SHORTEST_SECONDS: Final = 0.2
_LOOK_FOR_SIGN_IN_SECONDS: Final = 20.0
"""How often to look whether another program has signed this device in."""


class Rounds:
    """Repeats a round, wakened by people, events and the link's return."""

    def __init__(self, store: "Store", world: "World", standing: "Standing", listener: "Listener") -> None:
        self._store: Final = store
        self._clock: Final = world.clock
        self._standing: Final = standing
        self._listener: Final = listener
        self._back_off: Final = BackOff(world.jitter)
        self._watch: Final = LinkWatch(world.reaches, world.jitter)
        self._woken: Final = asyncio.Event()
        self._signed_in: Final = asyncio.Event()
        self._tried_as: SignedInDevice | None = None

    def wake(self) -> None:
        """Start a round now instead of waiting; not before a pause that the backend asked for is over."""
        self._woken.set()

    def begin_anew(self) -> None:
        """Somebody has signed in: whatever was waited for was another's."""
        self._signed_in.set()

    async def run(self, run_once: Callable[[], Awaitable[object]]) -> None:
        """Run rounds for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listener.run())
            while True:
                await self._rest(await self._round(run_once))

    async def _round(self, run_once: Callable[[], Awaitable[object]]) -> Pause:
        self._woken.clear()
        self._signed_in.clear()
        self._listener.round_begins()
        started_at = self._clock()
        self._tried_as = await self._who()
        try:
            await run_once()
            pause = await self._pause_after_success(started_at)
            await self._standing.say_online()
        except (CrewError, OSError) as error:
            self._listener.hang_up()
            trouble = named(error)
            pause = self._back_off.after(trouble)
            await self._standing.say_offline(trouble, pause)
        return pause

    async def _pause_after_success(self, tried_at: datetime) -> Pause:
        """Until the next change may leave; what was due already was tried, and is held back by something else."""
        self._back_off.succeeded()
        self._watch.confirm()
        device, cursor, due_at = await asyncio.to_thread(self._look, tried_at)
        if device is not None:
            self._listener.caught_up(device, cursor)
        poll = _POLL_WITH_EARS_SECONDS if self._listener.hears else _POLL_SECONDS
        if due_at is None:
            return Pause(poll)
        return Pause(min(poll, max(_SHORTEST_SECONDS, (due_at - self._clock()).total_seconds())))

    def _look(self, tried_at: datetime) -> tuple[SignedInDevice | None, str, datetime | None]:
        device = self._store.device
        return device.signed_in(), device.cursor, self._store.outbox.next_due_at(tried_at)

    async def _rest(self, pause: Pause) -> None:
        if pause.for_sign_in:
            await self._rest_until_sign_in()
        elif pause.asked_for:
            await _within(pause.seconds, self._signed_in.wait())
        elif pause.away:
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._wake_when_back(pause))
                await _within(pause.seconds, self._woken.wait())
                watching.cancel()
        else:
            await _within(pause.seconds, self._woken.wait())

    async def _wake_when_back(self, pause: Pause) -> None:
        if self._tried_as is not None:
            await self._watch.until_back(self._tried_as.url, unreachable=pause.unreachable)
            self.wake()

    async def _rest_until_sign_in(self) -> None:
        """Ask nothing by itself until somebody, here or in another program, has signed in, or wants it tried."""
        while not self._woken.is_set() and await self._who() == self._tried_as:
            await _within(_LOOK_FOR_SIGN_IN_SECONDS, self._woken.wait())

    async def _who(self) -> SignedInDevice | None:
        with suppress(CrewError):  # a store that cannot be read now: nobody has signed in with it either
            return await asyncio.to_thread(self._store.device.signed_in)
        return None


async def _within(seconds: float, event: Awaitable[object]) -> None:
    # Not wait_for: Python 3.11's swallows a cancellation that meets the waking, and a round would never end.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event
