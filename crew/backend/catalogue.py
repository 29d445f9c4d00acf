"""What a city works on and who does it: services, crews and roles, read from the configuration. Backend layer.

Holds no state and opens no database: types that came with an import are handed in.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from crew.backend.city_roles import CityRole, load_roles
from crew.backend.city_wording import load_wording
from crew.backend.notice_kinds import Kind
from crew.domain.errors import CorrectSettings
from crew.domain.value import Value
from crew.domain.wording import Wording
from crew.settings import read_settings, shipped_path

Datatype = Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
"""The six datatypes of GeoReport v2."""

SERVICES_FILE: Final = "services.toml"
CREWS_FILE: Final = "crews.toml"
ROLES_FILE: Final = "roles.toml"
REASONS_FILE: Final = "reasons.toml"


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question to the citizen about a request of one service.

    Attributes:
        code: Names the answer on the wire.
        values: For lists: each choice as key and name.
        variable: False for a line that is only read, never answered.
    """

    code: str
    description: str
    datatype: Datatype = "string"
    required: bool = False
    datatype_description: str = ""
    values: tuple[tuple[str, str], ...] = ()
    variable: bool = True


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A type of request.

    Attributes:
        code: Short and lasting; `service_code` on the wire.
        due_hours: From report to deadline, day and night; 0 for none, or where `due_working_hours` says it.
        due_working_hours: From report to deadline, in the working hours of the city's calendar.
        work_hours: How long a crew works on one, the way there included; a supervisor's board adds them up.
        photo_required: A completion needs a photo of the finished work.
        done_text: Template of the public text for a completion, with `{address}`, `{service}` and `{when}`.
        done_texts: The same in other languages, by their codes.
        crew: Who gets it when the report names no queue.
        notices: What its reporters are told; None: as the group or the city has it.
        elsewhere: Who is responsible where the city is not.
        aliases: Other names of the same type, as in imported files.
        attributes: Questions to the citizen, in order; `[[service.attribute]]` in the file.
    """

    code: str
    name: str
    due_hours: int = 0
    due_working_hours: int = 0
    work_hours: float = 1.0
    description: str = ""
    group: str = ""
    keywords: tuple[str, ...] = ()
    photo_required: bool = False
    done_text: str = ""
    done_texts: dict[str, str] = {}
    crew: str = ""
    notices: tuple[Kind, ...] | None = None
    elsewhere: str = ""
    aliases: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = msgspec.field(default=(), name="attribute")


class _ServicesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    default_due_hours: int
    service: tuple[Service, ...]
    group_notices: dict[str, tuple[Kind, ...]] = {}


class _Routing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    default: str
    services: dict[str, str] = {}


class _CrewsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    crews: dict[str, str]
    routing: _Routing
    districts: dict[str, tuple[str, ...]] = {}


class Catalogue(Value):
    """The services and crews of a city.

    Attributes:
        services: By code; those of the configuration first, then those that came with imports.
        crews: Title by name.
        default_crew: Who gets what belongs to nobody.
        default_due_hours: The deadline of a service that stands in no file.
        districts: The crews of each district, by its name.
        roles: What people may be, by the role's name.
        wording: Closure reasons, and what the citizen reads.
        wording_for_devices: The part of it that devices know.
    """

    services: dict[str, Service]
    crews: Mapping[str, str]
    default_crew: str
    default_due_hours: int
    districts: Mapping[str, tuple[str, ...]]
    roles: Mapping[str, CityRole]
    wording: Wording
    wording_for_devices: Wording
    _names: dict[str, Service]
    """Services by every name they go by, in the form that `plain_name` gives."""

    def add_imported(self, code: str, name: str) -> None:
        """Know a type that came with an import; a code or name that is known already keeps its service."""
        service = Service(code=code, name=name, due_hours=self.default_due_hours, crew=self.default_crew)
        self.services.setdefault(code, service)
        for word in (code, name):
            self._names.setdefault(plain_name(word), service)

    def service(self, code: str) -> Service:
        """The service of this code; a code that nobody knows gives a plain service named by it."""
        known = self.services.get(code)
        return known or Service(code=code, name=code, due_hours=self.default_due_hours, crew=self.default_crew)

    def service_named(self, name: str) -> Service | None:
        """The service that goes by this name, as a code, a name or an alias; None if there is none."""
        return self._names.get(plain_name(name))

    def crew_for(self, queue: str, service_code: str) -> str:
        """The crew that gets a request: its queue where it names one, else the one of its service."""
        return queue or self.service(service_code).crew

    def crew_title(self, name: str) -> str:
        """The crew's name as it stands on the truck; a crew of an import is called by its queue."""
        return self.crews.get(name, name)


