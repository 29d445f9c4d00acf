"""Turns what a file says of a record into what the tables hold. Backend layer; pure but for what it remembers."""

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from crew.backend.importing.closures import Endings
from crew.backend.importing.entry import (
    Entry,
    RawRecord,
    Unusable,
    first_web_address,
    point,
    tidy_address,
    usable_id,
)
from crew.backend.importing.moments import Moments
from crew.backend.importing.services import ServiceFinder
from crew.domain.plain_text import clean_line, clean_text
from crew.domain.work_order import PublicStatus, WorkStatus

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.backend.importing.rules import ImportRules

_CREW_LIMIT: Final = 200
_ASSIGNED: Final = WorkStatus.ASSIGNED.value
_NEW: Final = WorkStatus.NEW.value
_OPEN: Final = PublicStatus.OPEN.value
_CLOSED: Final = PublicStatus.CLOSED.value


class Translation:
    """Translates the records of one file.

    Attributes:
        services: Knows the types that were met and stand in no catalogue.
    """

    def __init__(self, city: "City", rules: "ImportRules") -> None:
        self.services = ServiceFinder(city.catalogue)
        self._catalogue = city.catalogue
        self._crews: dict[tuple[str, str, str], tuple[str, str]] = {}
        self._moments = Moments(ZoneInfo(city.settings.time_zone))
        self._endings = Endings(rules.closures)
        self._closed_words = rules.closed_words
        self._placeholders = frozenset(rules.placeholder_points)

    def entry(self, raw: RawRecord) -> Entry:
        """What the tables hold of a record.

        Raises:
            Unusable: It has no id, no place, or a date that is none.
        """
        request_id = usable_id(raw.id)
        moment = self._moments.microseconds
        requested_at = moment(raw.opened)
        if requested_at is None:
            raise Unusable("it has no date of opening")
        address = tidy_address(raw.address)
        lat, long = self._place(raw, address)
        service_code, crew = self._service_and_crew(raw.type_code, raw.type, raw.queue)
        ending = self._endings.ending(raw.closure) if raw.status.strip().lower() in self._closed_words else None
        return Entry(
            request_id,
            service_code,
            clean_text(raw.title),
            address,
            lat,
            long,
            crew,
            ending.work_status if ending else _ASSIGNED if crew else _NEW,
            _CLOSED if ending else _OPEN,
            ending.reason if ending else "",
            ending.public_text if ending else "",
            requested_at,
            moment(raw.closed) or requested_at,
            moment(raw.target),
            first_web_address(raw.photo),
        )

    def _place(self, raw: RawRecord, address: str) -> tuple[float | None, float | None]:
        place = point(raw.lat, raw.long)
        if place in self._placeholders:
            place = None
        if place is None and not address:
            raise Unusable("it has no place, neither address nor coordinates")
        return place or (None, None)

    def _service_and_crew(self, type_code: str, type_name: str, queue: str) -> tuple[str, str]:
        key = (type_code, type_name, queue)
        known = self._crews.get(key)
        if known is None:
            service_code = self.services.code(type_code, type_name)
            crew = self._catalogue.crew_for(clean_line(queue, _CREW_LIMIT), service_code)
            known = self._crews[key] = (service_code, crew)
        return known
