"""Everything that an answer needs, in one value that is handed in. Backend layer; holds, decides nothing."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from crew.backend.backend_settings import BackendSettings
from crew.backend.catalogue import Catalogue, load_catalogue
from crew.backend.city_time import CityTime, load_city_time
from crew.backend.contact_keys import ContactKeys, contact_keys
from crew.backend.database import Database, make_folder
from crew.backend.photo_files import PhotoFiles
from crew.backend.schema import imported_services
from crew.domain.errors import CrewError
from crew.domain.value import Value

if TYPE_CHECKING:
    from crew.domain.clock import Clock


class City(Value):
    """A city's backend, opened.

    Attributes:
        data_dir: The folder that holds the database, the photos and, by default, the mail.
        database: What is known.
        catalogue: The services and crews: the shipped ones, or the files of that name in `data_dir`.
        time: The calendar, the ladder, what escalates by itself: as the catalogue, shipped or the city's own.
        photo_files: The photos themselves.
        settings: What the administrator set.
        clock: Tells the current time.
        contact_keys: What locks and opens the contacts of those who report.
    """

    data_dir: Path
    database: Database
    catalogue: Catalogue
    time: CityTime
    photo_files: PhotoFiles
    settings: BackendSettings
    clock: "Clock"
    contact_keys: ContactKeys

    @property
    def mail_folder(self) -> Path:
        """Where messages are written while no mail server is named."""
        return Path(self.settings.mail.folder) if self.settings.mail.folder else self.data_dir / "mail"


def open_city(data_dir: Path, settings: BackendSettings, clock: "Clock") -> City:
    """Open a city's backend in a folder, or found it there.

    Raises:
        FreeSpace: The folder is full or cannot be written.
        UpdateNeeded: The database was written by a newer version.
        CallForHelp: The database is damaged.
        CorrectSettings: The catalogue of services or crews is wrong, or the rules about time, or a key of contacts.
    """
    make_folder(data_dir)
    keys = contact_keys(data_dir)
    database = Database.open(data_dir, keys, settings.database)
    try:
        with database.reading() as connection:
            imported = {row.code: row.name for row in connection.execute(select(imported_services))}
        catalogue = load_catalogue(imported, data_dir)
        city_time = load_city_time(settings.time_zone, catalogue, data_dir)
    except CrewError:
        database.close()
        raise
    return City(
        data_dir=data_dir,
        database=database,
        catalogue=catalogue,
        time=city_time,
        photo_files=PhotoFiles(data_dir / "photos"),
        settings=settings,
        clock=clock,
        contact_keys=keys,
    )
