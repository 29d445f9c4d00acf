"""A citizen's own page: their reports, what these led to, and what others may see of it. Backend layer.

Signing in needs a link that was mailed, and a post: programs that open every link sign nobody in. No script; one
cookie, which no other site's form can send. Where the city has switched recognition off, none of this is there.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from crew.backend.citizens.page_frame import Reader, answer, in_each_language, page, reader_of
from crew.backend.citizens.refusing import said, slower
from crew.backend.endpoint import HTML, Access, Endpoint, city_of
from crew.backend.georeport.address_limits import AddressLimits
from crew.backend.georeport.forms import read_form
from crew.backend.public.page_links import QUIET, page_secret, page_token
from crew.backend.public.public_steps import STEP_OF
from crew.backend.recognition import accounts, sign_in_links
from crew.backend.recognition.nicknames import FEWEST, MOST, MOST_DIGITS, read_nickname
from crew.domain.contacts import without_contacts
from crew.domain.errors import CorrectInput
from crew.domain.work_order import WorkStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection
    from starlette.requests import Request

    from crew.backend.city import City
    from crew.backend.languages import Language
    from crew.backend.recognition.rules import Standing

COOKIE: Final = "crew_reports"
_LINKS_AT_ONCE: Final = 5
_LINKS_PER_SECOND: Final = 1 / 120
_DAY_SECONDS: Final = 86_400
_ROOT: Final = "../"


async def show_start(request: "Request") -> Response:
    """Ask for a mail address."""
    return _page(request, "me_start.html", sent=False)


async def receive_start(request: "Request") -> Response:
    """Note that a link is wanted, mailed in the language of the page; the answer is the same for every address."""
    city, state = _open_city(request), request.app.state
    reader = reader_of(request, city)
    words = reader.language.words
    if not hasattr(state, "link_limits"):
        state.link_limits = AddressLimits(city.clock, _LINKS_AT_ONCE, _LINKS_PER_SECOND)
    if seconds := state.link_limits.seconds_to_wait(request.client.host if request.client else ""):
        return slower(city, reader, words["account_too_many"], seconds, _ROOT)
    form = await read_form(request, 0)
    try:
        await run_in_threadpool(sign_in_links.ask, city, form.parameters.line("email"), reader.language.code)
    except CorrectInput:
        return _wrong(city, reader, words["wrong_mail"], "start")
    return _page(request, "me_start.html", sent=True)


async def show_link(request: "Request") -> Response:
    """Ask whether to sign in; opening the link changes nothing."""
    city, token = _open_city(request), request.path_params["token"]
    if not await run_in_threadpool(sign_in_links.is_open, city, token):
        return _page(request, "me_start.html", HTTPStatus.NOT_FOUND, sent=False)
    return _page(request, "me_confirm.html", token=token)


async def receive_link(request: "Request") -> Response:
    """Sign in, and use the link up."""
    city, token = _open_city(request), request.path_params["token"]
    session = await run_in_threadpool(sign_in_links.use, city, token)
    if session is None:
        return _page(request, "me_start.html", HTTPStatus.NOT_FOUND, sent=False)
    response = _to(request, "/me/reports")
    is_secure = city.settings.public_url.startswith("https:")
    response.set_cookie(
        COOKIE, session, accounts.SESSION_DAYS * _DAY_SECONDS, secure=is_secure, httponly=True, samesite="lax"
    )
    return response


async def show_reports(request: "Request") -> Response:
    """A citizen's reports and what they led to."""
    city = _open_city(request)
    filling = await run_in_threadpool(_filling, city, reader_of(request, city), _session(request))
    return _to(request, "/me/start") if filling is None else _page(request, "me_reports.html", **filling)


async def receive_shown(request: "Request") -> Response:
    """Set what others may see."""
    city = _open_city(request)
    form = await read_form(request, 0)
    shown = bool(form.parameters.line("shown", 10))
    try:
        nickname = read_nickname(form.parameters.line("nickname", 100))
    except CorrectInput:
        reader = reader_of(request, city)
        wrong = reader.language.words["account_wrong_nickname"]
        return _wrong(city, reader, wrong.format(fewest=FEWEST, most=MOST, digits=MOST_DIGITS), "reports")
    return await _act(request, "/me/reports", lambda c, own: accounts.choose(c, own.id, nickname, shown=shown))


async def receive_leave(request: "Request") -> Response:
    """Sign out."""
    session = _session(request)
    return await _act(request, "/me/start", lambda connection, own: accounts.end_session(connection, session))


async def receive_delete(request: "Request") -> Response:
    """Delete the account; the reports stay."""
    return await _act(request, "/me/start", lambda connection, own: accounts.erase(connection, own.id))


