"""Hides a photo from the public on every order that has it, or shows it again. Backend layer.

What is hidden is so for the next question that anybody asks; crews go on seeing it, with a mark.
"""

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from crew.backend.feed import announce
from crew.backend.order_writing import Receipt, write_history
from crew.backend.schema import order_photos, photos, work_orders
from crew.domain.change import Withdrawal
from crew.domain.desk_acts import describe_desk_act
from crew.domain.errors import CorrectInput
from crew.domain.work_order import HistoryEntry, PhotoHash

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City

_BY: Final = "the city"


def set_withdrawn(connection: "Connection", act: Withdrawal, order_id: str) -> None:
    """Write what a change of an order says of a photo; whoever has another order with it is told, too."""
    _write(connection, act)
    for row in _orders_with(connection, act.photo):
        if row.id != order_id:
            announce(connection, row.id, row.crew)


def withdraw(city: "City", sha256: str, *, shown_again: bool = False) -> int:
    """Hide a photo, or show it again, without a device; the history of each order says so.

    Returns:
        How many orders have it.

    Raises:
        CorrectInput: There is no such photo.
    """
    act = Withdrawal(PhotoHash(sha256), shown_again)
    with city.database.writing() as connection:
        if not _write(connection, act):
            raise CorrectInput(f"There is no photo {sha256}. `crew backend photos` lists those of an order.")
        rows = _orders_with(connection, sha256)
        for row in rows:
            version = row.version + 1
            connection.execute(update(work_orders).where(work_orders.c.id == row.id).values(version=version))
            entry = HistoryEntry(city.clock(), _BY, describe_desk_act(act))
            write_history(connection, row.id, entry, Receipt(version, city.clock()))
            announce(connection, row.id, row.crew)
        return len(rows)


def _write(connection: "Connection", act: Withdrawal) -> bool:
    values = {"withdrawn": not act.shown_again}
    return bool(connection.execute(update(photos).where(photos.c.sha256 == act.photo).values(values)).rowcount)


def _orders_with(connection: "Connection", sha256: str) -> list[Any]:
    columns = (work_orders.c.id, work_orders.c.version, work_orders.c.crew)
    question = select(*columns).join_from(order_photos, work_orders).where(order_photos.c.sha256 == sha256)
    return list(connection.execute(question))
