"""Makes a city's map of its own GeoJSON: street lines, and areas of water and parks. The map's drawing code.

Every city's geographers have these files. What comes out is a PMTiles file in the layers of OpenMapTiles, whole or not
at all.
"""

import gzip
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from math import floor
from pathlib import Path
from typing import IO, Any, Final

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from crew.domain.errors import CorrectInput, FreeSpace
from crew.domain.value import Value
from crew.durable import sync_file, sync_folder
from crew.maps.clipping import BUFFER, Spot, lines_in, ring_in, thinned
from crew.maps.geojson import Shape, shapes_in
from crew.maps.joining import joined
from crew.maps.schemas import Thing
from crew.maps.tile_writing import EXTENT, Drawn, encoded
from crew.maps.vector_tile import AREA, LINE
from crew.maps.view import from_world, to_world

_FIRST_ZOOM: Final = 10
_LAST_ZOOM: Final = 15
_THINNED_TO: Final = 2.0
"""Parts of a tile's extent; a dot of the terminal is sixteen of them."""

_LAYERS: Final = {
    Thing.MAIN_ROAD: ("transportation", "primary", 10),
    Thing.ROAD: ("transportation", "minor", 11),
    Thing.PATH: ("transportation", "path", 14),
    Thing.RAIL: ("transportation", "rail", 11),
    Thing.WATER: ("water", "lake", 10),
    Thing.RIVER: ("waterway", "river", 11),
    Thing.PARK: ("park", "park", 10),
}
"""The layer and class of each thing in OpenMapTiles, and the first zoom that has it."""

