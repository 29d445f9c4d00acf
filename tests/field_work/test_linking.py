"""Duplicates on the device: both orders show it at once, it travels, and nothing is lost where it is refused."""

import pytest

from crew.domain.change import Link, SendingStatus, Unlink
from crew.domain.errors import CorrectInput, NotAllowed
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import LinkedRequest, OrderId, WorkOrder, WorkStatus
from tests.builders import NOON, a_person, an_order
from tests.trucks import Truck

TWIN, ORDER = OrderId("311000000007"), OrderId("311000000012")


def order(number: str, *others: str, **fields: object) -> WorkOrder:
    requests = tuple(LinkedRequest(name, f"words of {name}", NOON) for name in (number, *others))
    return an_order(id=OrderId(number), requests=requests, **fields)


@pytest.fixture
def truck(truck: Truck) -> Truck:
    """The desk of a dispatcher, with two orders that are one."""
    truck.sign_in(a_person(Role.DISPATCHER))
    truck.gets(order(TWIN, crew="D5"), order(ORDER))
    return truck


def shown(truck: Truck, order_id: str) -> WorkOrder:
    return truck.field_work.order(order_id)


def requests_of(truck: Truck, order_id: str) -> list[str]:
    return [request.request_id for request in shown(truck, order_id).requests]


def test_both_orders_show_a_link_at_once_and_after_a_restart(truck: Truck) -> None:
    change = truck.field_work.link(TWIN, ORDER)

    for desk in (truck, truck.reopened()):
        assert (shown(desk, TWIN).linked_to, shown(desk, TWIN).work_status) == (ORDER, WorkStatus.CANT_DO)
        assert requests_of(desk, ORDER) == [TWIN, ORDER]
        assert {stop.order_id: stop.request_count for stop in desk.field_work.day().stops} == {ORDER: 2}
        assert [entry.change.id for entry in desk.field_work.unsent_of(ORDER)] == [change.id]
    assert change.act == Link(ORDER, order(TWIN).requests)


def test_what_the_backend_tells_meanwhile_keeps_the_link_on_top(truck: Truck) -> None:
    truck.field_work.link(TWIN, ORDER)

    truck.gets(order(ORDER, version=5, work_status=WorkStatus.WORKING))

    assert requests_of(truck, ORDER) == [TWIN, ORDER]
    assert shown(truck, ORDER).work_status is WorkStatus.WORKING


@pytest.mark.parametrize("way", ["undone", "refused", "set aside"])
def test_what_does_not_hold_leaves_both_orders_as_they_were(truck: Truck, way: str) -> None:
    change = truck.field_work.link(TWIN, ORDER)

    if way == "undone":
        truck.field_work.undo(change.id)
    else:
        truck.settles(change, SendingStatus.NEEDS_DECISION)
    if way == "set aside":
        truck.field_work.keep_theirs(change.id)

    assert (requests_of(truck, TWIN), requests_of(truck, ORDER)) == ([TWIN], [ORDER])
    assert truck.field_work.entry(change.id).change == change, "it stays readable"


def test_a_link_is_not_undone_under_what_was_done_since(truck: Truck) -> None:
    change = truck.field_work.link(TWIN, ORDER)
    truck.field_work.add_note(ORDER, "two callers by now")

    with pytest.raises(NotAllowed, match="later act"):
        truck.field_work.undo(change.id)


def test_nothing_is_linked_to_what_has_ended(truck: Truck) -> None:
    truck.gets(order(ORDER, work_status=WorkStatus.DONE))

    with pytest.raises(NotAllowed, match="is done"):
        truck.field_work.link(TWIN, ORDER)
    with pytest.raises(CorrectInput):
        truck.field_work.link(TWIN, "nothing")
    assert truck.changes() == []


def test_a_parted_request_has_its_order_again(truck: Truck) -> None:
    ended = order(TWIN, crew="D5", work_status=WorkStatus.CANT_DO, linked_to=ORDER)
    truck.gets(order(ORDER, TWIN), replace(ended, requests=()))

    change = truck.field_work.unlink(TWIN)

    assert (change.order_id, change.act) == (ORDER, Unlink(TWIN))
    assert (requests_of(truck, TWIN), requests_of(truck, ORDER)) == ([TWIN], [ORDER])
    assert (shown(truck, TWIN).work_status, shown(truck, TWIN).crew) == (WorkStatus.ASSIGNED, "D5")


def test_a_request_without_an_order_gets_one_that_can_be_worked_with(truck: Truck) -> None:
    truck.gets(order(ORDER, "311000000099"))

    change = truck.field_work.unlink("311000000099")
    truck.field_work.add_note("311000000099", "the third hole")

    new = shown(truck.reopened(), "311000000099")
    assert (new.version, new.address, new.crew) == (0, an_order().address, "D2")
    assert [entry.text for entry in new.history] == [f"unlinked from {ORDER}", "note: the third hole"]
    assert [one.order_id for one in truck.store.outbox.ready(truck.clock())] == [ORDER, "311000000099"]
    truck.settles(change, SendingStatus.REFUSED)
    assert truck.ready() == [], "what was done on it waits for the decision"


def test_an_order_that_was_made_here_goes_with_the_change_that_made_it(truck: Truck) -> None:
    truck.gets(order(ORDER, "311000000099"))
    change = truck.field_work.unlink("311000000099")

    truck.field_work.undo(change.id)

    with pytest.raises(CorrectInput):
        shown(truck, "311000000099")
    assert requests_of(truck, ORDER) == [ORDER, "311000000099"]


def test_an_order_that_was_made_here_outlives_a_whole_copy_of_the_feed(truck: Truck) -> None:
    truck.gets(order(ORDER, "311000000099"))
    truck.field_work.unlink("311000000099")

    truck.store.device.begin_whole_copy()
    truck.gets(order(ORDER, "311000000099"))
    truck.store.orders.remove_older_than(truck.store.device.generation)

    assert requests_of(truck, "311000000099") == ["311000000099"]


def test_a_request_that_nobody_answers_here_cannot_be_parted(truck: Truck) -> None:
    with pytest.raises(CorrectInput, match="311000000099"):
        truck.field_work.unlink("311000000099")
