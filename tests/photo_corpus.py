"""Pictures of every awkward kind, and what becomes of each.

`python -m tests.photo_corpus` prints the table of docs/photos.md.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageDraw

from crew.domain.errors import CorrectInput
from crew.photos.darkroom import Darkroom

_HTML = b"<html><script>alert(1)</script></html>"


def _scene(width: int = 120, height: int = 80) -> Image.Image:
    image = Image.new("RGB", (width, height), "sienna")
    ImageDraw.Draw(image).rectangle((0, 0, width // 2, height // 2), fill="white")
    return image


def _stored(orientation: int) -> Image.Image:
    """The scene as a camera that was held so stores it."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return _scene().transpose(turns[orientation]) if orientation in turns else _scene()


def _encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _exif(orientation: int = 1, **gps: Any) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    if gps:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (42.0, 18.0, 0.0), 3: "W", 4: (71.0, 6.0, 0.0)})
    return exif


def _one_bit_png(side: int) -> bytes:
    """A few kilobytes that unfold to `side` times `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack("!IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pictures() -> Iterator[tuple[str, str, bytes]]:
    """What each is, its file name and its bytes."""
    scene = _scene()
    for orientation in range(1, 9):
        yield f"EXIF orientation {orientation}", "phone.jpg", _encoded(_stored(orientation), exif=_exif(orientation))
    yield "with a place", "phone.jpg", _encoded(scene, exif=_exif(gps=True))
    yield "CMYK", "print.jpg", _encoded(scene.convert("CMYK"))
    yield "16 bits of grey", "scan.png", _encoded(Image.new("I;16", (120, 80), 40_000), "PNG")
    yield "palette", "drawing.png", _encoded(scene.convert("P"), "PNG")
    yield "transparent", "sign.png", _encoded(Image.new("RGBA", (120, 80), (255, 0, 0, 60)), "PNG")
    frames = [_scene(), _scene().rotate(180)]
    yield "animated GIF", "blinking.gif", _encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    yield "animated WebP", "blinking.webp", _encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    yield "AVIF", "phone.avif", _encoded(scene, "AVIF")
    yield "a PNG that is called .jpg", "phone.jpg", _encoded(scene, "PNG")
    yield "a JPEG with HTML in it and behind it", "page.jpg", _encoded(scene, comment=_HTML) + _HTML
    yield "HTML that is called .jpg", "page.jpg", _HTML
    yield "one pixel", "dot.png", _encoded(Image.new("RGB", (1, 1)), "PNG")
    yield "12,000 by 10", "thin.png", _encoded(Image.new("RGB", (12_000, 10)), "PNG")
    yield "cut in the middle", "half.jpg", _encoded(_scene(800, 600))[:2000]
    yield "0 bytes", "empty.jpg", b""
    yield "20,000 by 20,000 in one bit", "bomb.png", _one_bit_png(20_000)
    yield "random bytes", "noise.jpg", b"\xff\xd8\xff" + bytes(range(256))
    yield "TIFF", "scan.tif", _encoded(scene, "TIFF")
    yield "SVG", "drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def table() -> str:
    """What became of each, as Markdown."""
    lines = ["| picture | what happens |", "|---|---|"]
    with closing(Darkroom()) as darkroom:
        for what, name, raw in pictures():
            lines.append(f"| {what} | {_told(darkroom, what, name, raw)} |")
    return "\n".join(lines) + "\n"


def _told(darkroom: Darkroom, what: str, name: str, raw: bytes) -> str:
    try:
        photo = darkroom.prepare(raw, name)
    except CorrectInput as error:
        return f'refused: "{error.sentence}"'
    place = "" if photo.lat is None else f", its place beside it: {photo.lat}, {photo.long}"
    upright = ", upright" if what.startswith("EXIF") and _is_upright(photo.content) else ""
    return f"taken, {photo.width} by {photo.height}{upright}{place}"


def _is_upright(content: bytes) -> bool:
    with Image.open(BytesIO(content)) as image:
        light = [image.convert("L").crop(box).tobytes()[0] for box in ((20, 10, 21, 11), (100, 70, 101, 71))]
        return image.size == (120, 80) and light[0] > 200 > light[1]


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201 - this is what it is for
