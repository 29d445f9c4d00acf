"""Where there is no map: the streets that the addresses of orders name, beside their pins. The drawing code; pure.

Only names are written, no line is drawn: nobody knows from two addresses how a street runs between them.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from crew.domain.street_address import streets_of
from crew.maps.canvas import ACROSS
from crew.maps.labels import cells_of
from crew.maps.pieces import Piece
from crew.maps.schemas import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crew.maps.pins import Pin
    from crew.maps.view import View

_BESIDE_DOTS: Final = 8
"""From a pin to the name of its street."""
_ALONG_DOTS: Final = 40
"""Pins of one street that are closer than this say nothing about the way in which it runs."""

Dot = tuple[int, int]


def sketched(pins: "Iterable[Pin]", view: "View") -> list[Piece]:
    """The lines along which the names of streets may be written, in a view."""
    names: dict[str, str] = {}
    found: defaultdict[str, list[Dot]] = defaultdict(list)
    for pin in pins:
        x, y = view.dot_of(pin.place)
        for name in streets_of(pin.address):
            names.setdefault(name.casefold(), name)
            found[name.casefold()].append((round(x), round(y)))
    return [Piece(Thing.NAME, names[key], [_line(names[key], dots)], 1.0, 0.0, 0.0) for key, dots in found.items()]


def _line(name: str, dots: list[Dot]) -> list[Dot]:
    """From pin to pin where they lie apart; else level through the pin, so long that the name comes to stand beside it.

    Names are tried at a fifth and at four fifths of a line, which is three tenths of it from the middle.
    """
    wide = max(x for x, _ in dots) - min(x for x, _ in dots)
    high = max(y for _, y in dots) - min(y for _, y in dots)
    if max(wide, high) >= _ALONG_DOTS:
        return sorted(dots, key=lambda dot: dot[0] if wide >= high else dot[1])
    x, y = dots[0]
    half = round((len(cells_of(name)) * ACROSS / 2 + _BESIDE_DOTS) / 0.6)
    return [(x - half, y), (x + half, y)]
