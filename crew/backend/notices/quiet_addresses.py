"""Who wants no more mail, whatever they report. Backend layer.

The address stays out of the table: its hash is enough to keep silent.
"""

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from crew.backend import schema
from crew.backend.contacts import hash_of_request
from crew.backend.public.page_links import QUIET, page_secret, request_of_token
from crew.backend.schema import contacts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City

_table: Final = schema.quiet_addresses


def is_quiet(connection: "Connection", request_id: str) -> bool:
    """Whether the reporter of a request wants no more mail, as far as that can be told without a key."""
    by_request = select(_table.c.since).join(contacts, contacts.c.mail_hash == _table.c.address_hash)
    return connection.execute(by_request.where(contacts.c.request_id == request_id)).first() is not None


def is_quiet_by_hash(connection: "Connection", address_hash: str) -> bool:
    """Whether the owner of a mail address wants no more mail."""
    return connection.execute(select(_table.c.since).where(_table.c.address_hash == address_hash)).first() is not None


def standing(city: "City", token: str) -> bool | None:
    """Whether the address of the report that a token was made for is quiet; None where there is no such report."""
    with city.database.reading() as connection:
        address_hash = _address_of(connection, city, token)
        return None if address_hash is None else is_quiet_by_hash(connection, address_hash)


def choose(city: "City", token: str, *, quiet: bool) -> bool | None:
    """End the mails to the address of a token's report, or begin them again; None where there is no such report."""
    with city.database.writing() as connection:
        address_hash = _address_of(connection, city, token)
        if address_hash is None:
            return None
        connection.execute(delete(_table).where(_table.c.address_hash == address_hash))
        if quiet:
            connection.execute(insert(_table), {"address_hash": address_hash, "since": city.clock()})
    return quiet


def _address_of(connection: "Connection", city: "City", token: str) -> str | None:
    """The hash of the mail address of the report that a token was made for; None where there is none."""
    request_id = request_of_token(page_secret(connection), token, QUIET)
    return hash_of_request(connection, city, request_id) or None if request_id else None
