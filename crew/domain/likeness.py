"""How alike two pictures are, by a few bits of each. Domain layer; pure, and knows no picture but its small grey tones.

The bits are those of a difference hash: whether each of 8 x 8 parts of a small grey picture is darker than its
neighbour on the right. Light, size and compression hardly change them (Krawetz, "Kind of Like That", 2013).
"""

from typing import Final

NEARLY_THE_SAME_BITS: Final = 10
"""Most differing bits of 64 at which two pictures are taken for one. Measured on ordinary photographs: encoded anew or
lighter, a picture differs from itself in at most 5 bits, a third as large in 6, without a fortieth at each edge in 10;
pictures of different places differ in 17 at least."""

COLUMNS: Final = 9
ROWS: Final = 8
_FLAT_TONES: Final = 6
"""A picture with so little in it resembles every other such picture."""

_UNLIKE: Final = 64


def near_hash(grey: bytes) -> str:
    """The bits of a picture as 16 hex digits; empty for one with nothing to be known by.

    Args:
        grey: Its tones at 9 x 8 pixels, row by row.
    """
    if max(grey) - min(grey) < _FLAT_TONES:
        return ""
    bits = 0
    for place, tone in enumerate(grey):
        if place % COLUMNS:
            bits = bits << 1 | (grey[place - 1] < tone)
    return f"{bits:016x}"


def likeness(one: str, other: str) -> int:
    """How many of 64 bits differ: 0 for the same picture, about 32 for two that have nothing to do with each other."""
    return (int(one, 16) ^ int(other, 16)).bit_count() if one and other else _UNLIKE
