"""Takes in what a dispatcher was told by telephone: a request with its order, or one more for an order. Backend layer.

Decides nothing about a change: changes.py has decided. Always inside the transaction of the change. A device names what
it has no number for by the id of the change that made it; here that id is turned into the number.
"""

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from crew import wire
from crew.backend.notices import queueing
from crew.backend.notices.mail_address import read_mail_address
from crew.backend.order_loading import load_order
from crew.backend.orders import NEXT_NUMBER, NewRequest, insert_request, is_taken, link_request
from crew.backend.schema import applied_changes, settings
from crew.domain.change import Change, Intake
from crew.domain.intake import cleaned
from crew.domain.value import replace
from crew.domain.work_order import OrderId

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder

_OWN_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def numbered(connection: "Connection", change: Change) -> Change:
    """The change about the number that its order has here; as it is where the device knew the number."""
    if not _OWN_ID.fullmatch(change.order_id):
        return change
    answer = connection.scalar(
        select(applied_changes.c.answer).where(
            applied_changes.c.change_id == change.order_id, applied_changes.c.device_id == change.device_id
        )
    )
    number = wire.decode(answer, wire.Answer).number if answer else ""
    return replace(change, order_id=OrderId(number)) if number else change


def makes_an_order(change: Change) -> bool:
    """Whether the change is about an order that it makes itself."""
    return isinstance(change.act, Intake) and not change.act.joins


def take_in(connection: "Connection", city: "City", change: Change, act: Intake, joined: "WorkOrder | None") -> OrderId:
    """Write the request, with its contact details, and the order that answers it.

    Args:
        connection: A connection inside the transaction of the change.
        city: Where catalogue and clock are.
        change: The intake. Where it was taken in before a restore, it has the number that it was given then.
        act: What it says.
        joined: The open order that answers the caller too; None makes one.

    Returns:
        The order that answers the request.

    Raises:
        CorrectInput: The mail address cannot be used.
    """
    act = cleaned(act)
    contact = act.contact
    new = NewRequest(
        service_code=act.service_code,
        description=act.description,
        address=act.address,
        lat=act.lat,
        long=act.long,
        requested_at=change.made_at,
        first_name=contact.first_name,
        last_name=contact.last_name,
        phone=contact.phone,
        email=str(read_mail_address(contact.email).addr_spec) if contact.email else "",
    )
    if joined is not None:
        number = link_request(connection, city, new, joined.id)
        _thank(connection, city, joined.id, number)
        return joined.id
    order_id = insert_request(connection, city, new, request_id=_number_of_before(connection, change))
    _thank(connection, city, order_id, order_id)
    return OrderId(order_id)


def _thank(connection: "Connection", city: "City", order_id: str, number: str) -> None:
    """Tell the caller that their report is here; those who reported the same before have heard it."""
    order = load_order(connection, city.catalogue, order_id)
    assert order is not None  # noqa: S101 - it was just made, or joined
    queueing.queue(connection, city, order, "received", only=[number])


def _number_of_before(connection: "Connection", change: Change) -> str | None:
    """The number that a forgotten city gave, which a caller was told: only one that is left out since the restore."""
    number = change.order_id
    following = connection.scalar(select(settings.c.value).where(settings.c.name == NEXT_NUMBER)) or "0"
    is_number = number.isascii() and number.isdecimal() and len(number) <= len(following)
    return number if is_number and int(number) < int(following) and not is_taken(connection, number) else None
