"""A drawn map as rows of text. The map's drawing code; pure.

Every cell says what it is, never what colour it has: whoever shows it has a theme, or no colours at all.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from crew.domain.value import Value
from crew.maps.pins import PinKind, Stand

if TYPE_CHECKING:
    from crew.maps.canvas import Canvas
    from crew.maps.labels import Label, LabelBoard
    from crew.maps.view import View

LINES: Final = ("", "ring", "river", "path", "rail", "road", "main road", "way")
"""The inks of lines, from the weakest to the strongest."""
GROUNDS: Final = ("", "park", "water")
_INKS: Final = (*LINES, *GROUNDS[1:], "name", "scale", "you", *map(str, PinKind))
_CODES: Final = {ink: code for code, ink in enumerate(_INKS)}
_LETTERS: Final = {
    "": " ",
    "road": ".",
    "main road": "#",
    "rail": "=",
    "path": "'",
    "river": "~",
    "ring": ":",
    "way": "o",
}
_ASCII: Final = {code: _LETTERS[ink] for code, ink in enumerate(LINES)}
_PATTERNS: Final = {"water": "~", "park": ","}
_SPARSE: Final = {"water": "⠒", "park": "⠂"}
_GROUND: Final = 5
"""The bits of a cell's code from which on it says its ground; those below say its ink."""
_INK: Final = (1 << _GROUND) - 1
_ALIKE: Final = re.compile(rb"(.)\1*", re.DOTALL)


class Style(Value):
    """How it is drawn.

    Attributes:
        units: "km" or "mi".
        ascii_only: For fonts without braille.
        colours: Whether grounds have colours; patterns tell them apart otherwise.
        picture: Whether the ground may be a picture.
    """

    units: str = "km"
    ascii_only: bool = False
    colours: bool = True
    picture: bool = False


class Run(NamedTuple):
    """Cells that are drawn alike.

    Attributes:
        text: One letter each cell, but for wide letters and marks in names.
        ink: What the text is: "main road", "name", "chosen pin" and so on; empty for nothing.
        ground: What lies below: "water", "park", or empty.
    """

    text: str
    ink: str
    ground: str


class MapText(Value):
    """A drawn map.

    Attributes:
        rows: Each as wide as the view.
        stands: The pins and where they stand.
        view: What it shows.
        names: The names on it.
    """

    rows: tuple[tuple[Run, ...], ...]
    stands: tuple[Stand, ...]
    view: "View"
    names: "tuple[Label, ...]"

    def pins_at(self, column: int, row: int) -> Sequence[str]:
        """The orders under a cell."""
        return next((one.keys for one in self.stands if one.covers(column, row)), ())


def rows_of(canvas: "Canvas", board: "LabelBoard", style: Style) -> tuple[tuple[Run, ...], ...]:
    """What was drawn, with the words on it."""
    letters, inks = canvas.cells()
    if style.ascii_only:
        letters = inks.decode("latin-1").translate(_ASCII)
    grounds = int.from_bytes(canvas.ground, "little") << _GROUND
    codes = (int.from_bytes(inks, "little") | grounds).to_bytes(len(inks), "little")
    labels: list[list[Label]] = [[] for _ in range(canvas.rows)]
    for label in board.labels:
        labels[label.row].append(label)
    return tuple(
        tuple(_row(letters[start : start + canvas.columns], codes[start : start + canvas.columns], row, labels, style))
        for row, start in enumerate(range(0, len(codes), canvas.columns))
    )


def _row(letters: str, codes: bytes, row: int, labels: "list[list[Label]]", style: Style) -> Iterator[Run]:
    cells, kinds = list(letters), bytearray(codes)
    if not style.colours:
        _put_patterns(cells, kinds, row, _PATTERNS if style.ascii_only else _SPARSE)
    for label in labels[row]:
        place = slice(label.column, label.column + len(label.cells))
        ink = _CODES[label.ink]
        cells[place], kinds[place] = label.cells, bytes(kind & ~_INK | ink for kind in kinds[place])
    for alike in _ALIKE.finditer(kinds):
        first, end = alike.span()
        yield Run("".join(cells[first:end]), _INKS[kinds[first] & _INK], GROUNDS[kinds[first] >> _GROUND])


def _put_patterns(cells: list[str], kinds: bytearray, row: int, patterns: dict[str, str]) -> None:
    """Fill grounds where nothing is drawn on them."""
    for column, kind in enumerate(kinds):
        ground = GROUNDS[kind >> _GROUND]
        if ground and not kind & _INK:
            cells[column] = patterns[ground] if (column + row) % 2 == 0 else " "
            kinds[column] = kind | _CODES[ground]
