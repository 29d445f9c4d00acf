"""Rows that belong to a work order: its history and its photos. Backend layer; always inside the caller's transaction.

History is only ever added to, and each line is chained to the one before.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from crew.backend.history_chain import seal
from crew.backend.schema import history, order_photos, photos
from crew.domain.value import Value

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.domain.work_order import HistoryEntry, Photo


class Receipt(Value):
    """How an event reached the backend.

    Attributes:
        version: The order's version after the event.
        received_at: When the backend heard of it.
        device_id: The device that sent it; empty for what the backend did by itself.
        fields: What the event set: conflicts are measured by it.
    """

    version: int
    received_at: datetime
    device_id: str = ""
    fields: frozenset[str] = frozenset()


def write_history(connection: "Connection", order_id: str, entry: "HistoryEntry", receipt: Receipt) -> None:
    """Add a line to an order's history, inside the transaction of the event."""
    connection.execute(
        insert(history),
        {
            "order_id": order_id,
            "version": receipt.version,
            "at": entry.at,
            "received_at": receipt.received_at,
            "person": entry.person,
            "device_id": receipt.device_id,
            "change_id": entry.change_id,
            "fields": ",".join(sorted(receipt.fields)),
            "text": entry.text,
            "note": entry.note,
        },
    )
    seal(connection)


def keep_photo(connection: "Connection", city: "City", photo: "Photo", content: bytes, device_id: str = "") -> None:
    """Put a photo on disk and remember it; harmless when it is there.

    Args:
        connection: A connection inside the transaction of the event.
        city: Where the photo is kept.
        photo: Its name and measures.
        content: The bytes that the name is the hash of.
        device_id: The device that sent it; empty for a citizen's photo.

    Raises:
        CorrectInput: The name is not the hash of the content.
        FreeSpace: The disk is full or cannot be written.
    """
    city.photo_files.write(photo.sha256, content)
    if connection.execute(select(photos.c.sha256).where(photos.c.sha256 == photo.sha256)).first():
        return
    connection.execute(
        insert(photos),
        {
            "sha256": photo.sha256,
            "byte_count": photo.byte_count,
            "width": photo.width,
            "height": photo.height,
            "received_at": city.clock(),
            "device_id": device_id,
        },
    )


def attach_photos(connection: "Connection", order_id: str, new: Sequence["Photo"]) -> None:
    """Add photos that are kept already to an order; one that it has stays as it is."""
    if not new:
        return
    count, last = connection.execute(
        select(func.count(), func.max(order_photos.c.position)).where(order_photos.c.order_id == order_id)
    ).one()
    there = set(connection.scalars(select(order_photos.c.sha256).where(order_photos.c.order_id == order_id)))
    position = last + 1 if count else 0
    for photo in new:
        if photo.sha256 in there:
            continue
        there.add(photo.sha256)
        connection.execute(
            insert(order_photos),
            {
                "order_id": order_id,
                "sha256": photo.sha256,
                "role": photo.role.value,
                "taken_at": photo.taken_at,
                "lat": photo.lat,
                "long": photo.long,
                "position": position,
            },
        )
        position += 1
