"""What a hundred cuts of one upload cost: photo bytes that had to travel again, against the photo's size.

The road breaks after some bytes, again and again, each time with a packet under way: what the device sent of it counts,
whether it arrived or not. The heads of requests do not count; the product's own push, rate and pieces are at work.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from random import Random

from benchmarks.city import finish_with_photo, found_city, noise_photo, report_orders, road_to, signed_in_store
from benchmarks.comparison import Bench, Comparison
from crew.backend.city import City
from crew.backend.serve import EmbeddedBackend
from crew.domain.errors import TryLater
from crew.store.store import Store
from tests.faults.proxy import Fault, Proxy, between

_CUTS = 100
_HEADS_BYTES = 1_100
"""Of the two requests of a connection: where to go on, and the piece."""

_OF_THE_PHOTO_BETWEEN_CUTS = 1 / 130
_PACKET_BYTES = 1_400
_FEWER_RUNS = 3
_KILO = 1000


def compare_cuts(bench: Bench) -> Iterator[Comparison]:
    """Send one photo after the other, each over a road that breaks a hundred times."""
    city = found_city(bench.folder / "city")
    try:
        with EmbeddedBackend(city) as url:
            runs = asyncio.run(_runs(bench, city, url))
    finally:
        city.database.close()
    again, sizes = zip(*runs, strict=True)
    what = f"photo bytes sent again after {_CUTS} cuts of one upload"
    yield Comparison(what, "the photo's size", 0.3, "kB", again, sizes)


async def _runs(bench: Bench, city: City, url: str) -> list[tuple[float, float]]:
    measured = []
    async with between(url) as proxy:
        proxy.packet_bytes = _PACKET_BYTES
        store = signed_in_store(city, proxy.url, bench.folder / "truck")
        for run in range(max(1, bench.runs // _FEWER_RUNS)):
            bench.say(f"cuts, run {run + 1} of {max(1, bench.runs // _FEWER_RUNS)}")
            photo = noise_photo(f"photo {run}")
            again = await _bytes_sent_again(city, store, proxy, photo, Random(run))
            measured.append((again / _KILO, len(photo) / _KILO))
        store.close()
    return measured


async def _bytes_sent_again(city: City, store: Store, proxy: Proxy, photo: bytes, chance: Random) -> int:
    sync = road_to(store)
    order_id, *_ = report_orders(city, 1)
    await sync.run_once()
    finish_with_photo(store, order_id, photo)
    between_cuts = 2 * len(photo) * _OF_THE_PHOTO_BETWEEN_CUTS
    proxy.breaks(*(Fault(sent=_HEADS_BYTES + int(chance.random() * between_cuts)) for _ in range(_CUTS)))
    before = proxy.sent - proxy.heads
    while store.outbox.unsettled():
        with suppress(TryLater):
            await sync.run_once()
    if proxy.faults:
        raise AssertionError(f"the photo was whole before {len(proxy.faults)} of the cuts")
    return proxy.sent - proxy.heads - before - len(photo)
