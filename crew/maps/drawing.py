"""A view of a city as text: ground, streets, names and pins. The map's drawing code; pure.

Every cell says what it is, never what colour it has: whoever shows it has a theme, or no colours at all. So all reads
without colour too: main streets are thick, water and parks have patterns, pins are numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from crew.domain.place import Point
from crew.domain.value import Value
from crew.maps import furniture
from crew.maps.canvas import ACROSS, DOWN, Canvas
from crew.maps.circles import no_search_for_circles
from crew.maps.labels import Label, LabelBoard
from crew.maps.names import write_names
from crew.maps.pins import Pin, Stand, stand
from crew.maps.schemas import Thing

if TYPE_CHECKING:
    from crew.maps.city_map import Piece
    from crew.maps.view import View

_INKS: Final = ("", "ring", "river", "path", "rail", "road", "main road", "way")
"""From the weakest to the strongest."""
_RING: Final = _INKS.index("ring")
_WAY: Final = _INKS.index("way")
_GROUNDS: Final = ("", "park", "water")
_AREAS: Final = (Thing.PARK, Thing.WATER)
_DASHES: Final = {Thing.PATH: 1, Thing.RAIL: 3}
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
_PATTERNS: Final = {"water": "~", "park": ","}
_SPARSE: Final = {"water": "⠒", "park": "⠂"}
_PATHS_FROM: Final = 14.5
_SMALL_ROADS_FROM: Final = 11.0
_MAIN_IS_THICK_FROM: Final = 13.5


class Marks(Value):
    """What stands on the map of the work itself.

    Attributes:
        pins: The orders, as they are driven.
        chosen: The key of the chosen one; empty for none.
        you: Where the device is; None where that is not known.
        around: The place that the rings of distance are round; None for no rings.
        way: The places along which the day leads, joined by a line.
    """

    pins: Sequence[Pin] = ()
    chosen: str = ""
    you: Point | None = None
    around: Point | None = None
    way: Sequence[Point] = ()


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


class Run(Value):
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
    """

    rows: tuple[tuple[Run, ...], ...]
    stands: tuple[Stand, ...]

    def pins_at(self, column: int, row: int) -> Sequence[str]:
        """The orders under a cell."""
        return next((one.keys for one in self.stands if one.covers(column, row)), ())


@no_search_for_circles()
def draw(view: "View", pieces: Iterable["Piece"], marks: Marks, style: Style) -> MapText:
    """Draw a map.

    Args:
        view: What is seen of the world; its size is that of the text.
        pieces: What of the city lies in it, with its names.
        marks: What stands on it.
        style: How it is drawn.
    """
    canvas = Canvas(view.width // ACROSS, view.height // DOWN)
    board = LabelBoard(canvas.columns, canvas.rows)
    named = _draw_city(canvas, view, pieces)
    if marks.way:
        canvas.line([view.dot_of(place) for place in marks.way], _WAY, dash=2)
    stands = _put_pins(board, view, marks, style)
    furniture.scale_bar(board, view, style.units, ascii_only=style.ascii_only)
    furniture.north(board, view, ascii_only=style.ascii_only)
    if marks.around is not None:
        furniture.rings(canvas, board, view, marks.around, style.units, _RING)
    write_names(board, named)
    return MapText(_rows(canvas, board, style), stands)


def _draw_city(
    canvas: Canvas, view: "View", pieces: Iterable["Piece"]
) -> list[tuple[str, bool, list[tuple[float, float]]]]:
    """Draw areas below lines, and ponds into parks; returns the lines along which names may be written."""
    lines, named, areas = [], [], []
    for piece in pieces:
        if piece.thing in _AREAS:
            areas.append(piece)
            continue
        for part in piece.dots():
            if piece.name:
                named.append((piece.name, piece.thing is Thing.MAIN_ROAD, part))
            if _is_drawn(piece.thing, view.zoom):
                lines.append((piece.thing, part))
    for piece in sorted(areas, key=lambda one: _AREAS.index(one.thing)):
        canvas.area(piece.dots(), _GROUNDS.index(piece.thing))
    for thing, part in sorted(lines, key=lambda one: _INKS.index(one[0])):
        canvas.line(part, _INKS.index(thing), _DASHES.get(thing, 0))
        if thing is Thing.MAIN_ROAD and view.zoom >= _MAIN_IS_THICK_FROM:
            canvas.line([(x + 1, y + 1) for x, y in part], _INKS.index(thing))
    return named


def _is_drawn(thing: Thing, zoom: float) -> bool:
    if thing is Thing.NAME:
        return False
    if thing is Thing.PATH:
        return zoom >= _PATHS_FROM
    return thing is not Thing.ROAD or zoom >= _SMALL_ROADS_FROM


def _put_pins(board: LabelBoard, view: "View", marks: Marks, style: Style) -> tuple[Stand, ...]:
    ordered = sorted(marks.pins, key=lambda pin: pin.key != marks.chosen)
    stands = stand(ordered, view)
    for one in stands:
        kind = "chosen pin" if one.keys[0] == marks.chosen else one.kind
        board.put(one.text, kind, one.column, one.row)
    if marks.you is not None and view.shows(marks.you):
        right, down = view.dot_of(marks.you)
        board.put("@" if style.ascii_only else "◉", "you", int(right) // ACROSS, int(down) // DOWN)
    return tuple(stands)


def _rows(canvas: Canvas, board: LabelBoard, style: Style) -> tuple[tuple[Run, ...], ...]:
    labels: list[list[Label]] = [[] for _ in range(canvas.rows)]
    for label in board.labels:
        labels[label.row].append(label)
    return tuple(_row(canvas, row, labels[row], style) for row in range(canvas.rows))


def _row(canvas: Canvas, row: int, labels: Sequence[Label], style: Style) -> tuple[Run, ...]:
    start, end = row * canvas.columns, (row + 1) * canvas.columns
    inks = [_INKS[ink] for ink in canvas.ink[start:end]]
    grounds = [_GROUNDS[ground] for ground in canvas.ground[start:end]]
    letters = [_LETTERS[ink] for ink in inks] if style.ascii_only else list(canvas.braille(row))
    if not style.colours:
        pattern = _PATTERNS if style.ascii_only else _SPARSE
        for column, ground in enumerate(grounds):
            if ground and not inks[column]:
                letters[column], inks[column] = (pattern[ground] if (column + row) % 2 == 0 else " "), ground
    for label in labels:
        place = slice(label.column, label.column + len(label.cells))
        letters[place], inks[place] = label.cells, [label.ink] * len(label.cells)
    return tuple(_runs(letters, inks, grounds))


def _runs(letters: Sequence[str], inks: Sequence[str], grounds: Sequence[str]) -> Iterator[Run]:
    first = 0
    for column in range(1, len(letters) + 1):
        if column == len(letters) or inks[column] != inks[first] or grounds[column] != grounds[first]:
            yield Run("".join(letters[first:column]), inks[first], grounds[first])
            first = column
