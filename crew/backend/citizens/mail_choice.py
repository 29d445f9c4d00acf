"""The link in each mail by which its reader says how much they want to be written to, and in which language.

Backend layer. Opening the link changes nothing, since mail scanners open every link; one click on a button does, and so
does the post that a mail program sends by itself, which ends the mails (RFC 8058).
"""

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from crew.backend.citizens.page_frame import Reader, answer, in_each_language, page, reader_of
from crew.backend.citizens.report_page import no_page
from crew.backend.endpoint import HTML, Access, Endpoint, city_of
from crew.backend.georeport.forms import read_form
from crew.backend.languages import language_of
from crew.backend.notices.quiet_addresses import Choice, Wish, choose, choose_language, standing

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from crew.backend.city import City

_OFFERED: Final = (Choice.ENDING, Choice.DAILY, Choice.NOTHING, Choice.ALL)


async def show_choice(request: "Request") -> "Response":
    """Ask how much mail it shall be; nothing changes before the answer."""
    city, token = city_of(request), request.path_params["token"]
    return _page(city, reader_of(request, city), token, await run_in_threadpool(standing, city, token))


async def receive_choice(request: "Request") -> "Response":
    """Keep how much mail the address of a report gets, or in which language; a post that says neither ends it."""
    city, token = city_of(request), request.path_params["token"]
    form = await read_form(request, 0)
    if language := form.parameters.raw("language"):
        reader = reader_of(request, city, said=language)
        if language not in city.settings.public.languages:
            return _page(city, reader, token, await run_in_threadpool(standing, city, token))
        return _page(city, reader, token, await run_in_threadpool(choose_language, city, token, language))
    word = form.parameters.line("choice", 10)
    choice = Choice(word) if word in set(Choice) else Choice.NOTHING
    return _page(city, reader_of(request, city), token, await run_in_threadpool(choose, city, token, choice))


ENDPOINTS: Final = (
    Endpoint("GET", "/u/{token}", show_choice, Access.PUBLIC, "Whether mails to a reporter shall end", answers=HTML),
    Endpoint(
        "POST", "/u/{token}", receive_choice, Access.PUBLIC, "End the mails to a reporter, by RFC 8058", answers=HTML
    ),
)


def _page(city: "City", reader: Reader, token: str, wish: Wish | None) -> "Response":
    if wish is None:
        return no_page(city, reader)
    words, choice = reader.language.words, wish.choice
    filling = {
        "token": token,
        "choice": choice.value,
        "standing": words[f"mails_{choice.value}"],
        "about": words["mails_quiet" if choice is Choice.NOTHING else "mails_about"],
        "offers": [(one.value, words[f"mails_want_{one.value}"]) for one in _OFFERED if one is not choice],
        "spoken": [
            {"code": code, "name": language_of(code).name, "chosen": code == wish.language}
            for code in city.settings.public.languages
        ],
    }
    return answer(page(city, reader, "quiet.html", filling, root="../", languages=in_each_language(city)))
