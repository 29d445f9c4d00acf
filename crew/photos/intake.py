"""Takes a photo in: photo work, pure. A file or bytes become a small, upright, anonymous JPEG, or a clear refusal.

No byte of the original is handed on: the result is encoded anew from its pixels.
"""

import hashlib
import math
from collections.abc import Sequence
from datetime import UTC, tzinfo
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from crew.domain.errors import CorrectInput
from crew.domain.likeness import COLUMNS, ROWS, near_hash
from crew.domain.picture_area import Area
from crew.domain.plain_text import clean_line
from crew.domain.value import replace
from crew.photos.exif import camera_words
from crew.photos.opening import PIXEL_LIMIT, fitting, opened, shrunk, turned
from crew.photos.prepared import LONG_EDGE_PIXELS, SIZE_LIMIT_BYTES, PreparedPhoto, shown_name

_TARGET_BYTES: Final = 250 * 1024
_QUALITIES: Final = (82, 74, 66, 58, 50)
_SMALL: Final = 0.87
"""What a progressive encoding with tables of its own leaves of a quick one: of noise; of photographs 0.90 to 0.95."""


def prepare_file(
    path: Path,
    *,
    size_limit_bytes: int = SIZE_LIMIT_BYTES,
    pixel_limit: int = PIXEL_LIMIT,
    zone: tzinfo = UTC,
) -> PreparedPhoto:
    """Prepare the photo in a file; its size is checked before it is read.

    Args:
        path: The file.
        size_limit_bytes: Largest file that is read.
        pixel_limit: Most pixels that are decoded.
        zone: Where the camera's clock is set, for photos that do not say so themselves.

    Raises:
        CorrectInput: There is no such file, it cannot be read, or `prepare` refuses what is in it.
    """
    raw = read_file(path, size_limit_bytes)
    return prepare(raw, path.name, size_limit_bytes=size_limit_bytes, pixel_limit=pixel_limit, zone=zone)


def read_file(path: Path, size_limit_bytes: int) -> bytes:
    """The bytes of a file that may be no picture at all; its size is checked before it is read.

    Raises:
        CorrectInput: There is no such file, it cannot be read, or it is too large.
    """
    name = shown_name(path.name)
    try:
        if path.is_dir():
            raise CorrectInput(f"{name} is a folder: choose a photo in it.")
        if not path.is_file():
            raise CorrectInput(f"There is no file {name}: check the name, or choose another photo.")
        size = path.stat().st_size
        if size > size_limit_bytes:
            raise _too_many_bytes(name, size, size_limit_bytes)
        with path.open("rb") as file:
            return file.read(size_limit_bytes + 1)
    except PermissionError as error:
        raise CorrectInput(f"{name} may not be read by you: ask its owner, or choose another photo.") from error
    except OSError as error:
        reason = clean_line(error.strerror or "no reason given")
        raise CorrectInput(f"{name} could not be read ({reason}): try again, or choose another photo.") from error


def prepare(
    raw: bytes,
    name: str = "photo",
    *,
    size_limit_bytes: int = SIZE_LIMIT_BYTES,
    pixel_limit: int = PIXEL_LIMIT,
    zone: tzinfo = UTC,
) -> PreparedPhoto:
    """Turn a picture upright, shrink it, and drop everything but its pixels; of an animation the first frame.

    Args:
        raw: The bytes of a JPEG, PNG, WebP or GIF.
        name: What the picture is called in a sentence to the person.
        size_limit_bytes: Most bytes that are looked at.
        pixel_limit: Most pixels that are decoded.
        zone: Where the camera's clock is set, for photos that do not say so themselves.

    Raises:
        CorrectInput: The bytes are no picture, not a whole one, or one that is too large.
    """
    shown = shown_name(name)
    if not raw:
        raise CorrectInput(f"{shown} is empty (0 bytes): take the photo again, or choose another.")
    if len(raw) > size_limit_bytes:
        raise _too_many_bytes(shown, len(raw), size_limit_bytes)
    with opened(raw, shown, pixel_limit) as image:
        fitted = fitting(image.size, LONG_EDGE_PIXELS, LONG_EDGE_PIXELS)
        picture = shrunk(image, fitted)
        words = camera_words(image, zone)
        picture = turned(picture, words.orientation)
        content = _encoded(picture)
    lat, long = words.position or (None, None)
    digest = hashlib.sha256(content).hexdigest()
    looks = _looks(picture)
    return PreparedPhoto(content, digest, picture.width, picture.height, words.taken_at, lat, long, looks)


def black_out(prepared: PreparedPhoto, areas: Sequence[Area]) -> PreparedPhoto:
    """The photo with black areas, encoded anew: nothing of what they cover remains. Time and place stay.

    Raises:
        CorrectInput: The photo's bytes are damaged.
    """
    with opened(prepared.content, "The photo", PIXEL_LIMIT) as image:
        picture = image.convert("RGB")
        for area in areas:
            picture.paste("black", _pixels(area, picture.size))
        content = _encoded(picture)
    digest = hashlib.sha256(content).hexdigest()
    return replace(prepared, content=content, sha256=digest, near_hash=_looks(picture))


def _pixels(area: Area, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Whole pixels that cover an area, with every pixel that it touches."""
    width, height = size
    left, top = math.floor(area.left * width), math.floor(area.top * height)
    return left, top, math.ceil(area.right * width), math.ceil(area.bottom * height)


def _looks(picture: Image.Image) -> str:
    return near_hash(picture.convert("L").resize((COLUMNS, ROWS), Image.Resampling.BOX, reducing_gap=2.0).tobytes())


def _too_many_bytes(name: str, size: int, limit: int) -> CorrectInput:
    return CorrectInput(
        f"{name} has {size / 1e6:.1f} MB; the most is {limit / 1e6:.1f} MB. "
        "Send a smaller copy, or choose another photo."
    )


def _encoded(picture: Image.Image) -> bytes:
    """The JPEG of the best quality that meets the target size, else the smallest tried.

    Which quality that is a quick encoding tells nearly; the small one takes six times as long.
    """
    content = _jpeg(picture, _QUALITIES[0], small=True)
    for quality in _QUALITIES[1:]:
        if len(content) <= _TARGET_BYTES:
            break
        if quality == _QUALITIES[-1] or len(_jpeg(picture, quality, small=False)) * _SMALL <= _TARGET_BYTES:
            content = _jpeg(picture, quality, small=True)
    return content


def _jpeg(picture: Image.Image, quality: int, *, small: bool) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality, optimize=small, progressive=small)
    return buffer.getvalue()
