"""From a key to its whole frame while the terminal searches in the background, against the same key at rest.

Two things are searched: the order in which sixty stops are best driven, and the ways along a city's streets between
them. What matters is how long a person waits, so these rows count the time of a clock, not of a processor.
"""

import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from random import Random

from benchmarks.comparison import Bench, Comparison
from benchmarks.device import address, make_device, open_terminal
from benchmarks.map import a_city
from benchmarks.terminal import DOWN, UP, Terminal
from crew.maps.building import write_map

_STOPS = 60
"""Along one street and due one after the other, so that the list stands as it stood once it is ordered."""
_REST_SECONDS = 0.25
_AFTER_START_SECONDS = 4.0
"""The streets are looked for when nothing has happened for a while; without a map that is over at once."""
_UNDER_WAY_SECONDS = 0.03
_KEYS = 4
_ORDER_KEY = b"r"
_LONGEST_SECONDS = 120.0


def compare_busy(bench: Bench) -> Iterator[Comparison]:
    """Press the same key at rest and while something is searched, by turns."""
    city = bench.folder / "city.pmtiles"
    write_map(a_city(Random(5)), city, on_progress=lambda done, total: None)
    resting, ordering, reading = [], [], []
    for run in range(bench.runs):
        bench.say(f"busy, run {run + 1} of {bench.runs}")
        device = make_device(bench.folder / f"device-{run}", _STOPS, late_count=-1)
        with Terminal.running(open_terminal(device), bench.folder) as terminal:
            terminal.seconds_to(address(0))
            terminal.settle(_AFTER_START_SECONDS)
            for _ in range(_KEYS):
                resting.append(_milliseconds(terminal, DOWN, 1))
                _milliseconds(terminal, UP, 0)
                terminal.press(_ORDER_KEY)
                terminal.listen(_UNDER_WAY_SECONDS)
                ordering.append(_milliseconds(terminal, DOWN, 1))
                terminal.settle(_REST_SECONDS)
                terminal.press(_ORDER_KEY)
                terminal.settle(_REST_SECONDS)
                _milliseconds(terminal, UP, 0)
                terminal.settle(_REST_SECONDS)
        reading += _while_streets_are_read(device, city, bench.folder)
    what = "a key (cursor down) to its frame"
    yield Comparison(f"{what} while {_STOPS} stops are ordered", "the same at rest", 2, "ms", ordering, resting)
    yield Comparison(f"{what} while a city's streets are read", "the same at rest", 2, "ms", reading, resting)
    longest = [max(ordering), max(reading)]
    yield Comparison("the slowest of these keys", "a tenth of a second", 1, "ms", longest, [100.0, 100.0])


def _while_streets_are_read(device: Path, city: Path, home: Path) -> list[float]:
    """Put the map beside a store that has none, and press keys until the ways between its stops are known."""
    kept, ways = device / "map" / "city.pmtiles", device / "map" / "ways.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(city.read_bytes())
    found = []
    with Terminal.running(open_terminal(device), home) as terminal:
        terminal.seconds_to(address(0))
        end = time.perf_counter() + _LONGEST_SECONDS
        for key, place in cycle(((DOWN, 1), (UP, 0))):
            if ways.exists() or time.perf_counter() > end:
                break
            found.append(_milliseconds(terminal, key, place))
            terminal.listen(_REST_SECONDS)
    return found[_KEYS:]


def _milliseconds(terminal: Terminal, key: bytes, place: int) -> float:
    return 1000 * terminal.seconds_from_key_to(key, address(place))
