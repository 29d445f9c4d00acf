"""Finds out whether somebody else set the same while a device was out of reach. Backend layer; only reads.

Notes and photos set no field, so they never conflict.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crew.backend.schema import history
from crew.domain.change import Act, Change, StatusChange
from crew.domain.crew_names import with_titles
from crew.domain.person import Person, Role
from crew.domain.rules import describe
from crew.wire import OtherValue

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from crew.domain.work_order import WorkOrder


def ends_work(act: Act) -> bool:
    """Whether the act tells of work in the street that is over, and which nobody may refuse."""
    return isinstance(act, StatusChange) and act.status.ended


def conflict_of(connection: "Connection", order: "WorkOrder", change: Change, person: Person) -> OtherValue | None:
    """What somebody else set that the change sets too, unknown to the person; None where there is nothing.

    For a crew it is also a conflict that the order is another crew's by now.
    """
    if not change.fields:
        return None
    moved_away = person.role is Role.CREW and order.crew != person.crew
    rows = connection.execute(
        select(history).where(history.c.order_id == order.id, history.c.fields != "").order_by(history.c.id.desc())
    )
    for row in rows:
        theirs = frozenset(row.fields.split(","))
        if moved_away and "crew" in theirs:
            return _other("crew", change, row, order)
        both = theirs & change.fields
        if both and row.version > change.base_version and row.device_id != change.device_id:
            return _other(min(both), change, row, order)
    return None


def _other(field: str, change: Change, row: "Row[Any]", order: "WorkOrder") -> OtherValue:
    theirs = with_titles(row.text, {order.crew: order.crew_title})  # a crew's device knows no other crew
    return OtherValue(field, mine=describe(change), theirs=theirs, person=row.person, at=row.at.isoformat())
