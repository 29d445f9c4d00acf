"""Reads a vector tile: Mapbox Vector Tile 2.1, as far as a map of streets needs it. The map's drawing code; pure.

A tile is a stranger's file. No more is read than there is, and no more is kept than a map can show.
"""

from collections.abc import Callable, Iterator
from typing import Final

from crew.domain.value import Value

POINT, LINE, AREA = 1, 2, 3
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOVE, _LINE_TO, _CLOSE = 1, 2, 7
_TEXT, _INT, _UINT, _SINT, _BOOL = 1, 4, 5, 6, 7
_MOST_FEATURES: Final = 50_000
_MOST_POINTS: Final = 250_000
_MOST_WANTED_BYTES: Final = 2 << 20
_MOST_FIELDS: Final = 200_000
"""In one message. Real tiles stay far below all of these; what does not would be read for minutes."""
_LONGEST_NUMBER: Final = 10
_NAME_BYTES: Final = 200

Ring = list[tuple[int, int]]


class BrokenTile(Exception):
    """The bytes are no vector tile."""


class Feature(Value):
    """Something on a tile.

    Attributes:
        layer: The layer it lies in.
        kind: The value of the property that says what it is; empty where it has none.
        name: What it is called; empty for most.
        shape: `POINT`, `LINE` or `AREA`.
        parts: Its lines, rings or points, in parts of `extent`, from the north-west corner of the tile.
        extent: How many parts the tile is wide.
        more: The values of the other properties that were asked for; empty where it has none.
    """

    layer: str
    kind: str
    name: str
    shape: int
    parts: list[Ring]
    extent: int
    more: tuple[str, ...] = ()


Properties = tuple[str, ...]
"""The one that says what a thing is, the one that says what it is called, and others that are wanted."""

Keys = Callable[[str], Properties | None]
"""The wanted properties of a layer; None for a layer that is not wanted."""


def features(tile: bytes, keys: Keys) -> list[Feature]:
    """Read the wanted layers of a tile, unpacked.

    Raises:
        BrokenTile: It is none, or holds more than any tile should.
    """
    found: list[Feature] = []
    budget = _Budget(_MOST_POINTS)
    left = _MOST_WANTED_BYTES
    try:
        for field, layer in _fields(tile):
            if field != 3 or not isinstance(layer, bytes):
                continue
            name = _layer_name(layer)
            wanted = keys(name)
            if wanted is None:
                continue
            left -= len(layer)
            if left < 0:
                raise BrokenTile("it has too many bytes")
            for feature in _layer(layer, name, wanted, budget):
                found.append(feature)
                if len(found) > _MOST_FEATURES:
                    raise BrokenTile("it has too many features")
    except (IndexError, UnicodeDecodeError, OverflowError) as error:
        raise BrokenTile("it ends in the middle, or says what cannot be") from error
    return found


