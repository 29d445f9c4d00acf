"""What comes of a picture, as plain values. Photo work, pure; loads no decoder, so that the terminal may hold them."""

from datetime import datetime
from typing import Final

from crew.domain.plain_text import clean_line
from crew.domain.value import Value

SIZE_LIMIT_BYTES: Final = 30 * 1024 * 1024
"""Largest file that is read. A 50-megapixel phone photo has about 15 MiB."""

LONG_EDGE_PIXELS: Final = 1600

_CELL_BYTES: Final = 2 * 3

_NAME_LIMIT: Final = 80


class PreparedPhoto(Value):
    """A photo that may be stored and shown: nothing in it but its pixels.

    Attributes:
        content: JPEG, upright, without metadata, long edge at most 1600 pixels.
        sha256: Hash of `content`, in hex.
        width: In pixels.
        height: In pixels.
        taken_at: When the camera says it was taken; None where it says nothing or nonsense.
        lat: Degrees north where the camera says it was; None where it says nothing or nonsense.
        long: Degrees east; None exactly when `lat` is.
        near_hash: What the picture is known by, whatever its file: see `crew.domain.likeness`.
    """

    content: bytes
    sha256: str
    width: int
    height: int
    taken_at: datetime | None
    lat: float | None
    long: float | None
    near_hash: str

    def __post_init__(self) -> None:
        from hashlib import sha256  # it loads OpenSSL, which no start should wait for

        if sha256(self.content).hexdigest() != self.sha256:
            raise ValueError("a photo is named by its SHA-256")


class CellPicture(Value):
    """A picture for half blocks: each cell shows two square pixels, one above the other.

    Attributes:
        columns: Width in cells, and in pixels.
        rows: Height in cells; in pixels twice that.
        pixels: RGB bytes, row by row from the top.
    """

    columns: int
    rows: int
    pixels: bytes

    def __post_init__(self) -> None:
        if self.columns < 1 or self.rows < 1 or len(self.pixels) != self.columns * self.rows * _CELL_BYTES:
            raise ValueError("a cell picture has two pixels in each cell")


class Seen(Value):
    """A photo as it can be seen now.

    Attributes:
        picture: Its pixels.
        whole: Whether they are the photo's own; a thumbnail's otherwise.
    """

    picture: CellPicture
    whole: bool


def shown_name(name: str) -> str:
    """The name of a picture as it may stand in a sentence."""
    return clean_line(name, _NAME_LIMIT) or "The photo"
