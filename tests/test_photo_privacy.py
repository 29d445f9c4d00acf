"""What leaves a device holds pixels and nothing else. Looked at with a reader of JPEG that is not Pillow."""

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from crew.domain.picture_area import Area
from crew.photos.intake import black_out, prepare
from tests import photo_corpus

BARE = {0xD8: "SOI", 0xE0: "JFIF", 0xDB: "DQT", 0xC0: "SOF", 0xC2: "SOF", 0xC4: "DHT", 0xDA: "SOS", 0xD9: "EOI"}
"""All that a picture needs (ITU T.81, table B.1)."""

JFIF_WITHOUT_THUMBNAIL = 14
SECRET = b"Ana's phone, 42.3125"


def segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Every segment of a JPEG: its marker, and the bytes that belong to it; what lies behind its end comes as 0."""
    place = 0
    while place < len(content):
        assert content[place] == 0xFF, f"no marker at {place}"
        marker = content[place + 1]
        place += 2
        if marker in (0xD8, 0xD9):
            yield marker, b""
            if marker == 0xD9:
                yield 0, content[place:]
                return
            continue
        (length,) = struct.unpack("!H", content[place : place + 2])
        yield marker, content[place + 2 : place + length]
        place += length
        while marker == 0xDA and not (content[place] == 0xFF and content[place + 1] not in (0, *range(0xD0, 0xD8))):
            place += 1


def assert_bare(content: bytes) -> None:
    found = list(segments(content))
    assert {marker for marker, _ in found} - {0} <= set(BARE)
    assert all(len(body) == JFIF_WITHOUT_THUMBNAIL for marker, body in found if marker == 0xE0)
    assert [body for marker, body in found if marker == 0] == [b""], "nothing lies behind the end"
    assert SECRET not in content


def telling(kind: str, words: bytes, orientation: int, comment: bytes) -> bytes:
    """A picture that tells about its maker in every way that its kind knows."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = words.decode("latin-1")
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = SECRET
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (42.0, 18.0, 45.0), 3: "W", 4: (71.0, 6.0, 0.0)})
    image, file = Image.linear_gradient("L").resize((64, 48)).convert("RGB"), BytesIO()
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", SECRET.decode())
        text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        image.save(file, "PNG", exif=exif, pnginfo=text)
    elif kind == "WEBP":
        image.save(file, "WEBP", exif=exif, xmp=SECRET + words)
    else:
        image.save(file, "JPEG", exif=exif, xmp=SECRET + words, comment=SECRET + comment)
    return file.getvalue() + SECRET


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP"]),
    st.binary(max_size=40).filter(lambda words: b"\0" not in words),
    st.integers(1, 8),
    st.binary(max_size=60),
)
def test_not_a_byte_of_metadata_leaves(kind: str, words: bytes, orientation: int, comment: bytes) -> None:
    photo = prepare(telling(kind, words, orientation, comment))
    assert_bare(photo.content)
    assert_bare(black_out(photo, [Area(0.2, 0.2, 0.4, 0.4)]).content)


def test_not_a_byte_of_metadata_leaves_of_real_pictures(shared_data: Path) -> None:
    for folder in ("gps", "orientation", "large", "color", "heic", "plain"):
        for path in sorted((shared_data / "photos" / folder).iterdir()):
            if "malformed" not in path.name:
                assert_bare(prepare(path.read_bytes()).content)


@pytest.mark.parametrize("extra", [b"\xff\xe1\x00\x08Exif\0\0", b"\xff\xfe\x00\x05abc", b"\xff\xed\x00\x04ab"])
def test_the_reader_finds_what_should_not_be_there(extra: bytes) -> None:
    bare = prepare(telling("JPEG", b"x", 1, b"")).content
    with pytest.raises(AssertionError):
        assert_bare(bare[:2] + extra + bare[2:])
    with pytest.raises(AssertionError):
        assert_bare(bare + b"more")


def test_the_table_of_awkward_pictures_is_true() -> None:
    documented = (Path(__file__).resolve().parents[1] / "docs" / "photos.md").read_text(encoding="utf-8")
    assert photo_corpus.table() in documented, "write it anew: python -m tests.photo_corpus"
