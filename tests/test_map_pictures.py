"""Tiles put together: parts where they belong, and whatever is no tile costs its own place only."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO

import pytest
from PIL import Image

from crew.domain.patch import Patch
from crew.photos.darkroom import Darkroom
from crew.photos.mosaic import mosaic
from crew.photos.prepared import CellPicture
from tests.maps.tile_server import Colour, a_tile

RED, BLUE = (255, 0, 0), (0, 0, 255)
WHOLE = (0.0, 0.0, 1.0, 1.0)
LEFT, RIGHT = Patch(0, 0, 0, 4, 8, WHOLE), Patch(1, 4, 0, 8, 8, WHOLE)


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    with closing(Darkroom()) as opened:
        yield opened


def colour_at(picture: CellPicture, x: int, y: int) -> Colour:
    start = 3 * (y * picture.columns + x)
    red, green, blue = picture.pixels[start : start + 3]
    return red, green, blue


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))


def png_that_claims(width: int, height: int, content: bytes = b"") -> bytes:
    """A PNG with a head that says so, and pixels that may not fit it."""
    head = chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(content)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [256, 512])
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_tiles_stand_beside_each_other(darkroom: Darkroom, side: int, form: str) -> None:
    tiles = [a_tile(RED, side, form), a_tile(BLUE)]
    picture, broken = darkroom.mosaic(tiles, [LEFT, RIGHT], 8, 4)
    assert broken == ()
    assert (picture.columns, picture.rows) == (8, 4)
    assert colour_at(picture, 7, 7) == BLUE
    assert all(abs(one - other) < 4 for one, other in zip(colour_at(picture, 0, 0), RED, strict=True))
    assert darkroom.mosaic(tiles, [LEFT, RIGHT], 8, 4) == mosaic(tiles, [LEFT, RIGHT], 8, 4)


def test_a_part_of_a_tile_is_drawn_as_large_as_it_is_wanted(darkroom: Darkroom) -> None:
    file = BytesIO()
    halves = Image.new("RGB", (256, 256), RED)
    halves.paste(BLUE, (128, 0, 256, 256))
    halves.save(file, "PNG")
    right_half = Patch(0, 0, 0, 8, 8, (0.5, 0.25, 1.0, 0.5))
    picture, _ = darkroom.mosaic([file.getvalue()], [right_half], 8, 4)
    assert {colour_at(picture, x, y) for x in range(8) for y in range(8)} == {BLUE}


def test_a_transparent_tile_lies_on_white(darkroom: Darkroom) -> None:
    file = BytesIO()
    Image.new("RGBA", (256, 256), (0, 0, 0, 0)).save(file, "PNG")
    picture, broken = darkroom.mosaic([file.getvalue()], [LEFT], 8, 4)
    assert (colour_at(picture, 0, 0), broken) == ((255, 255, 255), ())


AWKWARD = {
    "nothing": b"",
    "HTML": b"<html>log in</html>",
    "GIF": a_tile(RED, form="GIF"),
    "TIFF": a_tile(RED, form="TIFF"),
    "of another size": a_tile(RED, 200),
    "of the size of a poster": a_tile(RED, 1024),
    "not square": png_that_claims(256, 512, bytes(257 * 3 * 512)),
    "cut": a_tile(RED, 256, "JPEG")[:300],
    "20,000 by 20,000": png_that_claims(20_000, 20_000),
    "with fewer pixels than it claims": png_that_claims(256, 256, bytes(1000)),
    "with a head of a PNG only": b"\x89PNG\r\n\x1a\n",
    "with a head of a WebP only": b"RIFF\xff\xff\xff\xffWEBP",
}


@pytest.mark.parametrize("content", AWKWARD.values(), ids=AWKWARD.keys())
def test_what_is_no_tile_is_told_and_the_others_are_drawn(darkroom: Darkroom, content: bytes) -> None:
    picture, broken = darkroom.mosaic([content, a_tile(BLUE)], [LEFT, RIGHT], 8, 4)
    assert broken == (0,)
    assert colour_at(picture, 0, 0) == (128, 128, 128)
    assert colour_at(picture, 7, 0) == BLUE


def test_one_that_unpacks_to_much_more_than_it_claims_is_no_harm(darkroom: Darkroom) -> None:
    swollen = png_that_claims(256, 256, bytes(200_000_000))
    picture, _ = darkroom.mosaic([swollen, a_tile(BLUE)], [LEFT, RIGHT], 8, 4)
    assert colour_at(picture, 7, 0) == BLUE
