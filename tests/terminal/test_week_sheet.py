"""What citizens said is a quiet line on the day, and a sheet that tells of the week."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crew.domain.citizen_answers import CITIZEN, NOT_FIXED, reaction_text
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, OrderId, PhotoRole, WorkStatus
from crew.screens.order_detail import OrderDetail
from crew.screens.week_sheet import WeekSheet
from crew.widgets.photo_strip import PhotoStrip
from tests.builders import a_photo, an_order
from tests.terminal.camera_card import press
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import NOW, Truck, a_days_work
from tests.terminal.waiting import settled

if TYPE_CHECKING:
    from crew.domain.work_order import WorkOrder

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))
HOUR = timedelta(hours=1)


def answered(number: int, address: str, *entries: tuple[str, str]) -> "WorkOrder":
    done = HistoryEntry(NOW - 30 * HOUR, "Ana", "done, 1 photo", change_id=str(number))
    said = [HistoryEntry(NOW - (5 - place) * HOUR, CITIZEN, *entry) for place, entry in enumerate(entries)]
    order = an_order(id=OrderId(f"31100000080{number}"), address=address, work_status=WorkStatus.DONE)
    return replace(order, history=(done, *said), updated_at=NOW - 30 * HOUR, due_at=NOW - number * 20 * HOUR)


THANKS = reaction_text("👍 Thank you", thanks=True, thanked=False)
FINE = reaction_text("🙂 It will do", thanks=False, thanked=False)


@pytest.fixture
def thanked(truck: Truck) -> Truck:
    """A crew whose work was answered, and of whom one order came back."""
    back = replace(answered(3, "7 Elm St", (NOT_FIXED, "the rim is loose again")), work_status=WorkStatus.SENT_BACK)
    orders = [
        *a_days_work(),
        answered(1, "412 Centre St", (THANKS, "Smooth again, my bike says thanks!"), (FINE, ""), (THANKS, "")),
        answered(2, "8 Moss Hill Rd", (THANKS, "<b>[/]")),
        back,
    ]
    truck.receive(orders)
    truck.store.week.take(orders, NOW)
    return truck


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_day_and_the_week_read_as_their_frames(thanked: Truck, size: tuple[int, int]) -> None:
    async with thanked.running(size) as pilot:
        await reads_as(pilot, f"thanked-{size[0]}x{size[1]}")
        await press(pilot, "9")
        await settled(pilot)
        await press(pilot, "down")
        await reads_as(pilot, f"week-{size[0]}x{size[1]}")


async def test_a_tap_opens_the_week_and_what_was_read_is_no_news(thanked: Truck) -> None:
    async with thanked.running() as pilot:
        assert "3 people thanked you for Centre St and Moss Hill Rd" in screen_text(pilot.app)
        await pilot.click("Thanks")
        await settled(pilot)
        assert isinstance(pilot.app.screen, WeekSheet)
        await press(pilot, "escape")
        await settled(pilot)
        assert "thanked you" not in screen_text(pilot.app)


async def test_work_that_came_back_says_why_and_shows_how_it_looks_now(thanked: Truck) -> None:
    first, latest = a_photo("1" * 64, PhotoRole.BEFORE), a_photo("2" * 64, PhotoRole.BEFORE)
    order = replace(thanked.field_work.order("311000000803"), photos=(first, latest), updated_at=NOW)
    thanked.receive([order])
    async with thanked.running((120, 40)) as pilot:
        await press(pilot, "down", "enter")
        await settled(pilot)
        assert "Not fixed, says the citizen. “the rim is loose again”" in " ".join(screen_text(pilot.app).split())
        assert pilot.app.screen.query_one(PhotoStrip).current == latest


async def test_enter_leads_to_the_order_that_was_answered(thanked: Truck) -> None:
    async with thanked.running() as pilot:
        await press(pilot, "9")
        await settled(pilot)
        await press(pilot, "enter")
        assert "This line counts many orders" in screen_text(pilot.app)
        await press(pilot, "down", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, OrderDetail)


async def test_a_week_without_anything_says_what_will_be_here(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "9")
        await settled(pilot)
        assert "Nothing was finished, and nobody answered." in screen_text(pilot.app)
