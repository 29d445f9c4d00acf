"""A device that listens hears of a change at once, whoever made it, and never keeps the server from ending."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from crew import wire
from crew.backend import feed
from crew.backend.admin import add_person
from crew.backend.backend_settings import BackendSettings
from crew.backend.change_effects import apply_change
from crew.backend.city import City, open_city
from crew.backend.endpoint import Caller
from crew.backend.events import Events
from crew.backend.orders import load_order
from crew.backend.people import sign_in
from crew.backend.serve import EmbeddedBackend
from crew.backend.sign_ins import caller_with, revoke_device
from crew.domain.change import Assignment, Change, ChangeId
from crew.domain.person import Role
from crew.domain.work_order import OrderId
from crew.system_clock import now
from tests.backend.crews import LIGHTS, ROADS, report
from tests.backend.test_serve import running

pytestmark = pytest.mark.anyio

_TWO_SECONDS = 2.0
_MANY = 60


def token_of(city: City, role: Role, crew: str = "", device_id: str = "tablet") -> str:
    code = add_person(city, "Ana", role, crew)
    with city.database.writing() as connection:
        return sign_in(connection, city.catalogue, wire.SignIn(code, device_id), city.clock()).token


def caller_on(city: City, role: Role, crew: str = "", device_id: str = "tablet") -> Caller:
    token = token_of(city, role, crew, device_id)
    with city.database.reading() as connection:
        return caller_with(connection, city.catalogue, token, city.clock(), days=1)


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def told(lines: Iterator[str]) -> str:
    """The cursor that is told next."""
    for line in lines:
        if line.startswith("data: "):
            return wire.decode(line.removeprefix("data: ").encode(), wire.FeedGrown).cursor
    raise AssertionError("the stream ended")


def move(city: City, order_id: str, crew: str) -> None:
    """A supervisor moves an order."""
    with city.database.writing() as connection:
        order = load_order(connection, city.catalogue, order_id)
        assert order is not None
        change = Change(
            id=ChangeId(f"to {crew}"),
            device_id="office",
            sequence=1,
            order_id=OrderId(order_id),
            base_version=order.version,
            made_at=city.clock(),
            person="Sam",
            act=Assignment(crew),
        )
        apply_change(connection, city, order, change, needs_look=False)


def test_both_crews_hear_within_two_seconds_that_an_order_was_moved(city: City) -> None:
    order_id = report(city, ROADS)
    report(city, LIGHTS)
    tokens = [token_of(city, Role.CREW, crew, crew) for crew in (ROADS, LIGHTS)]
    with EmbeddedBackend(city) as url, httpx.Client(base_url=f"{url}/crew/v1", timeout=_TWO_SECONDS) as client:
        with (
            client.stream("GET", "events", headers=headers(tokens[0])) as roads,
            client.stream("GET", "events", headers=headers(tokens[1])) as lights,
        ):
            heard = [response.iter_lines() for response in (roads, lights)]
            before = [told(lines) for lines in heard]
            move(city, order_id, LIGHTS)
            after = [told(lines) for lines in heard]  # the client's time-out is the two seconds
        pages = [
            wire.decode(client.get("feed", params={"cursor": cursor}, headers=headers(token)).content, wire.FeedPage)
            for cursor, token in zip(before, tokens, strict=True)
        ]
    assert [page.cursor for page in pages] == after
    assert (pages[0].gone, [order.id for order in pages[1].orders]) == ((order_id,), [order_id])


def test_what_another_process_writes_is_heard_too(city: City) -> None:
    token = token_of(city, Role.DISPATCHER)
    with (
        EmbeddedBackend(city) as url,
        httpx.stream("GET", f"{url}/crew/v1/events", headers=headers(token), timeout=_TWO_SECONDS) as response,
    ):
        lines = response.iter_lines()
        before = told(lines)
        second = open_city(city.data_dir, city.settings, city.clock)
        report(second)
        second.database.close()
        assert told(lines) != before


def test_listeners_do_not_hold_up_the_servers_end(tmp_path: Path) -> None:
    with running(tmp_path) as (process, url):
        city = open_city(tmp_path / "city", BackendSettings(), now)
        token = token_of(city, Role.DISPATCHER)
        city.database.close()
        with httpx.stream("GET", f"{url}/crew/v1/events", headers=headers(token)) as response:
            told(response.iter_lines())
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=10)
    assert (process.returncode, json.loads(out), err) == (0, "ended", "")


async def test_many_listeners_hear_one_after_the_other_and_the_last_within_two_seconds(city: City) -> None:
    events, loop = Events(city), asyncio.get_running_loop()
    report(city, ROADS)
    callers = [caller_on(city, Role.CREW, ROADS, f"tablet-{number}") for number in range(_MANY)]
    streams = [events.stream(caller) for caller in callers]
    begun = loop.time()
    for stream in streams:
        await anext(stream)
    readings = loop.time() - begun

    async def heard_at(stream: AsyncIterator[bytes]) -> float:
        assert b"data: " in await anext(stream)
        return loop.time()

    report(city, ROADS)
    async with asyncio.timeout(_TWO_SECONDS + 2 * readings):  # what a busy machine takes for as many is not waiting
        heard = sorted(await asyncio.gather(*map(heard_at, streams)))
    together = max(sum(moment <= other < moment + 0.05 for other in heard) for moment in heard)
    assert together < _MANY / 2


async def test_a_device_that_is_not_known_any_more_is_let_go_at_the_next_heart_beat(city: City) -> None:
    caller = caller_on(city, Role.DISPATCHER)
    stream = Events(city, heart_beat_seconds=0.05).stream(caller)
    assert b"data: " in await anext(stream)
    assert await anext(stream) == b":\n\n"
    with city.database.writing() as connection:
        revoke_device(connection, "tablet", city.clock())
    assert [chunk async for chunk in stream if chunk != b":\n\n"] == []


async def test_a_newer_call_of_the_same_device_ends_the_older_one(city: City) -> None:
    caller = caller_on(city, Role.DISPATCHER)
    events = Events(city)
    older, newer = events.stream(caller), events.stream(caller)
    await anext(older)
    assert b"data: " in await anext(newer)
    assert [chunk async for chunk in older] == []
    events.end()
    assert [chunk async for chunk in newer] == []


def test_the_end_of_a_feed_is_the_cursor_of_who_has_read_it(city: City) -> None:
    for crew in (ROADS, LIGHTS, ROADS):
        report(city, crew)
    with city.database.reading() as connection:
        for audience in (ROADS, LIGHTS, feed.EVERYBODY, "nobody"):
            page = feed.page(connection, city.catalogue, audience, "", 100)
            assert feed.tail(connection, audience) == page.cursor
