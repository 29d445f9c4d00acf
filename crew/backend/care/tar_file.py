"""The plainest tar there is, written and read strictly: regular files one after the other. Backend layer.

`tar xf` opens what is written here. What is read has no links, no folders, no second header, no byte that is not
accounted for: anything else is no file of ours.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from tarfile import BLOCKSIZE, GNU_FORMAT, NUL, RECORDSIZE, REGTYPE, HeaderError, TarInfo
from typing import IO, Final

_CHUNK_BYTES: Final = 1 << 20
_LONGEST_NAME: Final = 100  # longer ones need a second header


class DamagedTar(Exception):
    """The bytes are no tar of ours, or not all of it."""


def write_member(file: IO[bytes], name: str, byte_count: int, chunks: Iterable[bytes], at: datetime) -> None:
    """Add a file; `chunks` has to yield `byte_count` bytes."""
    header = TarInfo(name)
    header.size, header.mode, header.mtime = byte_count, 0o600, int(at.timestamp())
    file.write(header.tobuf(GNU_FORMAT))
    for chunk in chunks:
        file.write(chunk)
    file.write(NUL * (-byte_count % BLOCKSIZE))


def write_end(file: IO[bytes]) -> None:
    """Say that nothing follows, in a whole record as tar has it."""
    file.write(NUL * (2 * BLOCKSIZE))
    file.write(NUL * (-file.tell() % RECORDSIZE))


def read_members(file: IO[bytes], byte_count: int) -> Iterator[tuple[str, int, Iterator[bytes]]]:
    """Each file's name, size and content, to be consumed before the next one is asked for.

    Raises:
        DamagedTar: It is cut off, damaged, or holds what `write_member` does not write.
        OSError: It cannot be read.
    """
    while header := _header(file):
        if not 0 <= header.size <= byte_count - file.tell():
            raise DamagedTar("it is cut off")
        yield header.name, header.size, _content(file, header.size)
        _require_zeros(_exactly(file, -header.size % BLOCKSIZE))
    _require_zeros(_exactly(file, BLOCKSIZE))
    _require_zeros(_exactly(file, -file.tell() % RECORDSIZE))
    if file.read(1):
        raise DamagedTar("it does not end where it should")


def _header(file: IO[bytes]) -> TarInfo | None:
    """The next header, or None at the end."""
    block = _exactly(file, BLOCKSIZE)
    if not block.strip(NUL):
        return None
    try:
        header = TarInfo.frombuf(block, "ascii", "strict")
    except (HeaderError, ValueError) as error:
        raise DamagedTar("a header is damaged") from error
    if header.tobuf(GNU_FORMAT) != block:
        raise DamagedTar("a header is not as it was written")  # its own sum leaves some bits of itself unchecked
    if header.type != REGTYPE or len(header.name) > _LONGEST_NAME:
        raise DamagedTar("it holds more than plain files")
    return header


def _content(file: IO[bytes], byte_count: int) -> Iterator[bytes]:
    left = byte_count
    while left:
        chunk = _exactly(file, min(left, _CHUNK_BYTES))
        left -= len(chunk)
        yield chunk


def _exactly(file: IO[bytes], byte_count: int) -> bytes:
    block = file.read(byte_count)
    if len(block) < byte_count:
        raise DamagedTar("it is cut off")
    return block


def _require_zeros(padding: bytes) -> None:
    if padding.strip(NUL):
        raise DamagedTar("there are bytes where none should be")
