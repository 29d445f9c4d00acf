"""Hides a photo from the public on every order that has it, or shows it again. Backend layer.

What is hidden is so for the next question that anybody asks; crews go on seeing it, with a mark. What was approved of
it for posts is so no more, also once it is shown again.
"""

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from crew.backend.approving import forget_word
from crew.backend.feed import announce
from crew.backend.notices.post_photos import ways_showing
from crew.backend.order_writing import Receipt, write_history
from crew.backend.schema import order_photos, photos, work_orders
from crew.domain.change import Withdrawal
from crew.domain.desk_acts import describe_desk_act
from crew.domain.errors import CorrectInput
from crew.domain.value import Value
from crew.domain.work_order import HistoryEntry, PhotoHash

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from crew.backend.city import City

_BY: Final = "the city"


class Withdrawn(Value):
    """What came of hiding a photo, or of showing it again.

    Attributes:
        orders: How many orders have it.
        posted_on: The ways on which posts may show it: those are corrected, and a person has to delete them there.
    """

    orders: int
    posted_on: tuple[str, ...] = ()


def set_withdrawn(connection: "Connection", city: "City", act: Withdrawal, order_id: str) -> None:
    """Write what a change of an order says of a photo; whoever has another order with it is told, too."""
    _write(connection, act)
    for row in _orders_with(connection, act.photo):
        if row.id == order_id:
            continue
        if row.approved is not None:
            _write_order(connection, city, row, act)
        announce(connection, row.id, row.crew)


def withdraw(city: "City", sha256: str, *, shown_again: bool = False) -> Withdrawn:
    """Hide a photo, or show it again, without a device; the history of each order says so.

    Raises:
        CorrectInput: There is no such photo.
    """
    act = Withdrawal(PhotoHash(sha256), shown_again)
    with city.database.writing() as connection:
        if not _write(connection, act):
            raise CorrectInput(f"There is no photo {sha256}. `crew backend photos` lists those of an order.")
        rows = _orders_with(connection, sha256)
        posted_on: set[str] = set()
        for row in rows:
            _write_order(connection, city, row, act)
            posted_on.update(() if shown_again else ways_showing(connection, row.id, (sha256,)))
            announce(connection, row.id, row.crew)
        return Withdrawn(len(rows), tuple(sorted(posted_on)))


def _write(connection: "Connection", act: Withdrawal) -> bool:
    values = {"withdrawn": not act.shown_again}
    return bool(connection.execute(update(photos).where(photos.c.sha256 == act.photo).values(values)).rowcount)


def _write_order(connection: "Connection", city: "City", row: "Row[Any]", act: Withdrawal) -> None:
    """Write what it does to one order: its history, what was approved of it, what posts have to correct."""
    version, now = row.version + 1, city.clock()
    values = {"version": version, **({"updated_at": now} if row.approved else {})}
    connection.execute(update(work_orders).where(work_orders.c.id == row.id).values(values))
    entry = HistoryEntry(now, _BY, describe_desk_act(act))
    write_history(connection, row.id, entry, Receipt(version, now))
    forget_word(connection, city, row.id, act.photo)


def _orders_with(connection: "Connection", sha256: str) -> "list[Row[Any]]":
    columns = (work_orders.c.id, work_orders.c.version, work_orders.c.crew, order_photos.c.approved)
    question = select(*columns).join_from(order_photos, work_orders).where(order_photos.c.sha256 == sha256)
    return list(connection.execute(question))
