"""What was reported, as feeds that programs follow: Atom and JSON Feed. Backend layer, reads only.

They tell what the public list tells and no more: no reporter, no words of theirs, the place by the block; of finished
work the photos that somebody approved, where the city wants that. A request that is not public any more is simply not
there; whoever carries a feed may keep it for a minute.
"""

import math
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from crew.backend.citizens.list_address import asked_of, cursor_behind, query_of, written_cursor
from crew.backend.citizens.page_frame import SAFE_HEADERS, Reader, reader_of
from crew.backend.citizens.page_memory import KeptPage, PageMemory
from crew.backend.citizens.page_words import public_place
from crew.backend.citizens.request_list import kept_answer
from crew.backend.endpoint import Access, Endpoint, city_of
from crew.backend.georeport.answers import take_share
from crew.backend.georeport.refusals import AskSlower
from crew.backend.public.feed_formats import Entry, FeedFormat, Picture, RequestFeed, written_feed
from crew.backend.public.public_photos import approved_photos
from crew.backend.public.public_requests import Asked, PublicRequest, public_requests
from crew.domain.plain_text import clean_line
from crew.domain.post_words import feed_title
from crew.domain.value import replace
from crew.domain.work_order import PublicStatus, WorkStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from starlette.requests import Request

    from crew.backend.city import City

MOST_ENTRIES: Final = 50

_TAGS_SINCE: Final = 2026
"""A tag names a year in which its maker had the host's name; another year would make every entry a new one."""


async def show_atom(request: "Request") -> Response:
    """The list as Atom."""
    return await _show(request, FeedFormat.ATOM)


async def show_json(request: "Request") -> Response:
    """The list as JSON Feed."""
    return await _show(request, FeedFormat.JSON)


ENDPOINTS: Final = (
    Endpoint("GET", "/requests/feed.atom", show_atom, Access.PUBLIC, "What was reported, as Atom"),
    Endpoint("GET", "/requests/feed.json", show_json, Access.PUBLIC, "What was reported, as JSON Feed"),
)


async def _show(request: "Request", feed_format: FeedFormat) -> Response:
    city = city_of(request)
    if not (city.settings.public.list and city.settings.public.feeds):
        return PlainTextResponse("This city has no feeds.", HTTPStatus.NOT_FOUND)
    try:
        take_share(request)
    except AskSlower as error:
        headers = {"Retry-After": str(math.ceil(error.after_seconds))}
        return PlainTextResponse(error.sentence, error.status, headers)
    asked = asked_of(city, request)
    asked = replace(asked, by_change=asked.status is PublicStatus.CLOSED)
    memory = request.app.state.page_memory
    content = await run_in_threadpool(_document, city, memory, reader_of(request, city), asked, feed_format)
    return kept_answer(request, content, partial(_answer, feed_format))


def _answer(feed_format: FeedFormat, content: bytes, *, keep: str, headers: Mapping[str, str]) -> Response:
    common = {**SAFE_HEADERS, "Content-Type": f"{feed_format.media_type}; charset=utf-8", "Cache-Control": keep}
    return Response(content, headers={**common, **headers})


def _document(city: "City", memory: PageMemory, reader: Reader, asked: Asked, feed_format: FeedFormat) -> bytes:
    """The feed, written anew only where anything was written since."""
    name, stamp = (feed_format, reader.language.code, reader.asked, asked), city.database.stamp()
    kept = memory.find(name)
    if kept is not None and kept.stamp == stamp:
        return kept.content
    with city.database.reading() as connection:
        found = public_requests(connection, asked, MOST_ENTRIES + 1)
        pictures = _pictures(connection, city, found)
    content = written_feed(_feed(city, reader, asked, found, pictures, feed_format), feed_format).encode()
    memory.keep(name, KeptPage(content, stamp, stamp))
    return content


def _feed(
    city: "City",
    reader: Reader,
    asked: Asked,
    found: list[PublicRequest],
    pictures: "Mapping[str, list[Picture]]",
    feed_format: FeedFormat,
) -> RequestFeed:
    root, query, language = f"{city.settings.public_url.rstrip('/')}/", query_of(asked), reader.language
    shown, path = found[:MOST_ENTRIES], f"requests/feed.{feed_format}"
    here = written_cursor(asked.before) if asked.before else ""
    more = len(found) > MOST_ENTRIES
    return RequestFeed(
        tag=_tag(city, Reader(language, asked=True).link("requests", **query)),
        title=clean_line(f"{language.words['list_title']} · {city.settings.city_name}"),
        author=city.settings.city_name,
        language=language.code,
        page=root + reader.link("requests", **query),
        own=root + reader.link(path, **query, before=here),
        following=root + reader.link(path, **query, before=cursor_behind(shown[-1], asked)) if more else "",
        entries=[_entry(city, reader, root, one, pictures.get(one.number, ())) for one in shown],
    )


def _entry(city: "City", reader: Reader, root: str, one: PublicRequest, pictures: "Sequence[Picture]") -> Entry:
    language, zone = reader.language, ZoneInfo(city.settings.time_zone)
    kind = language.service(one.service_code, city.catalogue.service(one.service_code).name)
    reported = language.words["reported_on"].format(moment=language.moment(one.requested_at, zone))
    people = language.words["people_many"].format(count=one.reporters) if one.reporters > 1 else ""
    return Entry(
        tag=_tag(city, f"requests/{one.number}"),
        address=root + reader.link(f"requests/{one.number}"),
        title=feed_title(kind, public_place(language, one.address, one.lat, one.long)),
        words=" · ".join(filter(None, (language.words[_state_of(one)], reported, people))),
        kind=clean_line(kind),
        published=one.requested_at,
        updated=one.updated_at,
        pictures=pictures,
    )


def _pictures(connection: "Connection", city: "City", found: list[PublicRequest]) -> dict[str, list[Picture]]:
    """The approved photos of what was found, by the numbers of their orders."""
    by_order: dict[str, list[Picture]] = {}
    if city.settings.public.feed_photos:
        root = city.settings.public_url.rstrip("/")
        for photo in approved_photos(connection, [one.number for one in found]):
            picture = Picture(f"{root}/photos/{photo.sha256}.jpg", photo.byte_count)
            by_order.setdefault(photo.order_id, []).append(picture)
    return by_order


def _state_of(one: PublicRequest) -> str:
    if one.public_status is PublicStatus.OPEN:
        return "state_open"
    return "headline_done" if one.work_status is WorkStatus.DONE else "public_closed"


def _tag(city: "City", of: str) -> str:
    return f"tag:{urlsplit(city.settings.public_url).hostname},{_TAGS_SINCE}:{of}"
