"""A view of a city as text: ground, streets, names and pins. The map's drawing code; pure.

All reads without colour too: main streets are thick, water and parks have patterns, pins are numbers.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from crew.domain.place import Point
from crew.domain.value import Value, replace
from crew.maps import furniture
from crew.maps.canvas import ACROSS, DOWN, Canvas
from crew.maps.circles import no_search_for_circles
from crew.maps.clipping import lines_in
from crew.maps.labels import Label, LabelBoard
from crew.maps.map_text import GROUNDS, LINES, MapText, Style, rows_of
from crew.maps.names import Named, write_names
from crew.maps.pins import Pin, Stand, stand
from crew.maps.schemas import Thing

if TYPE_CHECKING:
    from crew.maps.pieces import Piece
    from crew.maps.view import View

_RING: Final = LINES.index("ring")
_WAY: Final = LINES.index("way")
_INK_OF: Final = {thing: LINES.index(thing) for thing in Thing if thing in LINES}
_AREAS: Final = (Thing.PARK, Thing.WATER)
_DASHES: Final = {Thing.PATH: 1, Thing.RAIL: 3}
_STILL: Final = 0.01
"""Parts of a cell: what a view loses by being moved to and fro."""
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


@no_search_for_circles()
def draw(view: "View", pieces: Iterable["Piece"], marks: Marks, style: Style, before: MapText | None = None) -> MapText:
    """Draw a map.

    Args:
        view: What is seen of the world; its size is that of the text.
        pieces: What of the city lies in it, with its names.
        marks: What stands on it.
        style: How it is drawn.
        before: What was seen before: where only the view was moved, names stay where they stood on the ground.
    """
    canvas = Canvas(view.width // ACROSS, view.height // DOWN)
    board = LabelBoard(canvas.columns, canvas.rows)
    named = _draw_city(canvas, view, pieces)
    if marks.way:
        for line in lines_in([view.dot_of(place) for place in marks.way], canvas.box):
            canvas.line(line, _WAY, dash=2)
    stands = _put_pins(board, view, marks, style)
    furniture.scale_bar(board, view, style.units, ascii_only=style.ascii_only)
    furniture.north(board, view, ascii_only=style.ascii_only)
    if marks.around is not None:
        furniture.rings(canvas, board, view, marks.around, style.units, _RING)
    others = len(board.labels)
    write_names(board, named, _moved(before, view) if before is not None else ())
    return MapText(rows_of(canvas, board, style), stands, view, tuple(board.labels[others:]))


def _moved(before: MapText, view: "View") -> Sequence[Label]:
    """The names of another view where they stand in this one; none where it is not the same map moved by cells."""
    if (before.view.zoom, before.view.width, before.view.height) != (view.zoom, view.width, view.height):
        return ()
    across, down = (view.x - before.view.x) * view.scale / ACROSS, (view.y - before.view.y) * view.scale / DOWN
    columns, rows = round(across), round(down)
    if abs(across - columns) > _STILL or abs(down - rows) > _STILL:
        return ()
    return [replace(name, column=name.column - columns, row=name.row - rows) for name in before.names]


def _draw_city(canvas: Canvas, view: "View", pieces: Iterable["Piece"]) -> list[Named]:
    """Draw areas below lines, and ponds into parks; returns the lines along which names may be written."""
    named: list[Named] = []
    areas, box = [], canvas.box
    drawn = frozenset(thing for thing in Thing if _is_drawn(thing, view.zoom))
    for piece in pieces:
        thing = piece.thing
        if thing in _AREAS:
            areas.append(piece)
            continue
        is_main, ink, dash = thing is Thing.MAIN_ROAD, _INK_OF.get(thing, 0), _DASHES.get(thing, 0)
        for part in piece.dots():
            seen = [part] if piece.is_inside else lines_in(part, box)
            if piece.name:
                named += [(piece.name, is_main, line) for line in seen]
            if thing not in drawn:
                continue
            if is_main and view.zoom >= _MAIN_IS_THICK_FROM:
                beside = [(x + 1, y + 1) for x, y in part]
                seen = [*seen, *([beside] if piece.is_inside else lines_in(beside, box))]
            for line in seen:
                canvas.line(line, ink, dash)
    for piece in sorted(areas, key=lambda one: _AREAS.index(one.thing)):
        canvas.area(piece.dots(), GROUNDS.index(piece.thing))
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
