"""A door for a phone that never opens: it says what a test lets it say, at an address that never changes."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType

from crew.domain.errors import CrewError
from crew.phone import ArrivedPhoto, Standing

URL = "http://192.168.1.20:54321/3fJq-eoajqpaJK4jv__pqg/"


class ScriptedDoor:
    """Stands where `PhoneDoor` would; a frame cannot hold a random port."""

    def __init__(self, way_count: int = 1, refusal: CrewError | None = None) -> None:
        self.url, self.network, self.way_count = URL, "wlan0", way_count
        self.arrived: tuple[ArrivedPhoto, ...] = ()
        self.is_open = False
        self._refusal = refusal
        self._ended = False
        self._standing = Standing()
        self._moved = asyncio.Event()

    async def __aenter__(self) -> "ScriptedDoor":
        if self._refusal is not None:
            raise self._refusal
        self.is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_open = False

    def tell(self, standing: Standing) -> None:
        """Let it stand so from now on."""
        self._standing, self.arrived = standing, standing.arrived
        self._moved.set()

    def end(self) -> None:
        self._ended = True
        self._moved.set()

    async def changes(self) -> AsyncIterator[Standing]:
        while not self._ended:
            self._moved.clear()
            yield self._standing
            await self._moved.wait()
