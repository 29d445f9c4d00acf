"""A pull of many orders into the store, against decoding the same JSON and plain inserts in one transaction.

The store cleans every word, applies what waits in the outbox and keeps each page with its cursor; the baseline does
none of it.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import apsw

from benchmarks.comparison import Bench, Comparison
from benchmarks.device import an_order
from crew import wire
from crew.api_client import CrewApi
from crew.domain.person import Person, Role
from crew.store.device import SignedInDevice
from crew.store.store import open_store
from crew.sync.pull import PAGE, Pull

_ORDERS = 10_000
_FEWER_RUNS = 3
_COLUMNS = ("id", "crew", "service_name", "address", "description", "work_status", "due_at", "lat", "long")


class _Feed(CrewApi):
    """A backend that answers at once, with pages as the bytes that came over the wire."""

    def __init__(self, pages: list[bytes]) -> None:
        super().__init__("http://127.0.0.1:9")
        self._pages = iter(pages)

    async def pull(self, cursor: str, limit: int, unsent: int = 0, known: wire.Known | None = None) -> wire.FeedPage:
        """The next page."""
        return wire.decode(next(self._pages), wire.FeedPage)


def compare_pull(bench: Bench) -> Iterator[Comparison]:
    """Take the same pages into a fresh store and into a fresh table, by turns."""
    pages = _pages()
    pulled, inserted = [], []
    for run in range(max(1, bench.runs // _FEWER_RUNS)):
        bench.say(f"pull, run {run + 1} of {max(1, bench.runs // _FEWER_RUNS)}")
        pulled.append(_pull(pages, bench.folder / f"store-{run}"))
        inserted.append(_insert(pages, bench.folder / f"plain-{run}.sqlite"))
    what = f"pull of {_ORDERS:,} orders into the store"
    yield Comparison(what, "JSON decoding and plain inserts, one transaction", 2.5, "s", pulled, inserted)


def _pages() -> list[bytes]:
    now = datetime.now(UTC)
    return [
        wire.encode(
            wire.FeedPage(
                cursor=str(start + PAGE),
                more=start + PAGE < _ORDERS,
                orders=tuple(an_order(number, now) for number in range(start, min(start + PAGE, _ORDERS))),
            )
        )
        for start in range(0, _ORDERS, PAGE)
    ]


def _pull(pages: list[bytes], folder: Path) -> float:
    store = open_store(folder, datetime.now(UTC))
    ana = Person("Ana", Role.CREW, "D2")
    store.device.sign_in(SignedInDevice("http://127.0.0.1:9", "a token", ana, "Boston"))
    pull = Pull(store, _Feed(pages), lambda: datetime.now(UTC), ana, lambda event: None)
    started = time.perf_counter()
    count = asyncio.run(pull.orders())
    seconds = time.perf_counter() - started
    if count != _ORDERS:
        raise AssertionError(f"{count} orders came")
    store.close()
    return seconds


def _insert(pages: list[bytes], path: Path) -> float:
    with closing(apsw.Connection(str(path))) as connection:
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full")
        connection.execute(f"CREATE TABLE orders ({', '.join(_COLUMNS)}, whole)")
        started = time.perf_counter()
        connection.execute("BEGIN")
        for page in pages:
            connection.executemany(
                f"INSERT INTO orders VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})",
                [(*map(order.get, _COLUMNS), json.dumps(order)) for order in json.loads(page)["orders"]],
            )
        connection.execute("COMMIT")
        return time.perf_counter() - started
