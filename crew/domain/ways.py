"""How far it is from place to place: along streets where somebody knows them, else in a straight line. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import pairwise

from crew.domain.place import Point, distance_metres
from crew.domain.value import Value, field


class Along(StrEnum):
    """What ways were measured along."""

    STREETS = "streets"
    PARTLY = "partly streets"
    """Some stop stands where no street is known."""
    LINES = "straight lines"


_WORDS = {
    Along.STREETS: "along streets",
    Along.PARTLY: "mostly along streets",
    Along.LINES: "as the crow flies",
}


def along_words(along: Along) -> str:
    """The same as the end of "11.4 km ..."."""
    return _WORDS[along]


class Ways(Value):
    """Ways between places.

    Attributes:
        by_street: Metres along streets from one place to another, never less than the straight line; a pair that is
            not in it is as far apart as the straight line says.
    """

    by_street: Mapping[tuple[Point, Point], float] = field(default_factory=dict)

    def metres(self, one: Point, other: Point) -> float:
        """How far it is from one place to another."""
        found = 0.0 if one == other else self.by_street.get((one, other))
        return distance_metres(one, other) if found is None else found

    def along(self, places: Iterable[Point]) -> Along:
        """What the way through places, one after the other, is measured along."""
        legs = {leg in self.by_street for leg in pairwise(places) if leg[0] != leg[1]}
        if legs == {True}:
            return Along.STREETS
        return Along.PARTLY if True in legs else Along.LINES


STRAIGHT = Ways()
