"""Puts the backend's routes together: who may use each is checked here, before any handler runs. Backend layer."""

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from crew.backend import crew_api, crew_http, georeport, sign_ins
from crew.backend.body_limit import BodyLimit
from crew.backend.citizens import (
    answers,
    city_streets,
    mail_choice,
    my_reports,
    report_form,
    report_page,
    request_feeds,
    request_list,
    request_page,
)
from crew.backend.citizens.form_guard import FormGuard
from crew.backend.citizens.page_frame import reader_of
from crew.backend.citizens.page_memory import PageMemory
from crew.backend.citizens.refusing import refused
from crew.backend.crowd import Crowd
from crew.backend.endpoint import HTML, Access, Caller, Endpoint, city_of
from crew.backend.events import Events
from crew.backend.georeport.address_limits import AddressLimits
from crew.backend.identity.routes import account_sign_ins
from crew.backend.problems import Declined, declined
from crew.backend.uploads import Uploads
from crew.domain.errors import CallForHelp, CrewError, NotAllowed, SignInAgain

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.domain.person import Role

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *report_page.ENDPOINTS,  # first: each address is held against one route after the other
    *crew_api.ENDPOINTS,
    *georeport.ENDPOINTS,
    *answers.ENDPOINTS,
    *mail_choice.ENDPOINTS,
    *report_form.ENDPOINTS,
    *request_list.ENDPOINTS,
    *city_streets.ENDPOINTS,
    *request_feeds.ENDPOINTS,  # before the pages whose number is any word
    *request_page.ENDPOINTS,
    *my_reports.ENDPOINTS,
)
"""Every route of the backend."""

_log: Final = logging.getLogger(__name__)
_PHOTOS_IN_A_FORM: Final = 6
_FORM_WORDS_BYTES: Final = 1_000_000
_CODES_AT_ONCE: Final = 20
_CODES_PER_SECOND: Final = 1 / 15


def build_backend(city: "City") -> Starlette:
    """The backend of a city as an ASGI app; the city is its `state.city`."""
    limit_bytes = _PHOTOS_IN_A_FORM * city.settings.photo_limit_bytes + _FORM_WORDS_BYTES
    app = Starlette(
        routes=[guarded(endpoint) for endpoint in ENDPOINTS],
        middleware=[
            Middleware(Crowd, refuse=_refuse),
            Middleware(BodyLimit, limit_bytes=limit_bytes, refuse=_refuse),
        ],
        exception_handlers={
            CrewError: _refuse,
            HTTPException: _refuse_http,
            ClientDisconnect: _answer_nobody,
            Exception: _admit_fault,
        },
    )
    app.router.redirect_slashes = False
    app.state.city = city
    app.state.uploads = Uploads(city)
    app.state.uploads.sweep()
    app.state.events = Events(city)
    app.state.page_memory = PageMemory()
    app.state.page_reading = report_page.page_reading(city, app.state.page_memory)
    app.state.city_streets = city_streets.CityStreets(city.data_dir)
    app.state.form_guard = FormGuard(city)
    app.state.accounts = account_sign_ins(city)
    app.state.sign_in_limits = AddressLimits(city.clock, _CODES_AT_ONCE, _CODES_PER_SECOND)
    return app


def guarded(endpoint: Endpoint) -> Route:
    """The route of an endpoint, with its handler behind the check of who may use it."""

    async def handle(request: Request) -> Response:
        if crew_http.is_crew_api(request.scope):
            crew_http.check_protocol(request)
        if not isinstance(endpoint.who, Access):
            request.state.caller = await run_in_threadpool(_authenticated, request, endpoint.who)
        return await endpoint.handle(request)

    return Route(endpoint.path, handle, methods=[endpoint.method], name=endpoint.summary)


def _authenticated(request: Request, roles: "frozenset[Role]") -> Caller:
    """The device behind a request.

    Raises:
        SignInAgain: No token was sent, nobody owns it, or it has lapsed or was ended.
        NotAllowed: The person's role may not use this route.
    """
    city = city_of(request)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise SignInAgain("This device is not signed in. Ask for a one-time code and sign in.")
    with city.database.reading() as connection:
        days = city.settings.sign_in.days
        caller = sign_ins.caller_with(connection, city.catalogue, token.strip(), city.clock(), days)
        unsent = crew_http.unsent_of(request)
        is_news = sign_ins.is_news(connection, caller, city.clock(), unsent)
    if caller.person.role not in roles:
        who = (caller.person_id, caller.device_id, caller.person.role)
        _log.warning("Refused to person %s on device %s, a %s: %s", *who, request.url.path)
        raise NotAllowed(f"A {caller.person.role} may not do this.")
    if is_news:
        with city.database.writing() as connection:
            sign_ins.note_seen(connection, caller, city.clock(), unsent)
    return caller


async def _refuse(request: Request, error: Exception) -> Response:
    """Answer an error in the way of the interface that was called; a browser gets a page."""
    problem = declined(error if isinstance(error, CrewError) else CallForHelp("The backend failed."))
    if crew_http.is_crew_api(request.scope):
        return crew_http.problem(problem)
    if HTML in request.headers.get("Accept", ""):
        city, root = city_of(request), "../" * (request.url.path.count("/") - 1)
        return refused(city, reader_of(request, city), problem, root)
    headers = {} if problem.after_seconds is None else {"Retry-After": str(problem.after_seconds)}
    return PlainTextResponse(problem.sentence, problem.status, headers)


async def _refuse_http(request: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR)
    sentence = "There is nothing at this address." if status is HTTPStatus.NOT_FOUND else f"{status.phrase}."
    return await _refuse(request, Declined(status, status.name.lower(), sentence))


async def _answer_nobody(request: Request, error: Exception) -> Response:
    """The client has gone in the middle of its body; what it sent was not read to its end and had no effect."""
    return await _refuse(request, Declined(HTTPStatus.BAD_REQUEST, "cut", "The body ended too early."))


async def _admit_fault(request: Request, error: Exception) -> Response:
    """Tell nothing of a fault to the outside; the server's log has it."""
    return await _refuse(request, CallForHelp("The backend failed at this. It is in its log; try again later."))
