"""Writes a vector tile: the opposite of `vector_tile`, as `crew map build` needs it. The drawing code; pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from crew.domain.value import Value
from crew.maps.vector_tile import AREA, Ring

EXTENT: Final = 4096
_MOVE, _LINE_TO, _CLOSE = 1, 2, 7


class Drawn(Value):
    """Something for a tile.

    Attributes:
        layer: The layer it goes into.
        kind: What it is, as the property "class".
        name: What it is called; empty for nothing.
        shape: `LINE` or `AREA`.
        parts: Lines or rings in parts of `EXTENT`; a ring does not repeat its first point.
    """

    layer: str
    kind: str
    name: str
    shape: int
    parts: Sequence[Ring]


def encoded(things: Iterable[Drawn]) -> bytes:
    """A tile with these things, unpacked."""
    layers: dict[str, list[Drawn]] = {}
    for thing in things:
        layers.setdefault(thing.layer, []).append(thing)
    return b"".join(_field(3, _layer(name, found)) for name, found in layers.items())


def _layer(name: str, things: Iterable[Drawn]) -> bytes:
    values: dict[str, int] = {}
    features = []
    for thing in things:
        tags = [0, values.setdefault(thing.kind, len(values))]
        if thing.name:
            tags += [1, values.setdefault(thing.name, len(values))]
        shape = _number(3 << 3) + _number(thing.shape)
        features.append(_field(2, _numbers(tags)) + shape + _field(4, _numbers(_commands(thing))))
    return b"".join(
        (
            _number(15 << 3) + _number(2),
            _field(1, name.encode()),
            *(_field(2, feature) for feature in features),
            *(_field(3, key) for key in (b"class", b"name")),
            *(_field(4, _field(1, value.encode())) for value in values),
            _number(5 << 3) + _number(EXTENT),
        )
    )


def _commands(thing: Drawn) -> Iterable[int]:
    x = y = 0
    for part in thing.parts:
        yield _MOVE | 1 << 3
        for place, (right, down) in enumerate(part):
            if place == 1:
                yield _LINE_TO | (len(part) - 1) << 3
            yield _zigzag(right - x)
            yield _zigzag(down - y)
            x, y = right, down
        if thing.shape == AREA:
            yield _CLOSE | 1 << 3


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _numbers(values: Iterable[int]) -> bytes:
    return b"".join(map(_number, values))


def _number(value: int) -> bytes:
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)


def _field(number: int, content: bytes) -> bytes:
    return _number(number << 3 | 2) + _number(len(content)) + content
