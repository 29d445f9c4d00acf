"""Photo work: any picture into a small, upright, anonymous JPEG, and a picture into terminal cells. Pure Pillow.

Stands beside the store. Bytes or a path come in, values go out: no store, no network, no screen.
"""

from crew.photos.cells import CellPicture, cell_picture
from crew.photos.darkroom import Darkroom
from crew.photos.intake import LONG_EDGE_PIXELS, SIZE_LIMIT_BYTES, PreparedPhoto, black_out, prepare, prepare_file
from crew.photos.opening import PIXEL_LIMIT

__all__ = [
    "LONG_EDGE_PIXELS",
    "PIXEL_LIMIT",
    "SIZE_LIMIT_BYTES",
    "CellPicture",
    "Darkroom",
    "PreparedPhoto",
    "black_out",
    "cell_picture",
    "prepare",
    "prepare_file",
]
