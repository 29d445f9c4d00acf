"""How much mail somebody wants, whatever they report, and in which language. Backend layer.

The address stays out of the table: its hash is enough to keep silent.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from crew.backend import schema
from crew.backend.contacts import hash_of_request
from crew.backend.notice_kinds import ENDINGS, Kind
from crew.backend.public.page_links import QUIET, page_secret, request_of_token
from crew.domain.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Callable

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


class Wish(Value):
    """What the owner of an address has chosen.

    Attributes:
        choice: How much mail.
        language: In which language, by its code; empty for that of each report.
    """

    choice: Choice = Choice.ALL
    language: str = ""


def wish_of(connection: "Connection", address_hash: str) -> Wish:
    """What the owner of an address has chosen; every mail in the language of the report, where they did not say."""
    row = connection.execute(
        select(_table.c.choice, _table.c.language).where(_table.c.address_hash == address_hash)
    ).first()
    return Wish() if row is None else Wish(Choice(row.choice), row.language)


def choice_of(connection: "Connection", address_hash: str) -> Choice:
    """How much mail the owner of an address wants."""
    return wish_of(connection, address_hash).choice


def standing(city: "City", token: str) -> Wish | None:
    """The wish for the address of the report that a token was made for; None where there is no such report."""
    with city.database.reading() as connection:
        address_hash = _address_of(connection, city, token)
        return None if address_hash is None else wish_of(connection, address_hash)


def choose(city: "City", token: str, choice: Choice) -> Wish | None:
    """Keep how much mail the address of a token's report wants; None where there is no such report."""
    return _changed(city, token, lambda wish: replace(wish, choice=choice))


def choose_language(city: "City", token: str, language: str) -> Wish | None:
    """Keep in which language it is written to; None where there is no such report."""
    return _changed(city, token, lambda wish: replace(wish, language=language))


def forget_language(connection: "Connection", city: "City", address_hash: str) -> None:
    """Keep of an address that is forgotten only how little mail it wants."""
    _write(connection, city, address_hash, replace(wish_of(connection, address_hash), language=""))


def _changed(city: "City", token: str, change: "Callable[[Wish], Wish]") -> Wish | None:
    with city.database.writing() as connection:
        address_hash = _address_of(connection, city, token)
        if address_hash is None:
            return None
        wish = change(wish_of(connection, address_hash))
        _write(connection, city, address_hash, wish)
    return wish


def _write(connection: "Connection", city: "City", address_hash: str, wish: Wish) -> None:
    connection.execute(delete(_table).where(_table.c.address_hash == address_hash))
    if wish != Wish():
        row = {"address_hash": address_hash, "since": city.clock()}
        connection.execute(insert(_table), {**row, "choice": wish.choice.value, "language": wish.language})


def _address_of(connection: "Connection", city: "City", token: str) -> str | None:
    """The hash of the mail address of the report that a token was made for; None where there is none."""
    request_id = request_of_token(page_secret(connection), token, QUIET)
    return hash_of_request(connection, city, request_id) or None if request_id else None
