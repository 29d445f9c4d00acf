"""The crew API: what devices ask of the backend, each route with the roles that may use it. Backend layer.

The handlers translate between HTTP and the modules that know; blocking work runs in threads.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from crew import wire
from crew.backend import crew_http, feed, map_offer, people, thumbnails, upload_routes
from crew.backend.changes import take_changes
from crew.backend.crew_http import ROOT
from crew.backend.crews import crew_loads, service_offers
from crew.backend.endpoint import EVERY_ROLE, Access, Endpoint, caller_of, city_of
from crew.backend.identity import routes as identity_routes
from crew.backend.openapi import SentChanges, described
from crew.backend.photo_intake import may_see
from crew.backend.posting import posting_of
from crew.backend.problems import Declined
from crew.domain.permissions import Verb
from crew.domain.person import why_not

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from crew.backend.city import City
    from crew.backend.events import Events
    from crew.domain.person import Person

_WORDS_LIMIT_BYTES: Final = 4_000_000
_LONGEST_PAGE: Final = 1000


async def sign_in(request: "Request") -> "Response":
    """Exchange a one-time code for a token."""
    crew_http.take_sign_in_turn(request)
    raw = await crew_http.read_body(request, _WORDS_LIMIT_BYTES, wire.MEDIA_TYPE)
    asked = wire.decode(raw, wire.SignIn)
    city = city_of(request)

    def enrol() -> "Response":
        with city.database.writing() as connection:
            enrolled = people.sign_in(connection, city.catalogue, asked, city.clock())
        return crew_http.answer(request, wire.SignedIn(enrolled.token, enrolled.person, city.settings.city_name))

    return await run_in_threadpool(enrol)


async def show_me(request: "Request") -> "Response":
    """Who the device's token stands for, and the crews with their load."""
    city, person = city_of(request), caller_of(request).person

    def look() -> "Response":
        with city.database.reading() as connection:
            loads = crew_loads(connection, city.catalogue, city.clock())
        shown = tuple(load for load in loads if load.name == person.crew or may_look_at(person, load.name))
        offers = service_offers(city.catalogue) if person.places_work else ()
        return crew_http.answer(request, wire.Me(person, city.settings.city_name, shown, offers))

    return await run_in_threadpool(look)


async def show_feed(request: "Request") -> "Response":
    """A page of the change feed of the caller's crew, or of the whole city."""
    city, caller = city_of(request), caller_of(request)
    asked = request.query_params
    cursor, known = (
        asked.get("cursor", ""),
        wire.Known(asked.get("me", ""), asked.get("time"), asked.get("wording", ""), asked.get("posting")),
    )
    limit = _limit(request.query_params.get("limit", ""), city.settings.page_size)

    def read() -> "Response":
        with city.database.reading() as connection:
            page = feed.page(connection, city.catalogue, caller.audience, cursor, limit)
        return crew_http.answer(request, _with_news(page, city, caller.person, known))

    return await run_in_threadpool(read)


def _with_news(page: wire.FeedPage, city: "City", person: "Person", known: wire.Known) -> wire.FeedPage:
    """The page with what the device does not know yet beside its orders."""
    wording, rules = city.catalogue.wording_for_devices, city.time.rules
    if known.person and known.person != wire.mark_of(person):
        page = msgspec.structs.replace(page, person=person)
    if known.time_rules not in (None, wire.mark_of(rules)):
        page = msgspec.structs.replace(page, time_rules=rules)
    if known.wording and known.wording != wire.mark_of(wording):
        page = msgspec.structs.replace(page, wording=wording)
    if known.posting is not None and person.grant(Verb.APPROVE) is not None:
        posting = posting_of(city.settings, city.catalogue)
        if known.posting != wire.mark_of(posting):
            page = msgspec.structs.replace(page, posting=posting)
    return page


