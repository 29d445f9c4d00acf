"""Ids of changes and devices: UUID version 7, sortable by time. Domain layer; time and randomness are handed in."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Final
from uuid import UUID

from crew.domain.clock import Clock

_TAIL: Final = (1 << 48) - 1


def uuid7(clock: Clock, random_bits: Callable[[int], int]) -> UUID:
    """Make a UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then random bits.

    Args:
        clock: The device's clock.
        random_bits: Returns a number of that many random bits, such as `secrets.randbits`.
    """
    milliseconds = int(clock().timestamp() * 1000) & ((1 << 48) - 1)
    drawn = random_bits(74)
    value = milliseconds << 80 | 0x7 << 76 | (drawn >> 62) << 64 | 0b10 << 62 | drawn & ((1 << 62) - 1)
    return UUID(int=value)


def ids_from(first: UUID) -> Iterator[str]:
    """The ids of what is done in one go: the first, then those that follow it (RFC 9562, section 6.2, method 2).

    Hundreds drawn one by one take as long as writing hundreds of rows.
    """
    stem, _, tail = str(first).rpartition("-")
    return (f"{stem}-{number & _TAIL:012x}" for number in count(int(tail, 16)))
