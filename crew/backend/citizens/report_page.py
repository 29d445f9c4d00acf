"""The page that a citizen reads about a report, and the photos that the public may see. Backend layer, reads only.

The page needs no script and no cookie, loads nothing from elsewhere, and names nobody. Opening it changes nothing.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from crew.backend import schema
from crew.backend.citizens.page_words import PAGE_HEADERS, answer_filling, page_filling
from crew.backend.endpoint import Access, Endpoint
from crew.backend.orders import load_order
from crew.backend.public.page_links import page_secret, request_of_token
from crew.backend.public.public_photos import is_public, public_photos
from crew.backend.public.rendering import rendered, style_sheet
from crew.domain.errors import CorrectInput

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row
    from starlette.requests import Request

    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder

_PHOTO_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
_PUBLIC_PHOTO_SECONDS: Final = 60  # so long a cache may show what was withdrawn
_STYLE_SECONDS: Final = 3600


async def show_page(request: "Request") -> Response:
    """The page of one report; a token that opens none gets a page that says what to do."""
    city, token = request.app.state.city, request.path_params["token"]
    content = await run_in_threadpool(_page, city, token)
    return no_page(city) if content is None else HTMLResponse(content, headers=PAGE_HEADERS)


def no_page(city: "City") -> Response:
    """What is shown for an address that belongs to no report."""
    missing = rendered("not_found.html", {"city_name": city.settings.city_name})
    return HTMLResponse(missing, HTTPStatus.NOT_FOUND, PAGE_HEADERS)


async def show_page_photo(request: "Request") -> Response:
    """A photo of a report, for those who have the address of its page."""
    city, words = request.app.state.city, request.path_params
    content = await run_in_threadpool(_photo_of_page, city, words["token"], words["sha256"])
    return _photo_response(content, words["sha256"], "no-store")


async def show_public_photo(request: "Request") -> Response:
    """A photo that everybody may see, as GeoReport's `media_url` names it."""
    city, sha256 = request.app.state.city, request.path_params["sha256"]
    content = await run_in_threadpool(_public_photo, city, sha256)
    return _photo_response(content, sha256, f"public, max-age={_PUBLIC_PHOTO_SECONDS}, must-revalidate")


async def show_style(_request: "Request") -> Response:
    """The style sheet of the pages."""
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": f"public, max-age={_STYLE_SECONDS}"}
    return Response(style_sheet(), media_type="text/css", headers=headers)


ENDPOINTS: Final = (
    Endpoint("GET", "/r/{token}", show_page, Access.PUBLIC, "The page of one report"),
    Endpoint("GET", "/r/{token}/photos/{sha256}.jpg", show_page_photo, Access.PUBLIC, "A photo on a report's page"),
    Endpoint("GET", "/photos/{sha256}.jpg", show_public_photo, Access.PUBLIC, "A photo that everybody may see"),
    Endpoint("GET", "/static/page.css", show_style, Access.PUBLIC, "The style sheet of the reports' pages"),
)


def _page(city: "City", token: str) -> str | None:
    with city.database.reading() as connection:
        found = report_of(connection, city, token)
        if found is None:
            return None
        row, order = found
        photos = public_photos(connection, [order.id])
        answered = connection.scalar(select(schema.reactions.c.reaction).where(schema.reactions.c.request_id == row.id))
    filling = page_filling(city, token, row, order, photos)
    return rendered("page.html", {**filling, **answer_filling(city, token, order, answered or "")})


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


def _photo_response(content: bytes | None, sha256: str, keep: str) -> Response:
    if content is None:
        return PlainTextResponse("There is no such photo.", HTTPStatus.NOT_FOUND, PAGE_HEADERS)
    headers: dict[str, Any] = {
        **_PHOTO_HEADERS,
        "Cache-Control": keep,
        "Content-Disposition": f'inline; filename="{sha256[:12]}.jpg"',
    }
    return Response(content, media_type="image/jpeg", headers=headers)
