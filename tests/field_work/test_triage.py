"""What is new on the device, and what placing it does to the day."""

from datetime import timedelta

from crew.domain.change import SendingStatus, Triage
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, OrderId, Priority, WorkStatus
from tests.builders import NOON, a_person, an_order
from tests.trucks import Truck

REPORTED = (HistoryEntry(NOON, "citizen", "reported"),)
TOUCHED = (*REPORTED, HistoryEntry(NOON, "Ana", "accepted", change_id="x"))


def new(truck: Truck) -> list[str]:
    return [stop.order_id for stop in truck.field_work.untriaged()]


def test_new_is_what_has_no_crew_or_was_touched_by_nobody_the_latest_first(truck: Truck) -> None:
    truck.gets(
        an_order(id=OrderId("untouched"), history=REPORTED),
        an_order(id=OrderId("later"), history=REPORTED, updated_at=NOON + timedelta(minutes=1)),
        an_order(id=OrderId("touched"), history=TOUCHED),
        an_order(id=OrderId("without"), history=TOUCHED, work_status=WorkStatus.NEW, updated_at=NOON - timedelta(1)),
        an_order(id=OrderId("ended"), history=REPORTED, work_status=WorkStatus.DONE),
    )
    assert new(truck) == ["later", "untouched", "without"]


def test_what_was_placed_is_new_no_more_until_that_does_not_hold(truck: Truck) -> None:
    truck.sign_in(a_person(Role.DISPATCHER))
    truck.gets(an_order(history=REPORTED))

    change = truck.field_work.triage(an_order().id, Triage(priority=Priority.HIGH))

    assert new(truck) == []
    assert [stop.priority for stop in truck.field_work.day().stops] == ["high"]
    truck.settles(change, SendingStatus.REFUSED)
    assert new(truck) == [an_order().id]
    truck.field_work.send_again(change.id)
    assert truck.field_work.order(an_order().id).priority is Priority.HIGH


def test_a_triage_that_has_left_is_taken_back_by_its_opposite(truck: Truck) -> None:
    truck.sign_in(a_person(Role.DISPATCHER))
    truck.gets(an_order(history=REPORTED))
    change = truck.field_work.triage(an_order().id, Triage(priority=Priority.HIGH, crew="D5"))
    truck.store.outbox.mark_sending([change.id])

    back = truck.field_work.take_back(change.id)

    assert back is not None
    assert back.act == Triage(priority=Priority.NORMAL, crew="D2")


def test_what_is_urgent_is_driven_to_first(truck: Truck) -> None:
    """Without it the way through all three is the shortest from one end to the other."""
    far = NOON + timedelta(days=2)
    stops = [an_order(id=OrderId(str(number)), lat=42.30 + number / 100, due_at=far) for number in range(3)]
    truck.gets(*stops)
    assert [stop.order_id for stop in truck.field_work.route().stops] in (["0", "1", "2"], ["2", "1", "0"])

    truck.gets(replace(stops[1], priority=Priority.URGENT))

    assert truck.field_work.route().stops[0].order_id == "1"
