"""The dispatcher's queue of 100,000 orders: opened, narrowed key by key, timed from outside; and its memory."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import apsw

from benchmarks.comparison import Bench, Comparison
from benchmarks.device import address, make_device, open_terminal
from benchmarks.terminal import Terminal
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.store.store import STORE_FILE, open_store

_MANY, _FEW = 100_000, 100
_TYPED = "ce 521"
"""Every key but the space finds fewer orders than the one before."""
_REST_SECONDS = 0.25
_AFTER_START_SECONDS = 2.0
_LONGEST_MS = 100.0
_ESCAPE = b"\x1b"
_BLANK = (sys.executable, "-m", "benchmarks.blank_app")
_ROWS = (
    "SELECT id, crew, service_name, address, headline, work_status, due_at, updated_at FROM orders WHERE ended = 0 "
    "AND +rowid IN (SELECT rowid FROM orders_words WHERE orders_words MATCH ?) ORDER BY due_order LIMIT 60"
)
_COUNT = "SELECT COUNT(*) FROM orders_words WHERE orders_words MATCH ?"


def compare_queue(bench: Bench) -> Iterator[Comparison]:
    """Open the queue of many and of few by turns; then type in the one of many."""
    many, few = _make_office(bench.folder / "many", _MANY), _make_office(bench.folder / "few", _FEW)
    with _ready(many, bench.folder) as with_many, _ready(few, bench.folder) as with_few:
        long_queue, short_queue = [], []
        for run in range(bench.runs):
            bench.say(f"queue, run {run + 1} of {bench.runs}")
            short_queue.append(_open(with_few, _FEW))
            long_queue.append(_open(with_many, _MANY))
        what = f"the queue, from its key to its first frame, {_MANY:,} orders"
        yield Comparison(what, f"the same on {_FEW}", 1.3, "ms", long_queue, short_queue)
        with_many.seconds_from_key_to(b"7", f"{_MANY:,} open orders")
        keys, bare = _type(bench, with_many, many)
        memory = with_many.peak_mib()
    what = f"a key of a search to its frame, {_MANY:,} orders"
    yield Comparison(what, "a bare indexed query of the same rows", 3, "ms", keys, bare)
    yield Comparison("the slowest of those keys", "the longest that it may take", 1, "ms", [max(keys)], [_LONGEST_MS])
    with Terminal.running(_BLANK, bench.folder) as blank:
        blank.seconds_to("ready")
        blank.settle(_AFTER_START_SECONDS)
        yield Comparison(
            f"peak memory with all that, {_MANY:,} orders", "the blank app", 2.5, "MiB", [memory], [blank.peak_mib()]
        )


def _make_office(folder: Path, order_count: int) -> Path:
    """A dispatcher's device: it has the whole city."""
    make_device(folder, order_count)
    with closing(open_store(folder, datetime.now(UTC))) as store:
        before = store.device.signed_in()
        assert before is not None
        store.device.sign_in(replace(before, person=Person("Dee", Role.DISPATCHER)))
        store.queue.catch_up()  # a pull does that page by page
    return folder


@contextmanager
def _ready(folder: Path, home: Path) -> Iterator[Terminal]:
    with Terminal.running(open_terminal(folder), home) as terminal:
        terminal.seconds_to(address(0))
        terminal.settle(_AFTER_START_SECONDS)
        _open(terminal, None)  # the screen's own code loads with the first one
        yield terminal


def _open(terminal: Terminal, order_count: int | None) -> float:
    """Milliseconds to the queue; then back to the list."""
    terminal.settle(_REST_SECONDS)
    words = "open orders" if order_count is None else f"{order_count:,} open orders"
    taken = 1000 * terminal.seconds_from_key_to(b"7", words)
    terminal.settle(_REST_SECONDS)
    terminal.seconds_from_key_to(_ESCAPE, "by due time")
    return taken


def _type(bench: Bench, terminal: Terminal, folder: Path) -> tuple[Sequence[float], Sequence[float]]:
    keys, bare = [], []
    with closing(apsw.Connection(str(folder / STORE_FILE))) as store:
        for run in range(bench.runs):
            bench.say(f"a key of a search, run {run + 1} of {bench.runs}")
            terminal.settle(_REST_SECONDS)
            terminal.seconds_from_key_to(b"/", "Find")
            for length, key in enumerate(_TYPED, start=1):
                terminal.settle(_REST_SECONDS)
                if key == " ":
                    terminal.seconds_from_key_to(b" ", " ")
                    continue
                match = " AND ".join(f'"{word}" *' for word in _TYPED[:length].split())
                [[count]] = store.execute(_COUNT, (f"({match}) AND state : open",))
                keys.append(1000 * terminal.seconds_from_key_to(key.encode(), f"{count:,} of {_MANY:,}"))
                before = time.perf_counter()
                list(store.execute(_ROWS, (match,)))
                bare.append(1000 * (time.perf_counter() - before))
            for words in (" of ", f"{_MANY:,} open orders"):
                terminal.settle(_REST_SECONDS)
                terminal.seconds_from_key_to(_ESCAPE, words)
    return keys, bare
