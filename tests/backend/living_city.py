"""A city in which things happen, without sockets: for what must hold whatever has happened."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from crew import wire
from crew.backend.backend_settings import BackendSettings
from crew.backend.changes import take_changes
from crew.backend.city import City
from crew.backend.database import FILE_NAME
from crew.backend.endpoint import Caller
from crew.backend.photo_intake import take_photo
from crew.domain.change import Act, Change, ChangeId, StatusChange
from crew.domain.person import Person, Role
from crew.domain.work_order import OrderId, Photo, WorkStatus
from tests.backend.citizens import Hands
from tests.backend.crews import PHOTO_SERVICE, PLAIN_SERVICE, ROADS, jpeg, photo_of, report, stored
from tests.builders import NOON
from tests.founding import found_city

CREW: Final = Caller(Person("Ana", Role.CREW, ROADS, "Roads"), "truck-7")
HOUR: Final = timedelta(hours=1)
OFFICE: Final = Caller(Person("Sam", Role.SUPERVISOR, "", ""), "office-1")


@dataclass
class LivingCity:
    """A city, the hands of its clock, and people who do things in it."""

    city: City
    clock: Hands
    acts: int = field(default=0)

    @classmethod
    def founded(cls, folder: Path) -> "LivingCity":
        clock = Hands(NOON)
        return cls(found_city(folder, BackendSettings(photo_limit_mb=1), clock), clock)

    def reported(self, *, photo_needed: bool = False) -> OrderId:
        """A citizen with a mail address reports something to the crew."""
        self.clock.turn(minutes=1)
        return report(self.city, service_code=PHOTO_SERVICE if photo_needed else PLAIN_SERVICE)

    def does(self, order_id: str, act: Act, caller: Caller = CREW) -> wire.Answer:
        """Somebody does something, knowing the order as it stands."""
        return take_changes(self.city, caller, [self.change(order_id, act, caller)]).answers[0]

    def change(self, order_id: str, act: Act, caller: Caller = CREW) -> Change:
        """What somebody does, not sent yet."""
        self.acts += 1
        self.clock.turn(minutes=1)
        return Change(
            id=ChangeId(f"change-{self.acts}"),
            device_id=caller.device_id,
            sequence=self.acts,
            order_id=OrderId(order_id),
            base_version=stored(self.city, order_id).version,
            made_at=self.clock(),
            person=caller.person.name,
            act=act,
        )

    def finishes(self, order_id: str, colour: str = "grey") -> str:
        """The crew ends the work, with a photo of it; returns the photo's hash."""
        photo = self.photographed(colour)
        answer = self.does(order_id, StatusChange(WorkStatus.DONE, photos=(photo,)))
        assert answer.outcome == "applied"
        return photo.sha256

    def photographed(self, colour: str) -> Photo:
        """A photo of the crew's that the backend has."""
        content = jpeg(colour)
        photo = photo_of(content)
        take_photo(self.city, CREW, photo.sha256, content)
        return photo

    def close(self) -> None:
        self.city.database.close()


def records(folder: Path) -> dict[str, list[Any]]:
    """Every row of a city's database but what it keeps about itself."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)
            for name in names
            if name != "settings"
        }


def about_itself(folder: Path) -> dict[str, str]:
    """What a city's database keeps about itself."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return dict(connection.execute("SELECT name, value FROM settings"))


def photo_bytes(folder: Path) -> dict[str, bytes]:
    """Every file among a city's photos, by name."""
    return {path.name: path.read_bytes() for path in (folder / "photos").glob("*/*")}


def copied(folder: Path, to: Path) -> Path:
    """A closed city once more."""
    shutil.copytree(folder, to)
    return to


def silent(done: int, total: int) -> None:
    """Nobody looks at the progress."""
