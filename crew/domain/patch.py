"""A part of a map tile and where it goes in a picture of the map. Domain layer; pure.

Whoever knows the map says it, and another process, which decodes the tile, does it.
"""

from typing import Final

from crew.domain.value import Value

TILE_BEGINNINGS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
"""How PNG, JPEG and WebP begin: no other format is a tile."""


class Patch(Value):
    """A part of a tile, drawn larger or smaller into a rectangle of the picture.

    Attributes:
        tile: Which of the tiles that come with it, from 0.
        left: The rectangle's first pixel.
        top: Its uppermost one.
        right: The pixel behind its last one.
        bottom: The same downwards.
        box: Left, top, right and bottom of the part, in parts of the tile's width and height.

    Raises:
        ValueError: There is nothing to draw, or the part does not lie on its tile.
    """

    tile: int
    left: int
    top: int
    right: int
    bottom: int
    box: tuple[float, float, float, float]

    def __post_init__(self) -> None:
        west, north, east, south = self.box
        if not (self.tile >= 0 and 0 <= self.left < self.right and 0 <= self.top < self.bottom):
            raise ValueError("a patch lies on its picture")
        if not (0 <= west < east <= 1 and 0 <= north < south <= 1):
            raise ValueError("a part lies on its tile")
