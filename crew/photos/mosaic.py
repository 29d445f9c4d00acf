"""Puts map tiles together to one picture: photo work, pure. A tile is doubted as every picture from outside is."""

from collections.abc import Sequence
from typing import Final

from PIL import Image

from crew.domain.errors import CorrectInput
from crew.domain.patch import TILE_BEGINNINGS, Patch
from crew.photos.opening import opened, shrunk
from crew.photos.prepared import CellPicture

_SIDES: Final = (256, 512)
_EMPTY: Final = (128, 128, 128)
_NAME: Final = "The map tile"


def mosaic(
    tiles: Sequence[bytes], patches: Sequence[Patch], columns: int, rows: int
) -> tuple[CellPicture, tuple[int, ...]]:
    """Draw parts of tiles into a picture of half blocks; a place without a tile stays grey.

    Args:
        tiles: PNG, JPEG or WebP, square, of 256 or 512 pixels.
        patches: Which part goes where.
        columns: Width of the picture in pixels.
        rows: Half of its height in pixels.

    Returns:
        The picture, and the numbers of the tiles that are none.
    """
    picture = Image.new("RGB", (columns, rows * 2), _EMPTY)
    broken = []
    for number, content in enumerate(tiles):
        try:
            tile = _decoded(content)
        except CorrectInput:
            broken.append(number)
            continue
        for patch in patches:
            if patch.tile == number:
                _draw(picture, tile, patch)
    return CellPicture(columns, rows, picture.tobytes()), tuple(broken)


def _decoded(content: bytes) -> Image.Image:
    refusal = CorrectInput(f"{_NAME} is no PNG, JPEG or WebP of 256 or 512 pixels.")
    if not content.startswith(TILE_BEGINNINGS):
        raise refusal
    with opened(content, _NAME, _SIDES[-1] ** 2) as image:
        if image.width != image.height or image.width not in _SIDES:
            raise refusal
        return shrunk(image, image.size)


def _draw(picture: Image.Image, tile: Image.Image, patch: Patch) -> None:
    size = patch.right - patch.left, patch.bottom - patch.top
    left, top, right, bottom = (edge * tile.width for edge in patch.box)
    smooth = Image.Resampling.BOX if (right - left) > size[0] else Image.Resampling.BILINEAR
    picture.paste(tile.resize(size, smooth, box=(left, top, right, bottom)), (patch.left, patch.top))