_NOTHING: Final = "There is no street, water or park in these files: a map needs lines or areas in degrees."
_TOO_LARGE: Final = "These files cover more than a city: cut them to the city, and leave out what lies far from it."
_MOST_TILES: Final = 200_000
_TILE: Final = (-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
OnProgress = Callable[[int, int | None], None]


class _Placed(Value):
    """A shape in the square of the world."""

    thing: Thing
    name: str
    parts: list[list[Spot]]


def build_map(
    sources: Sequence[Path], goal: Path, *, name: str = "", attribution: str = "", on_progress: OnProgress
) -> None:
    """Make a map.

    Args:
        sources: GeoJSON files, in WGS 84 degrees.
        goal: The file to make; one that is there is replaced when the new one is whole.
        name: What the map is called.
        attribution: Whose data it is; stands on the map.
        on_progress: Called with the zooms that are done, and all of them.

    Raises:
        CorrectInput: A file cannot be read, is no GeoJSON, or has nothing in it that a map shows.
        FreeSpace: The file cannot be written.
    """
    shapes = [shape for source in sources for shape in shapes_in(source)]
    write_map(shapes, goal, name=name, attribution=attribution, on_progress=on_progress)


def write_map(
    shapes: Iterable[Shape], goal: Path, *, name: str = "", attribution: str = "", on_progress: OnProgress
) -> None:
    """As `build_map`, of shapes that are at hand."""
    placed = [_placed(shape) for shape in joined(shapes)]
    if not placed:
        raise CorrectInput(_NOTHING)
    part = goal.with_name(f"{goal.name}.{os.urandom(4).hex()}.part")
    try:
        with part.open("xb") as file:
            _write(file, placed, {"name": name, "attribution": attribution}, on_progress)
            sync_file(file)
        part.replace(goal)
        sync_folder(goal.absolute().parent)
    except OSError as error:
        raise FreeSpace(f"The map {goal} was not written: {error.strerror or error}. Make room.") from error
    finally:
        with suppress(OSError):  # it has its name, or was never written
            part.unlink()


def _placed(shape: Shape) -> _Placed:
    parts = [[to_world((lat, long)) for long, lat in part] for part in shape.parts]
    return _Placed(shape.thing, shape.name, parts)


def _write(file: IO[bytes], placed: Sequence[_Placed], about: dict[str, str], on_progress: OnProgress) -> None:
    writer = Writer(file)  # type: ignore[no-untyped-call]  # the library has no types
    with closing(writer.tile_f):  # the library leaves it open where the map is not finished
        zooms = range(_FIRST_ZOOM, _LAST_ZOOM + 1)
        for done, zoom in enumerate(zooms):
            on_progress(done, len(zooms))
            tiles: dict[tuple[int, int], list[Drawn]] = {}
            for thing in placed:
                _put(thing, zoom, tiles)
            if len(tiles) > _MOST_TILES:
                raise CorrectInput(_TOO_LARGE)
            for number, place in sorted((zxy_to_tileid(zoom, *place), place) for place in tiles):
                tile = gzip.compress(encoded(tiles[place]), mtime=0)
                writer.write_tile(number, tile)  # type: ignore[no-untyped-call]  # as above
        if not writer.addressed_tiles:
            raise CorrectInput(_NOTHING)
        about_all = {**about, "vector_layers": _vector_layers()}
        writer.finalize(_header(placed), about_all)  # type: ignore[no-untyped-call]  # as above


def _put(thing: _Placed, zoom: int, tiles: dict[tuple[int, int], list[Drawn]]) -> None:
    """Cut a thing into the tiles of a zoom."""
    layer, kind, first_zoom = _LAYERS[thing.thing]
    if zoom < first_zoom:
        return
    shape, scale = AREA if thing.thing in (Thing.WATER, Thing.PARK) else LINE, EXTENT * 2**zoom
    found: dict[tuple[int, int], list[list[tuple[int, int]]]] = {}
    for part in thing.parts:
        line = thinned([(x * scale, y * scale) for x, y in part], _THINNED_TO)
        for column, row in _tiles_of(line):
            inside = [(x - column * EXTENT, y - row * EXTENT) for x, y in line]
            found.setdefault((column, row), []).extend(_cut(inside, shape))
    for place, parts in found.items():
        if parts:
            tiles.setdefault(place, []).append(Drawn(layer, kind, thing.name, shape, parts))


def _cut(line: Sequence[Spot], shape: int) -> Iterable[list[tuple[int, int]]]:
    """The pieces of a line, or of an area, on a tile and a little beyond."""
    pieces = [ring_in(line, _TILE)] if shape == AREA else lines_in(line, _TILE)
    fewest = 3 if shape == AREA else 2
    return (whole for piece in pieces if len(whole := _rounded(piece)) >= fewest)


def _tiles_of(line: Sequence[Spot]) -> Iterable[tuple[int, int]]:
    """The tiles that a line or an area may touch. Raises CorrectInput where no city is so large."""
    columns = range(*_span([x for x, _ in line]))
    rows = range(*_span([y for _, y in line]))
    if len(columns) * len(rows) > _MOST_TILES:
        raise CorrectInput(_TOO_LARGE)
    return ((column, row) for row in rows for column in columns)


def _span(values: Sequence[float]) -> tuple[int, int]:
    return floor((min(values) - BUFFER) / EXTENT), floor((max(values) + BUFFER) / EXTENT) + 1


def _rounded(piece: Sequence[Spot]) -> list[tuple[int, int]]:
    """Whole numbers, none twice in a row."""
    whole: list[tuple[int, int]] = []
    for x, y in piece:
        spot = (round(x), round(y))
        if not whole or whole[-1] != spot:
            whole.append(spot)
    return whole


def _header(placed: Sequence[_Placed]) -> dict[str, Any]:
    xs = [x for thing in placed for part in thing.parts for x, _ in part]
    ys = [y for thing in placed for part in thing.parts for _, y in part]
    (north, west), (south, east) = from_world(min(xs), min(ys)), from_world(max(xs), max(ys))
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": round(west * 1e7),
        "min_lat_e7": round(south * 1e7),
        "max_lon_e7": round(east * 1e7),
        "max_lat_e7": round(north * 1e7),
    }


def _vector_layers() -> list[dict[str, Any]]:
    names = dict.fromkeys(layer for layer, _, _ in _LAYERS.values())
    return [{"id": name, "fields": {"class": "String", "name": "String"}} for name in names]
