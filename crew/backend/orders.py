"""New service requests and the work orders that answer them. Backend layer.

Decides nothing about a change: that is changes.py. What comes in was cleaned where it entered.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from crew.backend import contacts
from crew.backend.contacts import Reporter
from crew.backend.feed import announce
from crew.backend.order_loading import load_order, load_orders
from crew.backend.order_writing import Receipt, attach_photos, keep_photo, write_history
from crew.backend.schema import service_requests, settings, work_orders
from crew.domain.errors import CorrectInput
from crew.domain.value import Value, field
from crew.domain.work_order import HistoryEntry, Photo, PhotoHash, PhotoRole, PublicStatus, WorkStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.photos.prepared import PreparedPhoto

__all__ = ["NewRequest", "insert_request", "link_request", "load_order", "load_orders"]

_FIRST_NUMBER: Final = 311_000_000_001
NEXT_NUMBER: Final = "next_request_number"
"""The setting that holds the number of the next request."""

_CITIZEN: Final = "citizen"


class NewRequest(Value, kw_only=True):
    """What a citizen sent, cleaned. `crew`, `due_at` and `requested_at` are worked out where they are None."""

    service_code: str
    description: str
    address: str = ""
    address_id: str = ""
    lat: float | None = None
    long: float | None = None
    requested_at: datetime | None = None
    due_at: datetime | None = None
    queue: str = ""
    """The city's own name for who works on it, where an import brings one; chooses the crew."""
    crew: str | None = None
    media_url: str = ""
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Attribute code to the values given."""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    device_id: str = ""
    account_id: str = ""
    language: str = ""
    """In which the citizen reported, and is written to; empty where nobody knows."""
    photos: Sequence["PreparedPhoto"] = ()


def insert_request(connection: "Connection", city: "City", new: NewRequest, *, request_id: str | None = None) -> str:
    """Take in a service request and make the work order that answers it; both have the same id.

    Args:
        connection: A connection inside a writing transaction.
        city: The city that the request is for.
        new: What the citizen sent.
        request_id: The id that the city's own system gave; None makes a new one.

    Returns:
        The id of the request.

    Raises:
        CorrectInput: There is a request or an order with this id already.
        FreeSpace: A photo cannot be kept.
    """
    request_id = _free_id(connection, request_id)
    now = city.clock()
    requested_at = new.requested_at or now
    crew = city.catalogue.crew_for(new.queue, new.service_code) if new.crew is None else new.crew
    connection.execute(
        insert(work_orders),
        {
            **_what_and_where(new),
            "id": request_id,
            "version": 1,
            "crew": crew,
            "work_status": (WorkStatus.ASSIGNED if crew else WorkStatus.NEW).value,
            "public_status": PublicStatus.OPEN.value,
            "requested_at": requested_at,
            "updated_at": now,
            "due_at": new.due_at or due_at(city, new.service_code, requested_at),
        },
    )
    _insert_service_request(connection, city, new, request_id, request_id)
    write_history(connection, request_id, HistoryEntry(requested_at, _CITIZEN, "reported"), Receipt(1, now))
    announce(connection, request_id, crew)
    return request_id


def link_request(
    connection: "Connection", city: "City", new: NewRequest, order_id: str, *, request_id: str | None = None
) -> str:
    """Take in a service request that an existing work order answers: a duplicate.

    Returns:
        The id of the request.

    Raises:
        CorrectInput: There is no such order, or there is a request with this id already.
        FreeSpace: A photo cannot be kept.
    """
    order = load_order(connection, city.catalogue, order_id)
    if order is None:
        raise CorrectInput(f"There is no work order {order_id}.")
    request_id = _free_id(connection, request_id)
    now = city.clock()
    _insert_service_request(connection, city, new, request_id, order_id)
    entry = HistoryEntry(new.requested_at or now, _CITIZEN, f"reported again as {request_id}")
    write_history(connection, order_id, entry, Receipt(order.version + 1, now))
    connection.execute(
        update(work_orders).where(work_orders.c.id == order_id).values(version=order.version + 1, updated_at=now)
    )
    announce(connection, order_id, order.crew)
    return request_id


def _free_id(connection: "Connection", wanted: str | None) -> str:
    """The id that the city's own system gave, where nobody has it; otherwise the next of our own."""
    if wanted is None:
        return _next_id(connection)
    if is_taken(connection, wanted):
        raise CorrectInput(f"There is a service request {wanted} already.")
    return wanted


def _what_and_where(new: NewRequest) -> dict[str, object]:
    """The columns that an order has in common with the request it answers."""
    return {
        "service_code": new.service_code,
        "description": new.description,
        "address": new.address,
        "lat": new.lat,
        "long": new.long,
    }


def _insert_service_request(
    connection: "Connection", city: "City", new: NewRequest, request_id: str, order_id: str
) -> None:
    connection.execute(
        insert(service_requests),
        {
            **_what_and_where(new),
            "id": request_id,
            "order_id": order_id,
            "address_id": new.address_id,
            "requested_at": new.requested_at or city.clock(),
            "media_url": new.media_url,
            "attributes": json.dumps({code: list(values) for code, values in new.attributes.items()}),
        },
    )
    device, account = new.device_id, new.account_id
    reporter = Reporter(new.first_name, new.last_name, new.email, new.phone, device, account, new.language)
    contacts.keep(connection, city, request_id, reporter)
    _keep_citizen_photos(connection, city, order_id, new.photos)


def _keep_citizen_photos(
    connection: "Connection", city: "City", order_id: str, prepared: Iterable["PreparedPhoto"]
) -> None:
    kept = []
    for picture in prepared:
        photo = Photo(
            PhotoHash(picture.sha256),
            PhotoRole.BEFORE,
            len(picture.content),
            picture.width,
            picture.height,
            picture.taken_at,
        )
        keep_photo(connection, city, photo, picture.content)
        kept.append(photo)
    attach_photos(connection, order_id, kept)


def due_at(city: "City", service_code: str, requested_at: datetime) -> datetime | None:
    """Until when a request of a service should be answered; None where the service promises nothing."""
    service = city.catalogue.service(service_code)
    hours = timedelta(hours=service.due_working_hours or service.due_hours)
    if not hours:
        return None
    return city.time.deadlines.after(requested_at, hours, working=bool(service.due_working_hours))


def _next_id(connection: "Connection") -> str:
    """The next free number: twelve digits, as the large cities write theirs."""
    stored = connection.scalar(select(settings.c.value).where(settings.c.name == NEXT_NUMBER))
    number = _FIRST_NUMBER if stored is None else int(stored)
    while is_taken(connection, str(number)):
        number += 1
    if stored is None:
        connection.execute(insert(settings).values(name=NEXT_NUMBER, value=str(number + 1)))
    else:
        connection.execute(update(settings).where(settings.c.name == NEXT_NUMBER).values(value=str(number + 1)))
    return str(number)


def skip_numbers(connection: "Connection", count: int) -> None:
    """Leave out numbers that citizens and devices may have from a city that this database has forgotten."""
    number = int(_next_id(connection)) + count
    connection.execute(update(settings).where(settings.c.name == NEXT_NUMBER).values(value=str(number)))


def is_taken(connection: "Connection", number: str) -> bool:
    """Whether a request or an order has this number."""
    return any(
        connection.execute(select(table.c.id).where(table.c.id == number)).first() is not None
        for table in (service_requests, work_orders)
    )
