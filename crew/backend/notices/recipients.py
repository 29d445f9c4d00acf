"""Who reported a request, as far as a mail has to know. Backend layer; addresses are opened only when a mail leaves.

A person is known by the hash of their address, which needs no key; what stands in for it while a key is away names the
request alone.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from crew.backend import contacts as door
from crew.backend.notices.quiet_addresses import wish_of
from crew.backend.schema import contacts, service_requests
from crew.domain.value import Value

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City


class Recipient(Value):
    """Whom a mail about a request goes to.

    Attributes:
        request_id: The request.
        address: As its reporter gave it; not yet checked to be one.
        person: What tells this person from others.
        language: The one that they chose, else the one in which they reported; empty where nobody knows.
    """

    request_id: str
    address: str
    person: str
    language: str = ""


def people_of(connection: "Connection", request_ids: Iterable[str]) -> dict[str, str]:
    """The person behind each of these requests that can be written about, the earliest request first; needs no key."""
    question = (
        select(contacts.c.request_id, contacts.c.mail_hash)
        .join(service_requests, service_requests.c.id == contacts.c.request_id)
        .where(contacts.c.request_id.in_(list(request_ids)), contacts.c.has_mail)
        .order_by(service_requests.c.requested_at, service_requests.c.id)
    )
    return {row.request_id: row.mail_hash or f"request {row.request_id}" for row in connection.execute(question)}


def recipient_of(connection: "Connection", city: "City", request_id: str) -> Recipient | None:
    """Whom a mail about a request goes to; None where its reporter gave no address, or is forgotten.

    Raises:
        KeyAway: It is there, and its key is not, or nobody can say who wants no more mail: the mail waits.
    """
    person = door.hash_of_request(connection, city, request_id)
    reporter = door.contact_of(connection, city, request_id) if person else door.Reporter()
    if not reporter.email:
        return None
    return Recipient(request_id, reporter.email, person, wish_of(connection, person).language or reporter.language)
