"""Writes what a citizen reported, by whichever road it came: one road for Open311 and for the city's own form.

Backend layer. Decides nothing about what was sent: it was checked and cleaned where it entered.
"""

from typing import TYPE_CHECKING

from crew.backend.notices import queueing
from crew.backend.orders import insert_request, link_request, load_order
from crew.domain.work_order import PublicStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.orders import NewRequest


def write_photos(city: "City", new: "NewRequest") -> None:
    """Put the photos of a report on disk, before the transaction that names them.

    Raises:
        FreeSpace: The disk is full or cannot be written.
    """
    for photo in new.photos:
        city.photo_files.write(photo.sha256, photo.content)


def write_report(connection: "Connection", city: "City", new: "NewRequest") -> str:
    """Take in a report with an order of its own, and queue the notice that it was received.

    Returns:
        The number of the request.
    """
    request_id = insert_request(connection, city, new)
    order = load_order(connection, city.catalogue, request_id)
    if order is not None:
        queueing.queue(connection, city, order, "received")
    return request_id


def join_report(connection: "Connection", city: "City", new: "NewRequest", order_id: str) -> str | None:
    """Take in a report that an open order answers already: its reporter hears of that one, and that they follow it.

    Returns:
        The number of the request; None where the order has ended, is answered by another or is none, and nothing
        was written.
    """
    order = load_order(connection, city.catalogue, order_id)
    if order is None or order.public_status is PublicStatus.CLOSED or order.linked_to:
        return None
    request_id = link_request(connection, city, new, order.id)
    joined = load_order(connection, city.catalogue, order_id)
    if joined is not None:
        queueing.queue(connection, city, joined, "received", only=[request_id])
    return request_id
