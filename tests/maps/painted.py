"""Tiles as a city's own server would give them: streets, water and parks of a map, painted at any zoom."""

from collections.abc import Callable
from io import BytesIO
from math import exp2

from PIL import Image, ImageDraw

from crew.maps.city_map import CityMap
from crew.maps.schemas import Thing
from crew.maps.tile_address import Tile
from crew.maps.view import View
from tests.maps.tile_server import Answer

_SIDE = 256
_PAPER = (242, 239, 233)
_AREAS = {Thing.PARK: (200, 230, 190), Thing.WATER: (150, 195, 225)}
_LINES = {
    Thing.ROAD: ((255, 255, 255), 1.0),
    Thing.MAIN_ROAD: ((250, 205, 110), 1.7),
    Thing.RAIL: ((140, 140, 150), 0.3),
}
_EDGE = (170, 160, 150)


def painter(city_map: CityMap) -> Callable[[Tile], Answer]:
    """A server of a map's tiles."""

    def answer(tile: Tile) -> Answer:
        file = BytesIO()
        painted(city_map, tile).save(file, "PNG")
        return Answer(file.getvalue(), headers={"Cache-Control": "max-age=604800"})

    return answer


def painted(city_map: CityMap, tile: Tile) -> Image.Image:
    count = 2**tile.zoom
    view = View((tile.column + 0.5) / count, (tile.row + 0.5) / count, tile.zoom, _SIDE, _SIDE)
    picture = Image.new("RGB", (_SIDE, _SIDE), _PAPER)
    pen, pieces = ImageDraw.Draw(picture), city_map.pieces(view)
    for piece in sorted(pieces, key=lambda one: one.thing is Thing.WATER):
        if piece.thing in _AREAS:
            for ring in piece.dots():
                pen.polygon(ring, fill=_AREAS[piece.thing])
    broad = max(1.0, 6 * exp2(tile.zoom - 15))
    for wider in (2, 0):
        for thing in _LINES:
            colour, width = _LINES[thing]
            for line in (line for piece in pieces if piece.thing is thing for line in piece.dots()):
                pen.line(line, fill=_EDGE if wider else colour, width=round(width * broad) + wider, joint="curve")
    return picture
