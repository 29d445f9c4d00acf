"""Opens pictures from outside: photo work, pure. Sizes are checked before decoding, damage becomes one sentence.

Only the formats that cameras and phones write are tried; no other decoder ever sees the bytes.
"""

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError

from crew.domain.errors import CorrectInput

PIXEL_LIMIT: Final = 50_000_000
"""Most pixels that are decoded: 200 MB of memory for the time of one photo."""

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")  # a camera's MPO opens as JPEG
_HEIF_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

DAMAGE: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow raises for bytes that lie about themselves."""

_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# One decode at a time bounds the memory; and Python's warning filter, silenced meanwhile, belongs to the whole process.
_decoding = threading.Lock()


@contextmanager
def opened(raw: bytes, name: str, pixel_limit: int) -> Iterator[Image.Image]:
    """Open a picture without decoding it; whatever its bytes break inside the block becomes one sentence."""
    formats: tuple[str, ...] = _FORMATS
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIF_BRANDS:
        _require_heif(name)
        formats = ("HEIF",)
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(raw), formats=formats) as image:
                if image.width * image.height > pixel_limit:
                    raise _too_many_pixels(name, pixel_limit)
                yield image
        except Image.DecompressionBombError as error:
            raise _too_many_pixels(name, pixel_limit) from error
        except UnidentifiedImageError as error:
            raise CorrectInput(
                f"{name} is not a JPEG, PNG, WebP, AVIF, HEIC or GIF picture: choose one that is."
            ) from error
        except MemoryError as error:
            raise CorrectInput(
                f"{name} needs too much memory: send a smaller copy, or choose another photo."
            ) from error
        except DAMAGE as error:
            raise CorrectInput(f"{name} is damaged or incomplete: copy or take it again, or choose another.") from error


def _require_heif(name: str) -> None:
    """Teach Pillow the format of iPhones, whose decoder is an extra for its size and its licence."""
    try:
        import pi_heif
    except ImportError as error:
        raise CorrectInput(
            f'{name} is a HEIC photo: set the camera to JPEG ("Most Compatible") and take it again.'
        ) from error
    pi_heif.register_heif_opener()


def fitting(size: tuple[int, int], width: int, height: int, *, enlarge: bool = False) -> tuple[int, int]:
    """The largest size of the same aspect that fits into a box; each edge at least one pixel."""
    factor = min(width / size[0], height / size[1])
    if not enlarge:
        factor = min(1.0, factor)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Decode at about `size`, then shrink to it exactly; colours become sRGB, transparency lies over white."""
    image.draft(None, size)
    image.load()
    picture = _in_srgb(_with_full_tones(image), image.info.get("icc_profile"))
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    clean = Image.new("RGB", picture.size, "white")
    if picture.mode == "RGBA":
        clean.paste(picture, mask=picture.getchannel("A"))
    else:
        clean.paste(picture.convert("RGB"))
    return clean


def _in_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """The picture in the colours of every screen; a profile that is broken or of another kind of colours is ignored."""
    if not isinstance(profile, bytes) or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    from PIL import ImageCms  # few photos need it

    try:
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        changed = ImageCms.profileToProfile(picture, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, *DAMAGE):
        return picture
    return picture if changed is None else changed


def _with_full_tones(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be resized smoothly without losing tones or transparency."""
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda tone: tone * (1 / 256), "L")
    if image.mode in ("1", "P"):
        return image.convert("RGB")
    return image


def turned(picture: Image.Image, orientation: int) -> Image.Image:
    """Turn a picture upright; an orientation that EXIF does not know leaves it as it is."""
    way = _UPRIGHT.get(orientation)
    return picture if way is None else picture.transpose(way)


def _too_many_pixels(name: str, limit: int) -> CorrectInput:
    return CorrectInput(
        f"{name} has more than {limit / 1e6:g} million pixels, the most that can be handled. "
        "Send a smaller copy, or choose another photo."
    )
