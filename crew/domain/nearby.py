"""What else there is around an order: work on the way, what may be the same thing, what was done here before. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import cos, radians
from operator import itemgetter
from typing import Final, Protocol

from crew.domain.place import Placed, Point, distance_metres, place_of
from crew.domain.value import Value
from crew.domain.work_order import WorkStatus

REACH_METRES: Final = 150
"""A crew walks there rather than drive twice."""

SAME_METRES: Final = 40
"""Two people who report one thing stand so far apart, and so inexact are phones."""

_SPOT_METRES: Final = 2
_MOST_NEAR: Final = 500
"""Places that nobody looked up stand on the steps of the city hall, by the thousand."""
_SAME_WITHIN: Final = timedelta(days=14)
_DONE_WITHIN: Final = timedelta(days=30)


Spot = tuple[int, float, float]
"""Something's number, and its latitude and longitude to a metre or two."""


class Sited(Placed, Protocol):
    """An order as far as its surroundings are concerned; a stop and a work order both have it."""

    @property
    def service_name(self) -> str:
        """What it is."""

    @property
    def address(self) -> str:
        """Where it is."""

    @property
    def work_status(self) -> WorkStatus:
        """How it stands."""

    @property
    def updated_at(self) -> datetime:
        """When it changed last; for one that ended, when it did."""


class Wanted(Value, kw_only=True):
    """What somebody is reporting now, before it is an order."""

    service_name: str
    lat: float
    long: float
    updated_at: datetime
    address: str = ""
    work_status: WorkStatus = WorkStatus.NEW


class Near(Value):
    """Another order and how far away it is."""

    order_id: str
    order: Sited
    metres: float


class Nearby(Value):
    """What is around an order, each the nearest first.

    Attributes:
        open: Open orders within reach.
        same: Those of them that may be the same thing: the same service at the same place, changed within two weeks.
        done: The same service, done here in the last month.
    """

    open: tuple[Near, ...] = ()
    same: tuple[Near, ...] = ()
    done: tuple[Near, ...] = ()


def box_degrees(lat: float) -> tuple[float, float]:
    """Degrees of latitude and of longitude that are certainly as far as the reach, at a latitude."""
    up = (REACH_METRES + _SPOT_METRES) / 110_000
    return up, up / max(0.01, cos(radians(lat)))


def nearest(here: Point, spots: Iterable[Spot]) -> list[Spot]:
    """Those that may be within reach of a place, the nearest first; of very many the nearest."""
    far = ((distance_metres(here, spot[1:]), spot) for spot in spots)
    within = sorted((one for one in far if one[0] <= REACH_METRES + _SPOT_METRES), key=itemgetter(0))
    return [spot for _, spot in within[:_MOST_NEAR]]


def nearby(order_id: str, order: Sited, others: Iterable[tuple[str, Sited]], now: datetime) -> Nearby:
    """What is around an order, of what else is known.

    Args:
        order_id: The order.
        order: The same; without a place nothing is near it.
        others: Other orders with their ids, open and ended; the order itself may be among them.
        now: The current time, aware.
    """
    here = place_of(order)
    if here is None:
        return Nearby()
    around = sorted(
        (
            Near(other_id, other, metres)
            for other_id, other in others
            if other_id != order_id and (there := place_of(other)) is not None
            if (metres := distance_metres(here, there)) <= REACH_METRES
        ),
        key=lambda near: (near.metres, near.order_id),
    )
    alike = [near for near in around if near.metres <= SAME_METRES and near.order.service_name == order.service_name]
    return Nearby(
        tuple(near for near in around if not near.order.work_status.ended),
        tuple(
            near
            for near in alike
            if not near.order.work_status.ended and abs(near.order.updated_at - order.updated_at) <= _SAME_WITHIN
        ),
        tuple(
            near
            for near in alike
            if near.order.work_status is WorkStatus.DONE and now - near.order.updated_at <= _DONE_WITHIN
        ),
    )
