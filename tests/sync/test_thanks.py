"""What citizens answer comes with the feed, is told until somebody has read it, and stays without a link."""

from datetime import timedelta

import pytest

from crew.domain.citizen_answers import CITIZEN, reaction_text
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, OrderId, WorkOrder, WorkStatus
from crew.wire import FeedPage
from tests.builders import NOON, a_person, an_order
from tests.sync.conftest import Road

pytestmark = pytest.mark.anyio


def thanked(number: int, address: str, *, by: int = 1, crew: str = "D2") -> WorkOrder:
    """Finished work that some people have said thanks for."""
    text = reaction_text("Thank you", thanks=True, thanked=False)
    said = [HistoryEntry(NOON + timedelta(minutes=person), CITIZEN, text, "at last") for person in range(by)]
    done = HistoryEntry(NOON, "Ana", "done", change_id="1")
    order = an_order(id=OrderId(str(number)), address=address, work_status=WorkStatus.DONE, crew=crew)
    return replace(order, history=(done, *said))


async def hear(road: Road, *orders: WorkOrder, gone: tuple[str, ...] = ()) -> str:
    """Pull these orders; returns the quiet line of the day."""
    number = len(road.backend.requests)
    road.backend.pages.append(FeedPage(f"page {number}", more=False, orders=orders, gone=tuple(map(OrderId, gone))))
    await road.sync.run_once()
    return road.truck.field_work.home().thanks


async def test_thanks_are_told_by_street_until_they_were_read(road: Road) -> None:
    centre, moss = thanked(1, "412 Centre St, Jamaica Plain", by=3), thanked(2, "8 Moss Hill Rd")
    assert await hear(road, centre) == "3 people thanked you for Centre St"
    assert await hear(road, moss) == "4 people thanked you for Centre St and Moss Hill Rd"
    assert await hear(road, thanked(3, "")) == "5 people thanked you for Centre St and 2 other places"

    week = road.truck.field_work.week.week()

    assert [(crew.crew, crew.done, crew.thanked) for crew in week.crews] == [("D2", 3, 5)]
    assert {answer.words for answer in week.answers} == {"at last"}
    assert await hear(road, centre) == ""
    assert await hear(road, thanked(1, "412 Centre St", by=4)) == "1 person thanked you for Centre St"


async def test_thanks_stay_when_their_order_leaves_the_device(road: Road) -> None:
    await hear(road, thanked(1, "412 Centre St"))
    assert await hear(road, gone=("1",)) == "1 person thanked you for Centre St"


async def test_nobody_is_told_of_another_crews_thanks_nor_of_old_ones(road: Road) -> None:
    assert await hear(road, thanked(1, "412 Centre St", crew="D5")) == ""
    await hear(road, thanked(2, "8 Moss Hill Rd"))
    road.truck.clock.turn(days=8)
    assert road.truck.field_work.home().thanks == ""
    road.truck.clock.turn(days=60)
    await hear(road)
    assert road.truck.store.week.answered_since(NOON - timedelta(days=1)) == []


async def test_an_office_reads_every_crews_week_and_has_no_line_of_its_own(road: Road) -> None:
    road.truck.sign_in(a_person(Role.SUPERVISOR))
    assert await hear(road, thanked(1, "412 Centre St"), thanked(2, "9 Elm St", crew="D5")) == ""
    assert [(crew.crew, crew.thanked) for crew in road.truck.field_work.week.week().crews] == [("D2", 1), ("D5", 1)]
