"""The link in each mail that ends all mails to its reader, by RFC 8058. Backend layer.

Opening the link changes nothing, since mail scanners open every link; one click on its button does, and so does the
post that a mail program sends by itself.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from crew.backend.citizens.page_words import PAGE_HEADERS
from crew.backend.endpoint import Access, Endpoint, city_of
from crew.backend.georeport.forms import read_form
from crew.backend.notices.quiet_addresses import choose, standing
from crew.backend.public.rendering import rendered

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.city import City


async def show_choice(request: "Request") -> Response:
    """Ask whether there shall be no more mail; nothing changes before the answer."""
    city, token = city_of(request), request.path_params["token"]
    return _page(city, token, await run_in_threadpool(standing, city, token))


async def receive_choice(request: "Request") -> Response:
    """End the mails to the address of a report, or begin them again where the form says so."""
    city, token = city_of(request), request.path_params["token"]
    form = await read_form(request, 0)
    quiet = not form.parameters.line("again", 10)
    return _page(city, token, await run_in_threadpool(choose, city, token, quiet=quiet))


ENDPOINTS: Final = (
    Endpoint("GET", "/u/{token}", show_choice, Access.PUBLIC, "Whether mails to a reporter shall end"),
    Endpoint("POST", "/u/{token}", receive_choice, Access.PUBLIC, "End the mails to a reporter, by RFC 8058"),
)


def _page(city: "City", token: str, quiet: bool | None) -> Response:
    if quiet is None:
        missing = rendered("not_found.html", {"city_name": city.settings.city_name})
        return HTMLResponse(missing, HTTPStatus.NOT_FOUND, PAGE_HEADERS)
    filling: dict[str, Any] = {"city_name": city.settings.city_name, "token": token, "quiet": quiet}
    return HTMLResponse(rendered("quiet.html", filling), headers=PAGE_HEADERS)
