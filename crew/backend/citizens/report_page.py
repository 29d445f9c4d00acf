"""The page that a citizen reads about a report, and the photos that the public may see. Backend layer, reads only.

The page needs no script and no cookie, loads nothing from elsewhere, and names nobody. Opening it changes nothing.
"""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from crew.backend import schema
from crew.backend.citizens.page_frame import (
    SAFE_HEADERS,
    Reader,
    answer,
    in_each_language,
    page,
    private_headers,
    reader_of,
)
from crew.backend.citizens.page_memory import KeptPage, PageMemory
from crew.backend.citizens.page_words import answer_filling, page_filling, photo_filling
from crew.backend.citizens.shared_reading import SharedReading
from crew.backend.endpoint import HTML, Access, Endpoint, city_of
from crew.backend.orders import load_order
from crew.backend.public.page_links import page_secret, request_of_token
from crew.backend.public.public_photos import is_public, is_withdrawn, public_photos
from crew.backend.public.told_reports import Told, told_reports
from crew.domain.errors import CorrectInput
from crew.domain.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sqlalchemy import Connection, Row
    from starlette.requests import Request

    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder

_PHOTO_HEADERS: Final = {
    **SAFE_HEADERS,
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Robots-Tag": "noindex, nofollow",
}
_PUBLIC_PHOTO_SECONDS: Final = 60  # so long a cache may show what was withdrawn

THANKS: Final = {"new": "thanks_title", "joined": "thanks_joined"}
"""What `?thanks=` says above the page, where the report has just been sent."""


async def show_page(request: "Request") -> Response:
    """The page of one report; a token that opens none gets a page that says what to do."""
    city, memory = city_of(request), request.app.state.page_memory
    token, thanks = request.path_params["token"], request.query_params.get("thanks", "")
    asked = _Asked(token, reader_of(request, city), thanks if thanks in THANKS else "", city.database.glance())
    kept: KeptPage | None = memory.find(asked.name)
    if kept is not None and kept.is_good(asked.stamp, city.clock()):
        return answer(kept.content)
    reading: PageReading = request.app.state.page_reading
    content = await reading.ask(asked)
    return no_page(city, asked.reader) if content is None else answer(content)


def page_reading(city: "City", memory: PageMemory) -> "PageReading":
    """What reads and writes the pages of a city for those who want to see them."""
    return SharedReading(partial(_pages, city, memory))


def no_page(city: "City", reader: Reader) -> Response:
    """What is shown for an address that belongs to no report."""
    content = page(city, reader, "not_found.html", {}, root="../", languages=in_each_language(city))
    return answer(content, status=HTTPStatus.NOT_FOUND)


async def show_page_photo(request: "Request") -> Response:
    """A photo of a report, for those who have the address of its page."""
    city, words = city_of(request), request.path_params
    content = await run_in_threadpool(_photo_of_page, city, words["token"], words["sha256"])
    return await run_in_threadpool(_photo_response, city, content, words["sha256"], "no-store")


async def show_public_photo(request: "Request") -> Response:
    """A photo that everybody may see, as GeoReport's `media_url` names it."""
    city, sha256 = city_of(request), request.path_params["sha256"]
    content = await run_in_threadpool(_public_photo, city, sha256)
    return await run_in_threadpool(
        _photo_response, city, content, sha256, f"public, max-age={_PUBLIC_PHOTO_SECONDS}, must-revalidate"
    )


ENDPOINTS: Final = (
    Endpoint("GET", "/r/{token}", show_page, Access.PUBLIC, "The page of one report", answers=HTML),
    Endpoint(
        "GET",
        "/r/{token}/photos/{sha256}.jpg",
        show_page_photo,
        Access.PUBLIC,
        "A photo on a report's page",
        answers=bytes,
    ),
    Endpoint(
        "GET", "/photos/{sha256}.jpg", show_public_photo, Access.PUBLIC, "A photo that everybody may see", answers=bytes
    ),
)


class _Asked(Value):
    """A page that somebody asks for."""

    token: str
    reader: Reader
    thanks: str
    stamp: "Hashable | None"
    """Of the database, taken before it is read."""

    @property
    def name(self) -> tuple[str, ...]:
        """Differs for pages that differ."""
        return self.token, self.reader.language.code, self.reader.lang_query, self.thanks


