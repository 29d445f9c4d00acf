"""Whom a notice is for: the address is looked up when it leaves, and stands in no notice. Backend layer."""

from typing import TYPE_CHECKING

from crew.backend import contacts
from crew.backend.notices.quiet_addresses import is_quiet_by_hash

if TYPE_CHECKING:
    from crew.backend.city import City


def recipient_of(city: "City", request_id: str) -> str | None:
    """The mail address of a request's reporter; None where it is forgotten, or its owner wants no more mail.

    Raises:
        KeyAway: It is there, and its key is not: the notice waits.
    """
    with city.database.reading() as connection:
        address = contacts.contact_of(connection, city, request_id).email
        if not address or is_quiet_by_hash(connection, contacts.hash_of_request(connection, city, request_id)):
            return None
        return address
