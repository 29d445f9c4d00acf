"""The outbox: what waits in words, and what a person decides."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crew.domain.change import SendingStatus
from crew.domain.work_order import WorkStatus
from crew.screens.outbox import OutboxScreen
from crew.sync.events import LinkState
from crew.widgets.button_bar import CommandButton
from crew.wire import OtherValue
from tests.hostile import FORBIDDEN, HOSTILE
from tests.terminal.camera_card import press, said, tap
from tests.terminal.frames import screen_text
from tests.terminal.truck import NOW, Truck, a_days_work
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from crew.domain.change import Change

pytestmark = pytest.mark.anyio

POTHOLE, BRANCH, LIGHT = a_days_work()[:3]


def refused(truck: Truck, words: str = "The order was closed by D5 at 13:50.") -> "Change":
    change = truck.field_work.set_status(POTHOLE.id, WorkStatus.WORKING)
    truck.store.outbox.settle(change.id, SendingStatus.REFUSED, NOW, reason=words)
    truck.store.orders.refresh(POTHOLE.id)
    return change


def undecided(truck: Truck, **other: str) -> "Change":
    change = truck.field_work.set_status(BRANCH.id, WorkStatus.WAITING, reason="weather")
    values = {
        "field": "work_status",
        "mine": "waiting for weather",
        "theirs": "accepted",
        "person": "Dee",
        "at": (NOW - timedelta(minutes=20)).isoformat(),
    }
    truck.store.outbox.settle(change.id, SendingStatus.NEEDS_DECISION, NOW, other=OtherValue(**(values | other)))
    truck.store.orders.refresh(BRANCH.id)
    return change


def status_of(truck: Truck, change: "Change") -> SendingStatus:
    entry = truck.store.outbox.get(change.id)
    assert entry is not None
    return entry.sending_status


async def test_an_empty_outbox_says_so(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "o")
        assert "Nothing waits" in said(pilot)
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, OutboxScreen)


async def test_what_waits_is_told_with_totals_and_what_happens_next(truck: Truck) -> None:
    truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    truck.store.device.last_success_at = NOW - timedelta(minutes=34)
    async with truck.running() as pilot:
        next_try_at = NOW + timedelta(seconds=20)
        truck.sync.tell(LinkState(online=False, since=NOW, next_try_at=next_try_at, problem="No answer. It is kept."))
        await press(pilot, "o")
        text = screen_text(pilot.app)
        assert "1 change to send" in text
        assert "oldest 14:32" in text
        assert "last answer 13:58" in text
        assert "next try in 20 s" in text
        assert "No answer. It is kept." in text
        assert "Street light out, 8 Moss Hill Rd" in text
        assert "leaves as soon as there is a link" in text


async def test_the_outbox_follows_the_store(truck: Truck) -> None:
    change = truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    async with truck.running() as pilot:
        await press(pilot, "o")
        truck.store.outbox.settle(change.id, SendingStatus.ACKNOWLEDGED, NOW)
        await until(pilot, lambda: "sent: on the way" in screen_text(pilot.app), "the change is told as sent")
        assert "Nothing waits" in said(pilot)


async def test_a_refused_change_shows_the_backends_words_and_is_sent_again(truck: Truck) -> None:
    change = refused(truck)
    held = truck.field_work.add_note(POTHOLE.id, "cones are out")
    async with truck.running() as pilot:
        await press(pilot, "o")
        text = screen_text(pilot.app)
        assert "refused: The order was closed by D5 at 13:50." in text
        assert "waits until you have decided about the one above" in text
        await tap(pilot, "Send again")
        assert status_of(truck, change) is SendingStatus.SET_ASIDE
        again = truck.field_work.unsent_of(POTHOLE.id)
        assert {entry.change.act for entry in again} == {held.act, change.act}
        assert {entry.sending_status for entry in again} == {SendingStatus.WAITING}
        assert truck.sync.wakes


async def test_a_refused_change_is_set_aside_and_stays_readable(truck: Truck) -> None:
    change = refused(truck)
    async with truck.running() as pilot:
        await press(pilot, "o", "a")
        assert status_of(truck, change) is SendingStatus.SET_ASIDE
        text = screen_text(pilot.app)
        assert "Set aside" in text
        assert "The order was closed by D5 at 13:50." in text


async def test_both_values_are_shown_and_mine_is_kept(truck: Truck) -> None:
    change = undecided(truck)
    async with truck.running() as pilot:
        await press(pilot, "o")
        text = screen_text(pilot.app)
        assert "Dee changed the same, 14:12." in text
        assert "Yours:  waiting for weather" in text
        assert "Theirs: accepted" in text
        await press(pilot, "m")
        assert status_of(truck, change) is SendingStatus.SET_ASIDE
        waiting = truck.field_work.unsent_of(BRANCH.id)
        assert [entry.change.act for entry in waiting] == [change.act]
        assert waiting[0].change.id != change.id


async def test_theirs_is_kept_by_a_tap(truck: Truck) -> None:
    change = undecided(truck)
    async with truck.running() as pilot:
        await press(pilot, "o")
        await tap(pilot, "Keep theirs")
        assert status_of(truck, change) is SendingStatus.SET_ASIDE
        assert truck.field_work.unsent_of(BRANCH.id) == ()


async def test_the_cursor_begins_at_what_needs_a_person_and_the_buttons_follow_it(truck: Truck) -> None:
    truck.field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    undecided(truck)
    async with truck.running() as pilot:
        await press(pilot, "o")
        labels = ["Keep mine", "Keep theirs", "Sync now", "Export", "Back"]
        assert _labels(pilot.app.screen.query(CommandButton)) == labels
        await press(pilot, "up")
        assert _labels(pilot.app.screen.query(CommandButton)) == ["Sync now", "Export", "Back"]
        await press(pilot, "m")
        assert truck.field_work.outbox().trouble == 1


async def test_hostile_words_of_the_backend_and_of_others_are_harmless(truck: Truck) -> None:
    words = "".join(HOSTILE)[:1500]
    refused(truck, words)
    undecided(truck, mine=words, theirs=words, person=words, at=words)
    async with truck.running((120, 40)) as pilot:
        await press(pilot, "o")
        for _ in range(3):
            assert not set(screen_text(pilot.app)) & set(FORBIDDEN)
            await press(pilot, "end")


async def test_sync_is_asked_for_at_once(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "o")
        wakes = truck.sync.wakes
        await tap(pilot, "Sync now")
        assert truck.sync.wakes == wakes + 1
        await settled(pilot)


def _labels(buttons: object) -> list[str]:
    assert hasattr(buttons, "__iter__")
    return [button.command.label for button in buttons if button.command is not None]
