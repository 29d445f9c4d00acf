"""A city's tile server over HTTP: one tile a call, errors named by the next move. Beside the crew API, below sync.

The server is told nothing but which tile is wanted. What comes is only weighed here, never decoded.
"""

import re
from http import HTTPStatus
from typing import Final, Self

from crew import __version__
from crew.domain.errors import CallForHelp, CorrectInput, TryLater
from crew.domain.patch import TILE_BEGINNINGS
from crew.domain.value import Value
from crew.http_exchange import Answered, Bounds, Exchanges, Transport, retry_after

TILE_LIMIT_BYTES: Final = 512 * 1024
"""Several times what a tile of 512 pixels has, even of aerial pictures."""

_BOUNDS: Final = Bounds(seconds=30.0, answer_bytes=TILE_LIMIT_BYTES)
_MAX_AGE: Final = re.compile(r"\bmax-age=(\d{1,9})\b")
_NONE_THERE: Final = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_LATER: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


class FetchedTile(Value):
    """A tile as it came.

    Attributes:
        content: What calls itself a PNG, JPEG or WebP.
        fresh_seconds: How long the server says that it is good; None where it does not say.
    """

    content: bytes
    fresh_seconds: int | None


class TileServer:
    """A connection to one tile server. Use it as an asynchronous context manager.

    `transport` is the edge of the network.
    """

    def __init__(self, origin: str, transport: Transport | None = None) -> None:
        headers = {"Accept": "image/png, image/webp, image/jpeg", "User-Agent": f"Crew/{__version__}"}
        self._origin: Final = origin
        self._exchanges: Final = Exchanges(origin, headers, transport, below="/")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exchanges.close()

    async def fetch(self, path: str) -> FetchedTile | None:
        """A tile; None where the server has none of that place.

        Args:
            path: Its path and query on the server.

        Raises:
            AwaitLink: No connection came about.
            TryLater: It did not come, not whole, or the server asks to wait.
            CallForHelp: The server does not give tiles to this device.
            CorrectInput: What came is no tile.
        """
        answer = await self._exchanges.ask("GET", path, _BOUNDS)
        if answer.status in _NONE_THERE:
            return None
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _LATER:
            raise TryLater(f"{self._origin} answers {answer.status} to the map's tiles.", retry_after(answer))
        if answer.status != HTTPStatus.OK:
            raise CallForHelp(f"{self._origin} gives no map tiles ({answer.status}). Tell your administrator.")
        if not answer.content.startswith(TILE_BEGINNINGS):
            raise self._no_tile(answer)
        age = _MAX_AGE.search(answer.headers.get("Cache-Control", ""))
        return FetchedTile(answer.content, int(age[1]) if age else None)

    def _no_tile(self, answer: Answered) -> CorrectInput:
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            return CorrectInput(f"A web page answers at {self._origin} instead of map tiles: is this a hotspot?")
        return CorrectInput(f"What {self._origin} gives as a map tile is no PNG, JPEG or WebP. Ask for help.")
