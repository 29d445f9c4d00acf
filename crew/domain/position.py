"""Where this device is: one place with its age, its source and its doubt. Domain layer; pure, asks nobody.

Receivers lie: they send 0/0 before they know, NaN, and now and then a place in another country. What is refused here
never becomes "you".
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from crew.domain.clock import require_moment
from crew.domain.place import Point, believable, distance_metres, distance_words
from crew.domain.value import Value

_FASTEST_METRES_PER_SECOND: Final = 70
"""No truck drives faster; what would need more is a jump."""
_SLACK_METRES: Final = 200
_AGREEING: Final = 3
"""So many places in a row that fit each other outweigh what was believed before."""
_VAGUE_METRES: Final = 500


class PositionSource(StrEnum):
    """Who says where the device is."""

    RECEIVER = "receiver"
    BY_HAND = "by hand"
    PHOTO = "photo"


YOU_FOR: Final = {
    PositionSource.RECEIVER: timedelta(minutes=1),
    PositionSource.PHOTO: timedelta(minutes=10),
    PositionSource.BY_HAND: timedelta(minutes=30),
}
"""How old a position may be and still be called "you": a receiver that falls silent is soon wrong on the road, a photo
is taken on foot beside the truck, and a person who says "here" means to stay."""


class Position(Value):
    """Where the device was at a moment.

    Attributes:
        lat: Degrees north, WGS 84.
        long: Degrees east.
        taken_at: When it was there, by the clock of the device, aware.
        source: Who says so.
        accuracy_metres: How far off it may be, where the source knows.
        named: What a person calls the source: "gpsd on localhost", "/dev/ttyACM0"; clean.
    """

    lat: float
    long: float
    taken_at: datetime
    source: PositionSource
    accuracy_metres: float | None = None
    named: str = ""

    def __post_init__(self) -> None:
        if not believable(self.lat, self.long):
            raise ValueError("a position is somewhere on Earth, and not where receivers are that know nothing")
        require_moment(self.taken_at)

    @property
    def point(self) -> Point:
        """Latitude and longitude."""
        return self.lat, self.long

    def age(self, now: datetime) -> timedelta:
        """How old it is; never less than nothing, as clocks are set back."""
        return max(timedelta(), now - self.taken_at)

    def is_you(self, now: datetime) -> bool:
        """Whether it is fresh and sure enough to say "of you"; else it is the last known place."""
        sure = self.accuracy_metres is None or self.accuracy_metres <= _VAGUE_METRES
        return sure and abs(now - self.taken_at) <= YOU_FOR[self.source]


class Track:
    """Follows what one receiver says, and holds a jump back until the receiver insists on it.

    A truck may have been carried while the device was off, or the first place was the lie: so a jump is believed
    once three places in a row agree with each other.
    """

    def __init__(self) -> None:
        self._believed: Position | None = None
        self._doubted: list[Position] = []

    def believe(self, position: Position) -> bool:
        """Whether this place follows from what was heard before."""
        if self._believed is None or _reachable(self._believed, position):
            self._doubted = []
        else:
            if self._doubted and not _reachable(self._doubted[-1], position):
                self._doubted = []
            self._doubted.append(position)
            if len(self._doubted) < _AGREEING:
                return False
            self._doubted = []
        self._believed = position
        return True


def _reachable(start: Position, end: Position) -> bool:
    seconds = abs((end.taken_at - start.taken_at).total_seconds())
    return distance_metres(start.point, end.point) <= _SLACK_METRES + seconds * _FASTEST_METRES_PER_SECOND


def position_words(position: Position, now: datetime, units: str) -> str:
    """Source, doubt and age in words: "gpsd on localhost, to 8 m, just now"."""
    accuracy = position.accuracy_metres
    doubt = () if accuracy is None else (f"to {distance_words(max(accuracy, 10), units)}",)
    return ", ".join((position.named or str(position.source), *doubt, age_words(position.age(now))))


def age_words(age: timedelta) -> str:
    """An age, coarse where coarse is enough."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
