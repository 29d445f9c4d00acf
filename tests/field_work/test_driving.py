"""The day in driving order on the device: kept over restarts, slotted into, moved by hand, and back to deadlines."""

from datetime import timedelta

from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkOrder, WorkStatus
from tests.builders import NOON, an_order
from tests.trucks import Truck

EAST = {"a": 0.00, "b": 0.03, "c": 0.01, "d": 0.02}
"""By deadline a, b, c, d; on the road a, c, d, b."""


def an_errand(name: str, hours: float = 20) -> WorkOrder:
    """An order on one long street, that is due so late that only its place counts."""
    order = an_order(id=OrderId(name), lat=42.31, long=-71.11 + EAST.get(name, 0.0), version=1)
    return replace(order, due_at=NOON + timedelta(hours=hours))


def with_a_day(truck: Truck) -> Truck:
    truck.gets(*(an_errand(name, 20 + number) for number, name in enumerate(EAST)))
    return truck


def listed(truck: Truck) -> str:
    return "".join(stop.order_id for stop in truck.field_work.day().stops)


def test_the_day_is_by_deadline_until_somebody_drives(truck: Truck) -> None:
    with_a_day(truck)
    assert (listed(truck), truck.field_work.day().driven) == ("abcd", None)
    driven = truck.field_work.drive()
    assert listed(truck) in ("acdb", "bdca")
    assert 2400 < driven.metres < 2600
    assert driven.saved_metres > 2000
    assert truck.field_work.day().driven == driven
    truck.field_work.driving.stop()
    assert (listed(truck), truck.field_work.day().driven) == ("abcd", None)


def test_it_outlasts_a_restart(truck: Truck) -> None:
    with_a_day(truck).field_work.drive()
    before = listed(truck)
    assert listed(truck.reopened()) == before


def test_a_new_order_is_slotted_in_and_stays_there(truck: Truck) -> None:
    with_a_day(truck).field_work.drive()
    before = listed(truck)
    truck.gets(replace(an_errand("e", 1), long=-71.11 + 0.025))
    assert listed(truck).replace("e", "") == before
    assert abs(listed(truck).index("e") - listed(truck).index("d")) == 1
    after = listed(truck)
    truck.clock.turn(hours=3)
    assert listed(truck) == after


def test_what_is_done_leaves_and_what_is_under_way_comes_first(truck: Truck) -> None:
    with_a_day(truck).field_work.drive()
    before = listed(truck)
    truck.field_work.set_status("d", WorkStatus.ON_THE_WAY)
    assert listed(truck) == "d" + before.replace("d", "")
    truck.field_work.set_status("d", WorkStatus.CANT_DO, reason="not_found")
    assert listed(truck) == before.replace("d", "")


def test_what_is_moved_by_hand_stays_where_it_was_put(truck: Truck) -> None:
    with_a_day(truck)
    truck.field_work.drive_later("d", -2)
    assert listed(truck) == "adbc"
    truck.field_work.drive_later("a", 99)
    assert listed(truck) == "dbca"
    truck.field_work.drive_later("c", -99)
    assert listed(truck) == "cdba"
    assert listed(truck.reopened()) == "cdba"
    truck.gets(replace(an_errand("e"), lat=None, long=None))
    assert listed(truck) == "cdbae"


def test_nothing_of_it_is_ever_sent(truck: Truck) -> None:
    with_a_day(truck).field_work.drive()
    truck.field_work.drive_later("d", -1)
    assert truck.field_work.outbox().entries == ()
