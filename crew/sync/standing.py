"""How the link stands: told to who looks at the lamp, and kept on disk for other programs. Sync layer."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CrewError, SignInAgain
from crew.domain.value import replace
from crew.store.device import LinkTrouble
from crew.sync.back_off import Pause
from crew.sync.events import LinkState, SyncEvent

if TYPE_CHECKING:
    from crew.domain.clock import Clock
    from crew.store.store import Store


_PAUSE: Final = " It asked for a pause; nothing is sent before that is over."


class Standing:
    """The latest state of the link. A store that cannot be read costs the lamp its newest numbers, never its words."""

    def __init__(self, store: "Store", clock: "Clock") -> None:
        self._store: Final = store
        self._clock: Final = clock
        self._tell: Callable[[SyncEvent], None] = _ignore
        self._link = LinkState(online=False)

    def tell_to(self, tell: Callable[[SyncEvent], None]) -> None:
        """Who is told from now on."""
        self._tell = tell

    def hear(self, event: SyncEvent) -> None:
        """Pass on what a round tells, completing what it cannot know about the link.

        While the link is down, a try to send is no news: it stays down until something is answered.
        """
        if not isinstance(event, LinkState):
            self._tell(event)
        elif event.online or self._link.since is None:
            online = event.online or self._link.online
            self._say(replace(event, online=online, last_success_at=self._link.last_success_at))
        else:
            self._say(replace(self._link, to_send=event.to_send))

    async def say_online(self) -> None:
        """A round went through. Raises what the store raises."""
        to_send = await asyncio.to_thread(self._store.outbox.count_to_send)
        self._say(LinkState(online=True, to_send=to_send, last_success_at=self._clock()))

    async def say_offline(self, error: CrewError, pause: Pause) -> None:
        """A round failed, and this is what comes next."""
        now = self._clock()
        was_offline = not self._link.online and self._link.since is not None
        link = LinkState(
            online=False,
            since=self._link.since if was_offline else now,
            to_send=self._link.to_send,
            next_try_at=None if pause.for_sign_in else now + timedelta(seconds=pause.seconds),
            last_success_at=self._link.last_success_at,
            problem=f"{error.sentence} It asked for a pause; nothing is sent before."
            if pause.asked_for
            else error.sentence,
            sign_in_needed=isinstance(error, SignInAgain),
        )
        with suppress(CrewError):  # where even this cannot be read, the round has met the same and said so
            link = await asyncio.to_thread(self._kept, link)
        self._say(link)

    def _kept(self, link: LinkState) -> LinkState:
        """Complete a state from the store, and leave it there for other programs.

        Trouble that is kept there has lasted since then, also where the program was begun anew meanwhile.
        """
        device, since = self._store.device, link.since or self._clock()
        if known := device.link_trouble:
            since = min(since, known.since)
        link = replace(
            link, since=since, to_send=self._store.outbox.count_to_send(), last_success_at=device.last_success_at
        )
        device.link_trouble = LinkTrouble(since, link.problem, link.next_try_at, link.sign_in_needed)
        return link

    def _say(self, link: LinkState) -> None:
        self._link = link
        self._tell(link)


def _ignore(event: SyncEvent) -> None:
    """Nobody listens: the command line looks at the round instead."""
