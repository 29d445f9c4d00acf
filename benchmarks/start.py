"""From exec to the first usable list, and the memory that it took, against a blank Textual app."""

import sys
from collections.abc import Iterator

from benchmarks.comparison import Bench, Comparison
from benchmarks.device import address, make_device, open_terminal
from benchmarks.terminal import Terminal

_ORDERS = 1000
_BLANK = (sys.executable, "-m", "benchmarks.blank_app")


def compare_start(bench: Bench) -> Iterator[Comparison]:
    """Measure start and memory in the same runs, blank and Crew by turns."""
    command = open_terminal(make_device(bench.folder / "device", _ORDERS))
    last_row = _last_visible_row(bench, command)
    _start(bench, _BLANK, "ready")
    crew, blank = [], []
    for run in range(bench.runs):
        bench.say(f"start, run {run + 1} of {bench.runs}")
        blank.append(_start(bench, _BLANK, "ready"))
        crew.append(_start(bench, command, last_row))
    whose = f"exec to the first usable list, {_ORDERS:,} orders in the store"
    yield Comparison(whose, "a blank Textual app", 1.4, "s", [run[0] for run in crew], [run[0] for run in blank])
    memory = "peak memory at that moment"
    yield Comparison(memory, "the blank app", 1.5, "MiB", [run[1] for run in crew], [run[1] for run in blank])


def _last_visible_row(bench: Bench, command: tuple[str, ...]) -> str:
    """The address on the last row that fits; this run also warms the caches."""
    with Terminal.running(command, bench.folder) as terminal:
        terminal.seconds_to(address(0))
        terminal.settle(0.5)
        shown = terminal.text()
    return [address(number) for number in range(_ORDERS) if address(number) in shown][-1]


def _start(bench: Bench, command: tuple[str, ...], words: str) -> tuple[float, float]:
    with Terminal.running(command, bench.folder) as terminal:
        return terminal.seconds_to(words), terminal.peak_mib()
