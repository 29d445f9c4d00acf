"""Brings the tiles of the map that somebody looks at, a few at a time. Sync layer; knows no view and no pixel.

It stands apart from the rounds: the tile server is not the backend, and needs nobody to be signed in. Only what is
looked at is asked for, so that no link is used for places where nobody is.
"""

import asyncio
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CorrectInput, CrewError
from crew.sync.back_off import BackOff

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crew.map_tiles import MapTiles
    from crew.maps.tile_address import Tile
    from crew.tile_client import TileServer

_AT_ONCE: Final = 6
"""As many connections as a browser opens to a server."""
LONGEST_SECONDS: Final = 15.0
"""Between tries that nobody asked us to put off: somebody looks at a map that lacks something."""


class TileFetching:
    """Fetches what a map wishes for."""

    def __init__(
        self,
        tiles: "MapTiles",
        connect: "Callable[[str], TileServer]",
        jitter: "Callable[[], float]",
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        """Connect to nothing yet.

        Args:
            tiles: What is wished for, and where it goes.
            connect: Makes a client for a server; called off the event loop with the first wish, as it may load much.
            jitter: Returns a number from 0 to 1 for the back-off.
            longest_seconds: Longest pause that the server did not ask for.
        """
        self._tiles: Final = tiles
        self._connect: Final = connect
        self._back_off: Final = BackOff(jitter)
        self._longest_seconds: Final = longest_seconds

    async def run(self, came: "Callable[[], None]") -> None:
        """Bring what is wished for until cancelled.

        Args:
            came: Called where the map may look another way: something came, or nothing comes.

        Raises:
            CorrectInput: The address cannot be asked.
            CallForHelp: This device cannot make connections.
        """
        loop, wished = asyncio.get_running_loop(), asyncio.Event()
        before, self._tiles.on_wish = self._tiles.on_wish, lambda: loop.call_soon_threadsafe(wished.set)
        try:
            await wished.wait()
            async with await asyncio.to_thread(self._connect, self._tiles.address.origin) as server:
                while True:
                    await wished.wait()
                    wished.clear()
                    await self._bring(server, came)
        finally:
            self._tiles.on_wish = before

    async def _bring(self, server: "TileServer", came: "Callable[[], None]") -> None:
        while wanted := self._tiles.next_wanted(_AT_ONCE):
            try:
                await self._few(server, wanted)
            except CrewError as error:
                pause = self._back_off.after(error)
                self._tiles.trouble = error.sentence
                came()
                await asyncio.sleep(pause.seconds if pause.asked_for else min(pause.seconds, self._longest_seconds))
                self._tiles.forget_wishes()
            else:
                self._back_off.succeeded()
                self._tiles.trouble = ""
            came()

    async def _few(self, server: "TileServer", wanted: "Sequence[Tile]") -> None:
        """Fetch some at once; what one of them meets is told when all have ended."""
        ended = await asyncio.gather(*(self._one(server, tile) for tile in wanted), return_exceptions=True)
        for trouble in ended:
            if trouble is not None:
                raise trouble

    async def _one(self, server: "TileServer", tile: "Tile") -> None:
        try:
            fetched = await server.fetch(self._tiles.address.path_of(tile))
        except CorrectInput:
            self._tiles.note_broken(tile)
            raise
        if fetched is None:
            self._tiles.note_absent(tile)
        elif not await asyncio.to_thread(self._tiles.keep, tile, fetched.content, fetched.fresh_seconds):
            raise CorrectInput(
                f"What {self._tiles.address.origin} gives as a map tile is no square picture of 256 or 512 pixels. "
                "Tell your administrator."
            )
