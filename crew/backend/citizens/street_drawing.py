"""Draws main streets, water and parks of a part of the city as SVG, with the names that fit. Backend layer, pure.

It lies under the dots of the public map, so it stays quiet, by day and by night. What it takes and weighs has a limit,
whatever the map's file holds: what is largest is drawn first.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import exp2, log2
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from crew.backend.citizens.map_area import HEIGHT, LARGEST_DEGREES, WIDTH
from crew.backend.citizens.street_names import NAME_SIZE, Named, Streets, length_of, longest, placed_names
from crew.domain.value import replace
from crew.maps.clipping import lines_in, ring_in, thinned
from crew.maps.schemas import Thing
from crew.maps.view import TILE_DOTS, View, to_world

if TYPE_CHECKING:
    from crew.backend.public.public_requests import Area
    from crew.maps.pieces import Piece

Spot = tuple[float, float]

_FINER: Final = 2
"""Dots of the picture for each unit of the map, so that whole numbers are exact enough."""
_EDGE: Final = 8
_NEAREST: Final = 1.5
_THINNED_TO: Final = 1.0
_PIECE: Final = 64
"""Points that are thinned together: that takes the square of them where somebody means harm."""
_MOST_POINTS: Final = 8_000
"""Of each kind, before it is thinned: some 25 kilobytes at worst, half of that packed."""
_SMALLEST_AREA: Final = 60.0
"""Of water and parks, in square dots."""
_SMALL_ROADS_FROM: Final = 14.6
"""Further out they are drawn only where no street is a main one, as in some cities' own files."""
_WIDE_FROM: Final = 13.0
_NARROW: Final = 3.2
_WIDEST: Final = 11.0
_CASING: Final = 2.4
_GROUNDS: Final = {Thing.PARK: "p", Thing.WATER: "w"}
_LINES: Final = {Thing.RIVER: "r", Thing.ROAD: "s", Thing.MAIN_ROAD: "m"}
"""From the ground up, each with its class in the style; `e` is the edge of what is wide, and what is narrow."""

_DAY: Final = ("#d9e6cc", "#b7d3e6", "#d5cfc2", "#cbc3b0", "#fffdf8", "#45473f", "#f4f3ef")
_NIGHT: Final = ("#22302a", "#1d3a4f", "#333b42", "#39434b", "#4b555d", "#c9cec9", "#14181b")
"""Parks, water, small streets, edges, main streets, names and what is around names: the ground of the page."""


def view_of(area: "Area") -> View | None:
    """A part of the city as the reader of maps looks at it; None where it is more than a city, or lies at a pole."""
    (left, top), (right, bottom) = to_world((area.north, area.west)), to_world((area.south, area.east))
    if area.north - area.south > LARGEST_DEGREES or not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        return None
    width, height = WIDTH * _FINER, HEIGHT * _FINER
    return View((left + right) / 2, (top + bottom) / 2, log2(width / TILE_DOTS / (right - left)), width, height)


def drawn_streets(view: View, pieces: Iterable["Piece"]) -> str:
    """The picture of what lies in a view."""
    box = (-_EDGE, -_EDGE, view.width + _EDGE, view.height + _EDGE)
    grounds: dict[Thing, list[list[Spot]]] = {thing: [] for thing in _GROUNDS}
    lines: dict[Thing, list[tuple[str, list[Spot]]]] = {thing: [] for thing in (*_LINES, Thing.NAME)}
    for piece in pieces:
        if piece.thing in grounds:
            grounds[piece.thing] += [ring_in(part, box) for part in _wound_alike(piece.dots())]
        elif piece.thing in lines:
            lines[piece.thing] += [(piece.name, run) for part in piece.dots() for run in lines_in(part, box)]
    if lines[Thing.MAIN_ROAD] and view.zoom < _SMALL_ROADS_FROM:
        lines[Thing.ROAD] = []
    paths = [_path(kind, _largest(grounds[thing]), "z") for thing, kind in _GROUNDS.items()]
    paths += [_streets(kind, _longest([run for _, run in lines[thing]]), view) for thing, kind in _LINES.items()]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {view.width} {view.height}"><style>{STYLE}</style>'
    return "".join((head, *paths, *_names(view, lines), "</svg>"))


