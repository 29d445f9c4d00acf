"""Every act of a person waits a grace time and can be taken back before it leaves, whichever sheet it was done on."""

import pytest

from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from tests.terminal.camera_card import press, write
from tests.terminal.frames import screen_text
from tests.terminal.truck import A_SUPERVISOR, Truck, a_days_work
from tests.terminal.waiting import settled, until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("act", ["status", "note", "accept"])
async def test_an_act_waits_and_is_taken_back(truck: Truck, act: str) -> None:
    truck.sign_in(A_SUPERVISOR)
    order = a_days_work()[2]
    if act == "accept":
        order = replace(order, work_status=WorkStatus.DONE, needs_look=True)
    truck.receive([order])
    before = truck.field_work.order(order.id)
    async with truck.running() as pilot:
        if act == "accept":
            await press(pilot, "4", "3")
        elif act == "note":
            await press(pilot, "7", "down", "n")
            await write(pilot, "the gate is open")
            await press(pilot, "enter")
        else:
            await press(pilot, "7", "down", "w")
        await until(pilot, truck.store.outbox.unsettled, "it is done")
        entry = truck.store.outbox.unsettled()[-1]
        assert entry.send_after > entry.change.made_at
        await settled(pilot)
        await press(pilot, "u")
        await until(pilot, lambda: not truck.store.outbox.unsettled(), "it is undone")
        await until(pilot, lambda: "Undone." in screen_text(pilot.app), "and that is said")
    assert truck.field_work.order(order.id) == before
