"""Which person an account stands for, and what its groups make of them. Backend layer; inside a transaction.

People are known by what an administrator wrote beside their name. From the first sign-in on, the provider's own number
for them counts: an address that is given to somebody else later opens nothing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, Select, select, update

from crew.backend import sign_ins
from crew.backend.people import Place, give_place, insert_person
from crew.backend.schema import people
from crew.domain.errors import CorrectInput, NotAllowed
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.backend_settings import IdentitySettings
    from crew.backend.catalogue import Catalogue

_ACCOUNT_LIMIT: Final = 254


def give_account(connection: "Connection", person_id: int, account: str) -> None:
    """Say which account at the provider is somebody's; an empty one takes it away.

    Raises:
        CorrectInput: Somebody else has it.
    """
    known_as = _account(account)
    other = select(people.c.name).where(people.c.account == known_as, people.c.id != person_id)
    if known_as and (name := connection.scalar(other)):
        raise CorrectInput(f"{known_as} is the account of {name} already.")
    connection.execute(update(people).where(people.c.id == person_id).values(account=known_as, subject=""))


def person_with(
    connection: "Connection",
    catalogue: "Catalogue",
    settings: "IdentitySettings",
    claims: Mapping[str, Any],
) -> int:
    """The number of the person whose account it is; where the settings say so, added or given another place.

    Args:
        connection: A connection inside a transaction.
        catalogue: Where the city's roles are.
        settings: Which claims say what.
        claims: What the provider vouches for.

    Raises:
        NotAllowed: Nobody here has this account, it was ended, or none of its groups works here.
        CorrectInput: The settings name a place that cannot be.
    """
    account, subject = _account(str(claims.get(settings.account_claim) or "")), _subject(claims)
    row = _known(connection, settings, claims, account, subject)
    if row is not None and row.revoked_at is not None:
        raise NotAllowed(f"The sign-ins of {row.name} were ended by an administrator. Ask them for a one-time code.")
    place = _place(settings, claims)
    if place is None and (settings.role_claim or row is None):
        who = account or "This account"
        raise NotAllowed(f"{who} is not among the people who work here. Ask the administrator to add you.")
    if row is None and place is not None:
        name = clean_line(str(claims.get(settings.name_claim) or account))
        person_id = insert_person(connection, catalogue, name, place)
    elif row is not None:
        person_id = row.id
        if place not in (None, Place(row.role, row.crew, row.district)):
            give_place(connection, catalogue, str(person_id), place)
    connection.execute(update(people).where(people.c.id == person_id).values(account=account, subject=subject))
    return person_id


def row_of(connection: "Connection", person_id: int) -> Row[Any]:
    """A person with what a sign-in needs."""
    columns = (people.c.id.label("person_id"), people.c.revoked_at, *sign_ins.PERSON)
    wanted: Select[Any] = select(*columns).where(people.c.id == person_id)
    return connection.execute(wanted).one()


def _known(
    connection: "Connection", settings: "IdentitySettings", claims: Mapping[str, Any], account: str, subject: str
) -> Row[Any] | None:
    row = connection.execute(select(people).where(people.c.subject == subject)).one_or_none()
    if row is not None or not account:
        return row
    if settings.account_claim == "email" and claims.get("email_verified") is False:
        raise NotAllowed(f"The city's sign-in service has not verified the address {account}. Verify it there first.")
    row = connection.execute(select(people).where(people.c.account == account)).one_or_none()
    if row is not None and row.subject:
        raise NotAllowed(
            f"{account} belonged to another account before. Ask the administrator to say anew that it is yours: "
            "crew backend people change"
        )
    return row


def _place(settings: "IdentitySettings", claims: Mapping[str, Any]) -> Place | None:
    """The place that the account's groups give; None where they give none, or do not decide."""
    if not settings.role_claim:
        return None
    given = claims.get(settings.role_claim)
    values = given if isinstance(given, list) else [given]
    for value, place in settings.roles.items():
        if value in values:
            return Place(place.role, place.crew, place.district)
    return None


def _account(raw: str) -> str:
    return clean_line(raw, _ACCOUNT_LIMIT).casefold()


def _subject(claims: Mapping[str, Any]) -> str:
    return sign_ins.hashed(f"{claims['iss']}\n{claims['sub']}")
