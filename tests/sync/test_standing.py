"""Why nothing travels is told in words, to this program and to others; no error ends the rounds."""

import asyncio
from contextlib import closing
from datetime import timedelta

import apsw
import pytest

from crew.domain.change import SendingStatus
from crew.store.device import LinkTrouble, SignedInDevice
from crew.store.store import STORE_FILE
from tests.builders import NOON, a_person, an_order
from tests.sync.backend import answering, cut, problem
from tests.sync.conftest import Road
from tests.sync.lamp import rests, running
from tests.trucks import URL

pytestmark = pytest.mark.anyio

ID = an_order().id
SIGNED_OUT = answering(problem(401, "This device was signed out."))


async def test_other_programs_can_read_why_nothing_travels_until_it_does(road: Road) -> None:
    road.backend.fails("GET feed", cut)
    async with running(road.sync) as lamp:
        *_, link = await lamp.until(rests)
        told = road.truck.reopened().store.device.link_trouble
        assert told == LinkTrouble(NOON, link.problem, NOON + timedelta(seconds=4))
    await road.new_sync().run_once()
    assert road.truck.store.device.link_trouble is None


async def test_a_program_that_is_begun_anew_without_a_link_says_since_when_there_is_none(road: Road) -> None:
    road.backend.keeps_failing("GET feed", cut)
    async with running(road.sync) as lamp:
        await lamp.until(rests)
    road.truck.clock.turn(hours=3)
    async with running(road.new_sync()) as lamp:
        *_, link = await lamp.until(rests)
    assert link.since == NOON
    road.backend.mends()
    await road.new_sync().run_once()
    road.truck.clock.turn(hours=1)
    road.backend.keeps_failing("GET feed", cut)
    async with running(road.new_sync()) as lamp:
        *_, link = await lamp.until(rests)
    assert link.since == NOON + timedelta(hours=4), "there was a link in between"


async def test_after_a_401_nothing_is_asked_until_somebody_signs_in_and_then_it_goes_on_by_itself(road: Road) -> None:
    road.has(an_order())
    change = road.truck.field_work.add_note(ID, "made while signed out")
    road.backend.fails("POST changes", SIGNED_OUT)
    async with running(road.sync) as lamp:
        *_, link = await lamp.until(rests)
        assert (link.sign_in_needed, link.next_try_at, link.to_send) == (True, None, 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lamp.heard.get(), 0.3)
        assert road.backend.requests == ["POST changes"]
        await road.sync.sign_in(URL, "ABCD-1234")
        await lamp.until(lambda state: state.online and not state.to_send)
    assert road.truck.status_of(change) is SendingStatus.ACKNOWLEDGED


async def test_a_sign_in_by_another_program_is_noticed(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crew.sync.rounds._LOOK_FOR_SIGN_IN_SECONDS", 0.05)
    road.backend.fails("GET feed", SIGNED_OUT)
    async with running(road.sync) as lamp:
        await lamp.until(rests)
        road.truck.store.device.sign_in(SignedInDevice(URL, "another token", a_person(), "Boston"))
        await lamp.until(lambda state: state.online)


@pytest.mark.parametrize("status", [403, 404, 405, 410])
async def test_what_is_refused_to_the_device_refuses_none_of_its_changes(road: Road, status: int) -> None:
    road.has(an_order(id="one"), an_order(id="two"))
    changes = [road.truck.field_work.add_note(order_id, "a note") for order_id in ("one", "two")]
    road.backend.fails("POST changes", answering(problem(status, "Not from this device.")))
    async with running(road.sync) as lamp:
        *_, link = await lamp.until(rests)
    assert link.problem == "Not from this device."
    assert [road.truck.status_of(change) for change in changes] == [SendingStatus.WAITING] * 2


async def test_a_store_that_fails_while_trouble_is_told_ends_nothing(road: Road) -> None:
    road.backend.fails("GET feed", cut)
    with closing(apsw.Connection(str(road.truck.folder / STORE_FILE))) as disk:
        disk.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON device WHEN new.name = 'link_trouble' "
            "BEGIN SELECT RAISE(ABORT, 'broken sector'); END"
        )
        async with running(road.sync) as lamp:
            *_, link = await lamp.until(rests)
            assert "cannot be reached" in link.problem
            road.sync.wake()
            await lamp.until(lambda state: state.online)


async def test_an_error_of_the_stores_driver_is_told_and_the_rounds_go_on(road: Road) -> None:
    with closing(apsw.Connection(str(road.truck.folder / STORE_FILE))) as disk:
        disk.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON device WHEN new.name = 'last_success_at' "
            "BEGIN SELECT RAISE(ABORT, 'broken sector'); END"
        )
        async with running(road.sync) as lamp:
            *_, link = await lamp.until(rests)
            assert "broken sector" in link.problem
            disk.execute("DROP TRIGGER broken")
            road.sync.wake()
            await lamp.until(lambda state: state.online)


async def test_the_return_of_the_link_begins_a_round_at_once(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crew.sync.link_watch._KNOCK_SECONDS", 0.05)
    road.backend.fails("GET feed", cut)
    async with running(road.sync) as lamp:
        *_, link = await lamp.until(rests)
        assert link.next_try_at == NOON + timedelta(seconds=4)
        road.door_opens = True
        async with asyncio.timeout(2):
            await lamp.until(lambda state: state.online)


async def test_a_door_that_opens_while_the_rounds_fail_does_not_shorten_the_back_off(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crew.sync.link_watch._KNOCK_SECONDS", 0.02)
    road.door_opens = True
    road.backend.keeps_failing("GET feed", cut)
    async with running(road.sync) as lamp:
        for _ in range(2):
            await lamp.until(rests)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lamp.heard.get(), 0.4)
    assert road.backend.requests == ["GET feed"] * 2
