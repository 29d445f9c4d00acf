"""Who reported a request, as far as a mail has to know. Backend layer; the one place where notices read an address."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from crew.backend.schema import service_requests

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail about a request goes to.

    Attributes:
        request_id: The request.
        address: As its reporter gave it; not yet checked to be one.
        language: What they read, such as "en"; empty where nobody knows.
    """

    request_id: str
    address: str
    language: str = ""


def recipients_of(connection: "Connection", request_ids: Iterable[str]) -> list[Recipient]:
    """The reporters of some requests, the earliest first; those who gave no mail address are left out."""
    requests = service_requests
    question = (
        select(requests.c.id, requests.c.email)
        .where(requests.c.id.in_(list(request_ids)), requests.c.email != "")
        .order_by(requests.c.requested_at, requests.c.id)
    )
    return [Recipient(row.id, row.email) for row in connection.execute(question)]
