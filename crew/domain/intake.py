"""The request of somebody who calls: what it needs, and the order that stands for it. Domain layer; pure.

Before the backend has given it a number the order bears the id of its change; contact details never come near it.
"""

import re
from datetime import datetime
from typing import Final

from crew.domain.change import Change, ChangeId, Contact, Intake
from crew.domain.errors import NotAllowed
from crew.domain.plain_text import clean_line, clean_text
from crew.domain.value import replace
from crew.domain.work_order import LinkedRequest, OrderId, PublicStatus, WorkOrder, WorkStatus

_MAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"[-+ ()./0-9x]{3,40}")
_NAME_LIMIT: Final = 200


def cleaned(act: Intake) -> Intake:
    """The request with every text cleaned and bounded."""
    contact = Contact(*(clean_line(text, _NAME_LIMIT) for text in _texts(act.contact)))
    return replace(act, description=clean_text(act.description), address=clean_line(act.address), contact=contact)


def _texts(contact: Contact) -> tuple[str, str, str, str]:
    return contact.first_name, contact.last_name, contact.phone, contact.email


def check_intake(order: WorkOrder, act: Intake) -> None:
    """Check that a request says what, where and how to answer.

    Raises:
        NotAllowed: Something is missing, or cannot be; the sentence says what.
    """
    if act.joins and order.work_status.ended:
        raise NotAllowed(f"{order.id} is {order.work_status.words}: take the call in as a request of its own.")
    if not act.service_code:
        raise NotAllowed("What is it about? Choose a type of request first.")
    if not act.address and act.lat is None:
        raise NotAllowed("Where is it? An address is needed, or a corner of two streets.")
    if act.contact.email and not _MAIL.fullmatch(act.contact.email):
        raise NotAllowed("The mail address cannot be written to: give one like name@example.org, or none.")
    if act.contact.phone and not _PHONE.fullmatch(act.contact.phone):
        raise NotAllowed("The telephone number has signs that are in none. Correct it, or leave it out.")


def order_of(act: Intake, change_id: ChangeId, made_at: datetime) -> WorkOrder:
    """The order of a new request before the backend has it: version 0, no crew, no number yet."""
    return WorkOrder(
        id=OrderId(change_id),
        version=0,
        service_code=act.service_code,
        service_name=act.service_name,
        description=act.description,
        address=act.address,
        lat=act.lat,
        long=act.long,
        crew="",
        work_status=WorkStatus.NEW,
        public_status=PublicStatus.OPEN,
        requested_at=made_at,
        updated_at=made_at,
        requests=(LinkedRequest(change_id, act.description, made_at),),
    )


def after_intake(order: WorkOrder, act: Intake, change: Change) -> WorkOrder:
    """The order that answers the caller: a new one is made whole already, another one gets one more request."""
    if not act.joins:
        return order
    return replace(order, requests=(*order.requests, LinkedRequest(change.id, act.description, change.made_at)))


def without_contact(change: Change) -> Change:
    """The change as it is kept and compared once the backend has it: nobody's name, telephone or mail."""
    return replace(change, act=replace(change.act, contact=Contact())) if isinstance(change.act, Intake) else change
