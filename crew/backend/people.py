"""Who may use the crew API: people and their one-time codes, and how a code becomes a sign-in. Backend layer.

Codes and tokens are stored as hashes only: who reads the database or a backup of it cannot sign in with it.
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, select, update

from crew.backend import crews, sign_ins
from crew.backend.schema import codes, devices, people
from crew.domain.errors import CorrectInput, SignInAgain
from crew.domain.person import Person, Role
from crew.domain.plain_text import clean_line
from crew.domain.value import Value, replace

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from crew.backend.catalogue import Catalogue
    from crew.wire import SignIn

CODE_VALID_FOR: Final = timedelta(days=7)
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without 0, O, 1 and I, which sound or look alike
_HALF: Final = 4
_NO_CODE_LETTER: Final = re.compile(r"[^A-Z0-9]")
_NAME_LIMIT: Final = 200
_NUMBER_LIMIT: Final = 12
_ID_LIMIT: Final = 64
_LOST_ANSWER: Final = timedelta(minutes=10)


class Enrolled(Value):
    """A device that has just signed in, with the token that only it will know."""

    token: str
    person: Person


class PersonRecord(Value):
    """Somebody, for an administrator: number, name, role, crew, district, and how they are signed in."""

    number: int
    name: str
    role: str
    crew: str
    district: str
    devices: int
    """On how many devices a sign-in stands."""
    last_seen_at: datetime | None
    revoked_at: datetime | None


class Place(Value):
    """Somebody's place in the city's work: role, crew and district by name; empty for none."""

    role: str
    crew: str = ""
    district: str = ""


def insert_person(connection: "Connection", catalogue: "Catalogue", name: str, place: Place) -> int:
    """Add somebody, and return their number. Where somebody is called so already, it stands behind the name.

    So the history, the list of those who share a device, and whoever asks for somebody by name mean one person: what
    travels and is kept names people by their names.

    Raises:
        CorrectInput: The name is empty, or the place cannot be.
    """
    person_name = clean_line(name, _NAME_LIMIT)
    if not person_name:
        raise CorrectInput("A person needs a name.")
    place = _known_place(connection, catalogue, person_name, place)
    is_known = connection.execute(select(people.c.id).where(func.lower(people.c.name) == person_name.lower())).first()
    row = insert(people).values(name=person_name, role=place.role, crew=place.crew, district=place.district)
    person_id = int(connection.execute(row.returning(people.c.id)).scalar_one())
    if is_known:
        own = f"{person_name[: _NAME_LIMIT - _NUMBER_LIMIT]} ({person_id})"
        connection.execute(update(people).where(people.c.id == person_id).values(name=own))
    return person_id


def name_of(connection: "Connection", person_id: int) -> str:
    """What somebody is called here."""
    return str(connection.scalar(select(people.c.name).where(people.c.id == person_id)))


def place_of(connection: "Connection", named: str) -> Place:
    """Somebody's place. Raises CorrectInput as `code_for`."""
    row = connection.execute(select(people).where(people.c.id == the_one(connection, named))).one()
    return Place(row.role, row.crew, row.district)


def give_place(connection: "Connection", catalogue: "Catalogue", named: str, place: Place) -> Place:
    """Give somebody another place, and return it; their devices hear of it with the next pull.

    Raises:
        CorrectInput: As `code_for`, and where the place cannot be.
    """
    person_id = the_one(connection, named)
    place = _known_place(connection, catalogue, named, place)
    row = update(people).where(people.c.id == person_id)
    connection.execute(row.values(role=place.role, crew=place.crew, district=place.district))
    return place


def _known_place(connection: "Connection", catalogue: "Catalogue", name: str, place: Place) -> Place:
    """The place with its crew by name, where its title was typed. Raises CorrectInput where the place cannot be."""
    role = catalogue.roles.get(place.role)
    if role is None:
        raise CorrectInput(f'There is no role "{place.role}". This city has: {", ".join(catalogue.roles)}.')
    if role.desk is Role.CREW and not place.crew:
        raise CorrectInput(f"{name} works on a crew: say on which.")
    if place.district and place.district not in catalogue.districts:
        known = ", ".join(catalogue.districts) or "none yet; name them in crews.toml"
        raise CorrectInput(f'There is no district "{place.district}". This city has: {known}.')
    return replace(place, crew=crews.crew_named(connection, catalogue, place.crew)) if place.crew else place


def new_code(connection: "Connection", person_id: int, now: datetime) -> str:
    """A one-time code for somebody's device, such as `K7QF-M3XW`.

    It can be read aloud; capitals and dashes do not matter. It is good for one device within seven days.
    """
    code = "".join(secrets.choice(_LETTERS) for _ in range(2 * _HALF))
    code_hash = sign_ins.hashed(code)
    connection.execute(insert(codes).values(code_hash=code_hash, person_id=person_id, expires_at=now + CODE_VALID_FOR))
    return f"{code[:_HALF]}-{code[_HALF:]}"


def listed(connection: "Connection") -> list[PersonRecord]:
    """Everybody, by name, with how many devices they are signed in on."""
    standing = func.count(devices.c.id).filter(devices.c.revoked_at.is_(None))
    rows = connection.execute(
        select(people, standing.label("devices"), func.max(devices.c.last_seen_at).label("seen_at"))
        .join_from(people, devices, isouter=True)
        .group_by(people.c.id)
        .order_by(people.c.name, people.c.id)
    )
    return [
        PersonRecord(row.id, row.name, row.role, row.crew, row.district, row.devices, row.seen_at, row.revoked_at)
        for row in rows
    ]


