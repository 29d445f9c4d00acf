"""A desk hides a photo from the public with one key where it is shown large; a crew is told who can."""

import pytest

from crew.domain.change import Withdrawal
from crew.screens.photo_zoom import PhotoZoom
from crew.widgets.order_table import OrderTable
from tests.terminal.camera_card import press
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import A_SUPERVISOR, Truck, a_days_work, my_day
from tests.terminal.waiting import until

pytestmark = pytest.mark.anyio

ORDER = next(order for order in a_days_work() if order.photos)
HIDDEN = "hidden from the public"


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_supervisor_hides_it_and_takes_that_back(truck: Truck, size: tuple[int, int]) -> None:
    truck.sign_in(A_SUPERVISOR)
    async with truck.running(size) as pilot:
        my_day(pilot).query_one(OrderTable).choose(ORDER.id)
        await press(pilot, "z", "h")
        await until(pilot, lambda: truck.field_work.order(ORDER.id).withdrawn == (ORDER.photos[0].sha256,))
        assert truck.store.outbox.unsettled()[-1].change.act == Withdrawal(ORDER.photos[0].sha256)
        await press(pilot, "z")
        await until(pilot, lambda: HIDDEN in screen_text(pilot.app))
        await reads_as(pilot, f"hidden-photo-{size[0]}x{size[1]}")
        await press(pilot, "escape", "u")
        await until(pilot, lambda: truck.field_work.order(ORDER.id).withdrawn == ())


async def test_a_crew_is_told_who_can(truck: Truck) -> None:
    async with truck.running() as pilot:
        my_day(pilot).query_one(OrderTable).choose(ORDER.id)
        await press(pilot, "z", "h")
        await until(pilot, lambda: "a supervisor or a dispatcher can" in screen_text(pilot.app))
        assert isinstance(pilot.app.screen, PhotoZoom)
        assert truck.field_work.order(ORDER.id).withdrawn == ()
