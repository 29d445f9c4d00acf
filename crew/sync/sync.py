"""The road between this device and its backend: signing in, one round, and rounds for ever. Sync layer.

One round: send what may leave, pull what is new with its thumbnails, send photos, fetch photos. A round that fails
changes nothing that is on disk.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CorrectInput, LetOthersSend, PullFirst, SignInAgain
from crew.domain.work_order import PhotoHash
from crew.store.device import SignedInDevice
from crew.store.people import SignInState
from crew.sync.account import AccountSignIn
from crew.sync.events import Round, SyncEvent
from crew.sync.link_rate import LinkRate
from crew.sync.listener import Listener
from crew.sync.map_fetching import fetch_map
from crew.sync.pictures import Pictures
from crew.sync.pull import Pull
from crew.sync.push import Push
from crew.sync.rounds import Rounds
from crew.sync.sender import Sender, note_who_is_waited_for, others_with_work
from crew.sync.standing import Standing

if TYPE_CHECKING:
    from crew.api_client import CrewApi
    from crew.store.store import Store
    from crew.sync.world import World
    from crew.wire import Me, SignedIn


class Sync:
    """Keeps a device and its backend alike."""

    def __init__(self, store: "Store", world: "World") -> None:
        self._store: Final = store
        self._world: Final = world
        self._clock: Final = world.clock
        self._rate: Final = LinkRate()
        self._pictures: Final = Pictures(store, world.clock, only_asked=world.photos_only_asked)
        self._standing: Final = Standing(store, world.clock)
        self._listener: Final = Listener(world, self.wake)
        self._rounds: Final = Rounds(store, world, self._standing, self._listener)
        self.account: Final = AccountSignIn(world, self._prepared, self._enrolled)
        """Signs somebody in with an account of the city."""

    def wake(self) -> None:
        """Start a round now instead of waiting; not before a pause that the backend asked for is over."""
        self._rounds.wake()

    def want_photo(self, sha256: str) -> None:
        """Fetch this picture ahead of others."""
        self._pictures.want(PhotoHash(sha256))
        self.wake()

    async def sign_in(self, address: str, code: str) -> SignedInDevice:
        """Enrol somebody on this device, who works from then on; others who have signed in here stay known.

        Raises:
            SignInAgain: The code is wrong, used or too old.
            TryLater: The backend cannot be reached.
            UpdateNeeded: The backend speaks another version.
            CorrectInput: It is no address, or changes for another backend still wait here.
        """
        url, device_id = await self._prepared(address)
        async with self._world.connect(url, "") as api:
            answer = await api.sign_in(code, device_id, self._world.device_name)
        return await self._enrolled(url, answer)

    async def _prepared(self, address: str) -> tuple[str, str]:
        """The backend's address and this device's id. Raises CorrectInput."""
        url = self._world.address(address)
        await asyncio.to_thread(self._check_address, url)
        return url, await asyncio.to_thread(self._store.device.device_id, self._world.fresh_id())

    async def _enrolled(self, url: str, answer: "SignedIn") -> SignedInDevice:
        token = await self._world.tokens.keep(answer.token)
        device = SignedInDevice(url=url, token=token, person=answer.person, city=answer.city)
        before = await asyncio.to_thread(self._store.people.tokens)
        await asyncio.to_thread(self._store.people.enrol, device)
        for name in before - await asyncio.to_thread(self._store.people.tokens):
            await self._world.tokens.forget(name)
        self.begin_anew()
        return device

    def begin_anew(self) -> None:
        """Somebody else works from now on, or with a new sign-in."""
        self._rounds.begin_anew()
        self.wake()

    def _check_address(self, url: str) -> None:
        before, waiting = self._store.device.signed_in(), len(self._store.outbox.unsettled())
        if before is not None and before.url != url and waiting:
            raise CorrectInput(
                f"Something still waits here for {before.url}: {waiting} unsent. "
                "Send it first, or use another folder with --data."
            )

    async def run_once(self) -> Round:
        """Send what is small, pull, send photos, fetch photos: once. A pull never waits behind a photo.

        Raises:
            SignInAgain: Nobody is signed in, or the backend does not know the device any more.
            TryLater: The backend cannot be reached now; everything is kept.
            UpdateNeeded: The backend speaks another version.
        """
        device = await self._device()
        async with self._world.api(device.url, device.token) as api:
            try:
                return await self._round(device, api)
            except SignInAgain as error:
                await asyncio.to_thread(self._note_standing, device.person.name, device.token, error)
                await self._send_for_others(device)
                raise
            finally:
                await asyncio.to_thread(self._store.outbox.mark_waiting_again)

    async def _send_for_others(self, device: SignedInDevice) -> Round:
        """Send what others did who work here too, each with their own sign-in; one that has lapsed hinders nobody."""
        done = Round()
        for other in await asyncio.to_thread(others_with_work, self._store, device.person.name, self._clock()):
            async with self._world.api(device.url, other.token) as api:
                push = self._push(Sender(api, other.person.name, alone=True))
                try:
                    done += await push.changes() + await push.photos(api.me, push.changes)
                except SignInAgain as error:
                    await asyncio.to_thread(self._note_standing, other.person.name, other.token, error)
        await asyncio.to_thread(note_who_is_waited_for, self._store, device.person.name, self._clock())
        return done

    def _note_standing(self, name: str, token: str, error: SignInAgain) -> None:
        standing = SignInState.ENDED if isinstance(error, LetOthersSend) else SignInState.LAPSED
        self._store.people.note_standing(name, token, standing)

    def _push(self, sender: Sender) -> Push:
        return Push(self._store, sender, self._clock, self._rate, self._standing.hear)

    async def _round(self, device: SignedInDevice, api: "CrewApi") -> Round:
        push = self._push(Sender(api, device.person.name))
        pull = Pull(self._store, api, self._clock, device.person, self._standing.hear)

        async def small_ones() -> None:
            done.append(await push.changes())
            await pull.orders_now_and_then(self._listener.tail)

        done: list[Round] = []
        with suppress(PullFirst):
            done.append(await push.changes())
        done.append(Round(pulled=await pull.orders()))
        if pull.person.places_work:
            await asyncio.to_thread(self._keep_city, await api.me())
        await asyncio.to_thread(self._note_success, device)
        sees_all, hear = pull.person.role.sees_whole_city, self._standing.hear
        if not sees_all:
            await self._pictures.thumbnails(api, hear, small_ones)
        done.append(await push.photos(pull.orders, small_ones))
        done.append(await self._send_for_others(device))
        if await self._pictures.photos(api, hear, small_ones, whole_city=sees_all):
            self.wake()
        return sum(done, Round())

    async def fetch_map(self, on_progress: Callable[[int, int | None], None]) -> bool:
        """Fetch the city's map; whether another one came. Raises as `fetch_map`, and SignInAgain."""
        device = await self._device()
        async with self._world.api(device.url, device.token) as api:
            return await fetch_map(api, self._store.map_file, on_progress)

    async def _put_tokens_away(self) -> None:
        """Tokens that an earlier version kept in the store go where they belong."""
        for token in await asyncio.to_thread(self._store.people.tokens):
            if not self._world.tokens.holds(token):
                name = await self._world.tokens.keep(token)
                if not await asyncio.to_thread(self._store.people.exchange_token, token, name):
                    await self._world.tokens.forget(name)

    async def _device(self) -> SignedInDevice:
        await self._put_tokens_away()
        device = await asyncio.to_thread(self._store.device.signed_in)
        if device is None:
            raise SignInAgain("Nobody is signed in here. Ask for a one-time code and sign in.")
        return device

    async def run(self, tell: Callable[[SyncEvent], None]) -> None:
        """Keep this device and its backend alike, for ever. Ends only by cancellation, which is always safe."""
        self._standing.tell_to(tell)
        await self._rounds.run(self.run_once)

    def _keep_city(self, me: "Me") -> None:
        self._store.device.keep_crews(me.crews)
        self._store.device.keep_services(me.services)

    def _note_success(self, device: SignedInDevice) -> None:
        self._store.people.note_standing(device.person.name, device.token, SignInState.VALID)
        self._store.device.last_success_at = self._clock()
        self._store.device.link_trouble = None
