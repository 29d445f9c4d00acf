"""What the terminal and its decoding process say to each other. Photo work, pure; both halves share it.

A message is its length, a value in MessagePack and the bytes of a picture: nothing in it can be executed.
"""

import struct
from typing import IO, Final, TypeVar

import msgspec

from crew.domain.patch import Patch
from crew.domain.picture_area import Area
from crew.photos.prepared import SIZE_LIMIT_BYTES, CellPicture, PreparedPhoto

_T = TypeVar("_T")
_LENGTHS: Final = struct.Struct("!II")


class Prepare(msgspec.Struct, frozen=True, tag=True):
    """Make a photo of a picture: of the bytes that come with it, or of the file that `path` names.

    The zone is that of cameras that do not name theirs: a name, or seconds east of Greenwich.
    """

    zone: str
    east_seconds: int
    name: str = ""
    path: str = ""


class Cells(msgspec.Struct, frozen=True, tag=True):
    """Shrink a picture to terminal cells."""

    columns: int
    rows: int


class BlackOut(msgspec.Struct, frozen=True, tag=True):
    """Black out areas of a photo."""

    photo: PreparedPhoto
    areas: tuple[Area, ...]


class Mosaic(msgspec.Struct, frozen=True, tag=True):
    """Put map tiles together; they come one after the other, of these lengths in bytes."""

    columns: int
    rows: int
    lengths: tuple[int, ...]
    patches: tuple[Patch, ...]


Job = Prepare | Cells | BlackOut | Mosaic


class Reply(msgspec.Struct, frozen=True):
    """What came of a job: a photo, cells or a sentence; and which tiles of a mosaic are broken."""

    photo: PreparedPhoto | None = None
    cells: CellPicture | None = None
    sentence: str = ""
    """Why it was refused, for the person."""
    broken: tuple[int, ...] = ()


class Nonsense(Exception):
    """What the other side says cannot be meant: it is broken, or somebody else speaks through it."""


JOB_LIMIT_BYTES: Final = SIZE_LIMIT_BYTES + 4096
"""A whole file comes with a job."""
PHOTO_LIMIT_BYTES: Final = 8 * 1024 * 1024
"""No photo that was made small is as long."""

JOBS: Final[msgspec.msgpack.Decoder[Job]] = msgspec.msgpack.Decoder(Job)
REPLIES: Final = msgspec.msgpack.Decoder(Reply)


def write_message(file: IO[bytes], value: Job | Reply, content: bytes = b"") -> None:
    """Send a value with the bytes that belong to it. Raises OSError where the other side has ended."""
    body = msgspec.msgpack.encode(value)
    file.write(_LENGTHS.pack(len(body), len(content)))
    file.write(body)
    file.write(content)
    file.flush()


def read_message(file: IO[bytes], decoder: "msgspec.msgpack.Decoder[_T]", limit_bytes: int) -> tuple[_T, bytes] | None:
    """Wait for a value and its bytes; None where the other side has ended, in the middle of a message too.

    Raises:
        Nonsense: The other side says more than `limit_bytes`, or what is no message.
    """
    head = file.read(_LENGTHS.size)
    if len(head) < _LENGTHS.size:
        return None
    body_length, content_length = _LENGTHS.unpack(head)
    if body_length + content_length > limit_bytes:
        raise Nonsense
    body, content = file.read(body_length), file.read(content_length)
    if len(body) < body_length or len(content) < content_length:
        return None
    try:
        return decoder.decode(body), content
    except (msgspec.DecodeError, ValueError, OverflowError) as error:  # moments and numbers that cannot be, too
        raise Nonsense from error
