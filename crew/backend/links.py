"""Moves service requests from order to order: duplicates joined, and parted again. Backend layer.

Decides nothing about a change: changes.py has decided. Always inside the transaction of the change.
"""

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from crew.backend import feed
from crew.backend.change_effects import apply_to_other
from crew.backend.order_loading import load_order
from crew.backend.order_writing import attach_photos
from crew.backend.schema import history, service_requests, work_orders
from crew.domain.change import Change, Link, Unlink
from crew.domain.errors import NotAllowed
from crew.domain.linking import check_target, stands
from crew.domain.person import require_permission
from crew.domain.rules import describe
from crew.domain.work_order import PhotoRole, PublicStatus, WorkStatus
from crew.wire import OtherValue

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.endpoint import Caller
    from crew.domain.work_order import WorkOrder


def conflict_of_link(
    connection: "Connection", city: "City", caller: "Caller", order: "WorkOrder", change: Change
) -> OtherValue | None:
    """What became of the second order, or of the request, unknown to the person; None where it is as it was.

    Raises:
        NotAllowed: The second order is not among the caller's, or out of reach of their permission.
    """
    match change.act:
        case Link(into=into):
            target = load_order(connection, city.catalogue, into)
            if target is None or not feed.ever_had(connection, caller.audience, into):
                raise NotAllowed(f"There is no work order with the number {into} among yours.")
            require_permission(caller.person, change.act, target)
            return _is_open(connection, change, target)
        case Unlink(request=request) if all(one.request_id != request for one in order.requests):
            holder = load_order(connection, city.catalogue, _answering(connection, request) or "")
            return None if holder is None else _other(connection, change, holder, f"{holder.id} answers it")
        case _:
            return None


def _is_open(connection: "Connection", change: Change, target: "WorkOrder") -> OtherValue | None:
    try:
        check_target(target)
    except NotAllowed:
        return _other(connection, change, target, f"{target.id} {stands(target)}")
    return None


def _other(connection: "Connection", change: Change, order: "WorkOrder", theirs: str) -> OtherValue:
    last = connection.execute(
        select(history.c.person, history.c.at).where(history.c.order_id == order.id).order_by(history.c.id.desc())
    ).first()
    person, at = (last.person, last.at.isoformat()) if last else ("", "")
    return OtherValue("requests", mine=describe(change), theirs=theirs, person=person, at=at)


def _answering(connection: "Connection", request_id: str) -> str | None:
    return connection.scalar(select(service_requests.c.order_id).where(service_requests.c.id == request_id))


def move_requests(connection: "Connection", city: "City", order: "WorkOrder", change: Change) -> None:
    """Let the requests of a link or an unlink change their order; anything else moves none.

    Goes before the effect on the change's own order, whose reporters are another's by then.
    """
    match change.act:
        case Link(into=into):
            _join(connection, city, order, into, change)
        case Unlink(request=request):
            _part(connection, city, order, request, change)


def _join(connection: "Connection", city: "City", order: "WorkOrder", into: str, change: Change) -> None:
    moved = service_requests.c.order_id == order.id
    linked_before = connection.scalars(
        select(work_orders.c.id).join(service_requests, service_requests.c.id == work_orders.c.id).where(moved)
    ).all()
    connection.execute(update(service_requests).where(moved).values(order_id=into))
    attach_photos(connection, into, order.photos_of(PhotoRole.BEFORE))
    _tell_other(connection, city, into, change)
    for order_id in linked_before:  # those that were linked to this one are answered by the other now, too
        crew = connection.scalar(select(work_orders.c.crew).where(work_orders.c.id == order_id)) or ""
        feed.announce(connection, order_id, crew)


def _part(connection: "Connection", city: "City", order: "WorkOrder", request_id: str, change: Change) -> None:
    if load_order(connection, city.catalogue, request_id) is None:
        _found_order(connection, order, request_id)
    own = service_requests.c.id == request_id
    connection.execute(update(service_requests).where(own).values(order_id=request_id))
    _tell_other(connection, city, request_id, change)


def _found_order(connection: "Connection", order: "WorkOrder", request_id: str) -> None:
    """The order of a request that came as a duplicate and never had one: with the crew that it was in care of."""
    columns = ("service_code", "description", "address", "lat", "long", "requested_at")
    row = connection.execute(
        select(*(service_requests.c[name] for name in columns)).where(service_requests.c.id == request_id)
    ).one()
    values = {
        "id": request_id,
        "version": 0,
        "crew": order.crew,
        "work_status": WorkStatus.NEW.value,
        "public_status": PublicStatus.OPEN.value,
        "updated_at": row.requested_at,
        "due_at": order.due_at,
    }
    connection.execute(insert(work_orders), {**row._asdict(), **values})


def _tell_other(connection: "Connection", city: "City", order_id: str, change: Change) -> None:
    other = load_order(connection, city.catalogue, order_id)
    assert other is not None  # noqa: S101 - it was looked at, or made, in this transaction
    apply_to_other(connection, city, other, change)
