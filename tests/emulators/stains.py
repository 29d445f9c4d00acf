"""Finds a photo on a screen by a colour that nothing else has."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw

Colour = tuple[int, int, int]

MAGENTA: Colour = (255, 0, 255)
CYAN: Colour = (0, 255, 255)
BLUE: Colour = (0, 0, 255)
_GROUND: Colour = (40, 40, 40)
_SIZE = 800, 600
_NEAR = 60
_STEP_PIXELS = 4
"""Half a cell is higher than that in any font that can be read."""


@dataclass(frozen=True)
class Stain:
    """Where a colour is.

    Attributes:
        box: Left, upper, right and lower edge in pixels.
        count: How many pixels have it.
        edges: How many different left edges its lines have.
    """

    box: tuple[int, int, int, int]
    count: int
    edges: int

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def fine(self) -> bool:
        """Whether a slope has more steps than half blocks could draw."""
        return self.edges > self.height / _STEP_PIXELS


def stain(picture: Image.Image, colour: Colour) -> Stain | None:
    """Find a colour; None where there is none of it."""
    near = [
        part.point([255 * (abs(value - wanted) <= _NEAR) for value in range(256)])
        for part, wanted in zip(picture.convert("RGB").split(), colour, strict=True)
    ]
    mask = ImageChops.darker(ImageChops.darker(near[0], near[1]), near[2])
    box = mask.getbbox()
    if box is None:
        return None
    lines = (mask.crop((0, y, mask.width, y + 1)).getbbox() for y in range(box[1], box[3]))
    return Stain(box, mask.histogram()[255], len({line[0] for line in lines if line is not None}))


def a_slope(colour: Colour) -> bytes:
    """A photo with a slope of one colour, which rises to the right."""
    width, height = _SIZE
    picture = Image.new("RGB", _SIZE, _GROUND)
    ImageDraw.Draw(picture).polygon([(0, height), (width, 0), (width, height)], fill=colour)
    written = BytesIO()
    picture.save(written, "JPEG", quality=95, subsampling=0)
    return written.getvalue()
