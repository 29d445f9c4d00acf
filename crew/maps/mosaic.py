"""Which tiles make up a view, and where each goes in a picture of it. The map's drawing code; pure, sees no pixel."""

from collections.abc import Callable, Iterator
from itertools import product
from math import log2
from typing import Final

from crew.domain.patch import Patch
from crew.domain.value import Value
from crew.maps.tile_address import Tile
from crew.maps.view import TILE_DOTS, View

_FIRST_SEEN: Final = 2
"""A tile so many zooms further out shows as much as 16: it comes first, and stands in for what follows."""
MOST_TILES: Final = 48
"""Of a view, beyond which larger ones are taken. A window of 1,600 by 1,200 pixels has that many of its own zoom."""
_CLOSEST: Final = 19
_FURTHER_OUT: Final = 6
"""A tile that is not here is stood in for by a part of one that shows at most 64 times as much."""


class Mosaic(Value):
    """What can be shown of a view.

    Attributes:
        tiles: The tiles that it is made of.
        patches: Where they go; nothing is drawn where none does.
        wanted: Those that are not here, what shows most first, then that of the middle.
        whole: Whether no place of it stays empty.
    """

    tiles: tuple[Tile, ...]
    patches: tuple[Patch, ...]
    wanted: tuple[Tile, ...]
    whole: bool


def mosaic(
    view: View,
    width: int,
    height: int,
    tile_pixels: int,
    here: Callable[[Tile], bool],
    absent: Callable[[Tile], bool],
) -> Mosaic:
    """Lay out a view.

    Args:
        view: What is seen.
        width: Of the picture, in pixels.
        height: In pixels.
        tile_pixels: How many of them a tile is wide, about: its own width, or less for a smooth look.
        here: Whether a tile is on this device.
        absent: Whether the server has said that it has no such tile: a larger one is wanted in its place.
    """
    zoom = _zoom_for(view, width, tile_pixels)
    columns, rows = view.tiles(zoom)
    middle = view.x * 2**zoom - 0.5, view.y * 2**zoom - 0.5
    cells = sorted(product(columns, rows), key=lambda at: (at[0] - middle[0]) ** 2 + (at[1] - middle[1]) ** 2)
    numbers: dict[Tile, int] = {}
    wanted: dict[Tile, None] = {}
    patches: list[Patch] = []
    whole = True
    seen = [Tile(zoom, column, row) for column, row in cells]
    for tile in (*(tile.above(min(_FIRST_SEEN, zoom)) for tile in seen), *seen):
        best = next((one for one in _with_larger(tile) if not absent(one)), None)
        if best is not None and not here(best):
            wanted[best] = None
    for tile in seen:
        larger = _with_larger(tile)
        shown = next((one for one in larger if here(one)), None)
        patch = _patch(view, width, height, tile, shown, numbers) if shown else None
        whole = whole and shown is not None
        if patch is not None:
            patches.append(patch)
    return Mosaic(tuple(numbers), tuple(patches), tuple(wanted), whole)


def _zoom_for(view: View, width: int, tile_pixels: int) -> int:
    """The zoom whose tiles come closest to a width of so many pixels of the picture."""
    zoom = max(0, min(_CLOSEST, round(view.zoom + log2(TILE_DOTS * width / view.width / tile_pixels))))
    while zoom > 0 and len(view.tiles(zoom)[0]) * len(view.tiles(zoom)[1]) > MOST_TILES:
        zoom -= 1
    return zoom


def _with_larger(tile: Tile) -> Iterator[Tile]:
    for levels in range(min(_FURTHER_OUT, tile.zoom) + 1):
        yield tile.above(levels)


def _patch(view: View, width: int, height: int, tile: Tile, shown: Tile, numbers: dict[Tile, int]) -> Patch | None:
    """The place of a tile, and which part of the shown one stands for it; edges meet without a gap."""
    count = 2**tile.zoom
    across, down = width / view.width * view.scale, height / view.height * view.scale
    west, east = (round((edge / count - view.left) * across) for edge in (tile.column, tile.column + 1))
    north, south = (round((edge / count - view.top) * down) for edge in (tile.row, tile.row + 1))
    left, right, top, bottom = max(0, west), min(width, east), max(0, north), min(height, south)
    if left >= right or top >= bottom:
        return None
    part = 2.0 ** (shown.zoom - tile.zoom)
    x, y = tile.column * part % 1, tile.row * part % 1
    box = (
        x + part * (left - west) / (east - west),
        y + part * (top - north) / (south - north),
        min(1.0, x + part * (right - west) / (east - west)),
        min(1.0, y + part * (bottom - north) / (south - north)),
    )
    return Patch(numbers.setdefault(shown, len(numbers)), left, top, right, bottom, box)