def plain_name(name: str) -> str:
    """A name without what does not tell two apart: upper case, and runs of spaces."""
    return " ".join(name.casefold().split())


def load_catalogue(imported: Mapping[str, str], folder: Path | None = None) -> Catalogue:
    """Read the services, crews, districts, roles and closure reasons.

    Args:
        imported: Name by code of the types that came with imports.
        folder: Where the city keeps its own files; for a missing one the shipped one is read.

    Raises:
        CorrectSettings: A file does not fit, names something twice, or routes a service that does not exist.
    """
    services_path, crews_path = (_path(folder, name) for name in (SERVICES_FILE, CREWS_FILE))
    file = read_settings(services_path, _ServicesFile)
    crews = read_settings(crews_path, _CrewsFile)
    if unknown := crews.routing.services.keys() - {service.code for service in file.service}:
        raise CorrectSettings(f"{crews_path} routes services that {services_path} lacks: {', '.join(sorted(unknown))}.")
    _check_groups(file, services_path)
    services, names = _services(file, crews, services_path)
    _check_districts(crews, crews_path)
    wording = load_wording(_path(folder, REASONS_FILE), services)
    catalogue = Catalogue(
        services,
        crews.crews,
        crews.routing.default,
        file.default_due_hours,
        crews.districts,
        load_roles(_path(folder, ROLES_FILE)),
        wording,
        wording.for_devices(),
        names,
    )
    for code, name in imported.items():
        catalogue.add_imported(code, name)
    return catalogue


def _services(file: _ServicesFile, crews: _CrewsFile, path: Path) -> tuple[dict[str, Service], dict[str, Service]]:
    """The services of a file by their codes, and by every name that they have."""
    services: dict[str, Service] = {}
    names: dict[str, Service] = {}
    for raw in file.service:
        if raw.due_hours and raw.due_working_hours:
            raise CorrectSettings(f'In {path} "{raw.code}" has due_hours and due_working_hours: leave one of them out.')
        told = file.group_notices.get(raw.group) if raw.notices is None else raw.notices
        crew = crews.routing.services.get(raw.code, crews.routing.default)
        service = msgspec.structs.replace(raw, crew=crew, notices=told)
        services[service.code] = service
        for name in {plain_name(name) for name in (service.code, service.name, *service.aliases)}:
            if names.setdefault(name, service) is not service:
                other = names[name].code
                raise CorrectSettings(f'In {path} "{name}" names both "{other}" and "{service.code}".')
    return services, names


def _check_groups(file: _ServicesFile, path: Path) -> None:
    if unknown := file.group_notices.keys() - {service.group for service in file.service}:
        raise CorrectSettings(f"In {path}: [group_notices] names no group: {', '.join(sorted(unknown))}.")


def _check_districts(crews: _CrewsFile, path: Path) -> None:
    for district, members in crews.districts.items():
        if strangers := [crew for crew in members if crew not in crews.crews]:
            raise CorrectSettings(f'In {path} the district "{district}" has no such crew: {", ".join(strangers)}.')


def _path(folder: Path | None, name: str) -> Path:
    own = folder / name if folder else None
    return own if own and own.exists() else shipped_path(name)
