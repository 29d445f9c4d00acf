"""Signing a device in on the screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from crew.screens.sign_in import SignIn
from crew.store.device import SignedInDevice
from tests.builders import a_person
from tests.hostile import FORBIDDEN, HOSTILE
from tests.terminal.camera_card import said
from tests.terminal.frames import screen_text
from tests.terminal.truck import Truck, my_day
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


async def test_hostile_words_in_the_lines_are_harmless(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the sheet is open")
        for line in pilot.app.screen.query(Input):
            line.value = "".join(HOSTILE)[:290]
        await pilot.pause()
        assert not set(screen_text(pilot.app)) & set(FORBIDDEN)
