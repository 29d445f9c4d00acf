"""Distances and directions, as numbers and in words. Domain layer; pure. Degrees are WGS 84, lengths metres."""

from math import asin, atan2, cos, degrees, radians, sin, sqrt
from typing import Final

_EARTH_RADIUS_METRES: Final = 6_371_008.8
_COMPASS: Final = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")

Point = tuple[float, float]
"""Latitude and longitude."""


def distance_metres(start: Point, end: Point) -> float:
    """The great-circle distance between two points."""
    lat1, long1, lat2, long2 = (radians(value) for value in (*start, *end))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((long2 - long1) / 2) ** 2
    return 2 * _EARTH_RADIUS_METRES * asin(min(1.0, sqrt(half)))


def direction_words(start: Point, end: Point) -> str:
    """The direction from one point to another, as one of eight compass words."""
    lat1, long1, lat2, long2 = (radians(value) for value in (*start, *end))
    east = sin(long2 - long1) * cos(lat2)
    north = cos(lat1) * sin(lat2) - sin(lat1) * cos(lat2) * cos(long2 - long1)
    return _COMPASS[round(degrees(atan2(east, north)) % 360 / 45) % 8]


def distance_words(metres: float, unit: str = "km") -> str:
    """A length in the crew's unit ("km" or "mi"), coarse where coarse is enough."""
    if unit == "mi":
        miles = metres / 1609.344
        return f"{round(metres / 0.3048 / 50) * 50} ft" if miles < 0.2 else f"{miles:.1f} mi"
    return f"{round(metres / 10) * 10} m" if metres < 1000 else f"{metres / 1000:.1f} km"
