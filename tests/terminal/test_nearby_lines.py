"""What else there is around an order stands beside its place."""

import pytest

from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from tests.terminal.frames import screen_text
from tests.terminal.truck import Truck, a_days_work
from tests.terminal.waiting import until

pytestmark = pytest.mark.anyio

POTHOLE = a_days_work()[0]


async def test_the_order_says_what_is_near_what_may_be_the_same_and_what_was_done_here(truck: Truck) -> None:
    assert POTHOLE.lat is not None
    twin = replace(POTHOLE, id=OrderId("311000000555"), photos=(), work_status=WorkStatus.ASSIGNED)
    sign = replace(twin, id=OrderId("311000000556"), service_name="Broken sign", lat=POTHOLE.lat + 0.001)
    done = replace(twin, id=OrderId("311000000557"), work_status=WorkStatus.DONE)
    truck.receive([twin, sign, done])
    async with truck.running((120, 40)) as pilot:
        await until(pilot, lambda: "1 more may be the same: 311000000555" in screen_text(pilot.app))
        assert "1 more within 150 m: Broken sign" in screen_text(pilot.app)
        assert "Done here before: " in screen_text(pilot.app)


async def test_an_order_without_a_place_says_so(truck: Truck) -> None:
    truck.receive([replace(POTHOLE, lat=None, long=None)])
    async with truck.running((120, 40)) as pilot:
        await until(pilot, lambda: "No place on the map: go by the address." in screen_text(pilot.app))
