"""Finds a place by the words of an address: an order, the nearest number that is known, a street. Domain layer; pure.

There is no register of houses on a device. What is known are the orders, open and ended, and the streets of the map; a
number between two known ones is looked for beside the nearer.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Protocol

from crew.domain.place import Placed, Point, distance_metres, place_of
from crew.domain.street_address import folded, means, number_of, streets_of
from crew.domain.value import Value

MOST_FOUND: Final = 50
"""More than a person reads; who wants another types on."""


class FoundKind(StrEnum):
    """What a place was found by."""

    ORDER = "order"
    NEAREST_NUMBER = "nearest number"
    STREET = "street"


class Found(Value):
    """A place for the words.

    Attributes:
        kind: What it was found by.
        name: The address of the order, or the name of the street.
        place: Where it is; of a street, the point of it that is nearest to where it is looked for.
        order_id: The order; empty for a street.
    """

    kind: FoundKind
    name: str
    place: Point
    order_id: str = ""


class Addressed(Placed, Protocol):
    """An order as far as its address is concerned."""

    @property
    def order_id(self) -> str:
        """Names it."""

    @property
    def address(self) -> str:
        """Where it is, in words."""


Street = tuple[str, tuple[Point, ...]]
"""A name, and points along all streets of that name."""


def find_places(words: str, orders: Iterable[Addressed], streets: Iterable[Street], near: Point) -> list[Found]:
    """What the words of an address may mean: orders first, then the nearest known number, then streets.

    Args:
        words: What a person has typed so far; nothing finds nothing.
        orders: Those of this device, in the order in which they are to be listed.
        streets: Those of the map.
        near: Where it is looked for: of two streets of a name, the nearer comes first.
    """
    asked = folded(words)
    if not asked:
        return []
    placed = [(order, place) for order in orders if order.address and (place := place_of(order)) is not None]
    exact = [
        Found(FoundKind.ORDER, order.address, place, order.order_id)
        for order, place in placed
        if means(asked, folded(order.address))
    ]
    number = next((int(word) for word in asked if word.isascii() and word.isdigit() and len(word) < 7), None)
    street_words = [word for word in asked if word != str(number)]
    beside = [] if number is None or not street_words else _nearest_number(number, street_words, placed)
    known = {found.order_id for found in exact}
    named = [
        Found(FoundKind.STREET, name, min(points, key=lambda point: distance_metres(near, point)))
        for name, points in streets
        if street_words and points and means(street_words, folded(name))
    ]
    named.sort(key=lambda found: (distance_metres(near, found.place), found.name))
    return [*exact, *(found for found in beside if found.order_id not in known), *named][:MOST_FOUND]


def _nearest_number(number: int, street_words: list[str], placed: list[tuple[Addressed, Point]]) -> list[Found]:
    """The order whose number is nearest, on each street that the words mean."""
    nearest: dict[tuple[str, ...], tuple[int, Found]] = {}
    for order, place in placed:
        there = number_of(order.address)
        if there is None:
            continue
        street = folded(streets_of(order.address)[0])
        if not means(street_words, folded(order.address)):
            continue
        off = abs(there - number)
        if street not in nearest or off < nearest[street][0]:
            nearest[street] = off, Found(FoundKind.NEAREST_NUMBER, order.address, place, order.order_id)
    return [found for _, found in sorted(nearest.values(), key=lambda one: one[0])]
