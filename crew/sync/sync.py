"""The road between this device and its backend: one round, and rounds for ever. Sync layer.

One round: send what may leave, pull what is new, fetch pictures. A round that fails changes nothing that is on disk;
the waiting between rounds is the only place that tries again.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CorrectInput, CrewError, SignInAgain, TryLater
from crew.domain.work_order import PhotoHash
from crew.store.device import SignedInDevice
from crew.sync.events import LinkState, Round, SyncEvent
from crew.sync.pull import PICTURES_A_ROUND, Pull
from crew.sync.push import Push

if TYPE_CHECKING:
    from crew.api_client import CrewApi
    from crew.domain.clock import Clock
    from crew.store.store import Store

_POLL_SECONDS: Final = 20.0
_FIRST_BACKOFF_SECONDS: Final = 2.0
_SHORTEST_BACKOFF_SECONDS: Final = 0.5
_LONGEST_BACKOFF_SECONDS: Final = 60.0
_LONGEST_WISH_SECONDS: Final = 3600.0
"""Longest time that a backend may ask to be left alone; a broken one must not silence a truck for a day."""


@dataclass(frozen=True, slots=True)
class World:
    """What sync needs of the world outside, handed in."""

    connect: "Callable[[str, str], CrewApi]"
    """Makes a client for an address and a token."""
    address: Callable[[str], str]
    """Makes an address out of what a person typed."""
    clock: "Clock"
    jitter: Callable[[], float]
    """Returns a number from 0 to 1 for the back-off."""
    fresh_id: Callable[[], str]
    """Makes the device's id at its first sign-in."""
    device_name: str = ""


