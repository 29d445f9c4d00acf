"""What sync needs of the world outside, handed in: the client, the clock, chance, and a knock at the backend's door."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from crew.domain.value import Value

if TYPE_CHECKING:
    from crew.api_client import CrewApi
    from crew.domain.clock import Clock


class Keeps(Protocol):
    """Keeps tokens under names; the store has the names alone."""

    def holds(self, name: str) -> bool:
        """Whether this is a name, and not a token in its place."""

    async def keep(self, token: str) -> str:
        """Keep a token, and return its name. Raises OSError."""

    async def reveal(self, name: str) -> str:
        """The token of a name. Raises TryLater."""

    async def forget(self, name: str) -> None:
        """Let go of a token."""


class World(Value):
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
    tokens: Keeps
    """Keeps the tokens of sign-ins."""
    reaches: Callable[[str], Awaitable[bool]]
    """Whether a connection to an address comes about, found out with a few bytes."""
    device_name: str = ""
    photos_only_asked: bool = False
    """Whether photos are fetched only when somebody looks at them; thumbnails always come."""

    @asynccontextmanager
    async def api(self, url: str, name: str) -> "AsyncIterator[CrewApi]":
        """A client for an address, with the token of that name. Raises TryLater where it does not come forth."""
        async with self.connect(url, await self.tokens.reveal(name)) as api:
            yield api
