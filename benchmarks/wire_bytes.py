"""Bytes on the wire for a pull of changed orders, both ways with all heads, against the gzip of the same JSON."""

import asyncio
import gzip
from collections.abc import Iterator

from benchmarks.city import acts_of_somebody_else, found_city, report_orders, road_to, signed_in_store
from benchmarks.comparison import Bench, Comparison
from crew import wire
from crew.backend import feed
from crew.backend.city import City
from crew.backend.serve import EmbeddedBackend
from crew.domain.change import Note
from crew.domain.work_order import OrderId
from crew.store.store import Store
from tests.faults.proxy import Proxy, between

_ORDERS = 100
_FEWER_RUNS = 3
_KILO = 1000


def compare_wire_bytes(bench: Bench) -> Iterator[Comparison]:
    """Let somebody else write a note on every order, then run a whole round of the device; again and again."""
    city = found_city(bench.folder / "city")
    orders = report_orders(city, _ORDERS)
    try:
        with EmbeddedBackend(city) as url:
            rounds = asyncio.run(_rounds(bench, city, url, orders))
    finally:
        city.database.close()
    travelled, packed = zip(*rounds, strict=True)
    what = f"bytes on the wire, both ways, for a pull of {_ORDERS} changed orders"
    yield Comparison(what, "the gzip of the same JSON", 1.3, "kB", travelled, packed)


async def _rounds(bench: Bench, city: City, url: str, orders: list[OrderId]) -> list[tuple[float, float]]:
    measured = []
    async with between(url) as proxy:
        store = signed_in_store(city, proxy.url, bench.folder / "truck")
        sync = road_to(store)
        await sync.run_once()
        for run in range(max(1, bench.runs // _FEWER_RUNS)):
            bench.say(f"wire, run {run + 1} of {max(1, bench.runs // _FEWER_RUNS)}")
            acts_of_somebody_else(city, orders, Note(f"looked at it, bring cold patch, {run} bags"), run)
            packed = len(gzip.compress(_page(city, store)))
            before = _travelled(proxy)
            if (await sync.run_once()).pulled != _ORDERS:
                raise AssertionError("not every order came")
            measured.append(((_travelled(proxy) - before) / _KILO, packed / _KILO))
        store.close()
    return measured


def _page(city: City, store: Store) -> bytes:
    """The JSON that answers the device's next pull."""
    device = store.device.signed_in()
    assert device is not None
    with city.database.reading() as connection:
        page = feed.page(connection, city.catalogue, device.person.crew, store.device.cursor, _ORDERS)
    return wire.encode(page)


def _travelled(proxy: Proxy) -> int:
    return proxy.sent + proxy.answered
