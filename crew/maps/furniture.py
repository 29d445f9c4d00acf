"""What stands on every map beside the city: rings of distance, the scale bar, north. The map's drawing code; pure."""

from math import cos, pi, sin
from typing import TYPE_CHECKING, Final

from crew.domain.place import distance_words
from crew.maps.canvas import ACROSS, DOWN
from crew.maps.clipping import lines_in

if TYPE_CHECKING:
    from crew.domain.place import Point
    from crew.maps.canvas import Canvas
    from crew.maps.labels import LabelBoard
    from crew.maps.view import View

_FOOT: Final = 0.3048
_MILE: Final = 1609.344
_STEPS: Final = (1, 2, 5)
_CORNERS: Final = 96
_BAR_PART: Final = 0.22
_RING_PART: Final = 0.3


def round_metres(most: float, units: str) -> float:
    """The largest length of at most so many metres that reads well in "km" or "mi"."""
    unit = 1.0 if units != "mi" else _FOOT if most < _MILE / 4 else _MILE
    best, power = unit * (0.25 if unit == _MILE else 1), 1.0
    while True:
        for step in _STEPS:
            length = step * power * unit
            if length > most:
                return best
            best = length
        power *= 10


def rings(canvas: "Canvas", board: "LabelBoard", view: "View", place: "Point", units: str, ink: int) -> None:
    """Draw two rings round a place, each with its distance."""
    near = round_metres(min(view.width, view.height) * _RING_PART * view.metres_per_dot, units)
    x, y = view.dot_of(place)
    for metres in (near, 2 * near):
        radius = metres / view.metres_per_dot
        dots = [
            (x + radius * cos(2 * pi * corner / _CORNERS), y + radius * sin(2 * pi * corner / _CORNERS))
            for corner in range(_CORNERS + 1)
        ]
        for line in lines_in(dots, canvas.box):
            canvas.line(line, ink, dash=2)
        words = _length_words(metres, units)
        board.put(words, "ring", int(x) // ACROSS - len(words) // 2, int(y - radius) // DOWN)


def scale_bar(board: "LabelBoard", view: "View", units: str, *, ascii_only: bool) -> None:
    """Draw a length in the corner below, and say it."""
    metres = round_metres(view.width * _BAR_PART * view.metres_per_dot, units)
    cells = max(2, round(metres / view.metres_per_dot / ACROSS))
    bar = f"|{'-' * (cells - 2)}|" if ascii_only else f"├{'─' * (cells - 2)}┤"
    board.put(f"{bar} {_length_words(metres, units)}", "scale", 1, view.height // DOWN - 1)


def north(board: "LabelBoard", view: "View", *, ascii_only: bool) -> None:
    """Say where north is."""
    board.put("N ^" if ascii_only else "N ↑", "scale", view.width // ACROSS - 4, 0)


def _length_words(metres: float, units: str) -> str:
    if units == "mi" and metres < _MILE / 4:
        return f"{round(metres / _FOOT):,} ft"
    return distance_words(metres, units) if units == "mi" or metres < 1000 else f"{metres / 1000:g} km"
