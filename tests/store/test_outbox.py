"""Changes leave in the order they were made on each work order, and no order waits for another."""

from datetime import timedelta

import pytest

from crew.domain.change import Change, SendingStatus
from crew.domain.work_order import WorkStatus
from tests.builders import an_order
from tests.trucks import Truck

HOLDING = (SendingStatus.REFUSED, SendingStatus.NEEDS_DECISION)
FREEING = (SendingStatus.ACKNOWLEDGED, SendingStatus.SET_ASIDE)


@pytest.fixture
def two_orders(truck: Truck) -> list[Change]:
    """Three changes: the first and the last on one order, the second on another."""
    truck.gets(an_order(id="one"), an_order(id="two"))
    return [truck.field_work.add_note(order_id, "a note") for order_id in ("one", "two", "one")]


def test_changes_leave_in_the_order_they_were_made(truck: Truck, two_orders: list[Change]) -> None:
    assert truck.ready() == [change.id for change in two_orders]
    assert [change.sequence for change in two_orders] == [1, 2, 3]


@pytest.mark.parametrize("status", HOLDING)
def test_a_change_that_needs_a_person_holds_back_its_own_order_only(
    truck: Truck, two_orders: list[Change], status: SendingStatus
) -> None:
    first, second, _third = two_orders
    truck.settles(first, status)
    assert truck.ready() == [second.id]


@pytest.mark.parametrize("status", FREEING)
def test_a_settled_change_holds_back_nothing(truck: Truck, two_orders: list[Change], status: SendingStatus) -> None:
    first, second, third = two_orders
    truck.settles(first, status)
    assert truck.ready() == [second.id, third.id]


def test_a_change_in_its_grace_time_holds_back_its_own_order_only(truck: Truck) -> None:
    truck.gets(an_order(id="one"), an_order(id="two"))
    truck.field_work.set_status("one", WorkStatus.WORKING, grace_seconds=5)
    truck.field_work.add_note("one", "after it")
    free = truck.field_work.add_note("two", "elsewhere")
    assert truck.ready() == [free.id]
    truck.clock.turn(seconds=5)
    assert len(truck.ready()) == 3


def test_a_change_that_was_on_its_way_when_the_program_died_leaves_again(
    truck: Truck, two_orders: list[Change]
) -> None:
    truck.store.outbox.mark_sending([two_orders[0].id])
    assert truck.reopened().ready() == [change.id for change in two_orders]


def test_a_clock_that_was_set_back_does_not_hold_the_work(truck: Truck) -> None:
    truck.gets(an_order())
    truck.clock.turn(days=400)
    change = truck.field_work.set_status(an_order().id, WorkStatus.WORKING, grace_seconds=5)
    truck.clock.turn(days=-400)
    assert truck.ready() == [change.id]


def test_the_next_due_moment_is_the_earliest_still_to_come(truck: Truck) -> None:
    truck.gets(an_order(id="one"), an_order(id="two"))
    now = truck.clock()
    assert truck.store.outbox.next_due_at(now) is None
    truck.field_work.set_status("one", WorkStatus.WORKING, grace_seconds=60)
    truck.field_work.set_status("two", WorkStatus.WORKING, grace_seconds=5)
    assert truck.store.outbox.next_due_at(now) == now + timedelta(seconds=5)
    assert truck.store.outbox.next_due_at(now + timedelta(seconds=5)) == now + timedelta(seconds=60)
    assert truck.store.outbox.next_due_at(now + timedelta(seconds=60)) is None


@pytest.mark.parametrize("later", [status for status in SendingStatus if status is not SendingStatus.ACKNOWLEDGED])
def test_an_acknowledged_change_never_turns_back(truck: Truck, two_orders: list[Change], later: SendingStatus) -> None:
    change = two_orders[0]
    truck.settles(change, SendingStatus.ACKNOWLEDGED)
    truck.settles(change, later)
    truck.store.outbox.mark_sending([change.id])
    truck.store.outbox.mark_waiting_again()
    assert truck.status_of(change) is SendingStatus.ACKNOWLEDGED


def test_only_what_still_waits_is_marked_as_leaving(truck: Truck, two_orders: list[Change]) -> None:
    first, second, third = two_orders
    truck.settles(first, SendingStatus.ACKNOWLEDGED)
    truck.settles(second, SendingStatus.SET_ASIDE)
    marked = truck.store.outbox.mark_sending([change.id for change in two_orders])
    assert marked == {third.id}
    assert [truck.status_of(change) for change in two_orders] == [*FREEING, SendingStatus.SENDING]
    truck.store.outbox.mark_waiting_again()
    assert truck.status_of(third) is SendingStatus.WAITING


def test_settled_changes_keep_their_rows(truck: Truck, two_orders: list[Change]) -> None:
    for change, status in zip(two_orders, (*FREEING, SendingStatus.REFUSED), strict=True):
        truck.settles(change, status, "the backend's words")
    kept = truck.reopened().changes()
    assert [entry.change for entry in kept] == two_orders
    assert {entry.reason for entry in kept} == {"the backend's words"}
    assert {entry.settled_at for entry in kept} == {truck.clock()}


def test_the_latest_settled_changes_are_found_under_any_number_of_waiting_ones(
    truck: Truck, two_orders: list[Change]
) -> None:
    for change, status in zip(two_orders, (*FREEING, SendingStatus.REFUSED), strict=True):
        truck.settles(change, status)
    with truck.store.transaction():
        for number in range(60):
            truck.field_work.add_note("one", f"made out of reach {number}")
    assert [entry.change for entry in truck.field_work.settled()] == two_orders[:2]
    assert [entry.change for entry in truck.field_work.settled(1)] == two_orders[1:2]


def test_a_failed_act_takes_no_number(truck: Truck, two_orders: list[Change]) -> None:
    with pytest.raises(ZeroDivisionError), truck.store.transaction():
        truck.field_work.add_note("one", "lost with its transaction")
        raise ZeroDivisionError
    assert truck.reopened().field_work.add_note("one", "the next").sequence == 4
