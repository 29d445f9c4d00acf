"""What an administrator asks of a city's backend from the command line. Backend layer; one transaction each."""

from datetime import datetime
from typing import TYPE_CHECKING

from crew.backend import crews, people
from crew.domain.person import Role
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.wire import CrewLoad


def crew_loads(city: "City", now: datetime) -> "list[CrewLoad]":
    """The crews that have open orders or people, with their open and overdue orders, by name."""
    with city.database.reading() as connection:
        manned = crews.crews_with_people(connection)
        loads = crews.crew_loads(connection, city.catalogue, now)
    return [load for load in loads if load.open or load.name in manned]


def add_person(city: "City", name: str, role: Role, crew: str = "") -> str:
    """Add somebody to the city's people, and return the one-time code for their device.

    Raises:
        CorrectInput: The name is empty, or there is no such crew; the sentence names those written much alike.
    """
    crew_name = clean_line(crew)
    with city.database.writing() as connection:
        if crew_name:
            crews.require_known_crew(connection, city.catalogue, crew_name)
        return people.add_person(connection, name, role, crew_name, city.clock())
