"""Driving order by keys: the list says how it is sorted, and the chosen stop stays chosen while others move."""

from typing import TYPE_CHECKING

import pytest

from crew.domain.work_order import WorkStatus
from tests.terminal.camera_card import press
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import Truck, a_days_work, my_day
from tests.terminal.waiting import until

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio


def listed(pilot: "Pilot[None]") -> list[str]:
    return [stop.order_id[-1] for stop in my_day(pilot).table.stops]


async def test_r_turns_to_driving_order_and_back(truck: Truck) -> None:
    async with truck.running() as pilot:
        by_due = listed(pilot)
        assert "by due time" in screen_text(pilot.app)
        await press(pilot, "r")
        await until(pilot, lambda: "driving order" in screen_text(pilot.app), "it is in driving order")
        assert sorted(listed(pilot)) == sorted(by_due)
        await until(pilot, lambda: "Driving order:" in screen_text(pilot.app), "how far it is, is said")
        await reads_as(pilot, "driving-order-80x24")
        await press(pilot, "r")
        await until(pilot, lambda: "by due time" in screen_text(pilot.app), "it is by due time again")
        assert listed(pilot) == by_due


async def test_how_the_list_is_sorted_leaves_the_counts_their_room(truck: Truck) -> None:
    """At 60 columns "7 stops, 2 late" was cut for the sake of "as the crow flies"."""
    truck.field_work.set_status(a_days_work()[3].id, WorkStatus.CANT_DO, reason="not_found")
    async with truck.running((60, 20)) as pilot:
        await press(pilot, "r")
        await until(pilot, lambda: "driving order · " in screen_text(pilot.app), "it is in driving order")
        assert "6 stops · 2 late · 1 done today" in screen_text(pilot.app)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "as the crow flies" in screen_text(pilot.app), "there is room for it")


async def test_one_stop_has_no_way_to_tell(truck: Truck) -> None:
    for order in a_days_work()[1:]:
        truck.field_work.set_status(order.id, WorkStatus.CANT_DO, reason="not_found")
    async with truck.running() as pilot:
        await press(pilot, "r")
        await until(pilot, lambda: "driving order" in screen_text(pilot.app), "it is in driving order")
        assert "crow flies" not in screen_text(pilot.app).splitlines()[1]


async def test_a_stop_is_moved_and_stays_under_the_cursor(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "down", "down", "down")
        chosen = my_day(pilot).chosen_id
        place = listed(pilot).index(chosen[-1])
        await press(pilot, "left_square_bracket")
        await until(pilot, lambda: listed(pilot).index(chosen[-1]) == place - 1, "it stands one earlier")
        assert my_day(pilot).chosen_id == chosen
        await press(pilot, "right_square_bracket")
        await until(pilot, lambda: listed(pilot).index(chosen[-1]) == place, "it stands where it was")
        await press(pilot, "x")
        await until(pilot, lambda: listed(pilot).index(chosen[-1]) == 1, "it stands behind what is under way")
        assert my_day(pilot).chosen_id == chosen


async def test_what_is_under_way_is_not_moved_and_says_why(truck: Truck) -> None:
    async with truck.running() as pilot:
        assert my_day(pilot).chosen_id == a_days_work()[0].id
        await press(pilot, "x")
        await until(pilot, lambda: "comes first already" in screen_text(pilot.app), "it says why")


async def test_a_key_of_the_list_says_so_elsewhere(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "enter", "r")
        await until(pilot, lambda: "Driving order: that is done in the list" in screen_text(pilot.app))
