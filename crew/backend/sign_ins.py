"""The sign-ins of people on devices: whose a token is, how long it lasts, how it ends. Backend layer.

A sign-in lapses when it was not used for some days, and ends when an administrator says so. Its row stays: it says who
ever worked on a device, and so whose unsent work may still come from there.
"""

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, select, update

from crew.backend.endpoint import Caller
from crew.backend.schema import devices, people
from crew.domain.errors import CorrectInput, LetOthersSend, SignInAgain
from crew.domain.person import Person, Role
from crew.domain.value import Value

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from crew.backend.catalogue import Catalogue

_SEEN_EVERY: Final = timedelta(minutes=5)
PERSON: Final = (people.c.name.label("person"), people.c.role, people.c.crew, people.c.district)
"""What `person_of` needs of somebody's row."""


class SignInRecord(Value):
    """A person's sign-in on a device, for an administrator. `revoked_at` is None where nobody ended it."""

    device_id: str
    device_name: str
    person: str
    enrolled_at: datetime
    last_seen_at: datetime
    unsent: int
    revoked_at: datetime | None


def caller_with(connection: "Connection", catalogue: "Catalogue", token: str, now: datetime, days: int) -> Caller:
    """The device that shows a token, with its person.

    Args:
        connection: A connection.
        catalogue: Where the crews' titles are.
        token: What the device shows.
        now: The current time.
        days: How long a sign-in lasts that is not used.

    Raises:
        SignInAgain: Nobody owns the token, or it has lapsed.
        LetOthersSend: An administrator has ended it.
    """
    row = connection.execute(
        select(devices, *PERSON).join_from(devices, people).where(devices.c.token_hash == hashed(token))
    ).one_or_none()
    if row is None:
        raise SignInAgain("This device is not known any more. Ask for a one-time code and sign in again.")
    if row.revoked_at is not None:
        raise LetOthersSend(
            f"The sign-in of {row.person} was ended by an administrator. What was done here is kept; it leaves with "
            "the next sign-in on this device."
        )
    if now - row.last_seen_at >= timedelta(days=days):
        raise SignInAgain(
            f"The sign-in of {row.person} was not used for {days} days. Ask for a one-time code and sign in again."
        )
    return Caller(person_of(catalogue, row), row.id, row.person_id)


def is_known(connection: "Connection", caller: Caller) -> bool:
    """Whether the caller's sign-in still stands."""
    row = select(devices.c.id).where(_is(caller), devices.c.revoked_at.is_(None))
    return connection.execute(row).first() is not None


def is_news(connection: "Connection", caller: Caller, now: datetime, unsent: int | None) -> bool:
    """Whether a sign of life is worth a write: the one before is old, or another number waits there."""
    row = connection.execute(select(devices.c.last_seen_at, devices.c.unsent).where(_is(caller))).one_or_none()
    return row is not None and (now - row.last_seen_at >= _SEEN_EVERY or unsent not in (None, row.unsent))


def note_seen(connection: "Connection", caller: Caller, now: datetime, unsent: int | None) -> None:
    """Write down a sign of life, which renews the sign-in.

    Args:
        connection: A connection inside a transaction.
        caller: Whose.
        now: The current time.
        unsent: How many changes wait on the device; None where it does not say.
    """
    connection.execute(update(devices).where(_is(caller)).values(last_seen_at=now))
    if unsent is not None:  # counted once, however many people work there
        connection.execute(update(devices).where(devices.c.id == caller.device_id).values(unsent=0))
        connection.execute(update(devices).where(_is(caller)).values(unsent=unsent))


def who_worked_on(connection: "Connection", catalogue: "Catalogue", device_id: str, name: str) -> Person | None:
    """Somebody of this name who ever signed in on the device, whether the sign-in still stands or not; the latest.

    Where the city does not know the role any more, it is somebody who had those orders and may do nothing.
    """
    row = connection.execute(
        select(*PERSON)
        .join_from(devices, people)
        .where(devices.c.id == device_id, people.c.name == name)
        .order_by(devices.c.enrolled_at.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    if row.role not in catalogue.roles:
        return Person(row.person, Role.CREW if row.crew else Role.DISPATCHER, row.crew, may=())
    return person_of(catalogue, row)


def records(connection: "Connection") -> list[SignInRecord]:
    """Every sign-in, by device and person."""
    rows = connection.execute(
        select(devices, people.c.name.label("person"))
        .join_from(devices, people)
        .order_by(devices.c.name, devices.c.id, people.c.name)
    )
    return [
        SignInRecord(row.id, row.name, row.person, row.enrolled_at, row.last_seen_at, row.unsent, row.revoked_at)
        for row in rows
    ]


def revoke_device(connection: "Connection", device_id: str, now: datetime) -> int:
    """End every sign-in of a device, and return how many there were.

    Raises:
        CorrectInput: There is no such device, or none of its sign-ins stands.
    """
    ended = update(devices).where(devices.c.id == device_id, devices.c.revoked_at.is_(None)).values(revoked_at=now)
    count = connection.execute(ended).rowcount
    if not count:
        raise CorrectInput(f"Nobody is signed in on a device {device_id}. Look at: crew backend devices")
    return count


def revoke_person(connection: "Connection", person_id: int, now: datetime) -> int:
    """End every sign-in of a person, and return how many there were."""
    ended = update(devices).where(devices.c.person_id == person_id, devices.c.revoked_at.is_(None))
    return connection.execute(ended.values(revoked_at=now)).rowcount


def person_of(catalogue: "Catalogue", row: Any) -> Person:  # noqa: ANN401 - rows of several statements, alike in the columns of PERSON
    """A person of the database as the terminal knows them, from a row with the columns of `PERSON`.

    Raises:
        SignInAgain: The city's configuration has lost the person's role.
    """
    role = catalogue.roles.get(row.role)
    if role is None:
        raise SignInAgain(
            f"This city has no role {row.role} any more, which {row.person} had. What is done here is kept; an "
            "administrator gives another role: crew backend people change"
        )
    title = catalogue.crew_title(row.crew) if row.crew else ""
    members = catalogue.districts.get(row.district, ())
    return Person(row.person, role.desk, row.crew, title, role.title, role.may, row.district, members)


def hashed(secret: str) -> str:
    """What is kept of a code or a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _is(caller: Caller) -> "ColumnElement[bool]":
    return and_(devices.c.id == caller.device_id, devices.c.person_id == caller.person_id)
