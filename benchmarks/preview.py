"""From a key to its whole frame while a camera's preview runs, against the same with a camera that shows nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from benchmarks.comparison import Bench, Comparison
from benchmarks.device import address, make_device, open_terminal
from benchmarks.terminal import Terminal

_LIVE = 'device = "testsrc2=size=160x90:rate=30,noise=alls=40:allf=t,scale=1280:720,realtime"\nformat = "lavfi"\n'
"""A picture in which nearly every cell has its own colours, as a camera's has; making it costs little itself."""
_BLIND = 'command = ["true", "{file}"]\n'
_DONE, _CAMERA = b"d", b"c"
_BACK = b"\x1b[27u"
"""Escape as newer terminals write it: the older byte may begin a sequence, and is waited for a tenth of a second."""
_SHEET_BELOW, _SHEET = "needs a photo", "Take it"
_ORDERS = 10
_KEYS_A_RUN = 4
_AFTER_START_SECONDS = 2.0
_LOOK_SECONDS = (1.0, 1.4)
"""By chance: a key must not keep time with the pictures."""


def compare_preview(bench: Bench) -> Iterator[Comparison]:
    """Press the same keys in both, by turns."""
    chance = Random(4)
    live, blind = [], []
    with _looking(bench.folder / "live", _LIVE) as with_live, _looking(bench.folder / "blind", _BLIND) as with_blind:
        for run in range(bench.runs):
            bench.say(f"preview, run {run + 1} of {bench.runs}")
            for _ in range(_KEYS_A_RUN):
                blind.append(_press(with_blind, chance))
                live.append(_press(with_live, chance))
    what = "a key (back) to its frame while a camera shows what it sees"
    yield Comparison(what, "the same with a camera that shows nothing", 1.5, "ms", _milli(live), _milli(blind))


@contextmanager
def _looking(folder: Path, camera: str) -> Iterator[Terminal]:
    """The sheet of the first order's completion, from which a key opens the camera."""
    settings = folder / ".config" / "crew"
    settings.mkdir(parents=True)
    (settings / "crew.toml").write_text(f"[camera]\n{camera}", encoding="utf-8")
    with Terminal.running(open_terminal(make_device(folder / "data", _ORDERS)), folder) as terminal:
        terminal.seconds_to(address(0))
        terminal.settle(_AFTER_START_SECONDS)
        terminal.seconds_from_key_to(_DONE, _SHEET_BELOW)
        yield terminal


def _press(terminal: Terminal, chance: Random) -> float:
    """Open the camera, let it look, and go back: the time of the last key."""
    terminal.seconds_from_key_to(_CAMERA, _SHEET)
    terminal.listen(chance.uniform(*_LOOK_SECONDS))
    return terminal.seconds_from_key_to(_BACK, _SHEET_BELOW)


def _milli(seconds: list[float]) -> list[float]:
    return [1000 * second for second in seconds]
