"""The city's clock: it asks the next level where nobody answers, escalates by rule, and does both exactly once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crew.backend.backend_settings import BackendSettings
from crew.backend.change_effects import begin_anew
from crew.backend.city import City, open_city
from crew.backend.city_time import ClockRule, When
from crew.backend.clock.ticking import CITY_CLOCK, keep_time_forever, tick
from crew.backend.order_loading import load_order
from crew.backend.schema import clock_strikes
from crew.domain.change import Acknowledgement, Escalation, StatusChange
from crew.domain.citizen_answers import NOT_FIXED
from crew.domain.person import Role
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, Priority, Raised, WorkOrder, WorkStatus
from tests.backend.citizens import NOON, Hands
from tests.backend.crews import PHOTO_SERVICE, ROADS, Enrolment, report, stored
from tests.backend.test_history_chain import audited

if TYPE_CHECKING:
    from tests.backend.crews import Device

pytestmark = pytest.mark.anyio

RAISED = Escalation("supervisor", "a school is near")
STEP = timedelta(hours=3)
"""Between two ticks of a clock that needs no grace."""
SMALL_STEP = timedelta(minutes=5)


@pytest.fixture
def ticking(city: City) -> City:
    """A city whose clock has ticked for long enough to act."""
    return kept_going(city)


def kept_going(city: City, *rules: ClockRule) -> City:
    city = replace(city, time=replace(city.time, grace=timedelta(), escalating=rules))
    assert tick(city) == 0
    return city


def turned(city: City, clock: Hands, **span: float) -> int:
    """Time goes by and the clock ticks all the while; how often it escalated."""
    end, count, step = clock.now + timedelta(**span), 0, SMALL_STEP if city.time.grace else STEP
    while clock.now < end:
        clock.now = min(end, clock.now + step)
        count += tick(city)
    return count


def by_clock(order: WorkOrder) -> list[str]:
    return [entry.text for entry in order.history if entry.person == CITY_CLOCK]


def levels(order: WorkOrder) -> tuple[str, bool]:
    return order.escalation, order.unanswered is not None


async def raised(city: City, enrol: Enrolment, act: Escalation = RAISED) -> "tuple[Device, str]":
    office, order_id = await enrol(Role.SUPERVISOR, name="Sam"), report(city)
    assert (await office.act(order_id, act)).outcome == "applied"
    return office, order_id


async def test_nobody_answers_and_each_level_is_asked_in_its_turn(
    ticking: City, clock: Hands, enrol: Enrolment
) -> None:
    """At noon four working hours are left of the day; eight more end on the next one, an hour before work ends."""
    _, order_id = await raised(ticking, enrol)

    assert stored(ticking, order_id).raised == Raised(
        NOON, "Sam", "a school is near", "supervisor", NOON + timedelta(hours=4)
    )
    assert turned(ticking, clock, hours=4, minutes=-1) == 0
    assert turned(ticking, clock, minutes=2) == 1
    order = stored(ticking, order_id)
    assert levels(order) == ("department", True)
    assert order.raised is not None
    assert order.raised.by == datetime(2026, 3, 12, 19, tzinfo=UTC)
    assert turned(ticking, clock, days=2) == 1
    assert levels(stored(ticking, order_id)) == ("mayor's office", True)
    assert turned(ticking, clock, days=7) == 0, "nobody stands above"
    assert by_clock(stored(ticking, order_id)) == [
        "escalated to department: supervisor has not answered",
        "escalated to mayor's office: department has not answered",
    ]
    audited(ticking)


async def test_the_crew_hears_of_it_and_what_it_knew_before_is_no_conflict_for_its_work(
    ticking: City, clock: Hands, enrol: Enrolment
) -> None:
    _, order_id = await raised(ticking, enrol)
    truck = await enrol(crew=ROADS)
    before = await truck.feed()
    turned(ticking, clock, hours=5)

    (told,) = (await truck.feed(before.cursor)).orders
    assert levels(told) == ("department", True)
    change = truck.change(order_id, StatusChange(WorkStatus.WORKING), base_version=before.orders[0].version)
    assert (await truck.push_one(change)).outcome == "applied"


async def test_an_acknowledgement_ends_the_waiting(ticking: City, clock: Hands, enrol: Enrolment) -> None:
    office, order_id = await raised(ticking, enrol)
    found = stored(ticking, order_id).raised
    assert found is not None
    act = Acknowledgement("supervisor", found.at)
    change = office.change(order_id, act)
    clock.turn(hours=1)

    assert [(await office.push_one(change)).outcome for _ in range(2)] == ["applied", "applied"]

    order = stored(ticking, order_id)
    assert order.raised is not None
    assert (order.raised.acknowledged_by, order.raised.acknowledged_at) == ("Sam", NOON)
    assert [entry.text for entry in order.history][-1] == "knows of the escalation to supervisor"
    assert turned(ticking, clock, days=3) == 0
    assert (await office.act(order_id, act)).sentence.startswith("You have acknowledged")
    assert (await (await enrol(crew=ROADS)).act(order_id, act)).outcome == "refused"


async def test_an_answer_that_was_given_offline_to_a_level_before_leaves_the_next_one_asked(
    ticking: City, clock: Hands, enrol: Enrolment
) -> None:
    office, order_id = await raised(ticking, enrol)
    late = office.change(order_id, Acknowledgement("supervisor", NOON))
    assert turned(ticking, clock, hours=5) == 1

    assert (await office.push_one(late)).outcome == "applied"

    order = stored(ticking, order_id)
    assert levels(order) == ("department", True)
    assert order.history[-1].text == "knows of the escalation to supervisor"


async def test_a_second_person_who_answers_is_not_refused_and_the_first_one_counts(
    ticking: City, enrol: Enrolment
) -> None:
    office, order_id = await raised(ticking, enrol)
    other, act = await enrol(Role.DISPATCHER, name="Dee"), Acknowledgement("supervisor", NOON)

    outcomes = [(await device.act(order_id, act)).outcome for device in (other, office)]

    order = stored(ticking, order_id)
    assert (outcomes, order.raised and order.raised.acknowledged_by) == (["applied", "applied"], "Dee")


@pytest.mark.parametrize(
    ("days", "by", "expected"),
    [
        (0, None, timedelta(hours=4)),
        (1, None, timedelta(hours=4)),  # its clock, or its way here, is a day behind
        (-1, None, timedelta(hours=4)),
        (0, NOON + timedelta(hours=30), timedelta(hours=30)),
        (0, NOON - timedelta(hours=1), timedelta(hours=4)),  # it has gone by before anybody could hear of it
    ],
)
async def test_whoever_is_asked_has_their_time_from_when_the_city_hears_of_it(
    ticking: City, enrol: Enrolment, days: int, by: datetime | None, expected: timedelta
) -> None:
    office, order_id = await enrol(Role.SUPERVISOR), report(ticking)
    change = office.change(order_id, replace(RAISED, by=by))

    await office.push_one(replace(change, made_at=NOON - timedelta(days=days)))

    order = stored(ticking, order_id)
    assert order.raised is not None
    assert order.raised.by == NOON + expected


async def test_ended_work_is_asked_about_no_more(ticking: City, clock: Hands, enrol: Enrolment) -> None:
    office, order_id = await raised(ticking, enrol)
    await office.act(order_id, StatusChange(WorkStatus.DONE))
    assert turned(ticking, clock, days=2) == 0

    await office.act(order_id, StatusChange(WorkStatus.SENT_BACK, note="the edge is loose"))
    assert turned(ticking, clock, days=2) == 0, "who was asked then is not blamed now"


# Rules


def rule(when: When, hours: float = 0, level: str = "supervisor", **fields: Any) -> ClockRule:
    return ClockRule(name=f"{when} {hours} h", when=when, level=level, hours=hours, **fields)


async def test_what_is_nearly_due_and_what_is_late_is_raised_once_each(city: City, clock: Hands) -> None:
    """A pothole is promised within two days."""
    before, after = rule(When.BEFORE_DUE, 2), rule(When.AFTER_DUE, 24, "department")
    city = kept_going(city, before, after)
    order_id = report(city, service_code=PHOTO_SERVICE)

    assert turned(city, clock, hours=46, minutes=-1) == 0
    assert turned(city, clock, minutes=2) == 1
    assert levels(stored(city, order_id)) == ("supervisor", True)
    assert turned(city, clock, hours=1) == 0
    turned(city, clock, days=5)
    assert by_clock(stored(city, order_id)).count(f"escalated to supervisor: {before.name}") == 1
    with city.database.reading() as connection:
        struck = connection.execute(select(clock_strikes.c.rule).where(clock_strikes.c.order_id == order_id)).scalars()
        assert sorted(struck) == ["", "", after.name, before.name], "late work was at its level already, by the ladder"


async def test_a_clock_that_stands_escalates_nothing_until_it_goes_on(
    city: City, clock: Hands, enrol: Enrolment
) -> None:
    city = kept_going(city, rule(When.AFTER_DUE))
    order_id = report(city, service_code=PHOTO_SERVICE)
    truck = await enrol(crew=ROADS)
    await truck.act(order_id, StatusChange(WorkStatus.WAITING, "permit"))

    assert turned(city, clock, days=10) == 0
    await truck.act(order_id, StatusChange(WorkStatus.WORKING))

    assert stored(city, order_id).due_at == NOON + timedelta(days=12)
    assert turned(city, clock, days=2, minutes=10) == 1


async def test_what_no_crew_accepts_and_what_a_citizen_says_is_not_fixed_is_raised(
    city: City, clock: Hands, enrol: Enrolment
) -> None:
    city = kept_going(city, rule(When.NOT_ACCEPTED, 6), rule(When.NOT_FIXED, 0, "department"))
    left, taken = report(city), report(city)
    truck = await enrol(crew=ROADS)
    await truck.act(taken, StatusChange(WorkStatus.ACCEPTED))

    assert turned(city, clock, hours=20) == 0, "six working hours from noon end on the next morning at nine"
    assert turned(city, clock, hours=2) == 1
    assert levels(stored(city, left)) == ("supervisor", True)

    await truck.act(taken, StatusChange(WorkStatus.DONE))
    with city.database.writing() as connection:
        order = load_order(connection, city.catalogue, taken)
        assert order is not None
        begin_anew(connection, city, order, HistoryEntry(clock.now, "citizen", NOT_FIXED))
    assert turned(city, clock, minutes=10) == 1
    assert levels(stored(city, taken)) == ("department", True)


def test_a_rule_names_whom_it_concerns(city: City, clock: Hands) -> None:
    city = kept_going(city, rule(When.AFTER_DUE, 0, priorities=(Priority.URGENT,)))
    report(city, service_code=PHOTO_SERVICE)
    assert turned(city, clock, days=3) == 0
    city = kept_going(city, rule(When.AFTER_DUE, 0, groups=("Signs",)))
    report(city, service_code=PHOTO_SERVICE)
    report(city, service_code="sign-repair")
    assert turned(city, clock, days=15) == 1


# Two clocks, and none for a while


async def test_two_clocks_at_once_have_one_effect(
    ticking: City, clock: Hands, enrol: Enrolment, tmp_path: Path
) -> None:
    _, order_id = await raised(ticking, enrol)
    clock.turn(hours=4, minutes=5)
    second = open_city(tmp_path / "city", BackendSettings(), clock)
    second = replace(second, time=ticking.time)
    for city in (ticking, second):
        assert tick(replace(city, clock=Hands(NOON + timedelta(minutes=1)))) == 0
    start, done = Barrier(2), list[int]()

    def ticks(city: City) -> None:
        clock_ahead = replace(city, time=replace(city.time, grace=timedelta()))
        start.wait()
        done.append(tick(clock_ahead))

    threads = [Thread(target=ticks, args=(city,)) for city in (ticking, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.database.close()

    assert sorted(done) == [0, 1]
    assert len(by_clock(stored(ticking, order_id))) == 1


async def test_after_a_week_away_devices_come_first_and_nothing_old_is_raised(
    city: City, clock: Hands, enrol: Enrolment
) -> None:
    """What was acknowledged meanwhile arrives within the grace; what is still unanswered goes up by one step."""
    city = replace(city, time=replace(city.time, escalating=(rule(When.AFTER_DUE),)))
    tick(city)
    turned(city, clock, hours=1)
    office, answered = await raised(city, enrol)
    silent, late = report(city), [report(city, service_code=PHOTO_SERVICE) for _ in range(3)]
    await office.act(silent, RAISED)
    found = stored(city, answered).raised
    assert found is not None
    offline = office.change(answered, Acknowledgement("supervisor", found.at))
    clock.turn(days=7)

    assert turned(city, clock, minutes=20) == 0
    await office.push_one(offline)
    assert turned(city, clock, minutes=20) == 1
    assert [levels(stored(city, one)) for one in (answered, silent)] == [("supervisor", False), ("department", True)]
    assert [levels(stored(city, one)) for one in late] == [("", False)] * 3, "they came due longer ago than a day"


def test_the_clock_ticks_until_it_is_told_to_stop(city: City, clock: Hands) -> None:
    from threading import Event

    class StopsSoon(Event):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            return True

    stop = StopsSoon()
    keep_time_forever(city, stop)
    assert stop.is_set()