PageReading = SharedReading[_Asked, bytes | None]


def _pages(city: "City", memory: PageMemory, asked: Sequence[_Asked]) -> list[bytes | None]:
    """The pages; each is written anew only where its order has changed since, or its promise was passed."""
    now, kept = city.clock(), [memory.find(one.name) for one in asked]
    known = [None if page is None or page.is_over(now) else page.version for page in kept]
    with city.database.looking() as view:
        told = told_reports(view, city.catalogue, [one.token for one in asked], known)
    return [_page(city, memory, *one) for one in zip(asked, kept, told, strict=True)]


def _page(city: "City", memory: PageMemory, asked: _Asked, kept: KeptPage | None, told: Told | None) -> bytes | None:
    if told is not None and told.order is not None:
        kept = _written(city, asked, told, told.order)
    if told is None or kept is None:
        return None
    memory.keep(asked.name, replace(kept, stamp=asked.stamp))
    return kept.content


def _written(city: "City", asked: _Asked, told: Told, order: "WorkOrder") -> KeptPage:
    """The page, and until when it is good: until its promise is passed."""
    report, token, language = told.report, asked.token, asked.reader.language
    url = city.settings.public_url.rstrip("/")
    is_late = order.due_at is not None and city.clock() > order.due_at
    thanks = language.words[THANKS[asked.thanks]] if asked.thanks else ""
    filling = page_filling(city, language, token, report, order)
    words = {
        **filling,
        **photo_filling(language, order, str(filling["place"]), told.photos, f"{token}/photos/{{sha256}}.jpg"),
        **answer_filling(city, language, order, report.reaction),
        "thanks": thanks,
        "own_address": f"{url}/r/{token}" if url and thanks else asked.reader.link(token),
    }
    content = page(city, asked.reader, "page.html", words, root="../", languages=in_each_language(city))
    return KeptPage(content, report.version, good_until=None if is_late else order.due_at)


def report_of(connection: "Connection", city: "City", token: str) -> "tuple[Row[Any], WorkOrder] | None":
    """The service request that a token opens, and the order that answers it; None where it opens none."""
    requests = schema.service_requests
    request_id = request_of_token(page_secret(connection), token)
    row = connection.execute(select(requests).where(requests.c.id == request_id)).first()
    order = load_order(connection, city.catalogue, row.order_id) if row else None
    return None if row is None or order is None else (row, order)


def _photo_of_page(city: "City", token: str, sha256: str) -> bytes | None:
    requests = schema.service_requests
    with city.database.reading() as connection:
        request_id = request_of_token(page_secret(connection), token)
        order_id = connection.scalar(select(requests.c.order_id).where(requests.c.id == request_id))
        if order_id is None or sha256 not in {photo.sha256 for photo in public_photos(connection, [order_id])}:
            return None
    return _content(city, sha256)


def _public_photo(city: "City", sha256: str) -> bytes | None:
    with city.database.reading() as connection:
        if not is_public(connection, sha256):
            return None
    return _content(city, sha256)


def _content(city: "City", sha256: str) -> bytes | None:
    try:
        return city.photo_files.read(sha256)
    except CorrectInput:
        return None  # the row came before the file, or the file is gone: for a reader there is no photo


def _photo_response(city: "City", content: bytes | None, sha256: str, keep: str) -> Response:
    if content is None:
        return _no_photo(city, sha256)
    headers: dict[str, Any] = {
        **_PHOTO_HEADERS,
        "Cache-Control": keep,
        "Content-Disposition": f'inline; filename="{sha256[:12]}.jpg"',
    }
    return Response(content, media_type="image/jpeg", headers=headers)


def _no_photo(city: "City", sha256: str) -> Response:
    """What is said of a photo that nobody may see: that it is gone, where somebody has hidden it."""
    with city.database.reading() as connection:
        gone = is_withdrawn(connection, sha256)
    if gone:
        return PlainTextResponse("This photo was withdrawn.", HTTPStatus.GONE, private_headers())
    return PlainTextResponse("There is no such photo.", HTTPStatus.NOT_FOUND, private_headers())
