"""What lies in a box among 100,000 known places, against the same box asked of SQLite's own R-tree.

The store's answer is the rows of the orders and where each is; the tree's is its rows alone.
"""

import random
import time
from collections.abc import Iterator
from contextlib import closing

import apsw

from benchmarks.comparison import Bench, Comparison
from benchmarks.device import an_order
from crew.domain.nearby import box_degrees
from crew.domain.value import replace
from crew.domain.work_order import OrderId
from crew.store.store import open_store
from crew.wiring import now

_ORDERS = 100_000
_AT_ONCE = 5_000
_BOXES = 20
_MIDDLE = (42.32, -71.08)
_SPREAD = 0.06
_TREE = "SELECT id FROM places WHERE low >= ? AND high <= ? AND west >= ? AND east <= ?"


def compare_places(bench: Bench) -> Iterator[Comparison]:
    """Ask for the surroundings of the same orders, by turns."""
    chance = random.Random(7)
    places = [(_MIDDLE[0] + _SPREAD * chance.random(), _MIDDLE[1] + _SPREAD * chance.random()) for _ in range(_ORDERS)]
    moment = now()
    store = open_store(bench.folder / "device", moment)
    for start in range(0, _ORDERS, _AT_ONCE):
        bench.say(f"places: {start:,} of {_ORDERS:,} orders")
        some = enumerate(places[start : start + _AT_ONCE], start=start)
        store.orders.put_server_copies(
            (replace(an_order(at, moment), id=OrderId(str(at)), lat=lat, long=long) for at, (lat, long) in some), 0
        )
    asked, bare = [], []
    with closing(apsw.Connection(":memory:")) as tree:
        tree.execute("CREATE VIRTUAL TABLE places USING rtree(id, low, high, west, east)")
        rows = ((at, lat, lat, long, long) for at, (lat, long) in enumerate(places))
        tree.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?)", rows)
        for _ in range(bench.runs):
            boxes = [(place, box_degrees(place[0])) for place in chance.sample(places, _BOXES)]
            before = time.perf_counter()
            found = sum(len(store.places.around(place, box)) for place, box in boxes)
            asked.append(1000 * (time.perf_counter() - before) / _BOXES)
            before = time.perf_counter()
            bounds = [(lat - up, lat + up, long - across, long + across) for (lat, long), (up, across) in boxes]
            there = sum(len(list(tree.execute(_TREE, bound))) for bound in bounds)
            bare.append(1000 * (time.perf_counter() - before) / _BOXES)
            assert found >= there > 0
    store.close()
    what = f"the surroundings of one of {_ORDERS:,} orders"
    yield Comparison(what, "the same box asked of an R-tree alone", 2, "ms", asked, bare)
