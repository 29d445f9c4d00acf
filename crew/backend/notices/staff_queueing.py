"""Who of the city is mailed that an order was escalated: written with the escalation. Backend layer; delivers nothing.

Whoever is asked by a mail address gets a mail: one that stands in the ladder, one that a person typed, or the one that
[addresses] of deadlines.toml gives to a role, a person or a crew. Everybody else sees it on their terminal alone.
"""

import hashlib
import json
from typing import TYPE_CHECKING, Final

from crew.backend.notice_kinds import StaffKind
from crew.backend.notices.mail_address import read_mail_address
from crew.backend.notices.queueing import Event, event_id_of, is_written, write_event
from crew.backend.notices.states import STAFF
from crew.domain.errors import CorrectInput

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder

ESCALATED: Final[StaffKind] = "escalated"


def queue_escalation(connection: "Connection", city: "City", order: "WorkOrder") -> None:
    """Write the mail about an escalation, in its transaction; nothing where nobody is asked by an address.

    The same escalation written twice is one: its id is made from order and version. One from before a restore, or older
    than the settings allow, is written and not mailed.

    Args:
        connection: A connection inside the transaction of the escalation.
        city: Where rules, settings and clock are.
        order: The order as it stands, with its version.
    """
    raised = order.raised
    address = address_of(city, raised.to) if raised is not None else ""
    event_id = event_id_of(order.id, ESCALATED, order.version)
    if raised is None or not address or is_written(connection, event_id):
        return
    facts = json.dumps({"to": address, "level": order.escalation, "raised_at": raised.at.isoformat()})
    event = Event(event_id, order.id, ESCALATED, order.version, raised.at, facts)
    destination = hashlib.sha256(address.casefold().encode()).hexdigest()
    write_event(connection, city, event, [{"way": STAFF, "destination": destination, "request_id": order.id}])


def address_of(city: "City", to: str) -> str:
    """The mail address of whoever is asked; empty where there is none."""
    wanted = to.casefold()
    given = next((address for name, address in city.time.addresses.items() if name.casefold() == wanted), to)
    try:
        return read_mail_address(given).addr_spec
    except CorrectInput:  # a role, a person or a crew: their terminal tells them
        return ""
