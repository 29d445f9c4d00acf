"""Raising an order, knowing of it, and clocks that stand: as the screens show it, at three sizes."""

from datetime import timedelta

import pytest

from crew.domain.change import Acknowledgement, Escalation
from crew.domain.deadlines import Level, TimeRules
from crew.domain.errors import NotAllowed
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.domain.work_order import Raised, WorkOrder, WorkStatus
from crew.screens.decisions import Decisions
from tests.terminal.camera_card import press, write
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import A_SUPERVISOR, NOW, Truck, a_days_work
from tests.terminal.waiting import settled

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))
DAYS = ((7 * 60, 16 * 60),)
RULES = TimeRules(
    "America/New_York",
    (*(DAYS,) * 5, (), ()),
    pausing=("permit",),
    ladder=(Level("supervisor", 4, "supervisor"), Level("district head", 8, "Hal"), Level("mayor's office")),
)
HOUR = timedelta(hours=1)


def shown(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def raised_order() -> WorkOrder:
    """Raised to the supervisor an hour ago; somebody should answer within forty minutes."""
    raised = Raised(NOW - HOUR, "Dee", "A bus shelter has lost its roof.", "supervisor", NOW + timedelta(minutes=40))
    return replace(a_days_work()[1], escalation="supervisor", raised=raised, due_at=NOW + 30 * HOUR)


def paused_order() -> WorkOrder:
    """It waits for a permit since this morning, with five and a half working hours left then."""
    return replace(
        a_days_work()[3],
        work_status=WorkStatus.WAITING,
        waiting_reason="permit",
        working_hours=True,
        paused_at=NOW - 4 * HOUR,
        due_at=NOW + 16 * HOUR - timedelta(minutes=32),
    )


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A supervisor with an order that was raised to them, and one whose clock stands."""
    truck.sign_in(A_SUPERVISOR)
    truck.store.time_rules.keep(RULES)
    truck.receive([raised_order(), paused_order()])
    return truck


def last_act(truck: Truck) -> object:
    return truck.store.outbox.unsettled()[-1].change.act


@pytest.mark.parametrize("size", SIZES, ids=shown)
async def test_the_screens_read_as_their_frames(office: Truck, size: tuple[int, int]) -> None:
    async with office.running(size) as pilot:
        await press(pilot, "4")
        await reads_as(pilot, f"decisions-escalated-{shown(size)}")
        await press(pilot, "enter")
        await settled(pilot)
        await reads_as(pilot, f"order-escalated-{shown(size)}")
        await press(pilot, "e", "d")
        await write(pilot, "Nobody has a ladder.")
        await press(pilot, "enter")
        await reads_as(pilot, f"escalate-chosen-{shown(size)}")


@pytest.mark.parametrize("size", SIZES, ids=shown)
async def test_the_watch_tells_answers_and_clocks_that_stand_apart(office: Truck, size: tuple[int, int]) -> None:
    async with office.running(size) as pilot:
        office.field_work.queue.city_views = {"Breaks next": "due:next"}
        await press(pilot, "7")
        await settled(pilot)
        await press(pilot, "tab")
        await settled(pilot)
        await reads_as(pilot, f"queue-breaks-next-{shown(size)}")
        await press(pilot, "end", "enter")
        await settled(pilot)
        await reads_as(pilot, f"order-paused-{shown(size)}")


async def test_an_escalation_is_three_keys_and_a_reason_and_everything_can_be_said_otherwise(office: Truck) -> None:
    async with office.running() as pilot:
        await press(pilot, "e", "d")
        await write(pilot, "third call")
        await press(pilot, "enter", "enter")
        await settled(pilot)
        assert last_act(office) == Escalation("district head", "third call")

        await press(pilot, "e", "s")
        await write(pilot, "once more")
        await press(pilot, "enter", "w")
        await write(pilot, "Kim")
        await press(pilot, "enter", "b")
        await write(pilot, "noon")
        await press(pilot, "enter", "enter")
        assert '"noon" is no time' in screen_text(pilot.app)
        await press(pilot, "b", *["backspace"] * 4)
        await write(pilot, "17:30")
        await press(pilot, "enter")
        assert "Asks Kim. Without an answer by today 17:30 it goes on to district head." in screen_text(pilot.app)
        await press(pilot, "enter")
        await settled(pilot)
        by = NOW.replace(hour=21, minute=30)
        assert last_act(office) == Escalation("supervisor", "once more", "Kim", by)


async def test_whoever_is_asked_is_told_and_acknowledges_with_one_key(office: Truck) -> None:
    async with office.running() as pilot:
        assert "1 order was escalated to you" in screen_text(pilot.app)
        await press(pilot, "4", "k")
        await settled(pilot)
        assert last_act(office) == Acknowledgement("supervisor", NOW - HOUR)
        assert isinstance(pilot.app.screen, Decisions)
        assert "Nothing waits for you." in screen_text(pilot.app)
        await press(pilot, "escape")
        await settled(pilot)
        assert "escalated to you" not in screen_text(pilot.app)


async def test_who_is_not_asked_is_not_told_and_a_crew_may_not_acknowledge(truck: Truck) -> None:
    truck.receive([replace(raised_order(), raised=Raised(NOW, "Dee", "roof", "Hal", NOW + HOUR))])
    for person in (A_SUPERVISOR, Person("Ana", Role.CREW, "D2", "Public Works D2")):
        truck.sign_in(person)
        assert truck.field_work.to_decide().escalated == ()
    with pytest.raises(NotAllowed, match="A crew cannot acknowledge"):
        truck.field_work.acknowledge(raised_order().id)
    async with truck.running() as pilot:
        await press(pilot, "down", "down", "down", "down", "k")
        await settled(pilot)
        assert truck.store.outbox.unsettled() == []
