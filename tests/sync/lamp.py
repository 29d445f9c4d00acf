"""Watches sync run: what the lamp is told, waited for and never slept for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from crew.sync import LinkState, Sync, SyncEvent


class Lamp:
    """Hears what sync tells."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[SyncEvent] = asyncio.Queue()

    async def next_event(self) -> SyncEvent:
        return await asyncio.wait_for(self.heard.get(), 10)

    async def until(self, wanted: Callable[[LinkState], bool]) -> list[LinkState]:
        """The link's states up to the first wanted one."""
        states: list[LinkState] = []
        while not states or not wanted(states[-1]):
            event = await self.next_event()
            if isinstance(event, LinkState):
                states.append(event)
        return states


def rests(link: LinkState) -> bool:
    """Whether a round has ended."""
    return link.sending is None and (link.online or bool(link.problem))


@asynccontextmanager
async def running(sync: Sync, react: Callable[[SyncEvent], None] = lambda _event: None) -> AsyncIterator[Lamp]:
    """Rounds for ever, until the block ends; `react` acts at the very moment in which something is told."""
    lamp = Lamp()

    def tell(event: SyncEvent) -> None:
        react(event)
        lamp.heard.put_nowait(event)

    task = asyncio.create_task(sync.run(tell))
    try:
        yield lamp
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
