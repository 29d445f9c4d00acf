"""A hundred thousand orders are narrowed, sorted and counted by indexes; the same is found as by looking at each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crew.domain.change import Triage
from crew.domain.errors import CorrectInput
from crew.domain.person import Role
from crew.domain.queue import DueTime, QueueQuery, Sort, query_of
from crew.domain.value import replace
from crew.domain.work_order import OrderId, Priority, WorkOrder, WorkStatus
from crew.queue_book import EVERYTHING
from crew.wire import CrewLoad
from tests.builders import NOON, a_person, an_order
from tests.trucks import Truck

SERVICES = ("Pothole", "Street light out", "Graffiti 100%")
ADDRESSES = ("412 Centre St", "9 Centre St", "Arborway at Murray Cir", "", "41 Ärztestraße")
CREWS = ("", "D2", "LIGHTS")


def a_city() -> list[WorkOrder]:
    """Orders that differ in everything the queue looks at, from a table and not from chance."""
    orders = []
    for number in range(180):
        status = list(WorkStatus)[number % len(WorkStatus)]
        orders.append(
            an_order(
                id=OrderId(f"3110000{number:03}"),
                service_name=SERVICES[number % 3],
                address=ADDRESSES[number % 5],
                description=f"First line {number}.\nBelow it: a wobbly cover." if number % 4 == 0 else "Deep hole",
                crew=CREWS[(number // 5) % 3],
                work_status=status,
                escalation="supervisor" if number % 7 == 0 else "",
                priority=list(Priority)[number % 4],
                requested_at=NOON - timedelta(hours=number * 37 % 101),
                due_at=None if number % 11 == 0 else NOON + timedelta(hours=number * 53 % 211 - 60),
            )
        )
    return orders


@pytest.fixture
def office(truck: Truck) -> Truck:
    truck.sign_in(a_person(Role.DISPATCHER))
    truck.store.device.keep_crews((CrewLoad("D2", "Public Works"), CrewLoad("LIGHTS", "Street Lights")))
    truck.gets(*a_city())
    return truck


def found(office: Truck, line: str) -> list[str]:
    page = office.field_work.queue.page(query_of(line), 0, 1000)
    assert page.count == len(page.stops)
    assert office.field_work.queue.page(query_of(line), 0, 1).count == page.count, "counted, where more are found"
    assert page.total == sum(not order.work_status.ended for order in a_city())
    return [stop.order_id for stop in page.stops]


def plainly(fits: Callable[[WorkOrder], object], *, ended: bool = False) -> set[str]:
    return {order.id for order in a_city() if order.work_status.ended is ended and fits(order)}


TODAY = NOON.replace(hour=5)
"""Midnight in Boston."""


@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ("", lambda order: True),
        ("status:new", lambda order: order.work_status is WorkStatus.NEW),
        ("status:acc status:new", lambda order: order.work_status in (WorkStatus.ACCEPTED, WorkStatus.NEW)),
        ("crew:none", lambda order: not order.crew),
        ("crew:lights", lambda order: order.crew == "LIGHTS"),
        ('crew:"public w"', lambda order: order.crew == "D2"),
        ("crew:nobody-has-this-name", lambda order: False),
        ("service:light", lambda order: "light" in order.service_name),
        ("service:100%", lambda order: "100%" in order.service_name),
        ("service:_", lambda order: False),
        ("priority:urgent", lambda order: order.priority is Priority.URGENT),
        ("is:escalated", lambda order: order.escalation),
        ("is:untriaged", lambda order: order.is_untriaged),
        ("due:late", lambda order: order.due_at and order.due_at < NOON),
        ("due:next", lambda order: order.due_at and order.due_at >= NOON),
        ("due:today", lambda order: order.due_at and TODAY <= order.due_at < TODAY + timedelta(days=1)),
        ("due:week", lambda order: order.due_at and TODAY <= order.due_at < TODAY + timedelta(days=7)),
        ("centre", lambda order: "Centre" in order.address),
        ("CENT 412", lambda order: "412 Centre" in order.address),
        ("arzte", lambda order: "Ärzte" in order.address),
        ("wobb", lambda order: "wobbly" in order.description),
        ("graf", lambda order: "Graffiti" in order.service_name),
        ("3110000017", lambda order: order.id == "3110000017"),
        ("open", lambda order: False),
        ("-op", lambda order: False),
        ("énd", lambda order: False),
        ('"', lambda order: True),
        ("--- ...", lambda order: True),
        ("cent due:late", lambda order: "Centre" in order.address and order.due_at and order.due_at < NOON),
        ("cent due:next", lambda order: "Centre" in order.address and order.due_at and order.due_at >= NOON),
        ("cent due:week", lambda order: "Centre" in order.address and order.due_at
            and TODAY <= order.due_at < TODAY + timedelta(days=7)),
        ("cent service:poth crew:d2 due:late sort:street", lambda order: ("Centre" in order.address
            and order.service_name == "Pothole" and order.crew == "D2" and order.due_at and order.due_at < NOON)),
    ],
)  # fmt: skip
def test_the_queue_finds_what_looking_at_each_order_finds(
    office: Truck, line: str, fits: Callable[[WorkOrder], object]
) -> None:
    expected = plainly(fits)
    assert set(found(office, line)) == expected
    assert expected or line in ("crew:nobody-has-this-name", "service:_", "open", "-op", "énd"), (
        "a filter that finds none proves none"
    )


def test_ended_work_is_found_by_its_status(office: Truck) -> None:
    assert set(found(office, "status:done cent")) == plainly(
        lambda order: order.work_status is WorkStatus.DONE and "Centre" in order.address, ended=True
    )


def street(order: WorkOrder) -> tuple[Any, ...]:
    number, _, rest = order.address.partition(" ")
    if not order.address:
        return (1, "", 0)
    return (0, rest.lower(), int(number)) if number.isdigit() else (0, order.address.lower(), 0)


SORTED_BY: dict[Sort, Callable[[WorkOrder], Any]] = {
    Sort.DUE: lambda order: (order.due_at is None, order.due_at or NOON),
    Sort.AGE: lambda order: order.requested_at,
    Sort.SERVICE: lambda order: order.service_name,
    Sort.STREET: street,
}


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("filters", ["", "is:escalated", "cent", "cent is:escalated"])
def test_windows_of_every_sort_give_each_order_once_in_its_order(office: Truck, sort: Sort, filters: str) -> None:
    query = query_of(f"{filters} sort:{sort}")
    whole = office.field_work.queue.page(query, 0, 1000)
    windows = [
        stop
        for start in range(0, whole.count, 7)
        for stop in office.field_work.queue.page(query, start, 7).stops[-(whole.count - start) :]
    ]
    assert windows == list(whole.stops)
    by_id = {order.id: order for order in a_city()}
    keys = [SORTED_BY[sort](by_id[stop.order_id]) for stop in whole.stops]
    assert keys == sorted(keys)
    assert len(keys) > 5


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("words", ["cent", "c", "cent is:escalated"])
def test_few_hits_and_many_are_read_alike(
    office: Truck, monkeypatch: pytest.MonkeyPatch, sort: Sort, words: str
) -> None:
    query, read = query_of(f"{words} sort:{sort}"), office.field_work.queue
    sorted_all = read.page(query, 0, 1000)
    for among_first in (0, 2, 10):
        monkeypatch.setattr("crew.store.queue._FEW", 0)
        monkeypatch.setattr("crew.store.queue._AMONG_FIRST", among_first)
        assert read.page(query, 0, 1000) == sorted_all
        assert read.page(query, 0, 3).count == sorted_all.count
        assert read.page(query, 0, 5).stops == sorted_all.stops[:5]
        assert read.page(query, 3, 5).stops == sorted_all.stops[3:8]


def test_what_changes_is_found_by_its_new_words_and_no_more_by_its_old_ones(office: Truck) -> None:
    first = next(order for order in a_city() if order.work_status is WorkStatus.NEW)
    office.gets(replace(first, description="a toppled hydrant", version=2))
    assert found(office, "hydrant") == [first.id]
    office.gets(replace(first, description="nothing of the kind", version=3))
    assert found(office, "hydrant") == []
    office.field_work.triage(first.id, Triage("hydrant", "Hydrant leaks"))
    assert found(office, "hydrant") == [first.id]
    office.gets(replace(first, work_status=WorkStatus.DONE, description="a toppled hydrant", version=4))
    office.store.orders.refresh(first.id)
    office.store.orders.remove([order.id for order in a_city() if order.id != first.id])
    assert office.field_work.queue.page(query_of("centre"), 0, 10).count == 0


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20))
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(line: str) -> None:
    try:
        query = query_of(line)
    except CorrectInput as error:
        assert "There are:" in error.sentence
        return
    assert isinstance(query, QueueQuery)


@pytest.mark.parametrize(
    "line", ['q" OR hole', "NEAR(q hole)", "^q*", "{id} q", "q-x", "+q", "q' --", "q\x00q", "q AND"]
)
def test_no_word_is_read_as_the_language_of_the_index(office: Truck, line: str) -> None:
    """No word of an order begins with a q."""
    assert found(office, line) == []


def test_a_line_is_read_as_it_is_typed() -> None:
    assert query_of('st status:new due:l sort:age service:"street light" crew:NONE is:esc') == QueueQuery(
        words=("st",), statuses=(WorkStatus.NEW,), due=DueTime.LATE, sort=Sort.AGE, services=("street light",), crew="",
        escalated=True,
    )  # fmt: skip
    assert query_of("status: crew: x") == QueueQuery(words=("x",))
    for wrong in ("status:odd", "due:odd", "is:odd", "odd:x"):
        with pytest.raises(CorrectInput, match="There are: "):
            query_of(wrong)


def test_views_of_the_city_and_of_this_device_stand_together_and_outlive_a_restart(office: Truck) -> None:
    office.field_work.queue.city_views = {"Late": "due:late", "Gone": ""}
    office.field_work.queue.keep_view(" My street ", "centre sort:age")
    office.reopened().field_work.queue.city_views = {"Late": "due:late", "Gone": ""}
    queue = office.field_work.queue
    assert [(view.name, view.own) for view in queue.views()] == [
        (EVERYTHING, False),
        ("Late", False),
        ("My street", True),
    ]
    assert queue.view("my").line == "centre sort:age"
    queue.keep_view("Late", "due:late sort:age")
    assert queue.view("late").own
    queue.drop_view("Late")
    assert queue.view("late").line == "due:late"
    for refused in (lambda: queue.drop_view("Late"), lambda: queue.view("odd")):
        with pytest.raises(CorrectInput):
            refused()
    for name, line in (("", "x"), (EVERYTHING, "x"), ("x" * 31, "x"), ("x", "odd:x")):
        with pytest.raises(CorrectInput):
            queue.keep_view(name, line)


def test_a_city_is_read_at_home_as_far_as_it_is_listed(office: Truck) -> None:
    everything = office.field_work.day()
    listed = super(type(office.field_work), office.field_work).day(10)
    assert listed.stops == everything.stops[:10]
    assert (len(listed.stops) + listed.more, listed.late) == (len(everything.stops), everything.late)
    assert office.field_work.home() == everything


def test_what_is_told_again_and_again_before_anybody_looks_is_found_by_its_last_words(office: Truck) -> None:
    """The same order is noted once; one that has gone is found no more, though another takes its place."""
    first, other = a_city()[0], a_city()[1]
    for version, words in enumerate(("hydrant", "culvert", "manhole"), start=2):
        office.gets(replace(first, description=words, version=version))
    office.store.orders.remove([other.id, OrderId("3110000179")])
    office.gets(replace(other, id=OrderId("fresh"), description="a culvert", work_status=WorkStatus.NEW))
    queue = office.field_work.queue
    ids = [queue.matching(query_of(words), 9) for words in ("hydrant", "culvert", "manhole", "3110000179")]
    assert ids == [(), (OrderId("fresh"),), (first.id,), ()]


def test_catching_up_leaves_nothing_to_be_read_anew(office: Truck) -> None:
    office.field_work.queue.matching(query_of("centre"), 1)
    office.gets(replace(a_city()[0], description="a toppled hydrant", version=2))
    office.store.queue.catch_up()
    assert office.store._database.rows("SELECT place FROM orders_reworded") == []
    assert office.field_work.queue.matching(query_of("toppled"), 9) == (a_city()[0].id,)


@pytest.mark.parametrize("most", [1, 7])
def test_a_board_of_the_first_orders_counts_all_of_them(office: Truck, most: int) -> None:
    first, whole = office.field_work.crew_days(most), office.field_work.crew_days()
    assert sum(len(day.orders) for day in first) == most < sum(len(day.orders) for day in whole)
    counts = [
        [(day.name, day.title, day.open, day.late, day.due_today, day.hours, day.done_today) for day in days]
        for days in (first, whole)
    ]
    assert counts[0] == counts[1]
