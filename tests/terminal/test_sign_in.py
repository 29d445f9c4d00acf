"""Signing a device in on the screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from crew.account_wire import AccountCode
from crew.domain.errors import SignInAgain, TryLater
from crew.domain.person import Person
from crew.domain.work_order import WorkStatus
from crew.screens.account_sheet import AccountSheet
from crew.screens.note_sheet import NoteSheet
from crew.screens.order_detail import OrderDetail
from crew.screens.sign_in import SignIn
from crew.store.device import SignedInDevice
from crew.sync.events import LinkState
from tests.builders import a_person
from tests.hostile import FORBIDDEN, HOSTILE
from tests.terminal.camera_card import press, said, tap, write
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import NOW, Truck, a_days_work, my_day
from tests.terminal.waiting import settled, until

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


async def test_without_a_link_the_code_is_tried_again_by_the_same_key(truck: Truck) -> None:
    truck.sync.link_stands = False
    async with truck.running() as pilot:
        await press(pilot, "i")
        await write(pilot, "K7-42")
        await press(pilot, "enter")
        assert "Press enter to try again: the same code works." in " ".join(said(pilot).split())
        truck.sync.link_stands = True
        await press(pilot, "enter")
        await until(pilot, lambda: pilot.app.screen is my_day(pilot), "the list is back")


class _NobodysTruck(Truck):
    """A device on which nobody has signed in."""

    def sign_in(self, person: Person) -> None:
        """Nobody does."""


async def test_where_nobody_is_signed_in_that_is_the_big_button_and_no_backend_is_looked_for(tmp_path: Path) -> None:
    truck = _NobodysTruck(tmp_path / "device")
    async with truck.running() as pilot:
        await press(pilot, "escape", "y")
        assert any("so nothing is asked" in note.message for note in pilot.app._notifications)
        assert truck.sync.wakes == 0
        await tap(pilot, "Sign in")
        assert isinstance(pilot.app.screen, SignIn)


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


PAGE = "https://login.example.gov/device"
SIZES = ((60, 20), (80, 24), (120, 40))


async def with_account(truck: Truck, pilot: Pilot[None]) -> None:
    """Open the sheet that waits for the account."""
    await pilot.press("i")
    await until(pilot, lambda: "Or with your account at login.example.gov" in screen_text(pilot.app), "it is offered")
    await pilot.press("f2")
    await until(pilot, lambda: isinstance(pilot.app.screen, AccountSheet), "the sheet is open")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_ways_to_sign_in_read_as_their_frames(truck: Truck, size: tuple[int, int]) -> None:
    account = truck.sync.account
    account.keeper = "login.example.gov"
    account.begun = AccountCode("secret", "WDJB-MJHT", PAGE, f"{PAGE}?user_code=WDJB-MJHT")
    name = f"{size[0]}x{size[1]}"
    async with truck.running(size) as pilot:
        await pilot.press("i")
        await reads_as(pilot, f"sign-in-with-account-{name}")
        await pilot.press("f2")
        await reads_as(pilot, f"account-{name}")
        account.tell("The city's sign-in service cannot be reached from the backend now. Try again in a moment.")
        await reads_as(pilot, f"account-hindered-{name}")
        assert account.done is not None
        account.done.set_exception(SignInAgain("The code was not used in time. Begin again."))
        await reads_as(pilot, f"account-ended-{name}")


async def test_an_account_signs_the_device_in(truck: Truck) -> None:
    truck.sync.account.keeper = "login.example.gov"
    async with truck.running() as pilot:
        await with_account(truck, pilot)
        await until(pilot, lambda: "WDJB-MJHT" in screen_text(pilot.app), "the code is shown")
        assert truck.sync.account.done is not None
        truck.sync.account.done.set_result(SignedInDevice(ADDRESS, "token", a_person(), "Boston"))
        await until(pilot, lambda: pilot.app.screen is my_day(pilot), "the list is back")
    device = truck.field_work.signed_in()
    assert device is not None
    assert device.url == ADDRESS


async def test_a_wait_for_the_account_is_begun_again_or_left(truck: Truck) -> None:
    account = truck.sync.account
    account.keeper, account.begun = "login.example.gov", TryLater("The city's sign-in service cannot be reached.")
    async with truck.running() as pilot:
        await with_account(truck, pilot)
        await until(pilot, lambda: "cannot be reached" in screen_text(pilot.app), "the sentence is shown")
        account.begun = AccountCode("secret", "WDJB-MJHT", PAGE)
        await pilot.press("n")
        await until(pilot, lambda: "WDJB-MJHT" in screen_text(pilot.app), "the code is shown")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the first sheet is back")
        assert account.done is not None
        await until(pilot, account.done.cancelled, "nobody waits any more")


async def test_no_account_is_offered_where_the_city_has_none(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the sheet is open")
        await settled(pilot)
        await pilot.press("f2")
        assert isinstance(pilot.app.screen, SignIn)
        assert "account" not in screen_text(pilot.app)


async def test_hostile_words_in_the_lines_are_harmless(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the sheet is open")
        for line in pilot.app.screen.query(Input):
            line.value = "".join(HOSTILE)[:290]
        await pilot.pause()
        assert not set(screen_text(pilot.app)) & set(FORBIDDEN)
