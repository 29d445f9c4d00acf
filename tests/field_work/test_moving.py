"""Many orders are moved in one go: told beforehand as it will be, on disk all together, taken back all together."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crew.domain.change import Assignment, ChangeId, SendingStatus
from crew.domain.citizen_answers import CITIZEN, NOT_FIXED
from crew.domain.deadlines import TimeRules
from crew.domain.errors import NotAllowed
from crew.domain.permissions import Grant, Scope, Verb, grants
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, OrderId, Raised, WorkOrder, WorkStatus
from crew.store.store import STORE_FILE
from tests.builders import NOON, a_person, an_order
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
    assert taken.refused == (f"{orders(3)[1].service_name}, {orders(3)[1].address}, is with D7 by now. Move it anew.",)
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


MOMENTS = st.sampled_from([NOON - timedelta(hours=30), NOON, NOON + timedelta(hours=2)])
PAST = st.lists(
    st.sampled_from([
        HistoryEntry(NOON, "Ana", "accepted", change_id="x"),
        HistoryEntry(NOON, "Ana", "done: repaired", change_id="y"),
        HistoryEntry(NOON, CITIZEN, NOT_FIXED, note="still there"),
    ]),
    max_size=2,
)  # fmt: skip
RAISED = st.sampled_from([None, Raised(NOON, "Sam", "late", "supervisor", NOON + timedelta(hours=1))])
PLACED = st.fixed_dictionaries(
    {
        "work_status": st.sampled_from([WorkStatus.ASSIGNED, WorkStatus.ASSIGNED, WorkStatus.WAITING, WorkStatus.DONE]),
        "crew": st.sampled_from(["D2", "D2", "D7", ""]),
        "crew_title": st.sampled_from(["", "Public Works D2"]),
        "waiting_reason": st.sampled_from(["", "parts", "weather"]),
        "linked_to": st.sampled_from(["", "", "", "311000000777"]),
        "version": st.integers(0, 3),
        "due_at": st.none() | MOMENTS,
        "updated_at": MOMENTS,
        "paused_at": st.none() | MOMENTS,
        "history": PAST.map(tuple),
        "raised": RAISED,
        "needs_look": st.booleans(),
    }
)
ACTS_BEFORE = st.sampled_from(["", "note", "waiting", "link"])
IN_DISTRICT = Person("Sam", Role.SUPERVISOR, district="South", district_crews=("D2", "D5"), may=(
    Grant(Verb.MOVE, Scope.DISTRICT, (WorkStatus.NEW, WorkStatus.ASSIGNED, WorkStatus.WAITING)),
    *grants(Scope.CITY, Verb.NOTE, Verb.WORK, Verb.LINK),
))  # fmt: skip
RULES = TimeRules("America/New_York", week=(((480, 1020),),) * 7, pausing=("parts",))


def test_orders_that_stand_alike_are_moved_as_each_of_them_would_be(tmp_path: Path) -> None:
    """One of each kind goes through the rules: nobody must be able to tell, from any line, change or sentence."""
    devices = [Truck(tmp_path / name) for name in ("one by one", "together")]
    for device in devices:
        device.store.time_rules.keep(RULES)
    numbers = count()

    @settings(max_examples=40, deadline=None)
    @given(
        placed=st.lists(st.tuples(PLACED, ACTS_BEFORE), min_size=8, max_size=16),
        person=st.sampled_from([a_person(Role.SUPERVISOR), IN_DISTRICT, a_person()]),
        crew=st.sampled_from(["D2", "D5", "D9", ""]),
    )
    def moved_alike(placed: list[tuple[dict[str, Any], str]], person: Person, crew: str) -> None:
        there = [an_order(id=f"3110{next(numbers):08}", **fields) for fields, _ in placed]
        ids = [order.id for order in there]
        for device in devices:
            device.sign_in(a_person(Role.SUPERVISOR))
            device.gets(*there)
            for order, (_, act) in zip(there, placed, strict=True):
                acted_before(device, order.id, act)
            device.sign_in(person)
        singly, at_once = devices
        assert refusals_one_by_one(singly, ids, crew) == refusals_together(at_once, ids, crew)
        assert everything_about(at_once, ids) == everything_about(singly, ids)

    moved_alike()


def acted_before(device: Truck, order_id: str, act: str) -> None:
    """Something waits already, where the order allows it."""
    with suppress(NotAllowed):
        if act == "note":
            device.field_work.add_note(order_id, "the gate is locked")
        elif act == "waiting":
            device.field_work.set_status(order_id, WorkStatus.WAITING, reason="parts")
        elif act == "link":
            device.gets(an_order(id="311000000777"))
            device.field_work.link(order_id, "311000000777")


def refusals_one_by_one(device: Truck, order_ids: list[OrderId], crew: str) -> list[str]:
    refused = []
    for order_id in order_ids:
        try:
            device.field_work.assign(order_id, crew)
        except NotAllowed as error:
            refused.append(error.sentence)
    return refused


def refusals_together(device: Truck, order_ids: list[OrderId], crew: str) -> list[str]:
    preview = device.field_work.preview_move(order_ids, crew)
    with suppress(NotAllowed):
        assert device.field_work.move(order_ids, crew, "").refused == preview.refused
    return [refused.sentence for refused in preview.refused]


def everything_about(device: Truck, order_ids: list[OrderId]) -> object:
    """Every column of the orders, and their changes and histories without the ids that were drawn."""
    with closing(apsw.Connection(str(device.folder / STORE_FILE))) as store:
        lines = [row for row in store.execute("SELECT * FROM orders ORDER BY id") if row[0] in order_ids]
    changes = [replace(entry.change, id=ChangeId(""), device_id="") for entry in device.store.outbox.unsettled()]
    histories = [[entry.text for entry in device.field_work.order(order_id).history] for order_id in order_ids]
    return lines, changes, histories
