"""Sends a photo in pieces that fit the link, and goes on where it was cut. Sync layer; knows no order and no outbox.

Gives up for this round when nothing more gets through; what arrived is at the backend, and the next round goes on from
there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from crew.domain.errors import Refused, SendAgain, TryLater
from crew.sync.link_rate import LinkRate

if TYPE_CHECKING:
    from crew.api_client import CrewApi
    from crew.domain.work_order import PhotoHash

_MOST_STALLS: Final = 3
"""Tries in a row that brought not a single byte further than the photo had come in this round."""

_MOST_DAMAGES: Final = 3


class PhotoSending:
    """One round's sending of photos. `between` gets its turn after every piece: small things never wait for a photo."""

    def __init__(self, api: "CrewApi", rate: LinkRate, between: Callable[[], Awaitable[object]]) -> None:
        self._api: Final = api
        self._rate: Final = rate
        self._between: Final = between

    async def send(self, sha256: "PhotoHash", content: bytes) -> None:
        """Send a photo; returns when the backend has checked its length and hash.

        Raises:
            TryLater: Nothing more gets through now.
            Refused: The backend will not have this photo, or it arrives damaged each time.
            SignInAgain: The device is not known any more.
        """
        offset = furthest = stalls = damages = 0
        while True:
            try:
                now = await self._next_piece(sha256, content, offset)
            except SendAgain as error:
                damages += 1
                if damages == _MOST_DAMAGES:
                    raise Refused(
                        f"The photo arrived damaged {damages} times. Send it again from another place; "
                        "if that does not help, take the photo anew."
                    ) from error
                now = furthest = 0
            if now == len(content):
                return
            stalls = 0 if now > furthest else stalls + 1
            if stalls == _MOST_STALLS:
                raise TryLater("The photo comes no further; it will be tried again.")
            offset, furthest = now, max(now, furthest)
            await self._between()

    async def _next_piece(self, sha256: "PhotoHash", content: bytes, offset: int) -> int:
        """Send what comes next; returns how much the backend has then, cut or not."""
        piece = content[offset : offset + self._rate.piece_bytes]
        seconds = self._rate.seconds_for(len(piece))
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            if offset:
                now = await self._api.send_piece(sha256, offset, piece, seconds)
            else:
                now = await self._api.begin_upload(sha256, len(content), piece, seconds)
        except SendAgain:
            raise
        except TryLater as cut:
            return await self._found_again(sha256, len(content), cut)
        if now == offset + len(piece):
            self._rate.note(len(piece), loop.time() - started)
        return now

    async def _found_again(self, sha256: "PhotoHash", length: int, cut: TryLater) -> int:
        """Where to go on after a cut. Where even that is not answered, or the backend wants a pause, it ends here."""
        if cut.after_seconds is not None:
            raise cut
        self._rate.note_cut()
        try:
            return await self._api.begin_upload(sha256, length, b"", self._rate.seconds_for(0))
        except TryLater as error:
            raise cut from error
