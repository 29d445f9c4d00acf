"""The backend tells that the feed has grown, and a round begins at once; polling stays behind it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from crew.domain.work_order import WorkStatus
from crew.wire import FeedPage
from tests.builders import an_order
from tests.sync.backend import Proper, ScriptedBackend, answering, cut, problem
from tests.sync.conftest import Road
from tests.sync.lamp import Lamp, rests, running

EVENTS = {"Crew-Protocol": "1", "Content-Type": "text/event-stream"}

pytestmark = pytest.mark.anyio


@pytest.fixture
def telling(road: Road) -> asyncio.Queue[str]:
    """What the backend tells its listeners."""
    road.has()
    road.backend.tells = asyncio.Queue()
    return road.backend.tells


def feeds(backend: ScriptedBackend) -> int:
    return backend.requests.count("GET feed")


async def stays_quiet(lamp: Lamp) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(lamp.heard.get(), 0.4)


async def test_a_new_order_shows_at_once(road: Road, telling: asyncio.Queue[str]) -> None:
    async with running(road.sync) as lamp:
        await lamp.until(rests)
        road.backend.pages.append(FeedPage("7", more=False, orders=(an_order(id="new"),)))
        telling.put_nowait("7")
        async with asyncio.timeout(2):
            await lamp.until(rests)
    assert road.truck.shown("new") is not None


async def test_what_the_device_has_pulled_already_is_no_news(road: Road, telling: asyncio.Queue[str]) -> None:
    telling.put_nowait("start")
    async with running(road.sync) as lamp:
        await lamp.until(rests)
        await stays_quiet(lamp)
    assert feeds(road.backend) == 1


async def test_what_is_told_while_a_round_is_under_way_is_not_missed(road: Road, telling: asyncio.Queue[str]) -> None:
    async def told_meanwhile(request: httpx.Request, proper: Proper) -> httpx.Response:
        response = proper(request)
        telling.put_nowait("8")
        await telling.join()
        return response

    async with running(road.sync) as lamp:
        await lamp.until(rests)
        telling.put_nowait("7")
        road.backend.pages += [FeedPage("7", more=False), FeedPage("8", more=False, orders=(an_order(id="new"),))]
        road.backend.fails("GET feed", told_meanwhile)
        for _ in range(2):
            await lamp.until(rests)
    assert road.truck.shown("new") is not None


async def test_a_backend_that_counts_otherwise_does_not_keep_the_road_busy(
    road: Road, telling: asyncio.Queue[str]
) -> None:
    async with running(road.sync) as lamp:
        await lamp.until(rests)
        telling.put_nowait("a cursor that no page ever has")
        await lamp.until(rests)
        await stays_quiet(lamp)
    assert feeds(road.backend) == 2


async def test_a_listener_that_is_cut_is_the_first_sign_that_the_link_is_gone(
    road: Road, telling: asyncio.Queue[str]
) -> None:
    told = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b'data: {"cursor":"start"}\n\n'
        await told.wait()
        raise httpx.ReadError("carrier lost")

    road.backend.fails("GET events", answering(httpx.Response(200, headers=EVENTS, content=body())))
    async with running(road.sync) as lamp:
        await lamp.until(rests)
        road.backend.fails("GET feed", cut)
        told.set()
        *_, link = await lamp.until(rests)
    assert not link.online


async def test_a_backend_without_events_is_polled_and_not_complained_about(road: Road) -> None:
    async with running(road.sync) as lamp:
        *_, link = await lamp.until(rests)
        await stays_quiet(lamp)
    assert (link.online, link.problem) == (True, "")


async def test_nobody_listens_while_the_link_is_down(road: Road, telling: asyncio.Queue[str]) -> None:
    heard = asyncio.Event()

    def listen(request: httpx.Request, proper: Proper) -> httpx.Response:
        heard.set()
        return proper(request)

    road.backend.fails("GET events", listen)
    road.backend.fails("GET feed", answering(problem(503, "Moving.")))
    async with running(road.sync) as lamp:
        await lamp.until(rests)
        assert not heard.is_set()
        road.sync.wake()
        async with asyncio.timeout(2):
            await heard.wait()


async def test_a_listener_hangs_up_when_a_round_fails(road: Road, telling: asyncio.Queue[str]) -> None:
    hung_up = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        try:
            yield b'data: {"cursor":"start"}\n\n'
            await asyncio.Event().wait()
        finally:
            hung_up.set()

    road.backend.fails("GET events", answering(httpx.Response(200, headers=EVENTS, content=body())))
    async with running(road.sync) as lamp:
        await lamp.until(rests)
        road.backend.keeps_failing("GET feed", cut)
        road.sync.wake()
        async with asyncio.timeout(5):
            await hung_up.wait()


@pytest.mark.parametrize("listens", [False, True])
async def test_who_listens_asks_more_rarely(road: Road, monkeypatch: pytest.MonkeyPatch, listens: bool) -> None:
    monkeypatch.setattr("crew.sync.rounds._POLL_SECONDS", 0.1)
    road.has()
    if listens:
        road.backend.tells = asyncio.Queue()
        road.backend.tells.put_nowait("start")
    async with running(road.sync) as lamp:
        for _ in range(2):
            await lamp.until(rests)
        if listens:
            await stays_quiet(lamp)
        else:
            await lamp.until(rests)


async def test_what_is_told_while_a_photo_travels_is_pulled_before_its_next_piece(
    road: Road, telling: asyncio.Queue[str]
) -> None:
    road.has(an_order())

    async def told_meanwhile(request: httpx.Request, proper: Proper) -> httpx.Response:
        telling.put_nowait("7")
        await telling.join()
        road.backend.pages.append(FeedPage("7", more=False, orders=(an_order(id="new"),)))
        return proper(request)

    async with running(road.sync) as lamp:
        await lamp.until(rests)
        photo = road.truck.keeps_photo(b"x" * 100_000)
        road.truck.field_work.set_status(an_order().id, WorkStatus.DONE, photos=[photo])
        road.backend.fails("POST uploads", told_meanwhile)
        road.sync.wake()
        await lamp.until(lambda link: link.online and link.to_send == 0)
    kinds = [request.partition("/")[0] for request in road.backend.requests]
    assert kinds[kinds.index("POST uploads") :][:3] == ["POST uploads", "GET feed", "PATCH uploads"]


async def test_whoever_signs_in_listens_under_their_own_name(road: Road, telling: asyncio.Queue[str]) -> None:
    tokens: asyncio.Queue[str] = asyncio.Queue()

    def listen(request: httpx.Request, proper: Proper) -> httpx.Response:
        tokens.put_nowait(request.headers["Authorization"])
        return proper(request)

    road.backend.keeps_failing("GET events", listen)
    async with running(road.sync):
        assert await asyncio.wait_for(tokens.get(), 5) == "Bearer token"
        await road.sync.sign_in("https://311.example.gov", "ABCD-1234")
        assert await asyncio.wait_for(tokens.get(), 5) == "Bearer fresh token"
