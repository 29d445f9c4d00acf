"""Duplicates: requests that join another order, and leave it again. Domain layer; pure, one function for both sides.

An order that is not linked answers the request whose number it bears, and perhaps others; a linked one answers none.
So each request belongs to exactly one order, a linked order cannot be linked to, and there are no chains or circles.
"""

from typing import Final, assert_never

from crew.domain.change import Change, Link, Unlink
from crew.domain.errors import NotAllowed
from crew.domain.value import replace
from crew.domain.work_order import LinkedRequest, OrderId, PublicStatus, WorkOrder, WorkStatus

LINKED_REASON: Final = "duplicate"
"""The closure reason of an order whose requests have joined another: an older device reads it so."""


def check_moving_requests(order: WorkOrder, act: Link | Unlink) -> None:
    """Check what an order itself says against a link or an unlink.

    Raises:
        NotAllowed: The sentence says why, and what would be allowed.
    """
    match act:
        case Link():
            _check_link(order, act)
        case Unlink():
            _check_unlink(order, act)
        case _:
            assert_never(act)


def _check_link(order: WorkOrder, act: Link) -> None:
    if order.work_status.ended:
        raise NotAllowed(f"{order.id} {stands(order)}: there is nothing left to link.")
    if act.into == order.id:
        raise NotAllowed(f"{order.id} cannot be linked to itself. Choose the other order.")


def check_target(target: WorkOrder) -> None:
    """Check that requests can join an order.

    Raises:
        NotAllowed: It has ended; its reporters have been told, or another order answers them.
    """
    if target.work_status.ended:
        raise NotAllowed(f"{target.id} {stands(target)}: link to an open order instead.")


def _check_unlink(order: WorkOrder, act: Unlink) -> None:
    if act.request == order.id:
        raise NotAllowed(f"{order.id} is the number of this order itself. Unlink one of the others.")
    if all(request.request_id != act.request for request in order.requests):
        known = ", ".join(request.request_id for request in order.requests if request.request_id != order.id)
        raise NotAllowed(f"{order.id} does not answer {act.request}. It answers {known or 'no other request'}.")


def check_not_linked(order: WorkOrder) -> None:
    """Check that an order answers its own reporters.

    Raises:
        NotAllowed: Another order does, and is the one to act on.
    """
    if order.linked_to:
        raise NotAllowed(f"{order.id} is linked to {order.linked_to}, which answers its reporters: act on that one.")


def stands(order: WorkOrder) -> str:
    """How an order stands, as the end of a sentence about it."""
    return f"was linked to {order.linked_to}" if order.linked_to else f"is {order.work_status.words}"


def after_moving_requests(order: WorkOrder, act: Link | Unlink) -> WorkOrder:
    """The order as it stands after its requests have joined another, or one of them has left it."""
    match act:
        case Link():
            return _after_link(order, act)
        case Unlink():
            return replace(order, requests=tuple(one for one in order.requests if one.request_id != act.request))
        case _:
            assert_never(act)


def _after_link(order: WorkOrder, act: Link) -> WorkOrder:
    """Ended, with its photos and its history."""
    return replace(
        order,
        work_status=WorkStatus.CANT_DO,
        public_status=PublicStatus.CLOSED,
        closure_reason=LINKED_REASON,
        waiting_reason="",
        public_text="",
        public_note="",
        linked_to=act.into,
        requests=(),
    )


def other_after(other: WorkOrder, change: Change) -> WorkOrder:
    """The second order of a link or an unlink, as it stands after it."""
    match change.act:
        case Link(requests=requests):
            known = {request.request_id for request in other.requests}
            joined = (*other.requests, *(one for one in requests if one.request_id not in known))
            return replace(other, requests=tuple(sorted(joined, key=lambda one: (one.requested_at, one.request_id))))
        case Unlink():
            return _opened(other)
        case _:
            return other


def _opened(order: WorkOrder) -> WorkOrder:
    """An order that answers its own reporter again, with the crew that it had."""
    return replace(
        order,
        work_status=WorkStatus.ASSIGNED if order.crew else WorkStatus.NEW,
        public_status=PublicStatus.OPEN,
        closure_reason="",
        linked_to="",
        requests=order.requests or (LinkedRequest(order.id, order.description, order.requested_at),),
    )


def order_of_its_own(order: WorkOrder, act: Unlink) -> WorkOrder:
    """The order of a request that never had one, as far as the order that it leaves tells; version 0."""
    request = next(one for one in order.requests if one.request_id == act.request)
    return WorkOrder(
        id=OrderId(act.request),
        version=0,
        service_code=order.service_code,
        service_name=order.service_name,
        description=request.description,
        address=order.address,
        lat=order.lat,
        long=order.long,
        crew=order.crew,
        crew_title=order.crew_title,
        work_status=WorkStatus.NEW,
        public_status=PublicStatus.OPEN,
        requested_at=request.requested_at,
        updated_at=request.requested_at,
        due_at=order.due_at,
        working_hours=order.working_hours,
        photo_required=order.photo_required,
        done_text=order.done_text,
        requests=(request,),
    )


def describe_link(act: Link | Unlink) -> str:
    """The act in words, in the history of its own order."""
    match act:
        case Link(into=into):
            return f"linked to {into}"
        case Unlink(request=request):
            return f"{request} unlinked"
        case _:
            assert_never(act)


def describe_to_other(change: Change) -> str:
    """The act in words, in the history of the second order."""
    return f"{change.order_id} linked to this" if isinstance(change.act, Link) else f"unlinked from {change.order_id}"
