"""From a key to its whole frame while 12-megapixel photos are decoded, against the same list of small ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.comparison import Bench, Comparison
from benchmarks.device import address, make_device, open_terminal
from benchmarks.photo import write_picture
from benchmarks.terminal import DOWN, UP, Terminal

_DONE, _FILES = b"d", b"p"
_SHEET_BELOW = "needs a photo"
_SIZES = ((4000, 3000), (64, 48))
_ORDERS = 10
_FILES_THERE = 24
_KEYS_A_RUN = 20
_AFTER_START_SECONDS = 2.0
_BETWEEN_KEYS_SECONDS = 0.1
"""Before the decoding of the photo under the cursor has come to its end."""


def compare_decoding(bench: Bench) -> Iterator[Comparison]:
    """Walk up and down both lists by turns, while each photo under the cursor is decoded to be shown beside it."""
    busy: list[float] = []
    idle: list[float] = []
    large, small = _SIZES
    with _choosing(bench.folder / "large", large) as with_large, _choosing(bench.folder / "small", small) as with_small:
        for run in range(bench.runs):
            bench.say(f"decoding, run {run + 1} of {bench.runs}")
            for place in range(_KEYS_A_RUN):
                for terminal, how in ((with_large, busy), (with_small, idle)):
                    how.append(_press(terminal, run, place))
    what = "a key (cursor down) to its frame while a 12-megapixel photo is decoded"
    yield Comparison(what, "the same among photos of 64 by 48 pixels", 1.5, "ms", _milli(busy), _milli(idle))


@contextmanager
def _choosing(folder: Path, size: tuple[int, int]) -> Iterator[Terminal]:
    """The list of photo files over the sheet of the first order's completion."""
    photos, settings = folder / "card", folder / ".config" / "crew"
    photos.mkdir(parents=True)
    settings.mkdir(parents=True)
    write_picture(photos / _name(0), size)
    for number in range(1, _FILES_THERE):
        photos.joinpath(_name(number)).write_bytes(photos.joinpath(_name(0)).read_bytes())
    (settings / "crew.toml").write_text(f"[look]\nphoto_folder = {str(photos)!r}\n", encoding="utf-8")
    with Terminal.running(open_terminal(make_device(folder / "data", _ORDERS)), folder) as terminal:
        terminal.seconds_to(address(0))
        terminal.settle(_AFTER_START_SECONDS)
        terminal.seconds_from_key_to(_DONE, _SHEET_BELOW)
        terminal.seconds_from_key_to(_FILES, "IMG_")
        terminal.listen(_AFTER_START_SECONDS)  # the cursor of the line to type in blinks for ever
        yield terminal


def _press(terminal: Terminal, run: int, place: int) -> float:
    """Down in one run and up in the next: only the latest photos are remembered, so most are decoded anew."""
    shown = terminal.seconds_from_key_to(UP if run % 2 else DOWN, "IMG_")
    terminal.listen(_BETWEEN_KEYS_SECONDS)
    return shown


def _name(number: int) -> str:
    return f"IMG_{number:04}.jpg"


def _milli(seconds: list[float]) -> list[float]:
    return [1000 * second for second in seconds]
