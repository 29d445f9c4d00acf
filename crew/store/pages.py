"""Rows straight from the pages of a damaged SQLite file, without SQLite. Store layer; reads bytes, writes nothing.

SQLite reads a table from its root: one lost page hides all rows below it. Here every page that holds rows is read for
itself, so what is lost is what lay on the lost page. The layout is that of the SQLite file format, sections 1.3, 1.6, 2
and 4 (https://www.sqlite.org/fileformat2.html). What does not fit it is passed over: all bytes here are suspect.
"""

import struct
from collections.abc import Iterator
from typing import Final, TypeAlias

Value: TypeAlias = "int | float | str | bytes | None"
Record = tuple[Value, ...]

_PAGE: Final = 4096
"""Bytes of a page: SQLite's own choice, which the store never changes."""

_MAGIC: Final = b"SQLite format 3\0"
_FILE_HEADER: Final = 100
_LEAF_OF_TABLE: Final = 0x0D
_LEAF_HEADER: Final = 8
_LOG_HEADER: Final = struct.Struct(">8I")
_FRAME_HEADER: Final = struct.Struct(">6I")
_LITTLE_ENDIAN_LOG: Final = 0x377F0682
_MOST_VARINT_BYTES: Final = 9
_INTEGER_BYTES: Final = (0, 1, 2, 3, 4, 6, 8)
_FLOAT, _ZERO, _ONE, _FIRST_BLOB = 7, 8, 9, 12


class NoRecord(ValueError):
    """These bytes are no row."""


def whole_pages(database: bytes, log: bytes) -> list[bytes]:
    """The pages of a store as of its last commit: those of the file, and over them those of the write-ahead log."""
    pages = [database[start : start + _PAGE] for start in range(0, len(database), _PAGE)]
    for number, page in _committed(log).items():
        pages.extend([b""] * (number - len(pages)))
        pages[number - 1] = page
    return [page.ljust(_PAGE, b"\0") for page in pages]


def log_is_broken(log: bytes) -> bool:
    """Whether something in the middle of a write-ahead log is damaged. SQLite would end the log there and say nothing.

    A frame that a power cut tore is the end of the log: the next transaction is written only after the disk has
    confirmed the one before. So a bad frame, a later commit, and a frame after that one mean that the disk lost what it
    had confirmed.
    """
    bad = committed_after = False
    for frame in _frames(log):
        if committed_after and frame is not None:
            return True
        if frame is None:
            bad = True
        elif bad and frame[1]:
            committed_after = True
    return False


def shape_of(pages: list[bytes]) -> int:
    """The number that the program gave its shape; 0 where the header cannot be read."""
    header = pages[0][:_FILE_HEADER] if pages else b""
    return int.from_bytes(header[60:64], "big") if header.startswith(_MAGIC) else 0


def records(pages: list[bytes]) -> Iterator[Record]:
    """Every row of every table; what cannot be read is passed over.

    Those of free pages come first: a row that was moved or deleted may still stand there; what is in use comes later.
    """
    free = _free(pages)
    for index in sorted(range(len(pages)), key=lambda index: index + 1 not in free):
        page = pages[index]
        for start in _cells(page, _FILE_HEADER if index == 0 else 0):
            try:
                yield _record(_payload(pages, page, start))
            except (NoRecord, IndexError, UnicodeDecodeError, struct.error):
                continue


def _committed(log: bytes) -> dict[int, bytes]:
    """The last committed content of each page of the log, by page number."""
    committed: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    for frame in _frames(log):
        if frame is None:
            continue
        number, ends_transaction, page = frame
        pending[number] = page
        if ends_transaction:
            committed |= pending
            pending.clear()
    return committed