class _Budget:
    """How many points may still come."""

    def __init__(self, points: int) -> None:
        self._left = points

    def take(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise BrokenTile("it has too many points")


def _number(raw: bytes, place: int) -> tuple[int, int]:
    """A varint, and the place after it. Raises IndexError at the end."""
    byte = raw[place]
    if byte < 0x80:
        return byte, place + 1
    value, shift = byte & 0x7F, 7
    for _ in range(_LONGEST_NUMBER - 1):
        place += 1
        byte = raw[place]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place + 1
        shift += 7
    raise BrokenTile("a number has no end")


def _fields(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message: their numbers, with a number or bytes."""
    place, end, left = 0, len(raw), _MOST_FIELDS
    while place < end:
        left -= 1
        if left < 0:
            raise BrokenTile("it has too many fields")
        tag, place = _number(raw, place)
        kind = tag & 7
        if kind == _VARINT:
            value, place = _number(raw, place)
            yield tag >> 3, value
            continue
        if kind == _BYTES:
            length, place = _number(raw, place)
        elif kind in (_FIXED32, _FIXED64):
            length = 4 if kind == _FIXED32 else 8
        else:
            raise BrokenTile("a field is of no known kind")
        if place + length > end:
            raise BrokenTile("a length leads beyond the end")
        yield tag >> 3, raw[place : place + length]
        place += length


def _layer_name(raw: bytes) -> str:
    """What a layer is called; it stands first as a rule, so that the rest of an unwanted one is not read."""
    return next((value.decode() for field, value in _fields(raw) if field == 1 and isinstance(value, bytes)), "")


def _layer(raw: bytes, name: str, wanted: Properties, budget: _Budget) -> Iterator[Feature]:
    extent, names, values, shapes = 4096, [], [], []
    for field, value in _fields(raw):
        match field, value:
            case 2, bytes():
                shapes.append(value)
            case 3, bytes():
                names.append(value)
            case 4, bytes():
                values.append(value)
            case 5, int():
                extent = value
    if not 0 < extent <= 1 << 20:
        raise BrokenTile("a layer has no size")
    places = tuple(names.index(key.encode()) if key.encode() in names else -1 for key in wanted)
    words = _Words(places, values)
    for shape in shapes:
        yield from _feature(shape, name, extent, words, budget)


class _Words:
    """The wanted properties of a layer."""

    def __init__(self, places: tuple[int, ...], values: list[bytes]) -> None:
        self._places = places
        self._values = values
        self._read: dict[int, str] = {}

    def of(self, tags: bytes) -> tuple[str, ...]:
        """What a feature is, what it is called, and what else was asked for."""
        found = dict.fromkeys(self._places, "")
        pairs = _numbers(tags)
        for key, at in zip(pairs, pairs, strict=False):
            if key in found:
                if at not in self._read:
                    self._read[at] = _text(self._values[at])
                found[key] = self._read[at]
        return tuple(found[place] for place in self._places)


def _feature(raw: bytes, layer: str, extent: int, words: _Words, budget: _Budget) -> Iterator[Feature]:
    shape, tags, geometry = 0, b"", b""
    for field, value in _fields(raw):
        match field, value:
            case 2, bytes():
                tags = value
            case 3, int():
                shape = value
            case 4, bytes():
                geometry = value
    if shape in (POINT, LINE, AREA):
        kind, name, *more = words.of(tags)
        yield Feature(layer, kind, name, shape, list(_parts(geometry, shape, budget)), extent, tuple(more))


def _numbers(raw: bytes) -> Iterator[int]:
    place, end = 0, len(raw)
    while place < end:
        value, place = _number(raw, place)
        yield value


def _text(value: bytes) -> str:
    """A property's value where it is text or a whole number, or whether it is true; others say nothing on a map."""
    for field, content in _fields(value):
        if field == _TEXT and isinstance(content, bytes):
            return content[:_NAME_BYTES].decode(errors="ignore")
        if field in (_INT, _UINT, _BOOL) and isinstance(content, int):
            return str(content - (1 << 64) if content >> 63 else content)
        if field == _SINT and isinstance(content, int):
            return str((content >> 1) ^ -(content & 1))
    return ""


def _parts(geometry: bytes, shape: int, budget: _Budget) -> Iterator[Ring]:
    """The lines, rings or points that the commands of a geometry draw."""
    numbers = _numbers(geometry)
    x = y = 0
    part: Ring = []
    for command in numbers:
        what, count = command & 7, command >> 3
        if what == _CLOSE:
            budget.take(1)
            if part:
                part.append(part[0])
            continue
        if what not in (_MOVE, _LINE_TO):
            raise BrokenTile("a line is drawn in no known way")
        budget.take(count)
        for _ in range(count):
            try:
                across, down = next(numbers), next(numbers)
            except StopIteration:
                raise BrokenTile("a line ends in the middle") from None
            x += (across >> 1) ^ -(across & 1)
            y += (down >> 1) ^ -(down & 1)
            if what == _MOVE and shape != POINT:
                if len(part) > 1:
                    yield part
                part = []
            part.append((x, y))
    if part and (len(part) > 1 or shape == POINT):
        yield part
