"""Rounds for ever: what the lamp is told, when the next try comes, and that an end at any point is safe."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import httpx
import pytest

from crew.domain.change import SendingStatus
from crew.domain.errors import TryLater
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.sync import LinkState, StoreChanged
from crew.wire import Answer, FeedPage
from tests.builders import NOON, a_photo, an_order
from tests.sync.backend import Fault, Proper, ScriptedBackend, answering, cut, problem
from tests.sync.conftest import Road
from tests.sync.lamp import rests, running
from tests.trucks import Truck

pytestmark = pytest.mark.anyio

ID = an_order().id
_P = ParamSpec("_P")
_T = TypeVar("_T")


async def offline_states(road: Road, *faults: Fault) -> list[LinkState]:
    """What the lamp says at the end of rounds that meet these faults, with no time between them."""
    road.backend.fails("GET feed", *faults)
    found: list[LinkState] = []
    async with running(road.sync) as lamp:
        for _ in faults:
            found.append((await lamp.until(rests))[-1])
            road.sync.wake()
    return found


async def test_offline_since_stays_until_something_is_answered(road: Road) -> None:
    road.has(an_order())
    road.truck.field_work.add_note(ID, "waits for the link")
    road.backend.fails("POST changes", cut, cut, cut)
    async with running(road.sync) as lamp:
        *_, offline = await lamp.until(rests)
        assert (offline.online, offline.since, offline.to_send) == (False, NOON, 1)
        assert "cannot be reached" in offline.problem
        for _ in range(2):
            road.truck.clock.turn(minutes=5)
            road.sync.wake()
            states = await lamp.until(
                lambda link: link.next_try_at is not None and link.next_try_at > road.truck.clock()
            )
            assert {(link.online, link.since, link.sending) for link in states} == {(False, NOON, None)}
        road.sync.wake()
        *_, online = await lamp.until(lambda link: link.online)
        assert online == LinkState(online=True, to_send=0, last_success_at=road.truck.clock())


async def test_a_link_that_broke_again_is_down_since_then(road: Road) -> None:
    road.backend.fails("GET feed", cut)
    async with running(road.sync) as lamp:
        await lamp.until(rests)
        road.sync.wake()
        await lamp.until(lambda link: link.online)
        road.truck.clock.turn(hours=1)
        road.backend.fails("GET feed", cut)
        road.sync.wake()
        *_, offline = await lamp.until(lambda link: not link.online)
        assert (offline.since, offline.last_success_at) == (road.truck.clock(), NOON)


async def test_the_lamp_counts_what_leaves_and_the_screen_hears_of_every_order(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    with road.truck.store.transaction():
        for _ in range(60):
            road.truck.field_work.add_note("one", "a note")
    road.backend.pages.append(FeedPage("9", more=False, orders=(an_order(id="two"),)))
    async with running(road.sync) as lamp:
        events = [await lamp.next_event() for _ in range(6)]
    assert events == [
        LinkState(online=False, to_send=60, sending=(1, 60)),
        StoreChanged(frozenset({"one"})),
        LinkState(online=True, to_send=10, sending=(51, 60)),
        StoreChanged(frozenset({"one"})),
        StoreChanged(frozenset({"two"})),
        LinkState(online=True, to_send=0, last_success_at=NOON),
    ]


async def test_a_lapsed_sign_in_is_told_and_work_goes_on(road: Road) -> None:
    road.has(an_order())
    [link] = await offline_states(road, answering(problem(401, "This device was signed out.")))
    assert (link.sign_in_needed, link.online, link.problem) == (True, False, "This device was signed out.")
    assert link.next_try_at is None
    road.truck.field_work.set_status(ID, WorkStatus.WORKING)
    assert road.truck.field_work.order(ID).work_status is WorkStatus.WORKING


async def test_tries_become_rarer_up_to_a_minute(road: Road) -> None:
    links = await offline_states(road, *[cut] * 7)
    assert [wait_seconds(link) for link in links] == [4, 8, 16, 32, 60, 60, 60]


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 0.5), (0.25, 1.0), (1.0, 4.0)])
async def test_trucks_that_lost_the_link_together_come_back_one_by_one(
    road: Road, jitter: float, seconds: float
) -> None:
    road.world = replace(road.world, jitter=lambda: jitter)
    road.sync = road.new_sync()
    [link] = await offline_states(road, cut)
    assert wait_seconds(link) == seconds


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [("7", 7), ("90", 90), ("0", 0.5), ("9" * 400, 3600), ("Mon, 23 Nov 2026 18:00:00 GMT", 4), ("-5", 4)],
)
async def test_the_backends_wish_for_a_pause_is_honoured_within_reason(road: Road, wish: str, seconds: float) -> None:
    [link] = await offline_states(road, answering(problem(503, "Come back later.", Retry_After=wish)))
    assert wait_seconds(link) == seconds


async def test_a_round_that_succeeds_makes_the_next_failure_the_first(road: Road) -> None:
    road.backend.fails("GET feed", cut, cut, lambda request, proper: proper(request), cut)
    async with running(road.sync) as lamp:
        waits = []
        for _ in range(4):
            waits.append(wait_seconds((await lamp.until(rests))[-1]))
            road.sync.wake()
    assert waits == [4, 8, None, 4]


async def test_an_act_leaves_by_itself_when_its_grace_time_is_over(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.set_status(ID, WorkStatus.WORKING, grace_seconds=0.2)
    async with running(road.sync) as lamp:
        *_, first = await lamp.until(rests)
        assert (first.to_send, road.backend.batches) == (1, [])
        road.truck.clock.turn(seconds=0.2)
        await lamp.until(lambda link: link.online and link.to_send == 0)
    assert road.backend.batches == [[change.id]]


async def test_what_is_held_back_by_a_refused_change_does_not_keep_the_road_busy(road: Road) -> None:
    road.has(an_order())
    refused = road.truck.field_work.set_status(ID, WorkStatus.WORKING)
    road.truck.settles(refused, SendingStatus.REFUSED)
    road.truck.field_work.add_note(ID, "held back")
    async with running(road.sync) as lamp:
        await lamp.until(rests)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lamp.heard.get(), 0.5)
    assert road.backend.requests == ["GET feed"]


async def test_many_pictures_keep_coming_without_a_pause(road: Road) -> None:
    photos = {f"{number:064x}": b"wrong" for number in range(3)}
    road.has(an_order(photos=tuple(a_photo(sha) for sha in photos)))
    async with running(road.sync) as lamp:
        await lamp.until(rests)
    assert sum(request.startswith("GET photos") for request in road.backend.requests) == 3


def wait_seconds(link: LinkState) -> float | None:
    return None if link.next_try_at is None else (link.next_try_at - NOON).total_seconds()


class EndingExecutor(ThreadPoolExecutor):
    """Runs what the round does on the disk, and ends the round while the chosen piece of it is under way."""

    def __init__(self, end_at: int) -> None:
        super().__init__(max_workers=2)
        self.end_at = end_at
        self.count = 0
        self.end: Callable[[], object] = int

    def submit(self, function: Callable[_P, _T], /, *args: _P.args, **keywords: _P.kwargs) -> Future[_T]:
        self.count += 1
        if self.count == self.end_at:
            self.end()
        return super().submit(function, *args, **keywords)


def a_full_road(folder: Path) -> tuple[Road, list[Any]]:
    """A round has everything to do: a completion with its photo, notes, an order to fetch and a picture."""
    road = Road(Truck(folder), ScriptedBackend())
    picture = an_order(id="new", photos=(a_photo(),))
    road.has(an_order(id="one"), an_order(id="two"))
    work = road.truck.field_work
    done = work.set_status("one", WorkStatus.DONE, photos=[road.truck.keeps_photo()])
    changes = [done, work.add_note("one", "after it"), work.add_note("two", "small")]
    road.backend.orders[picture.id] = picture
    road.backend.pages.append(FeedPage("9", more=False, orders=(picture,)))
    return road, changes


async def assert_nothing_is_lost(road: Road, changes: list[Any]) -> None:
    """After a restart: one failed round tells nothing wrong, one good round settles everything, once."""
    road.truck.reopened()
    road.backend.fails("", cut)
    with pytest.raises(TryLater):
        await road.new_sync().run_once()
    assert {road.truck.status_of(change) for change in changes} <= {SendingStatus.WAITING, SendingStatus.ACKNOWLEDGED}
    await road.new_sync().run_once()
    assert {road.truck.status_of(change) for change in changes} == {SendingStatus.ACKNOWLEDGED}
    assert road.backend.effects == {change.id: 1 for change in changes}
    for order_id in ("one", "two"):
        assert road.truck.field_work.order(order_id) == road.backend.orders[an_order(id=order_id).id]
    road.truck.store.close()


async def test_a_round_may_end_at_any_piece_of_its_work_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    loop, end_at, ended = asyncio.get_running_loop(), 0, True
    while ended:
        end_at += 1
        road, changes = a_full_road(tmp_path / str(end_at))
        with EndingExecutor(end_at) as executor:
            loop.set_default_executor(executor)
            round_ = asyncio.create_task(road.sync.run_once())
            executor.end = round_.cancel
            [outcome] = await asyncio.gather(round_, return_exceptions=True)
        loop.set_default_executor(ThreadPoolExecutor())
        ended = isinstance(outcome, asyncio.CancelledError)
        await assert_nothing_is_lost(road, changes)
    assert end_at > 15, "every piece was tried"


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("request_number", range(5))
async def test_a_round_may_end_at_any_request_and_nothing_is_lost_or_doubled(
    tmp_path: Path, request_number: int, answered: bool
) -> None:
    road, changes = a_full_road(tmp_path)

    async def end(request: httpx.Request, proper: Proper) -> httpx.Response:
        round_.cancel()
        if answered:
            return proper(request)
        return await asyncio.Event().wait() and proper(request)

    road.backend.fails("", *[lambda request, proper: proper(request)] * request_number, end)
    round_ = asyncio.create_task(road.sync.run_once())
    with pytest.raises(asyncio.CancelledError):
        await round_
    await assert_nothing_is_lost(road, changes)


async def test_the_terminal_and_the_command_line_may_sync_at_the_same_time(road: Road) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    changes = [road.truck.field_work.add_note(order_id, "a note") for order_id in ("one", "two", "one")]
    await asyncio.gather(road.sync.run_once(), road.new_sync().run_once())
    assert road.backend.effects == {change.id: 1 for change in changes}
    assert {road.truck.status_of(change) for change in changes} == {SendingStatus.ACKNOWLEDGED}


async def test_a_late_refusal_does_not_take_back_an_acknowledgement(road: Road) -> None:
    """Two programs sent the same change, and the second answer is another one."""
    road.has(an_order())
    change = road.truck.field_work.add_note(ID, "a note")

    async def answered_elsewhere(request: httpx.Request, proper: Proper) -> httpx.Response:
        await road.new_sync().run_once()
        road.backend.verdicts = {change.id: Answer(change.id, "refused", "Too late.")}
        return proper(request)

    road.backend.fails("POST changes", answered_elsewhere)
    await road.sync.run_once()
    assert road.truck.status_of(change) is SendingStatus.ACKNOWLEDGED
