"""Signing in with the city's account, through the backend. Sync layer; the backend alone speaks to the provider.

The one wait of the program for what a person does elsewhere: it is bounded, and can be broken off at any time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from crew.domain.errors import SignInAgain, TryLater

if TYPE_CHECKING:
    from crew.account_wire import AccountCode
    from crew.store.device import SignedInDevice
    from crew.sync.world import World
    from crew.wire import SignedIn

_LONGEST_SECONDS: Final = 30.0


class AccountSignIn:
    """What a screen or a command needs to sign somebody in with an account."""

    def __init__(
        self,
        world: "World",
        prepare: Callable[[str], Awaitable[tuple[str, str]]],
        enrol: "Callable[[str, SignedIn], Awaitable[SignedInDevice]]",
    ) -> None:
        """Work for one device.

        Args:
            world: How a backend is reached.
            prepare: Makes a backend's address out of what was typed, and says the device's id. May raise CorrectInput.
            enrol: Keeps what the backend gave.
        """
        self._world: Final = world
        self._prepare: Final = prepare
        self._enrol: Final = enrol

    async def offered(self, address: str) -> str:
        """Who keeps the accounts of the city at an address; empty where it has none.

        Raises:
            CrewError: Nobody can say now, or it is no address.
        """
        url, _ = await self._prepare(address)
        async with self._world.connect(url, "") as api:
            return (await api.sign_in_ways()).account

    async def begin(self, address: str) -> "AccountCode":
        """Begin: what the person opens and types elsewhere.

        Raises:
            TryLater: The backend or the provider cannot be reached.
            CallForHelp: The city has no accounts, or they do not work.
            CorrectInput: It is no address, or changes for another backend still wait here.
        """
        url, device_id = await self._prepare(address)
        async with self._world.connect(url, "") as api:
            return await api.begin_account_sign_in(device_id, self._world.device_name)

    async def finish(
        self, address: str, code: "AccountCode", tell: Callable[[str], None] = lambda _: None
    ) -> "SignedInDevice":
        """Wait until the person has signed in elsewhere, and sign this device in.

        Args:
            address: As for `begin`.
            code: What `begin` gave.
            tell: Called with what hinders the waiting; with nothing where it goes on well.

        Raises:
            SignInAgain: They refused, or took too long.
            CallForHelp: The account is nobody's who works here, or the provider's proof does not hold.
            UpdateNeeded: The backend speaks another version.
        """
        url, device_id = await self._prepare(address)
        loop, seconds = asyncio.get_running_loop(), code.interval_seconds
        ends_at = loop.time() + code.expires_seconds + seconds
        async with self._world.connect(url, "") as api:
            while loop.time() < ends_at:
                await asyncio.sleep(seconds)
                try:
                    standing = await api.ask_account_sign_in(code.sign_in, device_id)
                except TryLater as error:
                    tell(error.sentence)
                    seconds = min(max(2 * seconds, error.after_seconds or 0), _LONGEST_SECONDS)
                    continue
                tell("")
                seconds = standing.interval_seconds
                if standing.signed_in is not None:
                    return await self._enrol(url, standing.signed_in)
        raise SignInAgain("The code was not used in time. Begin again.")
