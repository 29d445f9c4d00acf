"""Who may use the crew API: people, one-time codes, devices and their tokens. Backend layer.

Codes and tokens are stored as hashes only: who reads the database or a backup of it cannot sign in with it.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update

from crew.backend.endpoint import Caller
from crew.backend.schema import codes, devices, people
from crew.domain.errors import CorrectInput, SignInAgain
from crew.domain.person import Person, Role
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from crew.backend.catalogue import Catalogue
    from crew.wire import SignIn

CODE_VALID_FOR: Final = timedelta(days=7)
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without 0, O, 1 and I, which sound or look alike
_HALF: Final = 4
_NO_CODE_LETTER: Final = re.compile(r"[^A-Z0-9]")
_NAME_LIMIT: Final = 200
_ID_LIMIT: Final = 64
_LOST_ANSWER: Final = timedelta(minutes=10)
_SEEN_EVERY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device that has just signed in, with the token that only it will know."""

    token: str
    person: Person


def add_person(connection: "Connection", name: str, role: Role, crew: str, now: datetime) -> str:
    """Add somebody, and return the one-time code for their device, such as `K7QF-M3XW`.

    The code can be read aloud; capitals and dashes do not matter. It is good for one device within seven days.

    Raises:
        CorrectInput: The name is empty, or a crew is missing for a crew's person.
    """
    person_name = clean_line(name, _NAME_LIMIT)
    if not person_name:
        raise CorrectInput("A person needs a name.")
    if role is Role.CREW and not crew:
        raise CorrectInput(f"{person_name} works on a crew: say on which.")
    person_id = connection.execute(
        insert(people).values(name=person_name, role=role.value, crew=crew).returning(people.c.id)
    ).scalar_one()
    code = "".join(secrets.choice(_LETTERS) for _ in range(2 * _HALF))
    connection.execute(
        insert(codes).values(code_hash=_hash(code), person_id=person_id, expires_at=now + CODE_VALID_FOR)
    )
    return f"{code[:_HALF]}-{code[_HALF:]}"


def sign_in(connection: "Connection", catalogue: "Catalogue", asked: "SignIn", now: datetime) -> Enrolled:
    """Exchange a one-time code for a token; a token that the device had before ends.

    A device whose answer was lost on the way may ask again with its code for a few minutes.

    Raises:
        SignInAgain: The code is unknown, used or too old; each has its own sentence.
        CorrectInput: The device does not name itself.
    """
    if not 0 < len(asked.device_id) <= _ID_LIMIT:
        raise CorrectInput(f"A device names itself with an id of 1 to {_ID_LIMIT} letters.")
    code_hash = _hash(_NO_CODE_LETTER.sub("", asked.code.upper()))
    row = connection.execute(
        select(codes, people.c.name, people.c.role, people.c.crew)
        .join_from(codes, people)
        .where(codes.c.code_hash == code_hash)
    ).one_or_none()
    if row is None:
        raise SignInAgain("This code is not known. Check its letters, or ask for a new code.")
    _check_code(row, asked, now)
    connection.execute(
        update(codes).where(codes.c.code_hash == code_hash).values(used_at=now, device_id=asked.device_id)
    )
    token = secrets.token_urlsafe(32)
    connection.execute(delete(devices).where(devices.c.id == asked.device_id))
    connection.execute(
        insert(devices),
        {
            "id": asked.device_id,
            "person_id": row.person_id,
            "token_hash": _hash(token),
            "name": clean_line(asked.device_name, _NAME_LIMIT),
            "enrolled_at": now,
            "last_seen_at": now,
        },
    )
    return Enrolled(token, _person(catalogue, row.name, row.role, row.crew))


def _check_code(code: "Row[Any]", asked: "SignIn", now: datetime) -> None:
    asks_again = code.device_id == asked.device_id and code.used_at is not None and now - code.used_at < _LOST_ANSWER
    if code.used_at is not None and not asks_again:
        raise SignInAgain("This code was used already; each is good for one device. Ask for a new code.")
    if code.expires_at <= now:
        raise SignInAgain(f"This code is older than {CODE_VALID_FOR.days} days. Ask for a new code.")


def caller_with(connection: "Connection", catalogue: "Catalogue", token: str) -> Caller | None:
    """The device that owns a token, with its person; None where nobody does."""
    row = connection.execute(
        select(devices.c.id, people.c.name, people.c.role, people.c.crew)
        .join_from(devices, people)
        .where(devices.c.token_hash == _hash(token))
    ).one_or_none()
    return None if row is None else Caller(_person(catalogue, row.name, row.role, row.crew), row.id)


def is_known(connection: "Connection", device_id: str) -> bool:
    """Whether the device may still ask."""
    return connection.execute(select(devices.c.id).where(devices.c.id == device_id)).first() is not None


def is_news(connection: "Connection", device_id: str, now: datetime, unsent: int | None) -> bool:
    """Whether a sign of life of a device is worth a write: the one before is old, or another number waits there."""
    row = connection.execute(
        select(devices.c.last_seen_at, devices.c.unsent).where(devices.c.id == device_id)
    ).one_or_none()
    return row is not None and (now - row.last_seen_at >= _SEEN_EVERY or unsent not in (None, row.unsent))


def note_seen(connection: "Connection", device_id: str, now: datetime, unsent: int | None) -> None:
    """Write down a sign of life of a device.

    Args:
        connection: A connection inside a transaction.
        device_id: The device.
        now: The current time.
        unsent: How many changes wait there; None where the device does not say.
    """
    waiting = {} if unsent is None else {"unsent": unsent}
    connection.execute(update(devices).where(devices.c.id == device_id).values(last_seen_at=now, **waiting))


def _person(catalogue: "Catalogue", name: str, role: str, crew: str) -> Person:
    return Person(name, Role(role), crew, catalogue.crew_title(crew) if crew else "")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
