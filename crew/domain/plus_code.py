"""A place as a plus code, short enough to be read over the radio. Domain layer; pure; encodes only.

The Open Location Code specification says how: five pairs of digits in base 20, each a twentieth of the last, the first
pair 20 degrees wide. Ten digits are a square of about 14 m. Places below ten digits, and decoding, are not needed here.
"""

from math import floor
from typing import Final

_DIGITS: Final = "23456789CFGHJMPQRVWX"
_PAIRS: Final = 5
_STEPS_PER_DEGREE: Final = 8000
"""The last pair is a 8,000th of a degree wide."""
_FINER_LAT: Final = 3125
_FINER_LONG: Final = 1024
"""The specification counts in these parts of a step, so that every program cuts at the same place."""


def plus_code(lat: float, long: float) -> str:
    """The ten digits of a place, with the plus sign after the eighth; latitude is clipped, longitude wraps.

    Args:
        lat: Degrees north, finite.
        long: Degrees east, finite.
    """
    down = min(max(_steps(lat, _FINER_LAT) + 90 * _STEPS_PER_DEGREE, 0), 180 * _STEPS_PER_DEGREE - 1)
    along = (_steps(long, _FINER_LONG) + 180 * _STEPS_PER_DEGREE) % (360 * _STEPS_PER_DEGREE)
    digits = ""
    for _ in range(_PAIRS):
        down, row = divmod(down, 20)
        along, column = divmod(along, 20)
        digits = _DIGITS[row] + _DIGITS[column] + digits
    return f"{digits[:8]}+{digits[8:]}"


def _steps(degrees: float, finer: int) -> int:
    """Whole steps, cut as the specification cuts: to its finest part first."""
    return floor(degrees * _STEPS_PER_DEGREE * finer) // finer
