"""A crew's day: what it has, how much of it is late, how long it takes; nobody's work is the pool."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from crew.domain.crew_day import POOL, CrewDay, crew_days
from crew.domain.work_order import WorkStatus
from tests.builders import NOON

BOSTON = ZoneInfo("America/New_York")
NOW = NOON.astimezone(BOSTON)


@dataclass(frozen=True)
class Order:
    crew: str
    service_name: str = "Pothole"
    work_status: WorkStatus = WorkStatus.ASSIGNED
    due_at: datetime | None = None


@dataclass(frozen=True)
class Crew:
    name: str
    title: str = ""
    seen_at: datetime | None = None
    unsent: int = 0


def days(*orders: Order, crews: tuple[Crew, ...] = (), done: dict[str, int] | None = None) -> list[CrewDay[Order]]:
    return list(crew_days(orders, crews, done or {}, {"Pothole": 0.5, "Tree": 3}, NOW))


def test_what_is_late_and_what_is_due_today_is_told_apart_by_the_readers_midnight() -> None:
    midnight = NOW.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    second = timedelta(seconds=1)
    pool, day = days(
        Order("D2", due_at=NOW - second),
        Order("D2", due_at=NOW + second),
        Order("D2", "Tree", due_at=midnight - second),
        Order("D2", "Something", due_at=midnight),
        Order("D2"),
    )
    assert (day.open, day.late, day.due_today, day.hours) == (5, 1, 2, 0.5 + 0.5 + 3 + 1 + 0.5)
    assert (pool.title, pool.open) == (POOL, 0)


def test_nobodys_work_comes_first_then_who_is_most_behind() -> None:
    late = NOW - timedelta(hours=1)
    shown = days(Order(""), Order("few", due_at=late), Order("many"), Order("many"), crews=(Crew("many", "A Title"),))
    assert [day.title for day in shown] == [POOL, "few", "A Title"]


def test_a_crew_without_work_is_shown_where_it_was_seen_or_has_done_something() -> None:
    crews = (Crew("idle"), Crew("seen", seen_at=NOON, unsent=3), Crew("done"))
    shown = {day.name: day for day in days(crews=crews, done={"done": 4})}
    assert set(shown) == {"", "seen", "done"}
    assert (shown["seen"].unsent, shown["seen"].seen_at, shown["done"].done_today) == (3, NOON, 4)


def test_what_is_worked_on_comes_before_what_is_driven_to() -> None:
    driven, worked = Order("D2", work_status=WorkStatus.ON_THE_WAY), Order("D2", work_status=WorkStatus.WORKING)
    assert days(driven, worked)[1].under_way == worked
    assert days(driven)[1].under_way == driven
    assert days(Order("D2"))[1].under_way is None


@given(st.lists(st.sampled_from(["", "D2", "D5", "D7"])))
def test_every_order_stands_in_exactly_one_column_in_the_order_given(crews: list[str]) -> None:
    orders = [Order(crew, service_name=str(place)) for place, crew in enumerate(crews)]
    shown = days(*orders)
    assert sorted(order.service_name for day in shown for order in day.orders) == sorted(o.service_name for o in orders)
    for day in shown:
        assert list(day.orders) == [order for order in orders if order.crew == day.name]
