"""The watch of what breaks next is the same list as counting by hand, whatever has a deadline or asks for an answer."""

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crew.domain.deadlines import TimeRules
from crew.domain.queue import query_of
from crew.domain.work_order import OrderId, Raised, WorkOrder, WorkStatus
from crew.store.store import Store, open_store
from tests.builders import NOON, an_order

HOUR = timedelta(hours=1)
RULES = TimeRules("UTC", (((0, 24 * 60),),) * 7, pausing=("permit",))

hours = st.none() | st.integers(-20, 20)


@st.composite
def orders(draw: st.DrawFn) -> list[WorkOrder]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        due, by, paused, ended, known = (draw(strategy) for strategy in (hours, hours, *[st.booleans()] * 3))
        raised = None
        if draw(st.booleans()):
            word = ("Sam", NOON) if known else ("", None)
            raised = Raised(NOON, "Dee", "why", "", None if by is None else NOON + by * HOUR, *word)
        status = WorkStatus.DONE if ended else WorkStatus.WAITING if paused else WorkStatus.WORKING
        made.append(
            an_order(
                id=OrderId(str(number)),
                due_at=None if due is None else NOON + due * HOUR + timedelta(minutes=number),
                work_status=status,
                waiting_reason="permit" if paused else "",
                paused_at=NOON if paused and due is not None else None,
                escalation="supervisor" if raised else "",
                raised=raised,
            )
        )
    return made


def breaks_at(order: WorkOrder, now: datetime) -> datetime | None:
    """What breaks next of an order; long after everything else where its clock stands, None where nothing does."""
    if order.work_status.ended:
        return None
    by = order.unanswered.by if order.unanswered else None
    stands = order.paused_at is not None
    due = None if stands else order.due_at
    to_come = [moment for moment in (due, by) if moment is not None and moment >= now]
    if to_come:
        return min(to_come)
    left = order.due_at - NOON if stands and order.due_at else timedelta()
    return datetime.max.replace(tzinfo=now.tzinfo) - timedelta(days=9) + left if stands else None


def the_store(folder: Path) -> Store:
    store = open_store(folder, NOON)
    store.time_rules.keep(RULES)
    return store


@given(made=orders(), later=st.integers(-5, 5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_watch_is_what_counting_by_hand_gives(tmp_path: Path, made: list[WorkOrder], later: int) -> None:
    store, now, query = the_store(tmp_path / "truck"), NOON + later * HOUR, query_of("due:next")
    try:
        store.orders.remove_older_than(10**6)
        store.orders.put_server_copies(made, 0)
        expected = {order.id: at for order in made if (at := breaks_at(order, now)) is not None}

        found = store.queue.ids(query, (), now, 0, 50)

        assert sorted(found) == sorted(expected)
        moments = [expected[order_id] for order_id in found]
        assert moments == sorted(moments)
        assert store.queue.count(query, (), now) == len(expected)
        assert [*store.queue.ids(query, (), now, 0, 3), *store.queue.ids(query, (), now, 3, 50)] == found
    finally:
        store.close()


def test_the_watch_narrows_as_every_view_does(tmp_path: Path) -> None:
    store = the_store(tmp_path / "truck")
    raised = Raised(NOON, "Dee", "why", "", NOON + HOUR)
    store.orders.put_server_copies(
        [
            an_order(id=OrderId("1"), due_at=NOON + HOUR, crew="D2"),
            an_order(id=OrderId("2"), due_at=NOON - HOUR, crew="D5", escalation="x", raised=raised),
        ],
        0,
    )
    found = [store.queue.ids(query_of(f"due:next {words}"), ("D5",), NOON, 0, 9) for words in ("", "crew:D5", "centre")]
    store.close()
    assert [sorted(ids) for ids in found] == [["1", "2"], ["2"], ["1", "2"]]