async def tell_events(request: "Request") -> "Response":
    """Tell that the caller's feed has grown, again and again."""
    events: Events = request.app.state.events
    return StreamingResponse(
        events.stream(caller_of(request)), headers=crew_http.HEADERS, media_type=wire.EVENTS_MEDIA_TYPE
    )


async def receive_changes(request: "Request") -> "Response":
    """Take in a batch of changes and answer each."""
    city, caller = city_of(request), caller_of(request)
    raw = await crew_http.read_body(request, _WORDS_LIMIT_BYTES, wire.MEDIA_TYPE)

    def take() -> "Response":
        batch = wire.decode_changes(raw)
        return crew_http.answer(request, take_changes(city, caller, batch.changes, batch.cursor))

    return await run_in_threadpool(take)


async def show_photo(request: "Request") -> "Response":
    """A photo of an order that the caller's crew has or had."""
    city, caller = city_of(request), caller_of(request)
    sha256 = request.path_params["sha256"]

    def read() -> "Response":
        with city.database.reading() as connection:
            allowed = may_see(connection, caller, sha256)
        if not allowed:
            raise Declined(HTTPStatus.NOT_FOUND, "not_found", "There is no such photo for you.")
        return crew_http.photo_answer(city.photo_files.read(sha256))

    return await run_in_threadpool(read)


async def show_description(request: "Request") -> "Response":
    """The OpenAPI document that describes this API."""
    return crew_http.answer(request, described(ENDPOINTS))


def may_look_at(person: "Person", crew: str) -> bool:
    """Whether the person is told how much work another crew has: to see it, or to move orders there."""
    return person.role.sees_whole_city or not why_not(person, Verb.MOVE, crew)


def _limit(raw: str, usual: int) -> int:
    return min(max(int(raw), 1), _LONGEST_PAGE) if raw.isascii() and raw.isdecimal() and len(raw) < 9 else usual


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Endpoint(
        "POST",
        f"{ROOT}/sign-in",
        sign_in,
        Access.PUBLIC,
        "Exchange a one-time code for a token",
        reads=wire.SignIn,
        answers=wire.SignedIn,
    ),
    *identity_routes.ENDPOINTS,
    Endpoint("GET", f"{ROOT}/me", show_me, EVERY_ROLE, "Who the token stands for", answers=wire.Me),
    Endpoint(
        "GET",
        f"{ROOT}/feed",
        show_feed,
        EVERY_ROLE,
        "What changed since a cursor",
        answers=wire.FeedPage,
        query=(
            ("cursor", "The cursor of the page before; empty for the beginning"),
            ("limit", f"Orders in the page, at most {_LONGEST_PAGE}"),
            ("unsent", "How many changes wait on the device, for its supervisor to see"),
            ("me", "The mark of the person as the device knows them; another one is answered with the person"),
            ("time", "The mark of the rules about time as the device knows them, empty for none; likewise"),
            ("wording", "The mark of the closure reasons as the device knows them; another one is answered with them"),
            ("posting", "The mark of where approved photos go as the device knows it, empty for none; likewise"),
        ),
    ),
    Endpoint(
        "GET",
        f"{ROOT}/events",
        tell_events,
        EVERY_ROLE,
        "Server-sent events: the feed has grown, to this cursor; a comment line every 15 seconds",
        answers=wire.EVENTS_MEDIA_TYPE,
    ),
    Endpoint(
        "POST",
        f"{ROOT}/changes",
        receive_changes,
        EVERY_ROLE,
        "Send what people did; each change has its effect once",
        reads=SentChanges,
        answers=wire.Answers,
    ),
    *upload_routes.ENDPOINTS,
    thumbnails.ENDPOINT,
    *map_offer.ENDPOINTS,
    Endpoint("GET", f"{ROOT}/photos/{{sha256}}", show_photo, EVERY_ROLE, "Fetch a photo", answers=bytes),
    Endpoint("GET", f"{ROOT}/openapi.json", show_description, Access.PUBLIC, "This description", answers=dict),
)
