"""What a crew is told of an order that somebody moved away from it. Backend layer; only reads.

The crew loses the order at its next pull, so this is the last that it hears of it: where it went, who said so and why,
and nothing that was done to it since.
"""

from typing import TYPE_CHECKING

from sqlalchemy import select

from crew.backend.schema import history, work_orders
from crew.wire import MovedAway

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from crew.backend.catalogue import Catalogue
    from crew.domain.work_order import OrderId

_CHUNK = 500


def moved_away(connection: "Connection", catalogue: "Catalogue", ids: "Sequence[OrderId]") -> tuple[MovedAway, ...]:
    """What to tell of orders that are gone; those that nobody moved are left out.

    Args:
        connection: Any connection.
        catalogue: Knows services and crews by their titles.
        ids: The orders.
    """
    found: dict[OrderId, MovedAway] = {}
    for start in range(0, len(ids), _CHUNK):
        found |= dict(_told(connection, catalogue, ids[start : start + _CHUNK]))
    return tuple(found[name] for name in ids if name in found)


def _told(
    connection: "Connection", catalogue: "Catalogue", ids: "Sequence[OrderId]"
) -> "Iterator[tuple[OrderId, MovedAway]]":
    """The moves of orders, the latest of each last."""
    rows = connection.execute(
        select(history, work_orders.c.service_code, work_orders.c.address, work_orders.c.crew)
        .join_from(history, work_orders)
        .where(history.c.order_id.in_(ids), history.c.fields.contains("crew"))
        .order_by(history.c.id)
    )
    for row in rows:
        words = row.text
        if row.crew:
            words = words.replace(f"moved to {row.crew}", f"moved to {catalogue.crew_title(row.crew)}", 1)
        service = catalogue.service(row.service_code).name
        yield row.order_id, MovedAway(row.order_id, service, row.address, words, row.person, row.at)