def code_for(connection: "Connection", named: str, now: datetime) -> str:
    """A new one-time code for somebody who is known; who was revoked may work again with it.

    Raises:
        CorrectInput: There is nobody of this name or number, or several of this name.
    """
    person_id = the_one(connection, named)
    connection.execute(update(people).where(people.c.id == person_id).values(revoked_at=None))
    return new_code(connection, person_id, now)


def revoke(connection: "Connection", named: str, now: datetime) -> int:
    """End every sign-in of a person and every unused code, and return how many sign-ins there were.

    Raises:
        CorrectInput: As `code_for`.
    """
    person_id = the_one(connection, named)
    connection.execute(update(people).where(people.c.id == person_id).values(revoked_at=now))
    connection.execute(delete(codes).where(codes.c.person_id == person_id))
    return sign_ins.revoke_person(connection, person_id, now)


def the_one(connection: "Connection", named: str) -> int:
    """The number of somebody by name or number. Raises CorrectInput where nobody or several are called so."""
    name = clean_line(named, _NAME_LIMIT)
    found = connection.execute(select(people.c.id).where(people.c.name == name)).scalars().all()
    if not found and name.isascii() and name.isdecimal():
        found = connection.execute(select(people.c.id).where(people.c.id == int(name[:9]))).scalars().all()
    if not found:
        raise CorrectInput(f'There is nobody called "{name}". Look at: crew backend people')
    if len(found) > 1:
        numbers = " or ".join(map(str, found))
        raise CorrectInput(f"{len(found)} people are called {name}: say which by the number, {numbers}.")
    return int(found[0])


def sign_in(connection: "Connection", catalogue: "Catalogue", asked: "SignIn", now: datetime) -> Enrolled:
    """Exchange a one-time code for a token; a token that this person had on the device before ends.

    A device whose answer was lost on the way may ask again with its code for a few minutes.

    Raises:
        SignInAgain: The code is unknown, used or too old; each has its own sentence.
        CorrectInput: The device does not name itself.
    """
    check_device_id(asked.device_id)
    code_hash = sign_ins.hashed(_NO_CODE_LETTER.sub("", asked.code.upper()))
    row = connection.execute(
        select(codes, *sign_ins.PERSON).join_from(codes, people).where(codes.c.code_hash == code_hash)
    ).one_or_none()
    if row is None:
        raise SignInAgain("This code is not known. Check its letters, or ask for a new code.")
    _check_code(row, asked, now)
    connection.execute(
        update(codes).where(codes.c.code_hash == code_hash).values(used_at=now, device_id=asked.device_id)
    )
    return enrol(connection, catalogue, row, asked.device_id, asked.device_name, now)


def check_device_id(device_id: str) -> None:
    """Check that a device names itself. Raises CorrectInput."""
    if not 0 < len(device_id) <= _ID_LIMIT:
        raise CorrectInput(f"A device names itself with an id of 1 to {_ID_LIMIT} letters.")


def enrol(
    connection: "Connection", catalogue: "Catalogue", row: "Row[Any]", device_id: str, device_name: str, now: datetime
) -> Enrolled:
    """Give somebody who has proved who they are a token for a device; the one they had there before ends.

    Args:
        connection: A connection inside a transaction.
        catalogue: Where roles and titles are.
        row: The person, with `person_id` and the columns of `sign_ins.PERSON`.
        device_id: The device's lasting id.
        device_name: What the device calls itself.
        now: The current time.

    Raises:
        CorrectInput: Somebody else of the same name has worked on the device.
    """
    _refuse_namesake(connection, row, device_id)
    token = secrets.token_urlsafe(32)
    connection.execute(delete(devices).where(devices.c.id == device_id, devices.c.person_id == row.person_id))
    connection.execute(
        insert(devices),
        {
            "id": device_id,
            "person_id": row.person_id,
            "token_hash": sign_ins.hashed(token),
            "name": clean_line(device_name, _NAME_LIMIT),
            "enrolled_at": now,
            "last_seen_at": now,
        },
    )
    return Enrolled(token, sign_ins.person_of(catalogue, row))


def _refuse_namesake(connection: "Connection", row: "Row[Any]", device_id: str) -> None:
    """Let no two people of one name onto a device: those of before names were made to differ. Raises CorrectInput."""
    namesake = (
        select(people.c.id)
        .join_from(devices, people)
        .where(devices.c.id == device_id, people.c.name == row.person, people.c.id != row.person_id)
    )
    if (other := connection.scalar(namesake)) is not None:
        raise CorrectInput(
            f"Another {row.person}, number {other}, has worked on this device, and your work would be mixed up. Ask an "
            "administrator to add you anew: crew backend add-person"
        )


def _check_code(code: "Row[Any]", asked: "SignIn", now: datetime) -> None:
    asks_again = code.device_id == asked.device_id and code.used_at is not None and now - code.used_at < _LOST_ANSWER
    if code.used_at is not None and not asks_again:
        raise SignInAgain("This code was used already; each is good for one device. Ask for a new code.")
    if code.expires_at <= now:
        raise SignInAgain(f"This code is older than {CODE_VALID_FOR.days} days. Ask for a new code.")
