"""Finds what was reported nearby already and is not finished: perhaps the same. Backend layer, reads only.

Only suggests; whoever reports says whether it is the same. Looks at a bounded number of orders.
"""

from datetime import datetime
from math import cos, radians
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, select

from crew.backend.schema import service_requests, work_orders
from crew.domain.place import Point, distance_metres
from crew.domain.street_address import folded, means, number_of, streets_of
from crew.domain.value import Value
from crew.domain.work_order import PublicStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row, Select

_NEAR_METRES: Final = 120
_METRES_A_DEGREE: Final = 111_195
_NEAR_NUMBERS: Final = 50
"""House numbers so far apart may still be the same place, seen from two doors."""
_MOST_LOOKED_AT: Final = 500
_COLUMNS: Final = ("address", "lat", "long", "description", "requested_at")


class Alike(Value):
    """An open order that may be the same.

    Attributes:
        number: Of the order.
        address: As its reporter gave it: show its block alone.
        lat: Degrees north, exact: show it coarsely.
        long: Degrees east.
        description: What its reporter wrote.
        requested_at: When it was reported.
        metres: How far away it is; None where only the addresses are alike.
    """

    number: str
    address: str
    lat: float | None
    long: float | None
    description: str
    requested_at: datetime
    metres: float | None


def likely_same(
    connection: "Connection", service_code: str, place: Point | None, address: str, most: int = 3
) -> list[Alike]:
    """Open orders of the same type near a place or an address: the nearest first, then the newest.

    Args:
        connection: Inside a transaction.
        service_code: The type.
        place: Where the new one is, if that is known.
        address: What was written about it; empty where nothing was.
        most: So many at most.
    """
    found: dict[str, Alike] = {}
    for row in (*_near_by(connection, service_code, place), *_newest(connection, service_code, address)):
        metres = _metres(row, place)
        if row.number not in found and (_is_near(metres) or _is_alike(address, row.address)):
            found[row.number] = Alike(**row._mapping, metres=metres)
    far = float(_NEAR_METRES)
    return sorted(found.values(), key=lambda one: far if one.metres is None else one.metres)[:most]


def _near_by(connection: "Connection", service_code: str, place: Point | None) -> "Iterator[Row[Any]]":
    if place is not None:
        lat, long = place
        high = _NEAR_METRES / _METRES_A_DEGREE
        wide = high / max(0.01, cos(radians(lat)))
        orders = work_orders.c
        box = and_(orders.lat.between(lat - high, lat + high), orders.long.between(long - wide, long + wide))
        yield from connection.execute(_open_of(service_code).where(box))


def _newest(connection: "Connection", service_code: str, address: str) -> "Iterator[Row[Any]]":
    if address:
        yield from connection.execute(_open_of(service_code))


def _open_of(service_code: str) -> "Select[Any]":
    orders, requests = work_orders.c, service_requests.c
    return (
        select(orders.id.label("number"), *(orders[name] for name in _COLUMNS))
        .join(service_requests, and_(requests.id == orders.id, requests.order_id == orders.id))
        .where(orders.service_code == service_code, orders.public_status == PublicStatus.OPEN.value)
        .order_by(orders.requested_at.desc())
        .limit(_MOST_LOOKED_AT)
    )


def _metres(row: "Row[Any]", place: Point | None) -> float | None:
    if place is None or row.lat is None or row.long is None:
        return None
    return distance_metres(place, (row.lat, row.long))


def _is_near(metres: float | None) -> bool:
    return metres is not None and metres <= _NEAR_METRES


def _is_alike(one: str, other: str) -> bool:
    mine, theirs = streets_of(one), streets_of(other)
    if not mine or len(mine) != len(theirs) or not all(map(_same_street, sorted(mine), sorted(theirs))):
        return False
    number, second = number_of(one), number_of(other)
    if number is None or second is None:
        return number is second and len(mine) > 1
    return abs(number - second) <= _NEAR_NUMBERS


def _same_street(one: str, other: str) -> bool:
    mine, theirs = folded(one), folded(other)
    return bool(mine) and bool(theirs) and means(mine, theirs) and means(theirs, mine)
