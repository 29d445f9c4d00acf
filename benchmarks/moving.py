"""Moving 500 orders to another crew, from the act to "saved", against 500 plain inserts in one durable transaction.

The move reads how each order stands, asks the rules, writes a change and the line of each order; the inserts have their
rows ready: those of the changes that the move made.
"""

import time
from collections.abc import Iterator
from contextlib import closing

import apsw

from benchmarks.comparison import Bench, Comparison
from benchmarks.device import make_device
from benchmarks.saving import bare_copy, written_columns
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.store.store import STORE_FILE
from crew.wiring import open_device

_ORDERS = 500


def compare_moving(bench: Bench) -> Iterator[Comparison]:
    """Move all orders to and fro; after each move, insert the same changes into a file of the same shape."""
    folder = make_device(bench.folder / "device", _ORDERS)
    device = open_device(folder)
    signed_in = device.store.device.signed_in()
    assert signed_in is not None
    device.store.device.sign_in(replace(signed_in, person=Person("Sam", Role.SUPERVISOR)))
    ids = [stop.order_id for stop in device.field_work.day().stops]
    moved, inserted = [], []
    with closing(apsw.Connection(str(folder / STORE_FILE))) as store:
        bare = bare_copy(folder / STORE_FILE, bench.folder / "bare.sqlite")
        columns = written_columns(store, "outbox")
        for run in range(bench.runs):
            before = time.perf_counter()
            done = device.field_work.move(ids, f"crew {run}", "the other truck broke down")
            moved.append(1000 * (time.perf_counter() - before))
            rows = list(store.execute(f"SELECT {columns} FROM outbox ORDER BY sequence DESC LIMIT {len(done.changes)}"))
            before = time.perf_counter()
            with bare:
                bare.executemany(f"INSERT INTO outbox ({columns}) VALUES ({', '.join('?' * len(rows[0]))})", rows)
            inserted.append(1000 * (time.perf_counter() - before))
        bare.close()
    device.store.close()
    what = f"{_ORDERS} orders moved in one go, from the act to saved on disk"
    yield Comparison(what, f"{_ORDERS} plain inserts in one durable transaction", 3, "ms", moved, inserted)
