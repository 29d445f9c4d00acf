"""Orders on a map, numbered as they are driven; none ever hides another. The map's drawing code; pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from crew.domain.value import Value
from crew.maps.canvas import ACROSS, DOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crew.domain.place import Point
    from crew.maps.view import View

_ASIDE: Final = ((0, 0), (0, -1), (0, 1), (2, 0), (-2, 0), (2, -1), (-2, -1), (2, 1), (-2, 1))
"""Cells that a pin may move aside; no further, or it would stand at another house."""


class PinKind(StrEnum):
    """What a pin is drawn with."""

    OPEN = "pin"
    LATE = "late pin"
    UNDER_WAY = "pin under way"
    ENDED = "ended pin"
    CHOSEN = "chosen pin"


class Pin(Value):
    """An order on the map.

    Attributes:
        key: Names the order.
        place: Where it is.
        label: Its number, or a symbol.
        kind: How it stands.
        address: Names its street where there is no map; empty for none.
    """

    key: str
    place: "Point"
    label: str
    kind: PinKind = PinKind.OPEN
    address: str = ""


@dataclass(slots=True)
class Stand:
    """Where pins stand: one, or several that share a cell.

    Attributes:
        column: The first cell from the left.
        row: The cell from above.
        text: What is drawn: a label, with a "+" where there are more.
        kind: The kind of the first one.
        keys: The orders, the first one first.
    """

    column: int
    row: int
    text: str
    kind: PinKind
    keys: list[str] = field(default_factory=list)

    def covers(self, column: int, row: int) -> bool:
        """Whether a tap on a cell means these pins."""
        return row == self.row and self.column <= column < self.column + len(self.text)


def stand(pins: "Iterable[Pin]", view: "View") -> list[Stand]:
    """Find a place for every pin in view: its own cell, one beside it, or with another. Earlier ones come first."""
    columns, rows = view.width // ACROSS, view.height // DOWN
    stands: list[Stand] = []
    for pin in pins:
        if not view.shows(pin.place):
            continue
        right, down = view.dot_of(pin.place)
        column, row = int(right) // ACROSS - (len(pin.label) - 1) // 2, int(down) // DOWN
        column = max(0, min(columns - len(pin.label) - 1, column))
        free = next(
            (
                (column + across, row + along)
                for across, along in _ASIDE
                if 0 <= column + across < columns - len(pin.label) and 0 <= row + along < rows
                if not any(_touch(one, column + across, row + along, len(pin.label)) for one in stands)
            ),
            None,
        )
        if free is not None:
            stands.append(Stand(*free, pin.label, pin.kind, [pin.key]))
            continue
        if not stands:  # the view is narrower than the label
            continue
        near = min(stands, key=lambda one: (abs(one.row - row), abs(one.column - column)))
        near.keys.append(pin.key)
        near.text = near.text.removesuffix("+") + "+"
    return stands


def _touch(one: Stand, column: int, row: int, length: int) -> bool:
    """Whether a label would stand on another, or so close that both would read as one; "+" needs a cell too."""
    return one.row == row and column <= one.column + len(one.text) + 1 and one.column <= column + length + 1
