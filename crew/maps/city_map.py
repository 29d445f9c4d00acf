"""A city's map: one PMTiles file with vector tiles, read where it lies. The map's drawing code; writes nothing.

The file may come from anywhere. Every length in it is doubted, what is unpacked is bounded, and a tile that is broken
is an empty place on the map, not the end of it. May be used from several threads.
"""

import json
import mmap
import struct
import zlib
from collections.abc import Mapping
from functools import partial
from itertools import product
from math import floor
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from pmtiles.tile import (
    Compression,
    Entry,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from crew.domain.errors import CorrectInput
from crew.domain.place import Point
from crew.domain.plain_text import clean_line
from crew.domain.value import Value
from crew.maps.circles import no_search_for_circles
from crew.maps.pieces import Piece, Tile, in_view, tile_of
from crew.maps.recent import Recent
from crew.maps.schemas import keys_of, thing_of
from crew.maps.vector_tile import BrokenTile, Feature, Keys, features
from crew.maps.view import View

_HEADER_BYTES: Final = 127
_TILE_BYTES: Final = 8 << 20
_DIRECTORY_BYTES: Final = 1 << 20
"""Writers make directories of some hundred kilobytes, even for the planet."""
_METADATA_BYTES: Final = 1 << 20
_KEPT_POINTS: Final = 500_000
"""Of tiles: some 60 MB at worst, and a whole town as a rule."""
_KEPT_ENTRIES: Final = 300_000
_MOST_POINTS_SEEN: Final = 600_000
"""Of a view: a real one has some ten thousand; beyond it, tiles are left out."""
_MOST_TILES_SEEN: Final = 24
"""More than any view of a terminal has at its own zoom; beyond it, larger tiles are taken."""
_DEEPEST: Final = 4
_BROKEN: Final = (IndexError, EOFError, ValueError, OverflowError, struct.error, zlib.error)
_PARTS: Final = ("root", "metadata", "leaf_directory", "tile_data")
_CUT: Final = "it is damaged, or not all of it has come"
_FURTHER_OUT: Final = 5


class MapFacts(Value):
    """What a map says about itself.

    Attributes:
        name: What it is called; empty where it does not say.
        attribution: Whose data it is; has to stand on the map.
        byte_count: Of the file.
        south_west: The corner of what it shows.
        north_east: The opposite corner.
        zooms: The first and the last zoom that it has tiles of.
    """

    name: str
    attribution: str
    byte_count: int
    south_west: Point
    north_east: Point
    zooms: tuple[int, int]


class CityMap:
    """An open map. Close it, or use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open a map.

        Raises:
            CorrectInput: There is no such file, it cannot be read, or it is no map of this kind.
        """
        self._path: Final = path
        try:
            with path.open("rb") as file:
                self._bytes: Final = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # an empty file cannot be mapped
            reason = error.strerror if isinstance(error, OSError) else "it is empty"
            raise CorrectInput(f"The map {clean_line(path.name)} cannot be read: {reason}.") from error
        self._tiles: Final = Recent[tuple[int, int, int], Tile](_KEPT_POINTS, lambda tile: tile.weight)
        self._directories: Final = Recent[tuple[int, int], list[Entry]](_KEPT_ENTRIES, _entry_count)
        try:
            self._header: Final[Mapping[str, Any]] = self._read_header()
            self._metadata: Final = self._read_metadata()
            if not self._directory(self._header["root_offset"], self._header["root_length"]):
                raise self._refused("it has no tiles, or is damaged")
        except CorrectInput:
            self._bytes.close()
            raise

    def _read_header(self) -> Mapping[str, Any]:
        try:
            header: Mapping[str, Any] = deserialize_header(self._bytes[:_HEADER_BYTES])
        except (MagicNumberNotFound, SpecVersionUnsupported, *_BROKEN) as error:
            raise self._refused("it is no PMTiles file of version 3") from error
        if header["tile_type"] is not TileType.MVT:
            raise self._refused("its tiles are pictures: a map of vector tiles is needed")
        if header["tile_compression"] not in (Compression.GZIP, Compression.NONE):
            raise self._refused("its tiles are packed in a way that cannot be read here: pack them with gzip")
        if header["internal_compression"] is not Compression.GZIP:
            raise self._refused("its directories are packed in a way that cannot be read here: pack them with gzip")
        if not header["min_zoom"] <= header["max_zoom"] <= 24:
            raise self._refused("its zooms cannot be")
        if any(header[f"{part}_offset"] + header[f"{part}_length"] > len(self._bytes) for part in _PARTS):
            raise self._refused(_CUT)
        return header

    def _read_metadata(self) -> dict[str, Any]:
        raw = self._slice(self._header["metadata_offset"], self._header["metadata_length"], _METADATA_BYTES)
        try:
            found = json.loads(_unpacked(raw, _METADATA_BYTES) if raw[:2] == b"\x1f\x8b" else raw)
        except (*_BROKEN, RecursionError) as error:
            raise self._refused("it is damaged") from error
        return found if isinstance(found, dict) else {}

    def _refused(self, why: str) -> CorrectInput:
        return CorrectInput(f"{clean_line(self._path.name)} is not a map that can be used: {why}.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._bytes.close()

    def facts(self) -> MapFacts:
        """What it says about itself."""
        header = self._header
        return MapFacts(
            name=self._words("name"),
            attribution=self._words("attribution"),
            byte_count=len(self._bytes),
            south_west=(header["min_lat_e7"] / 1e7, header["min_lon_e7"] / 1e7),
            north_east=(header["max_lat_e7"] / 1e7, header["max_lon_e7"] / 1e7),
            zooms=(header["min_zoom"], header["max_zoom"]),
        )

    def _words(self, name: str) -> str:
        value = self._metadata.get(name)
        return clean_line(_without_markup(value)) if isinstance(value, str) else ""

    # What is seen

    @no_search_for_circles()
    def pieces(self, view: View) -> list[Piece]:
        """Everything to draw in a view. Where the map has no tile of the zoom, a part of a larger one."""
        zoom = max(self._header["min_zoom"], min(self._header["max_zoom"], floor(view.zoom + 0.5)))
        while zoom > self._header["min_zoom"] and _count(view, zoom) > _MOST_TILES_SEEN:
            zoom -= 1
        found: dict[tuple[int, int, int], Tile] = {}
        points = 0
        if _count(view, zoom) <= _MOST_TILES_SEEN:
            for column, row in product(*view.tiles(zoom)):
                place = self._nearest(zoom, column, row)
                if place is not None and place not in found and points < _MOST_POINTS_SEEN:
                    found[place] = self.tile(*place)
                    points += found[place].weight
        return [piece for place, tile in found.items() for piece in in_view(tile, place, view)]

    def _nearest(self, zoom: int, column: int, row: int) -> tuple[int, int, int] | None:
        """A tile, or the closest larger one that there is of its place."""
        for out in range(min(_FURTHER_OUT, zoom - self._header["min_zoom"]) + 1):
            place = (zoom - out, column >> out, row >> out)
            if self._entry(*place) is not None:
                return place
        return None

    def tile(self, zoom: int, column: int, row: int) -> Tile:
        """A tile as it was read; empty where it is broken."""
        return self._tiles.get((zoom, column, row), partial(self._read_tile, zoom, column, row))

    def _read_tile(self, zoom: int, column: int, row: int) -> Tile:
        return tile_of(
            (thing, feature)
            for feature in self.features(zoom, column, row, partial(keys_of, protomaps=self._is_protomaps))
            if (thing := thing_of(feature)) is not None
        )

    def features(self, zoom: int, column: int, row: int, keys: Keys) -> list[Feature]:
        """The features of a tile with the wanted properties, none of them kept; none where it is broken."""
        entry = self._entry(zoom, column, row)
        if entry is None:
            return []
        try:
            raw = self._slice(self._header["tile_data_offset"] + entry.offset, entry.length, _TILE_BYTES)
            if self._header["tile_compression"] is Compression.GZIP:
                raw = _unpacked(raw, _TILE_BYTES)
            return features(raw, keys)
        except (BrokenTile, CorrectInput, *_BROKEN):
            return []

    @property
    def _is_protomaps(self) -> bool:
        layers = self._metadata.get("vector_layers")
        return isinstance(layers, list) and any(isinstance(one, dict) and one.get("id") == "roads" for one in layers)

    # The directories of the file

    def _entry(self, zoom: int, column: int, row: int) -> Entry | None:
        header = self._header
        offset, length = header["root_offset"], header["root_length"]
        wanted = zxy_to_tileid(zoom, column, row)
        for _ in range(_DEEPEST):
            entry = find_tile(self._directory(offset, length), wanted)
            if entry is None or entry.run_length:
                return entry
            offset, length = header["leaf_directory_offset"] + entry.offset, entry.length
        return None

    def _directory(self, offset: int, length: int) -> list[Entry]:
        """A directory as it was read; empty where it is broken."""
        return self._directories.get((offset, length), partial(self._read_directory, offset, length))

    def _read_directory(self, offset: int, length: int) -> list[Entry]:
        try:
            raw = self._slice(offset, length, _DIRECTORY_BYTES)
            _unpacked(raw, _DIRECTORY_BYTES)  # the library unpacks without a bound
            return deserialize_directory(raw)
        except (CorrectInput, *_BROKEN):
            return []

    def _slice(self, offset: int, length: int, limit: int) -> bytes:
        if length > limit or offset + length > len(self._bytes):
            raise self._refused(_CUT)
        return self._bytes[offset : offset + length]


def _entry_count(directory: list[Entry]) -> int:
    return 1 + len(directory)


def _count(view: View, zoom: int) -> int:
    columns, rows = view.tiles(zoom)
    return len(columns) * len(rows)


def _unpacked(raw: bytes, limit: int) -> bytes:
    """What gzip packed in one go. Raises ValueError where it is too long, not whole, or not all that there is."""
    unpacking = zlib.decompressobj(wbits=31)
    content = unpacking.decompress(raw, limit)
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("too long, cut, or more than one")
    return content


def _without_markup(words: str) -> str:
    """The words of an attribution, which is often a link in HTML."""
    text, inside = [], False
    for letter in words[:2000]:
        if letter in "<>":
            inside = letter == "<"
        elif not inside:
            text.append(letter)
    return "".join(text).replace("&copy;", "©").replace("&amp;", "&")
