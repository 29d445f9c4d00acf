"""Draws pictures in terminal cells: photo work, pure. Half blocks only; sixel and kitty are the widgets' affair."""

from datetime import UTC

from PIL import Image

from crew.photos.exif import camera_words
from crew.photos.opening import PIXEL_LIMIT, fitting, opened, shrunk, turned
from crew.photos.prepared import CellPicture


def cell_picture(content: bytes, columns: int, rows: int) -> CellPicture:
    """Shrink a picture to fit into `columns` by `rows` terminal cells, keeping its aspect; never less than one cell.

    Raises:
        CorrectInput: `content` is no picture, not a whole one, or one that is too large.
    """
    columns, rows = max(1, columns), max(1, rows)
    with opened(content, "The photo", PIXEL_LIMIT) as image:
        near = shrunk(image, fitting(image.size, *(2 * max(columns, rows * 2),) * 2))
        upright = turned(near, camera_words(image, UTC).orientation)
        width, height = fitting(upright.size, columns, rows * 2, enlarge=True)
        used_rows = max(1, round(height / 2))
        pixels = upright.resize((width, used_rows * 2), Image.Resampling.LANCZOS).tobytes()
    return CellPicture(width, used_rows, pixels)
