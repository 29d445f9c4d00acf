"""Places: which can be, how far apart they are and which way, in words. Domain layer; pure.

Degrees are WGS 84, lengths metres. Cities' records hold places that cannot be: 0/0 for "not known", latitude and
longitude the wrong way round, a point in another country. Such a place is doubted, and never becomes a pin.
"""

from collections.abc import Iterable
from itertools import islice
from math import asin, atan2, cos, degrees, isfinite, radians, sin, sqrt
from typing import Final, Protocol

_EARTH_RADIUS_METRES: Final = 6_371_008.8
_COMPASS: Final = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")

_NULL_ISLAND_DEGREES: Final = 0.01
_CITY_METRES: Final = 100_000
"""Nothing that a city cares for lies farther from the middle of it."""
_FEWEST: Final = 3
"""So many places have a middle that one wrong one among them does not move."""
_ENOUGH: Final = 1_000

NO_PLACE: Final = "no place on the map"

Point = tuple[float, float]
"""Latitude and longitude."""


class Placed(Protocol):
    """Anything that may have a place on the map."""

    @property
    def lat(self) -> float | None:
        """Degrees north."""

    @property
    def long(self) -> float | None:
        """Degrees east."""


def believable(lat: object, long: object) -> bool:
    """Whether two values are a place where a truck may be: finite numbers, on Earth, not the empty sea at 0/0."""
    if not isinstance(lat, int | float) or not isinstance(long, int | float) or isinstance(lat, bool | str):
        return False
    if not (isfinite(lat) and isfinite(long) and abs(lat) <= 90 and abs(long) <= 180):
        return False
    return abs(lat) > _NULL_ISLAND_DEGREES or abs(long) > _NULL_ISLAND_DEGREES


def place_of(placed: Placed) -> Point | None:
    """The place of an order, a stop or a position; None where it has none that can be."""
    if placed.lat is None or placed.long is None or not believable(placed.lat, placed.long):
        return None
    return placed.lat, placed.long


def middle_of(several: Iterable[Placed]) -> Point | None:
    """The middle of a city as its orders show it: the median, which some wrong places do not move; None for a few."""
    places = list(islice(filter(None, map(place_of, several)), _ENOUGH))
    if len(places) < _FEWEST:
        return None
    half = len(places) // 2  # `statistics` takes longer to load than the list to show
    return sorted(lat for lat, _ in places)[half], sorted(long for _, long in places)[half]


def place_doubt(placed: Placed, middle: Point | None) -> str:
    """Why a place is not to be gone by, in words; empty where it is.

    Args:
        placed: What has the place.
        middle: Of the city's other places, where that is known.
    """
    if placed.lat is None or placed.long is None:
        return NO_PLACE
    place = place_of(placed)
    if place is None:
        return f"{NO_PLACE} ({placed.lat:g}, {placed.long:g} is none)"
    if middle is None or (metres := distance_metres(middle, place)) <= _CITY_METRES:
        return ""
    lat, long = place
    turned = believable(long, lat) and distance_metres(middle, (long, lat)) <= _CITY_METRES
    why = ": latitude and longitude are swapped" if turned else ""
    return f"{NO_PLACE} ({lat:.5f}, {long:.5f} is {metres / 1000:,.0f} km from the city{why})"


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