def _names(view: View, lines: dict[Thing, list[tuple[str, list[Spot]]]]) -> Iterable[str]:
    """The names of what is drawn; some maps keep them on lines of their own, which lie along the streets."""
    named = [
        Named(name, thing is Thing.MAIN_ROAD, run)
        for thing in (Thing.MAIN_ROAD, Thing.ROAD)
        for name, run in lines[thing]
        if name
    ]
    if lines[Thing.NAME]:
        main, small = (Streets(run for _, run in lines[thing]) for thing in (Thing.MAIN_ROAD, Thing.ROAD))
        for one in longest(Named(name, False, run) for name, run in lines[Thing.NAME]):
            if (is_main := main.has(one.run)) or small.has(one.run):
                named.append(replace(one, main=is_main))
    for name in placed_names(named, view.width, view.height):
        where = f"translate({name.x:.0f} {name.y:.0f})rotate({name.degrees:.0f})"
        yield f'<text transform="{where}">{escape(name.words)}</text>'


def _wound_alike(rings: list[list[Spot]]) -> list[list[Spot]]:
    """The rings of an area, its outside clockwise: areas that overlap, as they do where tiles meet, stay filled."""
    return [ring[::-1] for ring in rings] if rings and _doubled_area(rings[0]) < 0 else rings


def _doubled_area(ring: Sequence[Spot]) -> float:
    return sum(x * y2 - x2 * y for (x, y), (x2, y2) in pairwise([*ring, ring[0]])) if ring else 0.0


def _largest(rings: Iterable[list[Spot]]) -> list[list[Spot]]:
    sized = [(abs(_doubled_area(ring)) / 2, ring) for ring in rings]
    return [ring for size, ring in sorted(sized, key=_by_size) if size >= _SMALLEST_AREA]


def _longest(runs: Iterable[list[Spot]]) -> list[list[Spot]]:
    sized = [(length_of(run), run) for run in runs]
    return [run for _, run in sorted(sized, key=_by_size)]


def _by_size(sized: tuple[float, list[Spot]]) -> float:
    return -sized[0]


def _streets(kind: str, runs: Iterable[list[Spot]], view: View) -> str:
    is_wide = view.zoom >= _WIDE_FROM
    width = min(_WIDEST, _NARROW * exp2((view.zoom - _WIDE_FROM + 1) / 2)) if is_wide else _NARROW
    if kind != "m":
        return _path(kind, runs, "", width / 2)
    edge = _path("e", runs, "", width + _CASING if is_wide else width)
    return edge + edge.replace('"e"', '"m"').replace(f'"{width + _CASING:.1f}"', f'"{width:.1f}"') if is_wide else edge


def _path(kind: str, parts: Iterable[Sequence[Spot]], end: str, width: float = 0.0) -> str:
    """All of one kind as one path, as long as it is not too much."""
    words: list[str] = []
    left = _MOST_POINTS
    for part in parts:
        rough = _roughly(part)
        left -= len(rough)
        if left < 0:
            break
        pieces = (rough[at : at + _PIECE] for at in range(0, len(rough), _PIECE))
        words.append(_commands([spot for piece in pieces for spot in thinned(piece, _THINNED_TO)]))
    wide = f' stroke-width="{width:.1f}"' if width else ""
    return f'<path class="{kind}"{wide} d="{end.join([*words, ""])}"/>' if words else ""


def _roughly(line: Sequence[Spot]) -> list[Spot]:
    """A line without points that lie beside the one before."""
    kept = [line[0]]
    for x, y in line[1:-1]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= _NEAREST:
            kept.append((x, y))
    return [*kept, line[-1]]


def _commands(line: Sequence[Spot]) -> str:
    """A line in whole dots, each point told from the one before."""
    (x, y), *rest = [(round(x), round(y)) for x, y in line]
    words = []
    for x2, y2 in rest:
        if (x2, y2) != (x, y):
            words.append(f"{x2 - x} {y2 - y}")
            x, y = x2, y2
    steps = " ".join(words).replace(" -", "-")
    return f"M{round(line[0][0])} {round(line[0][1])}l{steps or '0 0'}"


def _colours(ink: Sequence[str]) -> str:
    park, water, small, edge, main, text, ground = ink
    return (
        f".p{{fill:{park}}}.w{{fill:{water}}}.r{{stroke:{water}}}.s{{stroke:{small}}}.e{{stroke:{edge}}}"
        f".m{{stroke:{main}}}text{{fill:{text};stroke:{ground}}}"
    )


STYLE: Final = (
    "path{fill:none;stroke-linejoin:round;stroke-linecap:round}"
    f"text{{font:600 {NAME_SIZE}px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;"
    "text-anchor:middle;dominant-baseline:central;paint-order:stroke;stroke-width:4;stroke-linejoin:round}"
    f"{_colours(_DAY)}@media(prefers-color-scheme:dark){{{_colours(_NIGHT)}}}"
)
"""The same in every picture, so that its policy can name it."""

STYLE_HASH: Final = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
