"""In the outbox a refused act is mended, what lies aside is taken up, and all of it is written to a stick."""

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from crew.domain.change import Change, SendingStatus, StatusChange
from crew.domain.work_order import WorkStatus
from crew.screens.done_sheet import DoneSheet
from crew.screens.outbox import OutboxScreen
from crew.store.device import Recovery
from crew.widgets.attention import Attention
from tests.terminal.camera_card import CameraCard, press, tap, write
from tests.terminal.frames import screen_text
from tests.terminal.truck import NOW, Truck, a_days_work, my_day
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

POTHOLE, _, LIGHT = a_days_work()[:3]
RECOVERY = Recovery(NOW, "set-aside-20260504-183200", 60, 3, 0, sign_in_lost=False)


def refused(truck: Truck, change: Change) -> Change:
    truck.store.outbox.settle(change.id, SendingStatus.REFUSED, NOW, reason="It needs a photo of the work.")
    truck.store.orders.refresh(change.order_id)
    return change


def on_top(pilot: "Pilot[Any]") -> object:
    """The screen that the person sees."""
    return pilot.app.screen


def acts(truck: Truck) -> list[Change]:
    return [entry.change for entry in truck.field_work.unsent_of(POTHOLE.id)]


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CameraCard:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return CameraCard(tmp_path / "card")


@pytest.mark.parametrize("by", ["keys", "taps"])
async def test_a_refused_completion_gets_its_photo_and_is_sent_again(truck: Truck, card: CameraCard, by: str) -> None:
    card.shoot("IMG_0412.JPG")
    old = refused(truck, truck.field_work.set_status(LIGHT.id, WorkStatus.DONE, note="cold mix"))
    truck.now += timedelta(hours=2)
    async with truck.running((120, 40), photo_folder=str(card.folder)) as pilot:
        await press(pilot, "o")
        await (press(pilot, "e") if by == "keys" else tap(pilot, "Mend"))
        assert isinstance(on_top(pilot), DoneSheet)
        assert "cold mix" in screen_text(pilot.app)
        await press(pilot, "p", "enter", "enter", "enter")
        assert isinstance(on_top(pilot), OutboxScreen)
        assert "Mended." in screen_text(pilot.app)
        assert truck.sync.wakes
    (new,) = [entry.change for entry in truck.field_work.unsent_of(LIGHT.id)]
    assert isinstance(new.act, StatusChange)
    assert (new.act.note, len(new.act.photos), new.made_at) == ("cold mix", 1, old.made_at)


async def test_what_is_half_mended_is_kept_and_the_refused_act_stays(truck: Truck) -> None:
    old = refused(truck, truck.field_work.add_note(POTHOLE.id, "the valve box"))
    async with truck.running() as pilot:
        await press(pilot, "o", "e")
        await write(pilot, " is loose")
        await press(pilot, "escape", "e")
        assert "the valve box is loose" in screen_text(pilot.app)
        assert [change.id for change in acts(truck)] == [old.id]
        assert truck.field_work.draft(POTHOLE.id, "note") == "", "another note's draft is another's"


async def test_what_was_set_aside_is_taken_up_again(truck: Truck) -> None:
    old = refused(truck, truck.field_work.add_note(POTHOLE.id, "the valve box is loose"))
    truck.field_work.set_aside(old.id)
    async with truck.running() as pilot:
        await press(pilot, "o")
        assert "Set aside" in screen_text(pilot.app)
        await tap(pilot, "Take up")
        assert [change.act for change in acts(truck)] == [old.act]
        await until(pilot, lambda: "Set aside" not in screen_text(pilot.app), "it lies aside no more")


async def test_the_outbox_is_written_to_a_stick(truck: Truck, tmp_path: Path) -> None:
    truck.field_work.add_note(POTHOLE.id, "the valve box is loose")
    async with truck.running((120, 40)) as pilot:
        await press(pilot, "o", "x")
        pilot.app.screen.query_one(Input).value = str(tmp_path / "stick")
        await press(pilot, "enter")
        assert isinstance(on_top(pilot), OutboxScreen)
        assert "Exported 1 change and 0 photos" in screen_text(pilot.app)
    (file,) = (tmp_path / "stick").glob("*/changes.json")
    assert json.loads(file.read_text())[0]["change"]["payload"]["text"] == "the valve box is loose"


async def test_what_was_sent_is_written_too_where_that_is_asked_for(truck: Truck, tmp_path: Path) -> None:
    sent = truck.field_work.add_note(POTHOLE.id, "cones are out")
    truck.store.outbox.settle(sent.id, SendingStatus.ACKNOWLEDGED, NOW)
    async with truck.running((120, 40)) as pilot:
        await press(pilot, "o", "x")
        pilot.app.screen.query_one(Input).value = "~nobody-of-this-name/stick"
        await press(pilot, "enter")
        assert "There is no such home folder here." in screen_text(pilot.app)
        pilot.app.screen.query_one(Input).value = str(tmp_path / "stick")
        await tap(pilot, "All")
        assert isinstance(on_top(pilot), OutboxScreen)
    (file,) = (tmp_path / "stick").glob("*/changes.json")
    assert [row["change"]["id"] for row in json.loads(file.read_text())] == [sent.id]


async def test_the_day_says_what_needs_a_person_until_it_is_decided(truck: Truck) -> None:
    async with truck.running() as pilot:
        assert not my_day(pilot).query(Attention)
        change = refused(truck, truck.field_work.add_note(POTHOLE.id, "a note"))
        my_day(pilot).refresh_day()
        await settled(pilot)
        assert "1 change needs you: press o or tap here to see why." in screen_text(pilot.app)
        await pilot.click(Attention)
        await settled(pilot)
        assert isinstance(on_top(pilot), OutboxScreen)
        await press(pilot, "a", "escape")
        assert truck.field_work.outbox().aside[0].change == change
        await until(pilot, lambda: "needs you" not in screen_text(pilot.app), "nothing needs a person")


async def test_the_day_tells_of_refused_work_beside_a_damaged_store(truck: Truck) -> None:
    truck.store.device.recovery = RECOVERY
    refused(truck, truck.field_work.add_note(POTHOLE.id, "a note"))
    async with truck.running() as pilot:
        text = screen_text(pilot.app)
        assert "1 change needs you: press o or tap here to see why." in text
        assert "The store of this device was damaged." in text
        assert "412 Centre St" in text, "and the list stays"


async def test_the_day_says_what_became_of_a_damaged_store_until_somebody_has_seen_it(truck: Truck) -> None:
    truck.store.device.recovery = RECOVERY
    async with truck.running() as pilot:
        assert "The store of this device was damaged." in screen_text(pilot.app)
        await press(pilot, "o")
        assert "set-aside-20260504-183200" in screen_text(pilot.app)
        await press(pilot, "n")
        await press(pilot, "escape")
        await until(pilot, lambda: "was damaged" not in screen_text(pilot.app), "it was seen")
    assert truck.store.device.recovery is None
