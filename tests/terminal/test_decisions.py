"""Everything that waits for a person stands in one list, with the key that settles it."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crew.domain.change import Acceptance, KeptDecision, SendingStatus, StatusChange
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, KeptWork, OrderId, WorkStatus
from crew.screens.decisions import Decisions
from crew.screens.my_day import MyDay
from crew.screens.outbox import OutboxScreen
from crew.widgets.attention import Attention
from crew.wire import MovedAway
from tests.terminal.camera_card import press, write
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import A_SUPERVISOR, NOW, Truck, a_days_work
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crew.domain.work_order import WorkOrder

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))
MOVE = MovedAway(
    OrderId("311000000901"),
    "Pothole",
    "3 Green St",
    "moved to Public Works D5: their truck is out of service",
    "Sam",
    NOW,
)


def to_look_at() -> "WorkOrder":
    entry = HistoryEntry(NOW, "Ana", "done by another crew: D5", change_id="1")
    ended = replace(a_days_work()[2], work_status=WorkStatus.DONE, needs_look=True)
    return replace(ended, history=(*ended.history, entry))


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A supervisor with something of everything."""
    truck.sign_in(A_SUPERVISOR)
    truck.receive([to_look_at()])
    truck.store.device.tell_moved_away([MOVE])
    change = truck.field_work.set_status(a_days_work()[0].id, WorkStatus.WORKING)
    truck.store.outbox.settle(change.id, SendingStatus.REFUSED, NOW, reason="Not in this weather.")
    return truck


def kept() -> "WorkOrder":
    """Ana finished it, and her sign-in had ended."""
    done = KeptWork("kept-1", "Ana", NOW - timedelta(hours=2), WorkStatus.DONE, public_text="It shines again.")
    return replace(a_days_work()[3], photo_required=False, needs_look=True, kept=(done,))


async def opened(pilot: "Pilot[None]") -> Decisions:
    await press(pilot, "4")
    screen = pilot.app.screen
    assert isinstance(screen, Decisions)
    await settled(pilot)
    return screen


def on_top(pilot: "Pilot[None]") -> type:
    return type(pilot.app.screen)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_it_reads_as_its_frame(office: Truck, size: tuple[int, int]) -> None:
    async with office.running(size) as pilot:
        await opened(pilot)
        await press(pilot, "down")
        await reads_as(pilot, f"decisions-{size[0]}x{size[1]}")


async def test_finished_work_is_accepted_with_one_key(office: Truck) -> None:
    async with office.running() as pilot:
        screen = await opened(pilot)
        await press(pilot, "down", "3")
        await settled(pilot)
        assert office.store.outbox.unsettled()[-1].change.act == Acceptance()
        assert screen.is_active
        assert "Look at:" not in screen_text(pilot.app)
        assert "2 things wait for you" in screen_text(pilot.app)


async def test_or_it_is_sent_back_with_what_is_missing(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        await press(pilot, "down", "b")
        await write(pilot, "the lamp still flickers")
        await press(pilot, "enter")
        await settled(pilot)
        act = office.store.outbox.unsettled()[-1].change.act
        assert isinstance(act, StatusChange)
        assert (act.status, act.note) == (WorkStatus.SENT_BACK, "the lamp still flickers")


async def test_what_was_refused_leads_to_the_outbox(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        assert "Not in this weather" in screen_text(pilot.app)
        await press(pilot, "enter")
        assert on_top(pilot) is OutboxScreen
        await press(pilot, "escape", "escape")
        assert on_top(pilot) is MyDay


async def test_a_crew_reads_where_its_order_went_and_then_it_is_forgotten(truck: Truck) -> None:
    truck.store.device.tell_moved_away([MOVE])
    async with truck.running((120, 40)) as pilot:
        assert "1 order was moved to another crew: press 4 to see why." in screen_text(pilot.app)
        await pilot.click(Attention)
        await until(pilot, lambda: on_top(pilot) is Decisions, "a tap on the line does what its key does")
        await press(pilot, "escape")
        await opened(pilot)
        assert "their truck is out of service" in screen_text(pilot.app)
        await press(pilot, "n")
        await until(pilot, lambda: "Nothing waits for you." in screen_text(pilot.app), "it is forgotten")
        await press(pilot, "escape")
        await settled(pilot)
        assert "was moved to another crew" not in screen_text(pilot.app)
    assert truck.field_work.moved_away() == ()


async def test_accepting_is_nothing_for_a_crew(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "3")
        await until(pilot, lambda: "A crew cannot accept" in screen_text(pilot.app))
    assert not truck.store.outbox.unsettled()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_is_kept_reads_as_its_frame(office: Truck, size: tuple[int, int]) -> None:
    office.receive([kept()])
    async with office.running(size) as pilot:
        await opened(pilot)
        await press(pilot, "down")
        await reads_as(pilot, f"decisions-kept-{size[0]}x{size[1]}")


async def test_what_is_kept_is_accepted_or_left_aside_with_a_word(office: Truck) -> None:
    order, second = kept(), replace(kept().kept[0], change_id="kept-2", status=WorkStatus.WORKING)
    office.receive([replace(order, kept=(*order.kept, second))])
    async with office.running() as pilot:
        await opened(pilot)
        await press(pilot, "down", "down", "n")
        await write(pilot, "the end says it")
        await press(pilot, "enter")
        await until(pilot, lambda: len(office.field_work.order(order.id).kept) == 1, "one is left aside")
        await settled(pilot)
        await press(pilot, "down", "3")
        await until(pilot, lambda: office.status_of(order) is WorkStatus.DONE, "the other holds")
        entry = office.store.outbox.unsettled()[-1]
        assert entry.send_after > entry.change.made_at, "it can be undone first"
        await press(pilot, "u")
        await until(pilot, lambda: office.field_work.order(order.id).kept, "it waits once more")
        await press(pilot, "down", "3")
        await until(pilot, lambda: not office.field_work.order(order.id).kept, "and is decided again")
    aside, holds = (entry.change.act for entry in office.store.outbox.unsettled()[-2:])
    assert aside == KeptDecision("kept-2", accepted=False, words="the end says it")
    assert holds == KeptDecision("kept-1", accepted=True)
    last = office.field_work.order(order.id).history[-1]
    assert last.person == "Ana"
    assert last.text.startswith("done by Ana, whose sign-in had ended; accepted by")
