"""What an administrator asks of a city's backend from the command line. Backend layer; one transaction each."""

from datetime import datetime
from typing import TYPE_CHECKING

from crew.backend import crews, people, sign_ins
from crew.backend.identity import accounts
from crew.domain.plain_text import clean_line
from crew.domain.value import replace

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.wire import CrewLoad


def crew_loads(city: "City", now: datetime) -> "list[CrewLoad]":
    """The crews that have open orders or people, with their open and overdue orders, by name."""
    with city.database.reading() as connection:
        manned = crews.crews_with_people(connection)
        loads = crews.crew_loads(connection, city.catalogue, now)
    return [load for load in loads if load.open or load.name in manned]


def add_person(city: "City", name: str, role: str, crew: str = "", district: str = "", account: str = "") -> str:
    """Add somebody to the city's people, and return the one-time code for their device. Raises as `added_person`."""
    return added_person(city, name, role, crew, district, account)[1]


def added_person(
    city: "City", name: str, role: str, crew: str = "", district: str = "", account: str = ""
) -> tuple[str, str]:
    """Add somebody, and return what they are called here, with the one-time code for their device.

    Raises:
        CorrectInput: The name is empty, or there is no such role, crew or district; the sentence names what there is.
            Or somebody else has the account.
    """
    place = people.Place(clean_line(role), clean_line(crew), clean_line(district))
    with city.database.writing() as connection:
        person_id = people.insert_person(connection, city.catalogue, name, place)
        accounts.give_account(connection, person_id, account)
        return people.name_of(connection, person_id), people.new_code(connection, person_id, city.clock())


def change_person(
    city: "City",
    named: str,
    role: str | None = None,
    crew: str | None = None,
    district: str | None = None,
    account: str | None = None,
) -> people.Place:
    """Give somebody another role, crew or district, and return what they have now; None leaves one as it is.

    Raises:
        CorrectInput: As `add_person`, and where nobody or several are called so.
    """
    new = {"role": role, "crew": crew, "district": district}
    changes = {name: clean_line(value) for name, value in new.items() if value is not None}
    with city.database.writing() as connection:
        place = replace(people.place_of(connection, named), **changes)
        place = people.give_place(connection, city.catalogue, named, place)
        if account is not None:
            accounts.give_account(connection, people.the_one(connection, named), account)
    return place


def list_people(city: "City") -> "list[people.PersonRecord]":
    """The city's people, by name."""
    with city.database.reading() as connection:
        return people.listed(connection)


def code_for(city: "City", named: str) -> str:
    """A new one-time code for somebody. Raises as `people.code_for`."""
    with city.database.writing() as connection:
        return people.code_for(connection, named, city.clock())


def revoke_person(city: "City", named: str) -> int:
    """End every sign-in of somebody, and return how many there were. Raises as `people.revoke`."""
    with city.database.writing() as connection:
        return people.revoke(connection, named, city.clock())


def list_sign_ins(city: "City") -> "list[sign_ins.SignInRecord]":
    """Every sign-in on every device."""
    with city.database.reading() as connection:
        return sign_ins.records(connection)


def revoke_device(city: "City", device_id: str) -> int:
    """End every sign-in on a device, and return how many there were. Raises as `sign_ins.revoke_device`."""
    with city.database.writing() as connection:
        return sign_ins.revoke_device(connection, clean_line(device_id), city.clock())
