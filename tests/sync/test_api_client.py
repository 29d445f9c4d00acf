"""The client believes only a Crew backend, at an address that nobody on the way can read."""

from collections.abc import AsyncIterator

import httpx
import pytest

from crew import wire
from crew.api_client import CrewApi, backend_address
from crew.domain.errors import (
    AwaitLink,
    CallForHelp,
    CorrectInput,
    CrewError,
    Refused,
    SignInAgain,
    TryLater,
    UpdateNeeded,
)
from crew.domain.work_order import PhotoHash
from tests.builders import a_change
from tests.hostile import FORBIDDEN, HOSTILE
from tests.sync.backend import HEADERS, ours, problem

URL = "https://311.example.gov"


def api(response: httpx.Response) -> CrewApi:
    return CrewApi(URL, "secret", httpx.MockTransport(lambda _request: response))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("311.example.gov", "https://311.example.gov"),
        (" https://311.example.gov/ ", "https://311.example.gov"),
        ("https://example.gov:8443/crew/", "https://example.gov:8443/crew"),
        ("127.0.0.1:8311", "http://127.0.0.1:8311"),
        ("localhost:8311", "http://localhost:8311"),
        ("[::1]:8311", "http://[::1]:8311"),
        ("http://localhost:8311", "http://localhost:8311"),
    ],
)
def test_an_address_as_people_type_it(typed: str, address: str) -> None:
    assert backend_address(typed) == address


@pytest.mark.parametrize("typed", ["", "   ", "ftp://example.gov", "https://", "a b", "https://x:99999", "http://[::1"])
def test_what_is_no_address_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(CorrectInput, match=r"is no backend address\. It looks like"):
        backend_address(typed)


@pytest.mark.parametrize("typed", ["http://311.example.gov", "http://10.0.0.7:8311", "http://localhost.example.gov"])
def test_plain_http_leaves_this_machine_only_where_it_is_allowed(typed: str) -> None:
    with pytest.raises(CorrectInput, match="allow_plain_http"):
        backend_address(typed)
    assert backend_address(typed, allow_plain_http=True) == typed


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(200, html="<html>Log in</html>"), TryLater),
        (httpx.Response(200, headers={"Content-Type": wire.MEDIA_TYPE}, content=b"{}"), TryLater),
        (httpx.Response(200, headers={**HEADERS, "Content-Type": "application/json"}, content=b"{}"), TryLater),
        (httpx.Response(302, headers={"Location": "http://login.example.net"}), TryLater),
        (httpx.Response(502, html="<h1>Bad gateway</h1>"), TryLater),
        (httpx.Response(404, html="<h1>Not found</h1>"), TryLater),
        (httpx.Response(200, headers={**HEADERS, wire.PROTOCOL_HEADER: "2"}, content=b"{}"), UpdateNeeded),
        (httpx.Response(200, headers=HEADERS, content=b"{"), wire.Malformed),
        (httpx.Response(500, headers=HEADERS), TryLater),
        (problem(401, "signed out"), SignInAgain),
        (problem(426, "too old"), UpdateNeeded),
        (problem(408, "too slow"), TryLater),
        (problem(425, "too early"), TryLater),
        (problem(429, "too many"), TryLater),
        (problem(503, "moving"), TryLater),
        (problem(400, "no"), Refused),
        (problem(403, "no"), CallForHelp),
        (problem(404, "no"), CallForHelp),
        (problem(405, "no"), CallForHelp),
        (problem(413, "too long"), Refused),
        (problem(422, "no"), Refused),
    ],
    ids=lambda value: str(value.status_code) if isinstance(value, httpx.Response) else value.__name__,
)
async def test_every_answer_is_named_by_the_next_move(response: httpx.Response, error: type[CrewError]) -> None:
    async with api(response) as client:
        with pytest.raises(error) as refusal:
            await client.me()
    assert type(refusal.value) is error
    assert refusal.value.sentence


@pytest.mark.anyio
@pytest.mark.parametrize("hostile", HOSTILE)
async def test_an_errors_words_are_harmless(hostile: str) -> None:
    async with api(problem(422, hostile)) as client:
        with pytest.raises(Refused) as refusal:
            await client.me()
    assert not set(refusal.value.sentence) & set(FORBIDDEN)
    assert "\n" not in refusal.value.sentence


@pytest.mark.anyio
@pytest.mark.parametrize("ids", [[], ["b", "a"], ["a"], ["a", "b", "c"], ["a", "x"]])
async def test_answers_count_only_when_they_echo_every_id_in_order(ids: list[str]) -> None:
    changes = tuple(a_change(id=id_) for id_ in ("a", "b"))
    async with api(ours(wire.Answers(tuple(wire.Answer(id_, "applied") for id_ in ids)))) as client:
        with pytest.raises(TryLater, match="does not belong to what was sent"):
            await client.push(changes, "", lambda _bytes: 15.0)


@pytest.mark.anyio
async def test_every_request_says_who_asks_and_in_which_version() -> None:
    asked: list[httpx.Request] = []

    def listen(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return ours(wire.FeedPage("9", more=False))

    async with CrewApi(URL, "secret", httpx.MockTransport(listen)) as client:
        await client.pull("8", 500)
    [request] = asked
    assert str(request.url) == f"{URL}/crew/v1/feed?cursor=8&limit=500&unsent=0"
    assert request.headers["Authorization"] == "Bearer secret"
    assert (request.headers[wire.PROTOCOL_HEADER], request.headers["Accept"]) == (wire.PROTOCOL, wire.MEDIA_TYPE)


@pytest.mark.anyio
async def test_an_answer_without_end_is_left_before_it_fills_the_memory() -> None:
    given = 0

    async def without_end() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(100):
            given += 1
            yield b"x" * 1_000_000

    image = {**HEADERS, "Content-Type": "image/jpeg"}
    async with api(httpx.Response(200, headers=image, content=without_end())) as client:
        with pytest.raises(TryLater, match="answers without end"):
            await client.fetch_photo(PhotoHash("a" * 64))
    assert given < 30


@pytest.mark.anyio
async def test_events_without_a_line_end_are_left_too() -> None:
    async def without_end() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    events = {**HEADERS, "Content-Type": wire.EVENTS_MEDIA_TYPE}
    async with api(httpx.Response(200, headers=events, content=without_end())) as client:
        with pytest.raises(TryLater, match="answers without end"):
            await client.listen(lambda _cursor: None)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("wish", "seconds"),
    [("120", 120), ("Mon, 23 Nov 2026 17:02:00 GMT", 120), ("Mon, 23 Nov 2026 16:00:00 GMT", 0), ("soon", None)],
)
async def test_a_wish_for_a_pause_is_understood_as_seconds_and_as_a_moment(wish: str, seconds: float | None) -> None:
    """The moment counts from the server's own clock: a device's may be wrong by years."""
    response = problem(503, "Later.", Retry_After=wish, Date="Mon, 23 Nov 2026 17:00:00 GMT")
    async with api(response) as client:
        with pytest.raises(TryLater) as later:
            await client.me()
    assert later.value.after_seconds == seconds


@pytest.mark.anyio
async def test_a_login_page_in_the_way_of_an_encrypted_link_is_told_as_such() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] Hostname mismatch", request=request)

    async with CrewApi(URL, "secret", httpx.MockTransport(refuse)) as client:
        with pytest.raises(AwaitLink, match="On a hotspot, log in there first; otherwise check this device's clock"):
            await client.me()
