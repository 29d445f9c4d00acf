"""From the key "cursor down" to its whole frame, on a long list against a short one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.comparison import Bench, Comparison
from benchmarks.device import address, make_device, open_terminal
from benchmarks.terminal import DOWN, UP, Terminal

_MANY, _FEW = 1000, 10
_REST_SECONDS = 0.25
_AFTER_START_SECONDS = 2.0


def compare_keys(bench: Bench) -> Iterator[Comparison]:
    """Press the same keys in both, by turns, each time after a rest."""
    many = open_terminal(make_device(bench.folder / "many", _MANY))
    few = open_terminal(make_device(bench.folder / "few", _FEW))
    long_list, short_list = [], []
    with _ready(many, bench.folder) as with_many, _ready(few, bench.folder) as with_few:
        for run in range(bench.runs):
            bench.say(f"key, run {run + 1} of {bench.runs}")
            for place in range(1, _FEW):
                short_list.append(_move(with_few, DOWN, place))
                long_list.append(_move(with_many, DOWN, place))
            for place in reversed(range(_FEW - 1)):
                _move(with_few, UP, place)
                _move(with_many, UP, place)
    what = f"a key (cursor down) to its frame, {_MANY:,} orders"
    yield Comparison(what, f"the same on {_FEW} orders", 1.2, "ms", _milli(long_list), _milli(short_list))


@contextmanager
def _ready(command: Sequence[str], home: Path) -> Iterator[Terminal]:
    """Running, and at rest: what loads after the first paint has been loaded."""
    with Terminal.running(command, home) as terminal:
        terminal.seconds_to(address(0))
        terminal.settle(_AFTER_START_SECONDS)
        yield terminal


def _move(terminal: Terminal, key: bytes, place: int) -> float:
    terminal.settle(_REST_SECONDS)
    return terminal.seconds_from_key_to(key, address(place))


def _milli(seconds: list[float]) -> list[float]:
    return [1000 * second for second in seconds]
