"""Who wants no more mail, whatever they report. Backend layer.

The address stays out of the table: its hash is enough to keep silent.
"""

import hashlib
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from crew.backend import schema
from crew.backend.public.page_links import QUIET, page_secret, request_of_token

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City

_table: Final = schema.quiet_addresses


def is_quiet(connection: "Connection", mail_address: str) -> bool:
    """Whether the owner of a mail address wants no more mail."""
    row = select(_table.c.since).where(_table.c.address_hash == _hashed(mail_address))
    return connection.execute(row).first() is not None


def standing(city: "City", token: str) -> bool | None:
    """Whether the address of the report that a token was made for is quiet; None where there is no such report."""
    with city.database.reading() as connection:
        mail_address = _address_of(connection, token)
        return None if mail_address is None else is_quiet(connection, mail_address)


def choose(city: "City", token: str, *, quiet: bool) -> bool | None:
    """End the mails to the address of a token's report, or begin them again; None where there is no such report."""
    with city.database.writing() as connection:
        mail_address = _address_of(connection, token)
        if mail_address is None:
            return None
        connection.execute(delete(_table).where(_table.c.address_hash == _hashed(mail_address)))
        if quiet:
            connection.execute(insert(_table), {"address_hash": _hashed(mail_address), "since": city.clock()})
    return quiet


def _address_of(connection: "Connection", token: str) -> str | None:
    """The mail address of the report that a token was made for; None where there is none."""
    requests = schema.service_requests
    request_id = request_of_token(page_secret(connection), token, QUIET)
    return connection.scalar(select(requests.c.email).where(requests.c.id == request_id)) or None


def _hashed(mail_address: str) -> str:
    return hashlib.sha256(mail_address.strip().lower().encode()).hexdigest()
