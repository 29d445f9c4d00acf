"""Duplicates are offered where they are shown, joined with two keys, and parted again on the same sheet."""

import pytest

from crew.commands import LINK
from crew.domain.change import Link, Unlink
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from crew.widgets.button_bar import CommandButton
from crew.widgets.order_table import OrderTable
from tests.terminal.camera_card import press, said, tap, write
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import A_DISPATCHER, A_SUPERVISOR, Truck, a_days_work, my_day
from tests.terminal.waiting import until

pytestmark = pytest.mark.anyio

POTHOLE, _, LIGHT = a_days_work()[:3]
TWIN = replace(POTHOLE, id=OrderId("311000000555"), photos=(), requests=(), work_status=WorkStatus.ASSIGNED, crew="D5")
SIZES = ((60, 20), (80, 24), (120, 40))


@pytest.fixture
def truck(truck: Truck) -> Truck:
    """The desk of a dispatcher: two orders of the day may be one."""
    truck.sign_in(A_DISPATCHER)
    truck.receive([TWIN])
    return truck


async def test_the_order_offers_what_may_be_the_same(truck: Truck) -> None:
    async with truck.running((120, 40)) as pilot:
        my_day(pilot).query_one(OrderTable).choose(POTHOLE.id)
        await until(pilot, lambda: "1 more may be the same: 311000000555 (&: link)" in screen_text(pilot.app))
        labels = [button.command.label for button in pilot.app.screen.query(CommandButton) if button.command]
        assert LINK.label in labels
        my_day(pilot).query_one(OrderTable).choose(LIGHT.id)
        await until(pilot, lambda: "1 more may" not in screen_text(pilot.app))
        await until(
            pilot,
            lambda: "Can't" in [b.command.label for b in pilot.app.screen.query(CommandButton) if b.command],
            "the button gives way",
        )


async def test_two_keys_join_them_and_undo_parts_them(truck: Truck) -> None:
    async with truck.running() as pilot:
        my_day(pilot).query_one(OrderTable).choose(POTHOLE.id)
        await press(pilot, "ampersand", "enter")
        assert truck.field_work.order(POTHOLE.id).linked_to == TWIN.id
        assert len(truck.field_work.order(TWIN.id).requests) == 2
        await until(pilot, lambda: "Linked to 311000000555: 412 Centre St" in screen_text(pilot.app))
        await press(pilot, "u")
        assert truck.field_work.order(POTHOLE.id).linked_to == ""


async def test_any_order_of_the_device_is_found_by_its_number(truck: Truck) -> None:
    async with truck.running() as pilot:
        my_day(pilot).query_one(OrderTable).choose(POTHOLE.id)
        await press(pilot, "ampersand")
        await write(pilot, LIGHT.id)
        await until(pilot, lambda: "Street light out, 8 Moss Hill Rd" in screen_text(pilot.app))
        await press(pilot, "enter")
    (entry,) = truck.store.outbox.unsettled()
    assert entry.change.act == Link(LIGHT.id, POTHOLE.requests)


async def test_nothing_to_choose_is_said(truck: Truck) -> None:
    async with truck.running() as pilot:
        my_day(pilot).query_one(OrderTable).choose(LIGHT.id)
        await press(pilot, "ampersand")
        assert "Type the number of an order" in said(pilot)
        await press(pilot, "enter")
        assert "Choose an order first" in said(pilot)


async def test_a_request_is_parted_by_a_tap(truck: Truck) -> None:
    async with truck.running() as pilot:
        my_day(pilot).query_one(OrderTable).choose(POTHOLE.id)
        await press(pilot, "ampersand")
        await write(pilot, "part")
        await until(pilot, lambda: "Part 311000000099 again" in screen_text(pilot.app))
        await tap(pilot, "Link")
    (entry,) = truck.store.outbox.unsettled()
    assert entry.change.act == Unlink("311000000099")
    assert truck.field_work.order("311000000099").description == "My tire is flat, same hole."


async def test_a_crew_is_told_who_can(truck: Truck) -> None:
    truck.sign_in(replace(A_SUPERVISOR, role=type(A_SUPERVISOR.role).CREW, crew="D2"))
    async with truck.running() as pilot:
        await press(pilot, "ampersand")
        assert "A crew cannot link" in screen_text(pilot.app)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_sheet_reads_as_its_frame(truck: Truck, size: tuple[int, int]) -> None:
    async with truck.running(size) as pilot:
        my_day(pilot).query_one(OrderTable).choose(POTHOLE.id)
        await press(pilot, "ampersand")
        await reads_as(pilot, f"link-{size[0]}x{size[1]}")
