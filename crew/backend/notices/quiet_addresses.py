"""How much mail somebody wants, whatever they report. Backend layer.

The address stays out of the table: its hash is enough to keep silent.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from crew.backend import schema
from crew.backend.contacts import hash_of_request
from crew.backend.notice_kinds import ENDINGS, Kind
from crew.backend.public.page_links import QUIET, page_secret, request_of_token

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City

_table: Final = schema.quiet_addresses


class Choice(StrEnum):
    """How much mail an address gets."""

    ALL = "all"
    ENDING = "ending"
    DAILY = "daily"
    NOTHING = "nothing"

    def wants(self, kind: Kind) -> bool:
        """Whether it is told of such an event at all."""
        return self is not Choice.NOTHING and (self is not Choice.ENDING or kind in ENDINGS)


def choice_of(connection: "Connection", address_hash: str) -> Choice:
    """How much mail the owner of an address wants; everything, where they did not say."""
    word = connection.scalar(select(_table.c.choice).where(_table.c.address_hash == address_hash))
    return Choice.ALL if word is None else Choice(word)


def standing(city: "City", token: str) -> Choice | None:
    """The choice for the address of the report that a token was made for; None where there is no such report."""
    with city.database.reading() as connection:
        address_hash = _address_of(connection, city, token)
        return None if address_hash is None else choice_of(connection, address_hash)


def choose(city: "City", token: str, choice: Choice) -> Choice | None:
    """Keep how much mail the address of a token's report wants; None where there is no such report."""
    with city.database.writing() as connection:
        address_hash = _address_of(connection, city, token)
        if address_hash is None:
            return None
        connection.execute(delete(_table).where(_table.c.address_hash == address_hash))
        if choice is not Choice.ALL:
            row = {"address_hash": address_hash, "since": city.clock(), "choice": choice.value}
            connection.execute(insert(_table), row)
    return choice


def _address_of(connection: "Connection", city: "City", token: str) -> str | None:
    """The hash of the mail address of the report that a token was made for; None where there is none."""
    request_id = request_of_token(page_secret(connection), token, QUIET)
    return hash_of_request(connection, city, request_id) or None if request_id else None
