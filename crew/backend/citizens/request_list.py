"""What was reported, for everybody: a list in pages, a map, filters; without script. Backend layer, reads only.

The same for everybody in one language, so it may be kept for a minute by whoever carries it. It names nobody, and shows
places by the block.
"""

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from crew.backend.citizens.city_dots import city_dots
from crew.backend.citizens.city_streets import CityStreets, streets_of
from crew.backend.citizens.form_words import grouped, reportable
from crew.backend.citizens.list_address import EVERYTHING, asked_of, cursor_behind, query_of, written_cursor
from crew.backend.citizens.list_map import shown_map
from crew.backend.citizens.map_area import written_area
from crew.backend.citizens.page_frame import Reader, answer, in_each_language, page, reader_of
from crew.backend.citizens.page_memory import KeptPage, PageMemory
from crew.backend.citizens.page_words import public_place
from crew.backend.citizens.refusing import turned_off, unreadable
from crew.backend.endpoint import HTML, Access, Endpoint, city_of
from crew.backend.georeport.answers import take_share
from crew.backend.georeport.refusals import Refusal
from crew.backend.public.feed_formats import FeedFormat
from crew.backend.public.public_requests import (
    MOST_COUNTED,
    Asked,
    PublicRequest,
    district_counts,
    newest_places,
    public_requests,
)
from crew.domain.work_order import PublicStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from crew.backend.citizens.city_streets import Ground
    from crew.backend.city import City
    from crew.backend.languages import Language

KEPT: Final = "public, max-age=60"
"""How long whoever carries a public page may keep it: a minute late is nothing here."""

LINES: Final = 15
_ON_MAP: Final = 200


async def show_list(request: "Request") -> Response:
    """The list and the map."""
    city = city_of(request)
    reader = reader_of(request, city)
    if not city.settings.public.list:
        return turned_off(city, reader)
    try:
        take_share(request)
    except Refusal as error:
        return unreadable(city, reader, error)
    asked = asked_of(city, request)
    memory, streets = request.app.state.page_memory, streets_of(request)
    content = await run_in_threadpool(_list, city, memory, streets, reader, asked)
    return kept_answer(request, content)


ENDPOINTS: Final = (
    Endpoint("GET", "/requests", show_list, Access.PUBLIC, "What was reported, for everybody", answers=HTML),
)


def kept_answer(request: "Request", content: bytes, written: "Callable[..., Response]" = answer) -> Response:
    """A public page as `written` makes a response of it, or that it is still the one that the reader has."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Vary": "Accept-Language"}
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={**headers, "Cache-Control": KEPT})
    return written(content, keep=KEPT, headers=headers)


def _list(city: "City", memory: PageMemory, streets: CityStreets, reader: Reader, asked: Asked) -> bytes:
    """The page, written anew only where anything was written since, or another map is offered."""
    ground = streets.ground()
    name, stamp = ("list", reader.language.code, reader.asked, asked, ground), city.database.stamp()
    kept = memory.find(name)
    if kept is not None and kept.stamp == stamp:
        return kept.content
    content = _written_list(city, reader, asked, ground)
    memory.keep(name, KeptPage(content, stamp, stamp))
    return content


def _written_list(city: "City", reader: Reader, asked: Asked, ground: "Ground | None") -> bytes:
    with city.database.reading() as connection:
        found = public_requests(connection, asked, LINES + 1)
        placed = newest_places(connection, asked, _ON_MAP) if asked.before is None else []
        counts = district_counts(connection, asked, city.catalogue.districts)
    shown = found[:LINES]
    dots = city_dots(placed, asked.area) if asked.before is None else None
    query = query_of(asked)
    language = reader.language
    filling = {
        **_filters(city, language, asked, counts),
        "feeds": _feeds(city, reader, asked),
        "area": written_area(asked.area) if asked.area else "",
        "whole": reader.link("requests", **{**query, "area": None}),
        "map": shown_map(city, reader, asked, dots, ground) if dots else None,
        "found": [_line(city, language, one) for one in shown],
        "newest": reader.link("requests", **query) if asked.before else "",
        "older": reader.link("requests", **query, before=cursor_behind(shown[-1], asked)) if len(found) > LINES else "",
    }
    here = query if asked.before is None else {**query, "before": written_cursor(asked.before)}
    return page(city, reader, "public_list.html", filling, languages=in_each_language(city, **here))


def _feeds(city: "City", reader: Reader, asked: Asked) -> list[dict[str, str]]:
    """What a feed reader finds in the head of the page."""
    if not city.settings.public.feeds:
        return []
    return [
        {"type": one.media_type, "address": reader.link(f"requests/feed.{one}", **query_of(asked))}
        for one in FeedFormat
    ]


def _filters(city: "City", language: "Language", asked: Asked, counts: "Mapping[str, int]") -> dict[str, object]:
    chosen = asked.status or EVERYTHING
    statuses = (*PublicStatus, EVERYTHING)
    return {
        "statuses": [
            {"code": str(code), "words": language.words[f"list_{code}"], "chosen": code == chosen} for code in statuses
        ],
        "groups": [
            {
                "name": name,
                "services": [
                    {"code": one.code, "name": shown, "chosen": one.code == asked.service_code}
                    for shown, one in services
                ],
            }
            for name, services in grouped(language, reportable(city.catalogue)).items()
        ],
        "districts": [
            {"name": name, "count": f"{count}+" if count == MOST_COUNTED else count, "chosen": name == asked.district}
            for name, count in counts.items()
            if city.catalogue.districts[name]
        ],
    }


def _line(city: "City", language: "Language", one: PublicRequest) -> dict[str, object]:
    zone = ZoneInfo(city.settings.time_zone)
    many = language.words["people_many"].format(count=one.reporters)
    return {
        "number": one.number,
        "service": language.service(one.service_code, city.catalogue.service(one.service_code).name),
        "place": public_place(language, one.address, one.lat, one.long),
        "state": language.words[f"state_{one.public_status}"],
        "tone": str(one.public_status),
        "reported": language.words["reported_on"].format(moment=language.moment(one.requested_at, zone)),
        "people": many if one.reporters > 1 else "",
    }
