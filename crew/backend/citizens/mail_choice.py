"""The link in each mail by which its reader says how much they want to be written to; none at all by RFC 8058.

Backend layer. Opening the link changes nothing, since mail scanners open every link; one click on a button does, and so
does the post that a mail program sends by itself.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from crew.backend.citizens.page_words import PAGE_HEADERS
from crew.backend.endpoint import Access, Endpoint, city_of
from crew.backend.georeport.forms import read_form
from crew.backend.notices.quiet_addresses import Choice, choose, standing
from crew.backend.public.rendering import rendered

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.city import City

_STANDING: Final = {
    Choice.ALL: "Do you want fewer mails from us?",
    Choice.ENDING: "You hear from us when a report has come to its end.",
    Choice.DAILY: "You get one mail a day from us at most.",
    Choice.NOTHING: "You get no more mails from us.",
}
_ABOUT: Final = "This is about every mail to your address, for every report."
_QUIET: Final = "What you report is worked on all the same, and its page stays where it is."
_BUTTONS: Final = {
    Choice.ENDING: "Only when a report has come to its end",
    Choice.DAILY: "One mail a day at most",
    Choice.NOTHING: "No more mails",
    Choice.ALL: "Write to me about every step",
}


async def show_choice(request: "Request") -> Response:
    """Ask how much mail it shall be; nothing changes before the answer."""
    city, token = city_of(request), request.path_params["token"]
    return _page(city, token, await run_in_threadpool(standing, city, token))


async def receive_choice(request: "Request") -> Response:
    """Keep how much mail the address of a report gets; a post that says nothing else ends it."""
    city, token = city_of(request), request.path_params["token"]
    form = await read_form(request, 0)
    word = form.parameters.line("choice", 10)
    choice = Choice(word) if word in set(Choice) else Choice.NOTHING
    return _page(city, token, await run_in_threadpool(choose, city, token, choice))


ENDPOINTS: Final = (
    Endpoint("GET", "/u/{token}", show_choice, Access.PUBLIC, "How much mail a reporter gets"),
    Endpoint("POST", "/u/{token}", receive_choice, Access.PUBLIC, "Less mail to a reporter, or none, by RFC 8058"),
)


def _page(city: "City", token: str, choice: Choice | None) -> Response:
    if choice is None:
        missing = rendered("not_found.html", {"city_name": city.settings.city_name})
        return HTMLResponse(missing, HTTPStatus.NOT_FOUND, PAGE_HEADERS)
    filling: dict[str, Any] = {
        "city_name": city.settings.city_name,
        "token": token,
        "choice": choice.value,
        "standing": _STANDING[choice],
        "about": _QUIET if choice is Choice.NOTHING else _ABOUT,
        "offers": [(one.value, words) for one, words in _BUTTONS.items() if one is not choice],
    }
    return HTMLResponse(rendered("quiet.html", filling), headers=PAGE_HEADERS)
