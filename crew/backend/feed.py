"""The change feed: who must hear of which order, in which order things happened. Backend layer.

One row an order and audience, moved to the end at each change, so a device that was away for a week reads each order
once. Rows stay for good: they are also the record of which orders a crew ever had.
"""

import hashlib
import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, select

from crew.backend.database import setting
from crew.backend.moved_away import moved_away
from crew.backend.order_loading import load_orders
from crew.backend.schema import feed
from crew.domain.work_order import OrderId
from crew.wire import FeedPage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.catalogue import Catalogue

EVERYBODY: Final = "*"
"""The audience of those who see the whole city."""

_CURSOR: Final = re.compile(r"(?P<epoch>[0-9a-f]{16})\.(?P<position>\d{1,18})")


def announce(connection: "Connection", order_id: str, crew: str, previous_crew: str = "") -> None:
    """Move an order to the end of the feed of its crew and of those who see the whole city.

    Args:
        connection: A connection inside the transaction of the change.
        order_id: The order that changed.
        crew: The crew that has it now; empty for none.
        previous_crew: The crew that had it before; where it is another, its devices hear that the order is gone.
    """
    gone_for = {previous_crew} - {"", crew}
    audiences = [EVERYBODY, *({crew} - {""}), *gone_for]
    connection.execute(delete(feed).where(feed.c.order_id == order_id, feed.c.audience.in_(audiences)))
    rows = [{"order_id": order_id, "audience": name, "gone": name in gone_for} for name in audiences]
    connection.execute(insert(feed), rows)


def ever_had(connection: "Connection", audience: str, order_id: str) -> bool:
    """Whether the order was ever shown to this audience."""
    row = select(feed.c.position).where(feed.c.order_id == order_id, feed.c.audience == audience)
    return connection.execute(row).first() is not None


def has_now(connection: "Connection", audience: str, order_id: str) -> bool:
    """Whether the order is still this audience's concern."""
    row = select(feed.c.gone).where(feed.c.order_id == order_id, feed.c.audience == audience)
    return connection.scalar(row) is False


def page(connection: "Connection", catalogue: "Catalogue", audience: str, cursor: str, limit: int) -> FeedPage:
    """The next orders of an audience after a cursor, at most `limit`.

    A cursor of another database or audience, a broken one, one from the future (the database was restored) and the
    empty one start from the beginning, and the page says so.
    """
    epoch = _epoch(connection, audience)
    start = _position(connection, epoch, cursor)
    rows = connection.execute(
        select(feed.c.position, feed.c.order_id, feed.c.gone)
        .where(feed.c.audience == audience, feed.c.position > (start or 0))
        .order_by(feed.c.position)
        .limit(limit + 1)
    ).all()
    taken = rows[:limit]
    gone = tuple(OrderId(row.order_id) for row in taken if row.gone)
    return FeedPage(
        cursor=f"{epoch}.{taken[-1].position if taken else start or 0}",
        more=len(rows) > limit,
        orders=tuple(load_orders(connection, catalogue, [row.order_id for row in taken if not row.gone])),
        gone=gone,
        moved_away=() if start is None else moved_away(connection, catalogue, gone),
        reset=start is None,
    )


def knows(connection: "Connection", audience: str, cursor: str) -> bool:
    """Whether this database gave the cursor to this audience."""
    return _position(connection, _epoch(connection, audience), cursor) is not None


def tail(connection: "Connection", audience: str) -> str:
    """The cursor that a device has once it has read everything."""
    last = connection.scalar(select(func.max(feed.c.position)).where(feed.c.audience == audience))
    return f"{_epoch(connection, audience)}.{last or 0}"


def last_position(connection: "Connection") -> int:
    """The position of what happened last in the city."""
    return connection.scalar(select(func.max(feed.c.position))) or 0


def audiences_after(connection: "Connection", position: int) -> frozenset[str]:
    """For whom there is something after a position."""
    return frozenset(connection.scalars(select(feed.c.audience).where(feed.c.position > position).distinct()))


def _epoch(connection: "Connection", audience: str) -> str:
    """Names this database's feed for this audience: who moves to another crew must start anew."""
    return hashlib.sha256(f"{setting(connection, 'epoch')}\0{audience}".encode()).hexdigest()[:16]


def _position(connection: "Connection", epoch: str, cursor: str) -> int | None:
    match = _CURSOR.fullmatch(cursor)
    if match is None or match["epoch"] != epoch:
        return None
    position = int(match["position"])
    return position if position <= last_position(connection) else None