def _frames(log: bytes) -> Iterator[tuple[int, bool, bytes] | None]:
    """The frames of a log: page number, whether it ends a transaction, content. None for one that is damaged.

    Frames of an earlier round of the log, which lie behind the present one, have another salt and are passed over.
    A frame is checked against the sum that the one before carries: a damaged frame does not take the next along.
    """
    if len(log) < _LOG_HEADER.size:
        return
    magic, _, _, _, salt, other_salt, *before = _LOG_HEADER.unpack_from(log)
    words = "<" if magic == _LITTLE_ENDIAN_LOG else ">"
    step = _FRAME_HEADER.size + _PAGE
    for start in range(_LOG_HEADER.size, len(log) - step + 1, step):
        number, size_after, *salts, first, second = _FRAME_HEADER.unpack_from(log, start)
        page = log[start + _FRAME_HEADER.size : start + step]
        whole = _sum(words, log[start : start + 8] + page, before) == [first, second]
        before = [first, second]
        if salts == [salt, other_salt]:
            yield (number, size_after != 0, page) if whole and number else None


def _sum(words: str, content: bytes, before: list[int]) -> list[int]:
    first, second = before
    numbers = struct.unpack(f"{words}{len(content) // 4}I", content)
    for even, odd in zip(numbers[::2], numbers[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return [first, second]


def _free(pages: list[bytes]) -> frozenset[int]:
    """The numbers of the pages that nothing uses, as far as their list can be followed."""
    free: set[int] = set()
    trunk = int.from_bytes(pages[0][32:36], "big") if pages else 0
    while 0 < trunk <= len(pages) and trunk not in free:
        free.add(trunk)
        trunk, count, *leaves = struct.unpack(f">{_PAGE // 4}I", pages[trunk - 1])
        free.update(leaves[:count])
    return frozenset(free)


def _cells(page: bytes, header: int) -> Iterator[int]:
    """Where the rows of a page begin; none where it holds no rows."""
    if page[header] != _LEAF_OF_TABLE:
        return
    count = int.from_bytes(page[header + 3 : header + 5], "big")
    first = header + _LEAF_HEADER
    for pointer in range(first, min(first + 2 * count, _PAGE - 1), 2):
        start = int.from_bytes(page[pointer : pointer + 2], "big")
        if first <= start < _PAGE:
            yield start


def _payload(pages: list[bytes], page: bytes, start: int) -> bytes:
    """The bytes of a row, gathered from the pages that it flows over to."""
    size, start = _varint(page, start)
    _, start = _varint(page, start)  # the row's number, which the store does not use
    most, least = _PAGE - 35, (_PAGE - 12) * 32 // 255 - 23
    here = size
    if size > most:
        here = least + (size - least) % (_PAGE - 4)
        here = here if here <= most else least
    content = page[start : start + here]
    following = int.from_bytes(page[start + here : start + here + 4], "big") if here < size else 0
    visited: set[int] = set()
    while following and len(content) < size and following not in visited:
        visited.add(following)
        content += pages[following - 1][4:]
        following = int.from_bytes(pages[following - 1][:4], "big")
    if len(content) < size:
        raise NoRecord
    return content[:size]


def _record(payload: bytes) -> Record:
    header_end, at = _varint(payload, 0)
    body = header_end
    values: list[Value] = []
    while at < header_end:
        kind, at = _varint(payload, at)
        value, body = _value(payload, kind, body)
        values.append(value)
    if at != header_end or body != len(payload):
        raise NoRecord
    return tuple(values)


def _value(payload: bytes, kind: int, start: int) -> tuple[Value, int]:
    """The value of a kind that begins at `start`, and where the next one begins."""
    if kind < len(_INTEGER_BYTES):
        end = start + _INTEGER_BYTES[kind]
        return (int.from_bytes(payload[start:end], "big", signed=True) if kind else None), end
    if kind == _FLOAT:
        return struct.unpack_from(">d", payload, start)[0], start + 8
    if kind in (_ZERO, _ONE):
        return kind - _ZERO, start
    if kind < _FIRST_BLOB:
        raise NoRecord
    end = start + (kind - _FIRST_BLOB) // 2
    content = payload[start:end]
    return (content.decode() if kind % 2 else content), end


def _varint(content: bytes, start: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for index in range(start, start + _MOST_VARINT_BYTES - 1):
        byte = content[index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, index + 1
    last = start + _MOST_VARINT_BYTES - 1
    return value << 8 | content[last], last + 1
