"""How an order ends on the sheets: outcomes and reasons of a city, words for the citizen, warnings, many at once."""

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from crew.backend.catalogue import load_catalogue
from crew.domain.change import Demand, StatusChange, Waiver
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkOrder, WorkStatus
from crew.screens.cant_sheet import CantSheet
from crew.screens.close_sheet import CloseSheet
from crew.screens.done_sheet import DoneSheet, OutcomeLine
from crew.screens.reason_sheet import ReasonSheet
from crew.wire import CrewLoad
from tests.terminal.camera_card import CameraCard, press, said, write
from tests.terminal.frames import reads_as
from tests.terminal.truck import A_DISPATCHER, A_SUPERVISOR, Truck, a_days_work
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))
POTHOLE = replace(a_days_work()[0], photo_required=False)


@pytest.fixture
def truck(truck: Truck) -> Truck:
    """A truck whose city has told its closure reasons."""
    truck.store.device.keep_wording(load_catalogue({}).wording_for_devices)
    truck.receive([POTHOLE])
    return truck


def the_ending(truck: Truck, order: WorkOrder = POTHOLE) -> StatusChange:
    act = truck.field_work.unsent_of(order.id)[-1].change.act
    assert isinstance(act, StatusChange)
    return act


def sentence_on(pilot: "Pilot[None]") -> str:
    """What the sheet says that the citizen will read."""
    return said(pilot).partition("The citizen will read  “")[2].partition("”")[0]


async def test_the_outcome_is_found_by_letters_and_the_citizen_reads_what_the_sheet_said(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "d", "o")
        assert isinstance(pilot.app.screen, ReasonSheet)
        await write(pilot, "fil")
        await press(pilot, "enter", "t")
        await write(pilot, "Mind the edge.")
        told = sentence_on(pilot)
        await press(pilot, "enter", "enter")
    act = the_ending(truck)
    assert (act.status, act.reason, act.public_note) == (WorkStatus.DONE, "filled", "Mind the edge.")
    assert act.public_text == told
    assert told.startswith("We filled the hole at 412 Centre St, Jamaica Plain on 4 May at 14:32. Mind")


async def test_the_outcome_that_was_used_last_for_a_service_is_offered_first(truck: Truck) -> None:
    other = replace(POTHOLE, id=OrderId("311000000077"), address="9 Elm St")
    truck.receive([other])
    truck.field_work.set_status(other.id, WorkStatus.DONE, reason="filled")
    async with truck.running() as pilot:
        await press(pilot, "d")
        assert "Outcome  Filled" in said(pilot)
        await press(pilot, "enter")
    assert the_ending(truck).reason == "filled"


async def test_what_should_not_be_public_is_warned_of_and_never_refused(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "d", "t")
        await write(pilot, "Call Maria at 617-555-0101")
        assert "looks like a phone number" in said(pilot)
        assert "looks like the name of a person" in said(pilot)
        await press(pilot, "enter", "enter")
    assert the_ending(truck).public_note == "Call Maria at 617-555-0101"


async def test_words_and_outcome_are_there_again_after_esc(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "d", "t")
        await write(pilot, "Mind it.")
        await press(pilot, "escape", "o")
        await write(pilot, "safe")
        await press(pilot, "enter", "escape")
        await press(pilot, "d")
        assert isinstance(pilot.app.screen, DoneSheet)
        assert pilot.app.screen.query_one(".words", Input).value == "Mind it."
        assert "Made safe for now" in said(pilot)


async def test_a_tap_on_the_outcome_shows_them_all(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "d")
        await pilot.click(OutcomeLine)
        await settled(pilot)
        assert isinstance(pilot.app.screen, ReasonSheet)


async def test_a_reason_beyond_the_first_ones_is_found_by_letters(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "c", "m")
        assert isinstance(pilot.app.screen, ReasonSheet)
        await write(pilot, "mbta")
        await press(pilot, "enter")
        assert "Why not: Not ours: MBTA" in said(pilot)
        assert sentence_on(pilot) == "412 Centre St, Jamaica Plain is cared for by the MBTA; we have told them."
        await press(pilot, "enter")
    assert the_ending(truck).reason == "of_the_transit"


async def test_a_photo_that_a_reason_asks_for_is_added_on_the_sheet_and_stays_inside(
    truck: Truck, tmp_path: "Path", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    card = CameraCard(tmp_path / "card")
    card.shoot("IMG_0412.JPG")
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "c", "m")
        await write(pilot, "unsafe")
        await press(pilot, "enter")
        assert "p: it asks for a photo: it shows the danger" in said(pilot)
        await press(pilot, "enter")
        assert "asks for a photo" in said(pilot)
        await press(pilot, "p")
        await press(pilot, "enter", "enter", "enter")
        assert isinstance(pilot.app.screen, CantSheet)
        assert "1 photo, for the city alone" in said(pilot)
        await press(pilot, "enter")
    act = the_ending(truck)
    assert (act.reason, [photo.role.value for photo in act.photos]) == ("unsafe", ["before"])


