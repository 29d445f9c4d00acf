"""Fetches the city's map in pieces that fit the link, and goes on where it was cut. Sync layer; knows no tile.

It is never part of a round: a map is as large as a day's photos of a whole crew, so a person asks for it where the link
is good.
"""

import asyncio
import time
from typing import TYPE_CHECKING, Final

from crew.domain.errors import SendAgain, TryLater
from crew.sync.link_rate import LinkRate

if TYPE_CHECKING:
    from collections.abc import Callable

    from crew.api_client import CrewApi
    from crew.store.map_file import MapFile

_MOST_STALLS: Final = 3


async def fetch_map(api: "CrewApi", map_file: "MapFile", on_progress: "Callable[[int, int | None], None]") -> bool:
    """Fetch the map that the city offers, unless it is here; whether one came.

    Args:
        api: The backend.
        map_file: Where the map lies.
        on_progress: Called with the bytes that are here, and all of them.

    Raises:
        CallForHelp: The city offers no map.
        SendAgain: It came damaged; the next try begins anew.
        TryLater: Nothing more gets through now; what has come is kept.
        FreeSpace: The disk cannot be written; what has come is kept.
    """
    offer = await api.map_offer()
    if await asyncio.to_thread(map_file.has, offer.sha256):
        return False
    here, stalls, rate = await asyncio.to_thread(map_file.begun, offer.sha256), 0, LinkRate()
    while here < offer.byte_count:
        on_progress(here, offer.byte_count)
        count = min(rate.piece_bytes, offer.byte_count - here)
        began = time.monotonic()
        try:
            piece = await api.fetch_map_piece(offer.sha256, here, count, rate.seconds_for(count))
        except TryLater:
            rate.note_cut()
            stalls += 1
            if stalls == _MOST_STALLS:
                raise
            continue
        rate.note(len(piece), time.monotonic() - began)
        await asyncio.to_thread(map_file.append, offer.sha256, here, piece)
        here, stalls = here + len(piece), 0
    if not await asyncio.to_thread(map_file.finish, offer.sha256):
        raise SendAgain("The map arrived damaged. Fetch it again.")
    return True
