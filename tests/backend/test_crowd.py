"""While too much waits to be done, devices are sent away for some seconds, and citizens are not."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest
from anyio import create_task_group, wait_all_tasks_blocked
from anyio.to_thread import current_default_thread_limiter, run_sync

from crew import wire
from crew.api_client import CrewApi
from crew.backend import crowd
from crew.backend.crowd import Turns
from crew.domain.errors import TryLater
from crew.domain.person import Role
from tests.backend.crews import Enrolment


@asynccontextmanager
async def waiting(count: int) -> AsyncIterator[None]:
    """Every thread is at work, and so many wait for one."""
    done = threading.Event()
    threads = int(current_default_thread_limiter().total_tokens)
    async with create_task_group() as group:
        for _ in range(threads + count):
            group.start_soon(partial(run_sync, done.wait, 30.0))
        await wait_all_tasks_blocked()
        assert current_default_thread_limiter().statistics().tasks_waiting == count
        try:
            yield
        finally:
            done.set()


@pytest.mark.anyio
async def test_a_device_is_sent_away_for_some_seconds_and_comes_back_into_its_own(
    client: httpx.AsyncClient, enrol: Enrolment
) -> None:
    truck = await enrol(Role.DISPATCHER)
    pauses = set()
    async with waiting(crowd.MOST_WAITING):
        for _ in range(20):
            answer = await truck.get("me")
            assert (answer.status_code, answer.headers[wire.PROTOCOL_HEADER]) == (503, wire.PROTOCOL)
            pauses.add(int(answer.headers["Retry-After"]))
        async with CrewApi("http://city", truck.token, client._transport) as api:
            with pytest.raises(TryLater, match="Many devices") as later:
                await api.me()
    assert later.value.after_seconds is not None
    assert len(pauses) > 3
    assert (await truck.get("me")).status_code == 200


@pytest.mark.anyio
async def test_nobody_is_sent_away_before_it_is_crowded(client: httpx.AsyncClient, enrol: Enrolment) -> None:
    truck = await enrol(Role.DISPATCHER)
    async with create_task_group() as group, waiting(crowd.MOST_WAITING - 1):
        answers: list[int] = []

        async def ask() -> None:
            answers.append((await truck.get("me")).status_code)

        group.start_soon(ask)
        await wait_all_tasks_blocked()
    assert answers == [200]


@pytest.mark.anyio
async def test_citizens_are_let_in_however_many_devices_wait(client: httpx.AsyncClient) -> None:
    async with create_task_group() as group, waiting(crowd.MOST_WAITING):
        answers: list[int] = []

        async def ask() -> None:
            answers.append((await client.get("/open311/v2/services.json")).status_code)

        group.start_soon(ask)
        await wait_all_tasks_blocked()
    assert answers == [200]


def latest(_shortest: float, longest: float) -> float:
    """The last moment that may be drawn."""
    return longest


def test_whoever_was_let_in_ends_what_it_began() -> None:
    turns = Turns(latest)
    assert turns.pause("first", crowd.MOST_WAITING - 1, 0.0) == 0
    assert turns.pause("second", crowd.MOST_WAITING, 0.0) > 0
    assert turns.pause("first", crowd.MOST_WAITING, 9.0) == 0
    assert turns.pause("first", crowd.MOST_WAITING, 18.0) == 0, "it was heard of nine seconds before"
    assert turns.pause("first", crowd.MOST_WAITING_INSIDE, 18.0) > 0, "a flood under one token"
    assert turns.pause("first", crowd.MOST_WAITING, 29.0) > 0, "it had ended, and comes anew"


def test_the_more_are_away_the_longer_each_is_asked_to_stay_away() -> None:
    turns = Turns(latest)
    for number in range(20):
        turns.pause(f"inside {number}", 0, 0.0)
    pauses = [turns.pause(f"device {number}", crowd.MOST_WAITING, 1.0) for number in range(1000)]
    assert pauses[0] == 15
    assert pauses == sorted(pauses)
    assert pauses[100] == 75, "twenty come in thirty seconds: half of the time that a hundred need"
    assert pauses[-1] == crowd.LONGEST_SECONDS


def test_a_device_that_asks_again_is_counted_once_and_no_longer_when_it_is_in() -> None:
    turns = Turns(latest)
    for _ in range(1000):
        assert turns.pause("impatient", crowd.MOST_WAITING, 0.0) == 15
    for number in range(100):
        turns.pause(f"device {number}", crowd.MOST_WAITING, 0.0)
    for number in range(100):
        assert turns.pause(f"device {number}", 0, 20.0) == 0
    assert turns.pause("late", crowd.MOST_WAITING, 20.0) == 15


def test_devices_that_never_come_again_are_forgotten() -> None:
    turns = Turns(latest)
    for number in range(500):
        turns.pause(f"device {number}", crowd.MOST_WAITING, 0.0)
    assert turns.pause("one", crowd.MOST_WAITING, 100.0) == crowd.LONGEST_SECONDS
    assert turns.pause("two", crowd.MOST_WAITING, 1000.0) == 15
