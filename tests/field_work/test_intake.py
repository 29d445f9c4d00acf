"""A call is taken in without a link: an order at once, acts that follow it, and nobody's telephone number left."""

import pytest

from crew.domain.change import Contact, Intake, SendingStatus
from crew.domain.errors import CorrectInput, NotAllowed
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from crew.store.store import STORE_FILE
from tests.builders import a_person, an_order
from tests.trucks import Truck

CALLER = Contact("Ada", "Quiet-Lastname", "617 555 0100", "ada@example.org")
CALL = Intake("pothole", "Pothole", " A\x1b[2J hole ", "52 G St", 42.31, -71.11, contact=CALLER)


@pytest.fixture
def truck(truck: Truck) -> Truck:
    truck.sign_in(a_person(Role.DISPATCHER))
    return truck


def test_the_order_is_there_at_once_and_after_a_restart(truck: Truck) -> None:
    change = truck.field_work.take_in(CALL)

    order = truck.reopened().field_work.order(change.id)
    assert (order.version, order.description, order.address) == (0, "A[2J hole", "52 G St")
    assert (order.work_status, order.crew, order.history[-1].text) == (WorkStatus.NEW, "", "reported by telephone")
    assert [str(stop.order_id) for stop in truck.field_work.day().stops] == [change.id]


def test_who_called_is_in_the_outbox_alone(truck: Truck) -> None:
    change = truck.field_work.take_in(CALL)

    order = truck.store.orders.get(OrderId(change.id))
    assert CALLER.last_name not in repr(order)
    entry = truck.store.outbox.get(change.id)
    assert entry is not None
    assert entry.change.act == replace(CALL, description="A[2J hole")
    truck.store.outbox.forget_contact(change.id)
    entry = truck.store.outbox.get(change.id)
    assert entry is not None
    assert entry.change.act == replace(CALL, description="A[2J hole", contact=Contact())


def test_a_forgotten_caller_is_not_on_the_disk_any_more(truck: Truck) -> None:
    change = truck.field_work.take_in(CALL)
    truck.store.outbox.forget_contact(change.id)
    truck.store.close()

    content = b"".join(path.read_bytes() for path in truck.folder.glob(f"{STORE_FILE}*"))
    truck.reopened()
    assert CALLER.last_name.encode() not in content


def test_what_is_done_on_it_follows_it_to_its_number(truck: Truck) -> None:
    change = truck.field_work.take_in(CALL)
    note = truck.field_work.add_note(change.id, "the caller waits there")
    truck.store.outbox.settle(change.id, SendingStatus.ACKNOWLEDGED, truck.clock())
    with truck.store.transaction():
        truck.store.outbox.rename(OrderId(change.id), OrderId("311000000042"))
        truck.store.orders.refresh(OrderId(change.id))
    truck.gets(an_order(id=OrderId("311000000042")))

    assert [entry.text for entry in truck.field_work.order("311000000042").history] == ["note: the caller waits there"]
    assert truck.field_work.order(change.id).id == "311000000042", "who still looks at it finds it"
    assert [stop.order_id for stop in truck.field_work.day().stops] == ["311000000042"]
    (ready,) = truck.store.outbox.ready(truck.clock())
    assert (ready.id, ready.order_id) == (note.id, "311000000042")


def test_a_caller_joins_an_order_that_is_there(truck: Truck) -> None:
    truck.gets(an_order())

    change = truck.field_work.take_in(replace(CALL, joins=an_order().id))

    assert change.order_id == an_order().id
    assert [request.request_id for request in truck.field_work.order(an_order().id).requests] == [change.id]
    truck.gets(an_order(work_status=WorkStatus.DONE))
    with pytest.raises(NotAllowed, match="a request of its own"):
        truck.field_work.take_in(replace(CALL, joins=an_order().id))


def test_an_undone_call_leaves_no_order(truck: Truck) -> None:
    change = truck.field_work.take_in(CALL, grace_seconds=5)

    truck.field_work.undo(change.id)

    with pytest.raises(CorrectInput):
        truck.field_work.order(change.id)


def test_a_refused_call_can_be_sent_again_with_all_that_it_says(truck: Truck) -> None:
    change = truck.field_work.take_in(CALL)
    truck.settles(change, SendingStatus.REFUSED)

    again = truck.field_work.send_again(change.id)

    assert (str(again.order_id), again.act, again.made_at) == (again.id, change.act, change.made_at)
    assert [str(stop.order_id) for stop in truck.field_work.day().stops] == [again.id]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (replace(CALL, service_code=""), "type of request"),
        (replace(CALL, address=" ", lat=None), "Where is it"),
        (replace(CALL, contact=Contact(email="ada at home")), "mail address"),
        (replace(CALL, contact=Contact(phone="ask Bob")), "telephone"),
    ],
)
def test_what_is_missing_is_said_before_the_caller_is_gone(truck: Truck, act: Intake, words: str) -> None:
    with pytest.raises(NotAllowed, match=words):
        truck.field_work.take_in(act)
    assert truck.changes() == []
    assert truck.field_work.day().stops == ()


def test_a_crew_takes_no_calls_in(truck: Truck) -> None:
    truck.sign_in(a_person(Role.CREW))
    with pytest.raises(NotAllowed, match="A crew cannot take a call in"):
        truck.field_work.take_in(CALL)


def test_what_may_be_the_same_is_found_before_it_is_an_order(truck: Truck) -> None:
    truck.gets(
        an_order(id=OrderId("1"), lat=42.31, long=-71.11),
        an_order(id=OrderId("2"), lat=42.31, long=-71.11, service_name="Broken sign"),
        an_order(id=OrderId("3"), lat=42.40, long=-71.11),
    )
    assert [near.order_id for near in truck.field_work.similar("Pothole", 42.31, -71.11)] == ["1", "2"]
    assert [place.address for place in truck.field_work.addresses().complete("centre 4")] == [an_order().address]
