"""The history of the city as plain rows, for a records request. Backend layer; only reads.

It holds who did what and when, by the device's clock and by the backend's own; no reporter's name, mail or phone.
"""

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from crew.backend.schema import history, work_orders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from crew.backend.city import City

COLUMNS: Final = ("order_id", "version", "at", "received_at", "person", "device_id", "text", "note", "change_id")
"""What a row has; `note` is internal, and whoever answers the request decides about it."""


def has_order(city: "City", order_id: str) -> bool:
    """Whether the city has had such an order."""
    with city.database.reading() as connection:
        return connection.scalar(select(work_orders.c.id).where(work_orders.c.id == order_id)) is not None


def history_lines(
    city: "City", order_id: str, since: "datetime | None", until: "datetime | None"
) -> "Iterator[dict[str, Any]]":
    """Each line in the order in which it was written; times as ISO 8601.

    Args:
        city: Whose history.
        order_id: Of this order alone; empty for all.
        since: Received at this moment or later; None for from the beginning.
        until: Received before this moment; None for to the end.
    """
    lines = select(*(history.c[name] for name in COLUMNS)).order_by(history.c.id)
    if order_id:
        lines = lines.where(history.c.order_id == order_id)
    if since is not None:
        lines = lines.where(history.c.received_at >= since)
    if until is not None:
        lines = lines.where(history.c.received_at < until)
    with city.database.reading() as connection:
        for row in connection.execute(lines):
            yield {**row._asdict(), "at": row.at.isoformat(), "received_at": row.received_at.isoformat()}
