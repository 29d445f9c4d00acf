"""What is new is placed by keys alone, one line each; nothing has happened before enter."""

import pytest

from crew.domain.change import Triage
from crew.domain.value import replace
from crew.domain.work_order import OrderId, Priority, WorkStatus
from crew.wire import CrewLoad, ServiceOffer
from tests.terminal.camera_card import press, said, tap, write
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import A_DISPATCHER, NOW, Truck, a_days_work
from tests.terminal.waiting import until

pytestmark = pytest.mark.anyio

GRAFFITI, TRASH, DUMPING = a_days_work()[3:6]
SIZES = ((60, 20), (80, 24), (120, 40))


@pytest.fixture
def truck(truck: Truck) -> Truck:
    truck.sign_in(A_DISPATCHER)
    truck.store.device.keep_services((ServiceOffer("graffiti", "Graffiti"), ServiceOffer("trash", "Missed trash")))
    truck.store.device.keep_crews((CrewLoad("D2", "Public Works D2"), CrewLoad("D5", "Public Works D5")))
    return truck


def acts(truck: Truck) -> list[tuple[str, object]]:
    return [(entry.change.order_id, entry.change.act) for entry in truck.store.outbox.unsettled()]


async def test_three_keys_and_a_few_letters_place_an_order(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f3")
        await until(pilot, lambda: "3 to place" in screen_text(pilot.app))
        await press(pilot, "3", "s")
        await write(pilot, "tra")
        await press(pilot, "enter", "c")
        await write(pilot, "d5")
        await press(pilot, "enter")
        assert acts(truck) == [], "nothing before enter"
        assert "high     Public Works D5" in screen_text(pilot.app), "a crew has one name wherever it is read"
        await press(pilot, "enter")
        await until(pilot, lambda: "2 to place" in screen_text(pilot.app))
    assert acts(truck) == [(GRAFFITI.id, Triage("trash", "Missed trash", Priority.HIGH, "D5"))]
    order = truck.field_work.order(GRAFFITI.id)
    assert (order.service_name, order.priority, order.crew) == ("Missed trash", Priority.HIGH, "D5")


async def test_enter_alone_says_that_it_is_right_as_it_is_and_goes_on(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f3")
        await until(pilot, lambda: "3 to place" in screen_text(pilot.app))
        await press(pilot, "enter", "down", "4", "enter")
        await until(pilot, lambda: "1 to place" in screen_text(pilot.app))
    assert acts(truck) == [(GRAFFITI.id, Triage()), (DUMPING.id, Triage(priority=Priority.URGENT))]


async def test_what_is_placed_stays_placed_and_what_has_no_crew_comes_back(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f3")
        await until(pilot, lambda: "3 to place" in screen_text(pilot.app))
        await press(pilot, "enter", "enter", "enter")
        await until(pilot, lambda: "Nothing new is left" in said(pilot))
        await press(pilot, "enter")
        await press(pilot, "escape", "f3")
        await until(pilot, lambda: "1 to place" in screen_text(pilot.app))
        assert TRASH.address in screen_text(pilot.app), "new is what has no crew"


async def test_esc_leaves_a_choice_and_then_the_sheet(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f3", "down", "c")
        await write(pilot, "zz")
        assert "Nothing has these letters" in said(pilot)
        await press(pilot, "enter", "escape")
        await until(pilot, lambda: "3 to place" in screen_text(pilot.app))
        await press(pilot, "1", "enter")
        await press(pilot, "escape")
        assert len(pilot.app.screen_stack) == 1
    assert acts(truck) == [(TRASH.id, Triage(priority=Priority.LOW))], "the cursor stayed on its line"


async def test_an_order_that_ended_meanwhile_says_so(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f3")
        await until(pilot, lambda: "3 to place" in screen_text(pilot.app))
        truck.receive([replace(GRAFFITI, work_status=WorkStatus.DONE)])
        await press(pilot, "2", "enter")
        assert "is done" in said(pilot)
    assert acts(truck) == []


async def test_it_works_by_taps(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f3")
        await until(pilot, lambda: "3 to place" in screen_text(pilot.app))
        await tap(pilot, "Crew")
        await tap(pilot, "Next")
        await tap(pilot, "Next")
    assert acts(truck) == [(GRAFFITI.id, Triage(crew="D2"))]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_sheet_reads_as_its_frame(truck: Truck, size: tuple[int, int]) -> None:
    truck.receive([replace(GRAFFITI, id=OrderId(f"31100000010{number}"), updated_at=NOW) for number in range(3)])
    async with truck.running(size) as pilot:
        await press(pilot, "f3")
        await until(pilot, lambda: "6 to place" in screen_text(pilot.app))
        await press(pilot, "down", "4")
        await reads_as(pilot, f"triage-{size[0]}x{size[1]}")
        await press(pilot, "c")
        await write(pilot, "d")
        await reads_as(pilot, f"triage-crew-{size[0]}x{size[1]}")