# Many at once


def storm() -> list[WorkOrder]:
    return [
        replace(a_days_work()[0], id=OrderId(f"31100000{place:04}"), crew="D7", work_status=WorkStatus.ASSIGNED)
        for place in range(12)
    ]


@pytest.fixture
def office(truck: Truck) -> Truck:
    truck.sign_in(A_SUPERVISOR)
    truck.store.device.keep_crews((CrewLoad("D2", "Public Works D2"), CrewLoad("D7", "Public Works D7")))
    truck.receive(storm())
    return truck


def open_of_the_storm(truck: Truck) -> int:
    return sum(not truck.field_work.order(order.id).work_status.ended for order in storm())


@pytest.mark.parametrize("keys", [("2", "slash"), ("7", "slash")], ids=["board", "queue"])
async def test_what_is_marked_ends_in_one_act_and_is_open_again_in_one(office: Truck, keys: tuple[str, ...]) -> None:
    async with office.running() as pilot:
        await press(pilot, *keys)
        await write(pilot, "pothole D7" if keys[0] == "2" else "crew:D7")
        await press(pilot, "enter", "asterisk", "8")
        assert isinstance(pilot.app.screen, CloseSheet)
        await write(pilot, "storm")
        await press(pilot, "enter")
        await write(pilot, "Stay safe.")
        await until(pilot, lambda: "12 orders will end" in said(pilot), "the sheet tells what will happen")
        assert "12 without the photo that is asked for" in said(pilot)
        await press(pilot, "enter")
        await until(pilot, lambda: open_of_the_storm(office) == 0, "all have ended")
        act = the_ending(office, storm()[0])
        assert act.waiver == Waiver((Demand.PHOTO,), "supervisor")
        assert act.public_text.endswith("If something was left, tell us. Stay safe.")
        await press(pilot, "u")
        await until(pilot, lambda: open_of_the_storm(office) == 12, "all are open again")


async def test_orders_of_one_crew_that_are_under_way_are_not_told_as_crews(office: Truck) -> None:
    office.receive([replace(order, work_status=WorkStatus.WORKING) for order in storm()[:2]])
    async with office.running() as pilot:
        await press(pilot, "7", "slash")
        await write(pilot, "crew:D7")
        await press(pilot, "enter", "asterisk", "8")
        await write(pilot, "storm")
        await press(pilot, "enter")
        await until(pilot, lambda: "12 orders will end" in said(pilot), "the sheet tells what will happen")
        assert "2 of them are under way: whoever is there reads it with the next sync." in said(pilot)


async def test_who_may_not_close_many_is_told_who_may(office: Truck) -> None:
    office.sign_in(A_DISPATCHER)
    async with office.running() as pilot:
        await press(pilot, "7", "8")
        assert not isinstance(pilot.app.screen, CloseSheet)
        assert any("a supervisor can" in str(toast.message) for toast in pilot.app._notifications)


# Frames


def shown(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", SIZES, ids=shown)
async def test_the_sheets_of_a_city_with_reasons_read_as_their_frames(truck: Truck, size: tuple[int, int]) -> None:
    truck.field_work.keep_draft(POTHOLE.id, "done", '{"reason":"made_safe","words":"Maria Lopez saw it"}')
    async with truck.running(size) as pilot:
        await press(pilot, "d")
        await reads_as(pilot, f"done-outcome-{shown(size)}")
        await press(pilot, "o")
        await reads_as(pilot, f"reasons-{shown(size)}")
        await press(pilot, "escape", "escape", "c", "m")
        await write(pilot, "private")
        await press(pilot, "enter")
        await reads_as(pilot, f"cant-reason-{shown(size)}")


@pytest.mark.parametrize("size", SIZES, ids=shown)
async def test_the_sheet_that_ends_many_reads_as_its_frames(office: Truck, size: tuple[int, int]) -> None:
    async with office.running(size) as pilot:
        await press(pilot, "7", "asterisk", "8")
        await reads_as(pilot, f"close-{shown(size)}")
        await write(pilot, "storm")
        await press(pilot, "enter")
        await until(pilot, lambda: "orders will end" in said(pilot), "the sheet tells what will happen")
        await reads_as(pilot, f"close-preview-{shown(size)}")
