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
from crew.domain.errors import TryLater
from crew.domain.person import Role
from tests.backend.crews import Enrolment

pytestmark = pytest.mark.anyio


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


async def test_nobody_is_sent_away_before_it_is_crowded(client: httpx.AsyncClient, enrol: Enrolment) -> None:
    truck = await enrol(Role.DISPATCHER)
    async with create_task_group() as group, waiting(crowd.MOST_WAITING - 1):
        answers: list[int] = []

        async def ask() -> None:
            answers.append((await truck.get("me")).status_code)

        group.start_soon(ask)
        await wait_all_tasks_blocked()
    assert answers == [200]


async def test_citizens_are_let_in_however_many_devices_wait(client: httpx.AsyncClient) -> None:
    async with create_task_group() as group, waiting(crowd.MOST_WAITING):
        answers: list[int] = []

        async def ask() -> None:
            answers.append((await client.get("/open311/v2/services.json")).status_code)

        group.start_soon(ask)
        await wait_all_tasks_blocked()
    assert answers == [200]
