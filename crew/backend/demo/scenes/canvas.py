"""Paper and brush of the drawn scenes: demo city, pure. Smooth edges, soft shadows and glows, a little grain.

All lengths are in pixels of the finished 800 by 600 picture, whatever it is drawn at inside.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from math import cos, pi, sin
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH: Final = 800
HEIGHT: Final = 600

Colour = tuple[int, int, int]
Point = tuple[float, float]

_FINENESS: Final = 2  # drawn twice as large, then halved: that is what makes edges smooth
_GRAIN: Final = 10
_QUALITY: Final = 88
_OPAQUE: Final[Colour] = (255, 255, 255)


def mix(first: Colour, second: Colour, part: float) -> Colour:
    """A colour between two: at 0 the first, at 1 the second."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


def lighter(colour: Colour, part: float) -> Colour:
    """The colour nearer to a warm white."""
    return mix(colour, (255, 250, 236), part)


def darker(colour: Colour, part: float) -> Colour:
    """The colour nearer to a blue black."""
    return mix(colour, (22, 24, 44), part)


def turned(points: Sequence[Point], centre: Point, degrees: float) -> list[Point]:
    """Points turned clockwise about a centre."""
    c, s = cos(degrees * pi / 180), sin(degrees * pi / 180)
    x0, y0 = centre
    return [(x0 + (x - x0) * c - (y - y0) * s, y0 + (x - x0) * s + (y - y0) * c) for x, y in points]


def smooth(points: Sequence[Point], steps: int = 8) -> list[Point]:
    """A curve through all points (Catmull-Rom), for outlines that a hand would draw round."""
    padded = [points[0], *points, points[-1]]
    curve: list[Point] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            x, y = (
                b[k]
                + 0.5
                * t
                * (c[k] - a[k] + t * (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k] + t * (3 * (b[k] - c[k]) + d[k] - a[k])))
                for k in (0, 1)
            )
            curve.append((x, y))
    return [*curve, points[-1]]


def blob(dice: Random, centre: Point, radii: Point, roughness: float, corners: int = 28) -> list[Point]:
    """An uneven round outline; `roughness` is the part of the radius by which it wavers."""
    return [
        (
            centre[0] + radii[0] * cos(2 * pi * k / corners) * (1 + roughness * dice.uniform(-1, 1)),
            centre[1] + radii[1] * sin(2 * pi * k / corners) * (1 + roughness * dice.uniform(-1, 1)),
        )
        for k in range(corners)
    ]


class Brush:
    """Draws flat shapes on one layer; on a soft layer all shapes have the colour of the layer."""

    def __init__(self, layer: Image.Image, fineness: int) -> None:
        self._layer = layer
        self._fineness = fineness
        self._draw = ImageDraw.Draw(layer)

    def polygon(self, points: Sequence[Point], colour: Colour = _OPAQUE) -> None:
        """Fill an outline."""
        self._draw.polygon([(x * self._fineness, y * self._fineness) for x, y in points], fill=self._ink(colour))

    def ellipse(self, centre: Point, radii: Point, colour: Colour = _OPAQUE) -> None:
        """Fill an ellipse."""
        (x, y), (rx, ry), n = centre, radii, self._fineness
        self._draw.ellipse(((x - rx) * n, (y - ry) * n, (x + rx) * n, (y + ry) * n), fill=self._ink(colour))

    def box(self, corner: Point, opposite: Point, colour: Colour = _OPAQUE, radius: float = 0) -> None:
        """Fill an upright rectangle, its corners rounded by `radius`."""
        n = self._fineness
        edges = (corner[0] * n, corner[1] * n, opposite[0] * n, opposite[1] * n)
        self._draw.rounded_rectangle(edges, radius * n, fill=self._ink(colour))

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a line with round joints and ends."""
        n = self._fineness
        ink = self._ink(colour)
        fine = [(x * n, y * n) for x, y in points]
        self._draw.line(fine, fill=ink, width=max(1, round(width * n)))
        if width >= 3:
            radius = width * n / 2
            for x, y in fine:
                self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)

    def _ink(self, colour: Colour) -> Colour | int:
        return colour if self._layer.mode == "RGB" else 255


class Canvas(Brush):
    """The picture itself: flat shapes, and soft ones through `soft`."""

    def __init__(self) -> None:
        super().__init__(Image.new("RGB", (WIDTH * _FINENESS, HEIGHT * _FINENESS)), _FINENESS)

    def gradient(self, top: float, bottom: float, high: Colour, low: Colour) -> None:
        """Fill the whole width between two heights with a change of colour."""
        rows = max(1, round(bottom - top))
        for row in range(rows):
            y = (top + row) * _FINENESS
            colour = mix(high, low, row / rows)
            self._draw.rectangle((0, y, WIDTH * _FINENESS, y + _FINENESS), fill=colour)

    @contextmanager
    def soft(self, colour: Colour, opacity: float, blur: float) -> Iterator[Brush]:
        """Lend a brush whose shapes arrive as one soft, see-through layer: shadows, glows, worn paint."""
        mask = Image.new("L", (WIDTH, HEIGHT))
        yield Brush(mask, 1)
        drawn = mask.getbbox()
        if drawn is None:
            return
        # Only the part that the blur can reach is worked on: most soft shapes are small.
        reach = round(3 * blur) + 1
        left, top = max(0, drawn[0] - reach), max(0, drawn[1] - reach)
        right, bottom = min(WIDTH, drawn[2] + reach), min(HEIGHT, drawn[3] + reach)
        mask = mask.crop((left, top, right, bottom)).filter(ImageFilter.GaussianBlur(blur))
        mask = mask.point(lambda value: value * opacity)
        fine = mask.resize((mask.width * _FINENESS, mask.height * _FINENESS), Image.Resampling.BILINEAR)
        self._layer.paste(colour, (left * _FINENESS, top * _FINENESS), fine)

    def jpeg(self, grain_seed: int) -> bytes:
        """The finished picture, with the grain of paper."""
        picture = self._layer.reduce(_FINENESS)
        speckles = Random(grain_seed).randbytes(WIDTH * HEIGHT)  # noqa: S311 - paper grain, not a secret
        grain = Image.frombytes("L", (WIDTH, HEIGHT), speckles).filter(ImageFilter.GaussianBlur(0.7))
        grain = grain.point(lambda value: 128 + (value - 128) * _GRAIN / 64)
        picture = ImageChops.soft_light(picture, grain.convert("RGB"))
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=_QUALITY, optimize=True)
        return buffer.getvalue()
