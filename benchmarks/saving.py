"""From an act on an order to "saved", against one bare durable commit of the same rows.

Both are on disk when they return: WAL and synchronous=FULL. The bare one has its rows ready and checks nothing.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw

from benchmarks.comparison import Bench, Comparison
from benchmarks.device import make_device
from crew.domain.work_order import WorkStatus
from crew.store.database import Row
from crew.store.store import STORE_FILE
from crew.wiring import open_device

_ORDERS = 1000
_ACTS_PER_RUN = 20
_WRITTEN = {"outbox": "id = :change", "orders": "id = :order", "device": "name = 'sequence'"}
"""The rows that an act writes, by table."""


def compare_saving(bench: Bench) -> Iterator[Comparison]:
    """Set the status of one order after the other; after each, commit what it wrote to a file of the same shape."""
    folder = make_device(bench.folder / "device", _ORDERS)
    device = open_device(folder)
    acted, committed = [], []
    with closing(apsw.Connection(str(folder / STORE_FILE))) as store:
        bare = bare_copy(folder / STORE_FILE, bench.folder / "bare.sqlite")
        for stop in device.field_work.day().stops[: bench.runs * _ACTS_PER_RUN]:
            before = time.perf_counter()
            change = device.field_work.set_status(stop.order_id, WorkStatus.WORKING)
            acted.append(1000 * (time.perf_counter() - before))
            names = {"change": change.id, "order": change.order_id}
            rows = {}
            for table, which in _WRITTEN.items():
                columns = written_columns(store, table)
                [row] = store.execute(f"SELECT {columns} FROM {table} WHERE {which}", names)
                rows[f"{table} ({columns})"] = row
            committed.append(1000 * _commit(bare, rows))
        bare.close()
    device.store.close()
    what = "a status change, from the act to saved on disk"
    yield Comparison(what, "one bare durable commit of the same rows", 2, "ms", acted, committed)


def bare_copy(store: Path, path: Path) -> apsw.Connection:
    """A file with the same tables and rows, opened as durably."""
    with closing(apsw.Connection(str(store))) as source:
        source.execute("VACUUM INTO ?", (str(path),))
    bare = apsw.Connection(str(path))
    bare.pragma("journal_mode", "wal")
    bare.pragma("synchronous", "full")
    return bare


def written_columns(store: apsw.Connection, table: str) -> str:
    """The columns of a table that are written, without those that SQLite works out."""
    return ", ".join(row[1] for row in store.execute(f"PRAGMA table_info({table})"))


def _commit(bare: apsw.Connection, rows: dict[str, Row]) -> float:
    before = time.perf_counter()
    bare.execute("BEGIN IMMEDIATE")
    for table, row in rows.items():
        bare.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    bare.execute("COMMIT")
    return time.perf_counter() - before
