"""What was reported, newest first, as everybody may see it: a page, or the newest places. Backend layer, reads only.

One line an order, which may answer several reporters. Each question walks an index from its newest end and stops, so
it costs the same among a thousand orders and among a million. No column of a reporter is selected.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, or_, select

from crew.backend.schema import service_requests, work_orders
from crew.domain.public_places import coarse
from crew.domain.value import Value, replace
from crew.domain.work_order import PublicStatus, WorkStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

MOST_LOOKED_AT: Final = 5_000
"""So many of the newest are looked through for a part of the city."""

MOST_COUNTED: Final = 500
"""Of a district: counting all of them would grow with the city."""

_COLUMNS: Final = ("id", "service_code", "address", "lat", "long", "work_status", "public_status")
_MOMENTS: Final = ("requested_at", "updated_at")


class Area(Value):
    """A part of the city, in degrees."""

    south: float
    west: float
    north: float
    east: float


class Cursor(Value):
    """Where a page begins: behind the order of this moment and number."""

    moment: datetime
    number: str


class Asked(Value):
    """What a reader wants to see.

    Attributes:
        status: Open or closed; None for both.
        service_code: Of this type alone; empty for every type.
        area: In this part of the city alone.
        district: Of this district alone; empty for the whole city.
        crews: The crews of the district.
        before: Behind this one; None from the newest on.
        by_change: Newest is what changed last, not what was reported last; only with a status.
    """

    status: PublicStatus | None = PublicStatus.OPEN
    service_code: str = ""
    area: Area | None = None
    district: str = ""
    crews: tuple[str, ...] = ()
    before: Cursor | None = None
    by_change: bool = False

    @property
    def sorted_by(self) -> str:
        """The moment that says what is newest."""
        return "updated_at" if self.by_change else "requested_at"


class PublicRequest(Value):
    """One line.

    Attributes:
        number: Of the order, and of the request that it answers first.
        service_code: Its type.
        address: As it was given: show its block alone.
        lat: As coarse as everybody may know it; None where no place is known.
        long: None exactly when `lat` is.
        work_status: Where the work stands.
        public_status: Open or closed.
        requested_at: When it was reported.
        updated_at: When it changed last.
        reporters: How many reported it; zero where that was not asked.
    """

    number: str
    service_code: str
    address: str
    lat: float | None
    long: float | None
    work_status: WorkStatus
    public_status: PublicStatus
    requested_at: datetime
    updated_at: datetime
    reporters: int = 0


def public_requests(connection: "Connection", asked: Asked, most: int) -> list[PublicRequest]:
    """The newest orders that fit, with their reporters counted."""
    found = _found(connection, asked, most)
    counts = _reporters(connection, [one.number for one in found])
    return [replace(one, reporters=counts.get(one.number, 0)) for one in found]


def newest_places(connection: "Connection", asked: Asked, most: int) -> list[PublicRequest]:
    """The newest orders that fit and have a place, for a map."""
    return [one for one in _found(connection, asked, most) if one.lat is not None]


def district_counts(connection: "Connection", asked: Asked, districts: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many fit in each district, whatever part of the map was chosen; `MOST_COUNTED` stands for that many or more.

    Args:
        connection: Reads.
        asked: The status and the type.
        districts: The crews of each district, by its name.
    """
    counts = {}
    for name, crews in districts.items():
        found = 0
        for end in _ends(replace(asked, crews=tuple(crews))) if crews else ():
            few = _fitting(select(work_orders.c.id), asked, *end).limit(MOST_COUNTED).subquery()
            found += connection.scalar(select(func.count()).select_from(few)) or 0
        counts[name] = min(MOST_COUNTED, found)
    return counts


def _found(connection: "Connection", asked: Asked, most: int) -> list[PublicRequest]:
    rows = [row for end in _ends(asked) for row in connection.execute(_question(asked, *end, most))]
    rows.sort(key=lambda row: (row._mapping[asked.sorted_by], row.id), reverse=True)
    return [_read(row) for row in rows[:most]]


def _ends(asked: Asked) -> Iterable[tuple[PublicStatus | None, str]]:
    """The status and the crew of each end of an index from which is walked: with a type or a crew each has its own."""
    statuses: Sequence[PublicStatus | None] = (asked.status,)
    if asked.status is None and (asked.service_code or asked.crews):
        statuses = tuple(PublicStatus)
    return product(statuses, asked.crews or ("",))


def _fitting(question: "Select[Any]", asked: Asked, status: PublicStatus | None, crew: str) -> "Select[Any]":
    """A question about orders that can be seen and fit."""
    orders, requests = work_orders.c, service_requests.c
    question = question.join(service_requests, and_(requests.id == orders.id, requests.order_id == orders.id))
    if status is not None:
        question = question.where(orders.public_status == status.value)
    if asked.service_code:
        question = question.where(orders.service_code == asked.service_code)
    return question.where(orders.crew == crew) if crew else question


def _question(asked: Asked, status: PublicStatus | None, crew: str, most: int) -> "Select[Any]":
    orders = work_orders.c
    moment = orders[asked.sorted_by]
    columns = select(*(orders[name] for name in (*_COLUMNS, *_MOMENTS)))
    question = _fitting(columns, asked, status, crew).order_by(moment.desc(), orders.id.desc())
    if asked.before is not None:
        last = asked.before
        question = question.where(moment <= last.moment, or_(moment < last.moment, orders.id < last.number))
    if asked.area is None:
        return question.limit(most)
    newest = question.limit(MOST_LOOKED_AT).subquery().c
    return (
        select(*newest)
        .where(newest.lat.between(asked.area.south, asked.area.north))
        .where(newest.long.between(asked.area.west, asked.area.east))
        .order_by(newest[asked.sorted_by].desc(), newest.id.desc())
        .limit(most)
    )


def _read(row: "Row[Any]") -> PublicRequest:
    placed = row.lat is not None and row.long is not None
    return PublicRequest(
        number=row.id,
        service_code=row.service_code,
        address=row.address,
        lat=coarse(row.lat) if placed else None,
        long=coarse(row.long) if placed else None,
        work_status=WorkStatus(row.work_status),
        public_status=PublicStatus(row.public_status),
        requested_at=row.requested_at,
        updated_at=row.updated_at,
    )


def _reporters(connection: "Connection", numbers: list[str]) -> dict[str, int]:
    order_id = service_requests.c.order_id
    question = select(order_id, func.count().label("people")).where(order_id.in_(numbers)).group_by(order_id)
    return {row.order_id: row.people for row in connection.execute(question)}
