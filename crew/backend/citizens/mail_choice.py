"""The link in each mail that ends all mails to its reader, by RFC 8058. Backend layer.

Opening the link changes nothing, since mail scanners open every link; one click on its button does, and so does the
post that a mail program sends by itself.
"""

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from crew.backend.citizens.page_frame import Reader, answer, in_each_language, page, reader_of
from crew.backend.citizens.report_page import no_page
from crew.backend.endpoint import Access, Endpoint, city_of
from crew.backend.georeport.forms import read_form
from crew.backend.notices.quiet_addresses import choose, standing

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from crew.backend.city import City


async def show_choice(request: "Request") -> "Response":
    """Ask whether there shall be no more mail; nothing changes before the answer."""
    city, token = city_of(request), request.path_params["token"]
    return _page(city, reader_of(request, city), token, await run_in_threadpool(standing, city, token))


async def receive_choice(request: "Request") -> "Response":
    """End the mails to the address of a report, or begin them again where the form says so."""
    city, token = city_of(request), request.path_params["token"]
    form = await read_form(request, 0)
    quiet = not form.parameters.line("again", 10)
    return _page(city, reader_of(request, city), token, await run_in_threadpool(choose, city, token, quiet=quiet))


ENDPOINTS: Final = (
    Endpoint("GET", "/u/{token}", show_choice, Access.PUBLIC, "Whether mails to a reporter shall end"),
    Endpoint("POST", "/u/{token}", receive_choice, Access.PUBLIC, "End the mails to a reporter, by RFC 8058"),
)


def _page(city: "City", reader: Reader, token: str, quiet: bool | None) -> "Response":
    if quiet is None:
        return no_page(city, reader)
    filling = {"token": token, "quiet": quiet}
    return answer(page(city, reader, "quiet.html", filling, root="../", languages=in_each_language(city)))
