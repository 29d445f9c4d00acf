"""Ids of changes and devices: UUID version 7, sortable by time. Domain layer; time and randomness are handed in."""

from collections.abc import Callable
from uuid import UUID

from crew.domain.clock import Clock


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
