"""The routes by which a device signs somebody in with an account of the city. Backend layer."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool

from crew import wire
from crew.account_wire import AccountCode, AskSignIn, BeginSignIn, SignInStanding, SignInWays
from crew.backend import crew_http
from crew.backend.crew_http import ROOT
from crew.backend.endpoint import Access, Endpoint, city_of
from crew.backend.problems import Declined

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from crew.backend.city import City
    from crew.backend.identity.flows import AccountSignIns

_WORDS_LIMIT_BYTES: Final = 10_000


def account_sign_ins(city: "City") -> "AccountSignIns | None":
    """What signs people in with the city's accounts; None where it has no provider."""
    if not city.settings.identity.issuer:
        return None
    from crew.backend.identity.flows import AccountSignIns  # few cities need what it loads
    from crew.backend.identity.provider import Provider

    return AccountSignIns(city, Provider(city.settings.identity, city.clock))


async def show_ways(request: "Request") -> "Response":
    """Whether the city has accounts, and who keeps them."""
    return crew_http.answer(request, SignInWays(urlsplit(city_of(request).settings.identity.issuer).hostname or ""))


async def begin(request: "Request") -> "Response":
    """Begin a sign-in at the provider, for a device."""
    crew_http.take_sign_in_turn(request)
    accounts = _accounts(request)
    raw = await crew_http.read_body(request, _WORDS_LIMIT_BYTES, wire.MEDIA_TYPE)

    def ask() -> "Response":
        return crew_http.answer(request, accounts.begin(wire.decode(raw, BeginSignIn)))

    return await run_in_threadpool(ask)


async def ask(request: "Request") -> "Response":
    """Say how a sign-in stands."""
    accounts = _accounts(request)
    raw = await crew_http.read_body(request, _WORDS_LIMIT_BYTES, wire.MEDIA_TYPE)

    def look() -> "Response":
        return crew_http.answer(request, accounts.ask(wire.decode(raw, AskSignIn)))

    return await run_in_threadpool(look)


def _accounts(request: "Request") -> "AccountSignIns":
    accounts: AccountSignIns | None = request.app.state.accounts
    if accounts is None:
        sentence = "This city has no accounts to sign in with. Ask for a one-time code."
        raise Declined(HTTPStatus.NOT_FOUND, "not_found", sentence)
    return accounts


ENDPOINTS: Final = (
    Endpoint("GET", f"{ROOT}/sign-in", show_ways, Access.PUBLIC, "How people can sign in", answers=SignInWays),
    Endpoint(
        "POST",
        f"{ROOT}/sign-in/device",
        begin,
        Access.PUBLIC,
        "Begin to sign in with the city's account",
        reads=BeginSignIn,
        answers=AccountCode,
    ),
    Endpoint(
        "POST",
        f"{ROOT}/sign-in/device/ask",
        ask,
        Access.PUBLIC,
        "Ask how a sign-in with an account stands",
        reads=AskSignIn,
        answers=SignInStanding,
    ),
)
