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
from crew.backend.importing.remembered import Remembered
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
        self._closed_words = rules.closed_words
        self._placeholders = frozenset(rules.placeholder_points)
        self._moment = Moments(ZoneInfo(city.settings.time_zone)).microseconds
        self._title = Remembered(clean_text)
        self._work = Remembered(self._service_and_crew)
        self._is_closed = Remembered(self._means_closed)
        self._ending = Remembered(Endings(rules.closures).ending)

    def entry(self, raw: RawRecord) -> Entry:
        """What the tables hold of a record.

        Raises:
            Unusable: It has no id, no place, or a date that is none.
        """
        number, opened, target, closed, status, closure, title, name, code, queue, where, north, east, photo = raw
        request_id = usable_id(number)
        requested_at = self._moment(opened)
        if requested_at is None:
            raise Unusable("it has no date of opening")
        address = tidy_address(where)
        lat, long = self._place(north, east, address)
        service_code, crew = self._work[code, name, queue]
        if self._is_closed[status]:
            public_status, (work_status, reason, public_text) = _CLOSED, self._ending[closure]
        else:
            public_status, work_status, reason, public_text = _OPEN, _ASSIGNED if crew else _NEW, "", ""
        return Entry(
            request_id,
            service_code,
            self._title[title],
            address,
            lat,
            long,
            crew,
            work_status,
            public_status,
            reason,
            public_text,
            requested_at,
            self._moment(closed) or requested_at,
            self._moment(target),
            first_web_address(photo) if photo else "",
        )

    def _place(self, lat: str, long: str, address: str) -> tuple[float | None, float | None]:
        place = point(lat, long)
        if address and place in self._placeholders:
            return None, None
        if place is None and not address:
            raise Unusable("it has no place, neither address nor coordinates")
        return place or (None, None)

    def _service_and_crew(self, names: tuple[str, str, str]) -> tuple[str, str]:
        type_code, type_name, queue = names
        service_code = self.services.code(type_code, type_name)
        return service_code, self._catalogue.crew_for(clean_line(queue, _CREW_LIMIT), service_code)

    def _means_closed(self, status: str) -> bool:
        return status.strip().lower() in self._closed_words
