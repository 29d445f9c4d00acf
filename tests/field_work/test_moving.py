"""Many orders are moved in one go: told beforehand as it will be, on disk all together, taken back all together."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crew.domain.change import Assignment, SendingStatus
from crew.domain.errors import NotAllowed
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkOrder, WorkStatus
from tests.builders import a_person, an_order
from tests.trucks import Truck

STATUSES = tuple(WorkStatus)


def orders(count: int, **values: object) -> list[WorkOrder]:
    return [replace(an_order(crew="D2", **values), id=OrderId(f"31100000{place:04}")) for place in range(count)]


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A supervisor with fifty orders of D2."""
    truck.sign_in(a_person(Role.SUPERVISOR))
    truck.gets(*orders(50))
    return truck


@contextmanager
def closing_truck(folder: Path) -> Iterator[Truck]:
    truck = Truck(folder)
    try:
        yield truck
    finally:
        truck.store.close()


def crews(office: Truck) -> set[str]:
    return {stop.crew for stop in office.field_work.day().stops}


def test_fifty_orders_are_moved_in_one_go_with_the_reason(office: Truck) -> None:
    ids = [order.id for order in orders(50)]
    moved = office.field_work.move(ids, "D5", " truck\x1b[2J broke down ")
    assert [change.order_id for change in moved.changes] == ids
    assert moved.refused == ()
    assert crews(office) == {"D5"}
    waiting = office.store.outbox.unsettled()
    assert {entry.change.act for entry in waiting} == {Assignment("D5", "truck[2J broke down")}
    assert [entry.change.sequence for entry in waiting] == list(range(1, 51)), "without a gap"


def test_an_order_that_cannot_be_moved_hinders_none_and_is_named(office: Truck) -> None:
    ended, there = orders(2)
    office.gets(replace(ended, work_status=WorkStatus.DONE), replace(there, crew="D5"))
    moved = office.field_work.move([order.id for order in orders(50)] + ["no such"], "D5", "")
    assert len(moved.changes) == 48
    assert [refused.order_id for refused in moved.refused] == [ended.id, there.id, "no such"]
    assert "send it back" in moved.refused[0].sentence
    assert [entry.change.sequence for entry in office.store.outbox.unsettled()] == list(range(1, 49))


def test_where_nothing_can_be_moved_the_reason_is_said_and_nothing_is_written(office: Truck) -> None:
    with pytest.raises(NotAllowed, match="is with D2 already"):
        office.field_work.move([order.id for order in orders(3)], "D2", "")
    with pytest.raises(NotAllowed, match="choose at least one"):
        office.field_work.move([], "D5", "")
    assert office.store.outbox.unsettled() == []


def test_back_to_the_pool_and_out_of_it_again(office: Truck) -> None:
    one = orders(1)[0].id
    office.field_work.move([one], "", "nobody has room")
    order = office.field_work.order(one)
    assert (order.crew, order.work_status) == ("", WorkStatus.NEW)
    assert order.history[-1].text == "back to the pool: nobody has room"
    office.field_work.move([one], "D7", "")
    assert office.field_work.order(one).work_status is WorkStatus.ASSIGNED


def test_a_move_is_taken_back_whole_while_it_waits(office: Truck) -> None:
    moved = office.field_work.move([order.id for order in orders(50)], "D5", "")
    taken = office.field_work.take_back_all([change.id for change in moved.changes])
    assert (taken.undone, taken.opposites, taken.refused) == (50, (), ())
    assert crews(office) == {"D2"}


def test_what_has_left_is_taken_back_by_its_opposite_and_what_went_on_since_stays(office: Truck) -> None:
    ids = [order.id for order in orders(3)]
    moved = office.field_work.move(ids, "D5", "")
    first, second, _ = (change.id for change in moved.changes)
    for change_id in (first, second):
        office.store.outbox.settle(change_id, SendingStatus.ACKNOWLEDGED, office.clock())
    office.gets(replace(orders(3)[0], crew="D5"), replace(orders(3)[1], crew="D7"))
    taken = office.field_work.take_back_all([change.id for change in moved.changes])
    assert taken.undone == 1
    assert [change.act for change in taken.opposites] == [Assignment("D2", "taken back")]
    assert taken.refused == (f"{ids[1]} is with D7 by now. Move it anew.",)
    assert [office.field_work.order(order_id).crew for order_id in ids] == ["D2", "D7", "D2"]


@settings(max_examples=40, deadline=None)
@given(
    stands=st.lists(st.tuples(st.sampled_from(STATUSES), st.sampled_from(["D2", "D5", ""])), min_size=1, max_size=8),
    crew=st.sampled_from(["D2", "D5", ""]),
)
def test_the_preview_tells_what_the_move_does(stands: list[tuple[WorkStatus, str]], crew: str) -> None:
    with TemporaryDirectory() as folder, closing_truck(Path(folder)) as office:
        office.sign_in(a_person(Role.SUPERVISOR))
        there = [
            replace(an_order(work_status=status, crew=of), id=OrderId(f"3110000{place}"))
            for place, (status, of) in enumerate(stands)
        ]
        office.gets(*there)
        ids = [order.id for order in there]
        preview = office.field_work.preview_move(ids, crew)
        assert office.store.outbox.unsettled() == [], "a preview writes nothing"
        try:
            moved = office.field_work.move(ids, crew, "")
        except NotAllowed as error:
            assert preview.count == 0
            assert error.sentence == preview.refused[0].sentence
            return
        assert preview.count == len(moved.changes)
        assert preview.refused == moved.refused
        left = [order for order in there if order.id in {change.order_id for change in moved.changes}]
        assert dict(preview.from_crews) == {
            of: sum(order.crew == of for order in left) for of in {o.crew for o in left}
        }
        assert set(preview.under_way) == {
            order.id for order in left if order.work_status in (WorkStatus.ON_THE_WAY, WorkStatus.WORKING)
        }
