"""What the address of the public list asks for, read and written. Backend layer; pure.

The list and its feeds have the same filters; what cannot be read is not asked for.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from crew.backend.citizens.map_area import read_area, written_area
from crew.backend.public.public_requests import Asked, Cursor, PublicRequest
from crew.backend.schema import to_microseconds
from crew.domain.work_order import PublicStatus

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.city import City

EVERYTHING: Final = "all"
"""The status that asks for open and closed ones."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MICROSECONDS: Final = 32_503_680_000_000_000
"""The year 3000."""


def asked_of(city: "City", request: "Request") -> Asked:
    """What an address asks for."""
    words = request.query_params
    code, status = words.get("service", ""), words.get("status", PublicStatus.OPEN)
    district = words.get("district", "")
    crews = city.catalogue.districts.get(district, ())
    known = status in set(PublicStatus)
    return Asked(
        status=PublicStatus(status) if known else None if status == EVERYTHING else PublicStatus.OPEN,
        service_code=code if code in city.catalogue.services else "",
        area=read_area(words.get("area", "")),
        district=district if crews else "",
        crews=tuple(crews),
        before=_read_cursor(words.get("before", "")),
    )


def query_of(asked: Asked) -> dict[str, object]:
    """The query that asks for the same from the newest on; what stands empty is left out of an address."""
    status = asked.status or EVERYTHING
    return {
        "status": "" if status == PublicStatus.OPEN else status,
        "service": asked.service_code,
        "district": asked.district,
        "area": written_area(asked.area) if asked.area else None,
    }


def cursor_behind(last: PublicRequest, asked: Asked) -> str:
    """Where the page behind a last line begins, as an address carries it."""
    return written_cursor(Cursor(last.updated_at if asked.by_change else last.requested_at, last.number))


def written_cursor(cursor: Cursor) -> str:
    """A cursor as an address carries it."""
    return f"{to_microseconds(cursor.moment)}.{cursor.number}"


def _read_cursor(words: str) -> Cursor | None:
    moment, _, number = words.partition(".")
    if not (moment.isascii() and moment.isdecimal()) or int(moment) > _LATEST_MICROSECONDS:
        return None
    return Cursor(_EPOCH + int(moment) * (datetime.resolution), number[:64])
