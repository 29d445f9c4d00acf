"""What a change does to an order's clock and its escalation, by the backend's own time. Backend layer.

The rules are the domain's; here is what needs the other side: when the city heard of it, and what its services promise.
"""

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, insert, select

from crew.backend.orders import due_at
from crew.backend.schema import escalations, history
from crew.domain.change import Change, Escalation
from crew.domain.escalating import heard_at
from crew.domain.rules import apply
from crew.domain.value import replace

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.domain.work_order import Raised, WorkOrder


def timed(connection: "Connection", city: "City", order: "WorkOrder", change: Change) -> "WorkOrder":
    """The order after a change. A device's clock that is wrong stops no deadline before the report or after now.

    Nor before the city had what the person saw of the order then: a device that is a day behind gives no day away.
    """
    now, deadlines = city.clock(), city.time.deadlines
    at = max(order.requested_at, min(change.made_at, now))
    if order.paused_at is not None or deadlines.pauses(apply(order, change, deadlines, at)):
        at = max(at, _seen_at(connection, order.id, change.base_version) or at)
    changed = apply(order, change, deadlines, at)
    if isinstance(change.act, Escalation):
        changed = heard_at(changed, change.act, now, deadlines)
    if changed.service_code != order.service_code:
        changed = _promised_anew(city, order, changed)
    return changed


def _seen_at(connection: "Connection", order_id: str, version: int) -> "datetime | None":
    """When the city had the version of an order that somebody acted upon; the act itself was no earlier."""
    seen = and_(history.c.order_id == order_id, history.c.version <= version)
    moment: datetime | None = connection.scalar(select(func.max(history.c.received_at)).where(seen))
    return moment


def _promised_anew(city: "City", order: "WorkOrder", changed: "WorkOrder") -> "WorkOrder":
    """Another service promises another time; what the order has waited for others stays added to it."""
    counts = bool(city.catalogue.service(changed.service_code).due_working_hours)
    before, due = (due_at(city, code, order.requested_at) for code in (order.service_code, changed.service_code))
    if due is not None and before is not None and changed.due_at is not None and changed.due_at > before:
        waited = city.time.deadlines.between(before, changed.due_at, working=counts)
        due = city.time.deadlines.after(due, waited, working=counts)
    return replace(changed, due_at=due, working_hours=counts, paused_at=changed.paused_at if due else None)


def write_escalation(connection: "Connection", order_id: str, raised: "Raised") -> None:
    """Write the latest escalation of an order, in place of the one before."""
    connection.execute(delete(escalations).where(escalations.c.order_id == order_id))
    connection.execute(
        insert(escalations),
        {
            "order_id": order_id,
            "at": raised.at,
            "person": raised.person,
            "reason": raised.reason,
            "asked": raised.to,
            "answer_by": raised.by,
            "acknowledged_by": raised.acknowledged_by,
            "acknowledged_at": raised.acknowledged_at,
        },
    )
