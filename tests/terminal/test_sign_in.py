"""Signing a device in on the screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from crew.domain.work_order import WorkStatus
from crew.screens.note_sheet import NoteSheet
from crew.screens.order_detail import OrderDetail
from crew.screens.sign_in import SignIn
from crew.store.device import SignedInDevice
from crew.sync.events import LinkState
from tests.builders import a_person
from tests.hostile import FORBIDDEN, HOSTILE
from tests.terminal.camera_card import press, said, write
from tests.terminal.frames import screen_text
from tests.terminal.truck import NOW, Truck, a_days_work, my_day
from tests.terminal.waiting import until

pytestmark = pytest.mark.anyio

ADDRESS = "https://311.example.gov"


@pytest.fixture
def truck(tmp_path: Path) -> Iterator[Truck]:
    device = Truck(tmp_path / "device")
    device.sync.answers["K7-42"] = SignedInDevice(ADDRESS, "token", a_person(), "Boston")
    yield device
    device.store.close()


async def test_address_and_code_sign_the_device_in(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the sheet is open")
        address, code = pilot.app.screen.query(Input)
        assert (address.value, code.has_focus) == ("https://311.example.org", True)
        address.value = ADDRESS
        await pilot.press(*"K7-42", "enter")
        await until(pilot, lambda: pilot.app.screen is my_day(pilot), "the list is back")
    device = truck.field_work.signed_in()
    assert device is not None
    assert device.url == ADDRESS


async def test_a_wrong_code_is_said_and_what_was_typed_stays(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the sheet is open")
        await pilot.press(*"WRONG", "enter")
        await until(pilot, lambda: "This code is not known" in said(pilot), "the sentence is shown")
        assert pilot.app.screen.query(Input).last().value == "WRONG"
        await pilot.press("backspace")
        await until(pilot, lambda: "This code is not known" not in said(pilot), "typing takes the sentence away")


async def test_both_lines_are_asked_for(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the sheet is open")
        await pilot.press("enter")
        await until(pilot, lambda: "Both are needed" in said(pilot), "the sentence is shown")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is my_day(pilot), "the list is back")


async def test_a_lapsed_sign_in_stops_nobody_at_work_and_leads_back_to_where_one_was(tmp_path: Path) -> None:
    pothole = a_days_work()[0]
    truck = Truck(tmp_path / "another device")
    truck.receive([pothole])
    truck.sync.answers["K7-42"] = SignedInDevice(ADDRESS, "token", a_person(), "Boston")
    async with truck.running() as pilot:
        await press(pilot, "enter", "n")
        await write(pilot, "the gate")
        truck.sync.tell(LinkState(online=False, since=NOW, sign_in_needed=True, problem="This device is not known."))
        await write(pilot, " is open")
        assert isinstance(pilot.app.screen, NoteSheet), "nothing comes between a person and their words"
        await press(pilot, "escape", "w")
        assert truck.status_of(pothole) is WorkStatus.WORKING
        await until(pilot, lambda: "Sign in again · 1 to send" in screen_text(pilot.app), "the lamp says it")
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the sheet is open")
        await pilot.press(*"K7-42", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, OrderDetail), "the order is back")
        await press(pilot, "n")
        assert "the gate is open" in screen_text(pilot.app), "and so is what was typed"
    truck.store.close()


async def test_hostile_words_in_the_lines_are_harmless(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the sheet is open")
        for line in pilot.app.screen.query(Input):
            line.value = "".join(HOSTILE)[:290]
        await pilot.pause()
        assert not set(screen_text(pilot.app)) & set(FORBIDDEN)