async def show_board(request: "Request") -> Response:
    """Those who want to be seen, with their points."""
    city = _open_city(request)
    language = reader_of(request, city).language

    def read() -> list[dict[str, Any]]:
        with city.database.reading() as connection:
            shown = accounts.shown_accounts(connection, city)
        return [{"name": name, **_worth(language, found)} for name, found in shown]

    return _page(request, "citizens.html", citizens=await run_in_threadpool(read))


ENDPOINTS: Final = (
    Endpoint("GET", "/me/start", show_start, Access.PUBLIC, "Ask for a link to one's own reports", answers=HTML),
    Endpoint(
        "POST", "/me/start", receive_start, Access.PUBLIC, "Have a link mailed to one's own reports", answers=HTML
    ),
    Endpoint("GET", "/l/{token}", show_link, Access.PUBLIC, "Whether to sign in with a mailed link", answers=HTML),
    Endpoint("POST", "/l/{token}", receive_link, Access.PUBLIC, "Sign in with a mailed link", answers=HTML),
    Endpoint("GET", "/me/reports", show_reports, Access.PUBLIC, "One's own reports, points and badges", answers=HTML),
    Endpoint("POST", "/me/shown", receive_shown, Access.PUBLIC, "What others may see of oneself", answers=HTML),
    Endpoint("POST", "/me/leave", receive_leave, Access.PUBLIC, "Sign out of one's own reports", answers=HTML),
    Endpoint("POST", "/me/delete", receive_delete, Access.PUBLIC, "Delete one's own account", answers=HTML),
    Endpoint(
        "GET",
        "/board/citizens",
        show_board,
        Access.PUBLIC,
        "Citizens who want to be seen, and their points",
        answers=HTML,
    ),
)


def _open_city(request: "Request") -> "City":
    """The city, where it wants recognition."""
    city = city_of(request)
    if not city.settings.recognition.on:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return city


def _session(request: "Request") -> str:
    return request.cookies.get(COOKIE, "")


async def _act(request: "Request", then: str, act: "Callable[[Connection, accounts.Account], None]") -> Response:
    """Do something to the account that is signed in; who is not is asked to."""
    city, session = _open_city(request), _session(request)

    def write() -> bool:
        with city.database.writing() as connection:
            own = accounts.account_of(connection, city, session)
            if own is not None:
                act(connection, own)
            return own is not None

    return _to(request, then if await run_in_threadpool(write) else "/me/start")


def _filling(city: "City", reader: Reader, session: str) -> dict[str, Any] | None:
    language, zone = reader.language, ZoneInfo(city.settings.time_zone)
    with city.database.reading() as connection:
        own = accounts.account_of(connection, city, session)
        if own is None:
            return None
        rows, secret = accounts.reports_of(connection, own.id), page_secret(connection)
    reports = [
        {
            "number": row.id,
            "service": language.service(row.service_code, city.catalogue.service(row.service_code).name),
            "place": without_contacts(row.address),
            "day": language.day(row.requested_at, zone),
            "step": language.words[f"step_{STEP_OF[WorkStatus(row.work_status)]}"],
            "page": reader.link(f"../r/{page_token(secret, row.id)}"),
        }
        for row in rows
    ]
    found = accounts.standing_of(city, rows)
    return {
        "reports": reports,
        "things": language.counted("account_things", found.things) if found.things else "",
        "weeks": language.words["account_weeks"].format(count=found.streak) if found.streak > 1 else "",
        **_worth(language, found),
        "mails": reader.link(f"../u/{page_token(secret, rows[0].id, QUIET)}") if rows else "",
        "nickname": own.nickname,
        "shown": own.shown,
    }


def _worth(language: "Language", found: "Standing") -> dict[str, Any]:
    badges = [language.phrase(words) for words in found.badges]
    return {"points": language.counted("account_points", found.points), "badges": badges}


def _page(request: "Request", template: str, status: HTTPStatus = HTTPStatus.OK, **filling: Any) -> Response:  # noqa: ANN401 - any template
    city = _open_city(request)
    languages = in_each_language(city) if request.method == "GET" else None
    return answer(
        page(city, reader_of(request, city), template, filling, root=_ROOT, languages=languages), status=status
    )


def _wrong(city: "City", reader: Reader, words: str, back: str) -> Response:
    """What was typed cannot be taken; the page says why and leads back."""
    sentences = reader.language.words
    way_back = (reader.link(f"../me/{back}"), sentences["account_back"])
    content = said(city, reader, sentences["answer_refused"], words, root=_ROOT, back=way_back)
    return answer(content, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _to(request: "Request", path: str) -> Response:
    address = reader_of(request, city_of(request)).link(path)
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})