class Sync:
    """Keeps a device and its backend alike."""

    def __init__(self, store: "Store", world: World) -> None:
        self._store: Final = store
        self._world: Final = world
        self._clock: Final = world.clock
        self._woken: Final = asyncio.Event()
        self._wanted: Final[list[PhotoHash]] = []
        self._absent: Final[set[PhotoHash]] = set()
        self._tell: Callable[[SyncEvent], None] = _ignore
        self._link = LinkState(online=False)

    def wake(self) -> None:
        """Start a round now instead of waiting."""
        self._woken.set()

    def want_photo(self, sha256: str) -> None:
        """Fetch this picture ahead of others."""
        self._wanted.append(PhotoHash(sha256))
        self._woken.set()

    async def sign_in(self, address: str, code: str) -> SignedInDevice:
        """Enrol this device and remember it.

        Raises:
            SignInAgain: The code is wrong, used or too old.
            TryLater: The backend cannot be reached.
            UpdateNeeded: The backend speaks another version.
            CorrectInput: It is no address, or changes of another person or for another backend still wait here.
        """
        url = self._world.address(address)
        before = await asyncio.to_thread(self._store.device.signed_in)
        if await self._waiting():
            await self._send_first(before, url)
        device_id = await asyncio.to_thread(self._store.device.device_id, self._world.fresh_id())
        async with self._world.connect(url, "") as api:
            answer = await api.sign_in(code, device_id, self._world.device_name)
        if before is not None and before.person.name != answer.person.name and (waiting := await self._waiting()):
            raise CorrectInput(
                f"{waiting} changes of {before.person.name} still wait here. {before.person.name} must sign in and "
                "send them first, or use another folder with --data."
            )
        device = SignedInDevice(url=url, token=answer.token, person=answer.person, city=answer.city)
        await asyncio.to_thread(self._store.device.sign_in, device)
        self.wake()
        return device

    async def _send_first(self, before: SignedInDevice | None, url: str) -> None:
        """Send what a person left before another takes the device; a lapsed sign-in is no hindrance to a new one."""
        if before is not None and before.url != url:
            raise CorrectInput(
                f"{await self._waiting()} changes still wait here for {before.url}. "
                "Send them first, or use another folder with --data."
            )
        with suppress(SignInAgain):
            await self.run_once()

    async def _waiting(self) -> int:
        return len(await asyncio.to_thread(self._store.outbox.unsettled))

    async def run_once(self) -> Round:
        """Send what is small, pull, send photos, fetch pictures: once. A pull never waits behind a photo.

        Raises:
            SignInAgain: Nobody is signed in, or the backend does not know the device any more.
            TryLater: The backend cannot be reached now; everything is kept.
            UpdateNeeded: The backend speaks another version.
        """
        device = await asyncio.to_thread(self._store.device.signed_in)
        if device is None:
            raise SignInAgain("Nobody is signed in here. Ask for a one-time code and sign in.")
        async with self._world.connect(device.url, device.token) as api:
            try:
                push = Push(self._store, api, self._clock, self._hear)
                pull = Pull(self._store, api, self._hear)
                done = await push.changes()
                done += Round(pulled=await pull.orders())
                if device.person.role.sees_whole_city:
                    await asyncio.to_thread(self._store.device.keep_crews, (await api.me()).crews)
                await asyncio.to_thread(self._note_success)
                done += await push.photos(pull.orders)
                await self._fetch_pictures(pull, device)
            finally:
                await asyncio.to_thread(self._store.outbox.mark_waiting_again)
        return done

    async def _fetch_pictures(self, pull: Pull, device: SignedInDevice) -> None:
        """A crew has its pictures with it; whoever sees the whole city gets those they look at.

        A wish stays until its picture is here: the link may be cut while it comes.
        """
        for sha256 in await asyncio.to_thread(self._settled_wishes):
            self._wanted.remove(sha256)
        wanted = list(self._wanted)
        if not device.person.role.sees_whole_city:
            wanted += await asyncio.to_thread(self._store.orders.wanted_photos)
        if await pull.pictures(wanted, self._absent) == PICTURES_A_ROUND:
            self._woken.set()

    def _settled_wishes(self) -> list[PhotoHash]:
        return [sha256 for sha256 in tuple(self._wanted) if sha256 in self._absent or self._store.photos.has(sha256)]

    async def run(self, tell: Callable[[SyncEvent], None]) -> None:
        """Keep this device and its backend alike, for ever. Ends only by cancellation, which is always safe."""
        self._tell = tell
        failures = 0
        while True:
            self._woken.clear()
            started_at = self._clock()
            try:
                await self.run_once()
            except CrewError as error:
                failures += 1
                wait_seconds = self._backoff_seconds(error, failures)
                await self._say_offline(error, wait_seconds)
            else:
                failures = 0
                wait_seconds = await self._seconds_to_next_round(started_at)
                await self._say_online()
            await self._sleep(wait_seconds)

    def _hear(self, event: SyncEvent) -> None:
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

    async def _say_online(self) -> None:
        self._say(LinkState(online=True, to_send=await self._count_to_send(), last_success_at=self._clock()))

    async def _say_offline(self, error: CrewError, wait_seconds: float) -> None:
        now = self._clock()
        was_offline = not self._link.online and self._link.since is not None
        self._say(
            LinkState(
                online=False,
                since=self._link.since if was_offline else now,
                to_send=await self._count_to_send(),
                next_try_at=now + timedelta(seconds=wait_seconds),
                last_success_at=await asyncio.to_thread(lambda: self._store.device.last_success_at),
                problem=error.sentence,
                sign_in_needed=isinstance(error, SignInAgain),
            )
        )

    def _say(self, link: LinkState) -> None:
        self._link = link
        self._tell(link)

    async def _count_to_send(self) -> int:
        return await asyncio.to_thread(self._store.outbox.count_to_send)

    def _note_success(self) -> None:
        self._store.device.last_success_at = self._clock()

    def _backoff_seconds(self, error: CrewError, failures: int) -> float:
        """Exponential with full jitter; the backend's own wish comes first; what needs a person is asked rarely."""
        if not isinstance(error, TryLater):
            return _LONGEST_BACKOFF_SECONDS
        if error.after_seconds is not None:
            return min(max(error.after_seconds, _SHORTEST_BACKOFF_SECONDS), _LONGEST_WISH_SECONDS)
        ceiling = min(_LONGEST_BACKOFF_SECONDS, _FIRST_BACKOFF_SECONDS * 2.0 ** min(failures, 10))
        return max(_SHORTEST_BACKOFF_SECONDS, self._world.jitter() * ceiling)

    async def _seconds_to_next_round(self, tried_at: datetime) -> float:
        """Until the next change may leave; what was due already was tried, and is held back by something else."""
        due_at = await asyncio.to_thread(self._store.outbox.next_due_at, tried_at)
        if due_at is None:
            return _POLL_SECONDS
        return min(_POLL_SECONDS, max(0.2, (due_at - self._clock()).total_seconds()))

    async def _sleep(self, seconds: float) -> None:
        # Not wait_for: Python 3.11's swallows a cancellation that meets the waking, and a round would never end.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()


def _ignore(event: SyncEvent) -> None:
    """Nobody listens: the command line looks at the round instead."""
