"""A clock that stands while others are waited for, and who is asked about an escalation, and until when."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.change import Acknowledgement, Act, Assignment, ChangeId, Escalation, StatusChange
from crew.domain.deadlines import UNKNOWN, Deadlines, Level
from crew.domain.due import due_words
from crew.domain.errors import CorrectInput, NotAllowed
from crew.domain.escalating import escalation_words, is_asked
from crew.domain.moment_words import moment_of
from crew.domain.person import Person, Role
from crew.domain.rules import apply, check
from crew.domain.value import replace
from crew.domain.work_order import Raised, WorkOrder, WorkStatus
from tests.builders import NOON, a_change, a_person, an_order
from tests.domain.test_working_time import BOSTON, HOUR, OFFICE, at

LADDER = (Level("supervisor", 4, "supervisor"), Level("district head", 8, "Hal"), Level("mayor's office"))
CITY = Deadlines(OFFICE, frozenset({"permit", "parts"}), LADDER)
RAISED = Escalation("supervisor", "third call")

spans = st.timedeltas(timedelta(), timedelta(days=9))
reasons = st.sampled_from(["permit", "parts", "weather", ""])
steps = st.lists(st.tuples(spans, reasons), min_size=1, max_size=6)


def moved(order: WorkOrder, start: datetime, done: "list[tuple[timedelta, str]]") -> tuple[WorkOrder, datetime]:
    """An order that waits for this and that, and is worked on between; and when that was over."""
    for number, (span, reason) in enumerate(done):
        act = StatusChange(WorkStatus.WAITING, reason) if reason else StatusChange(WorkStatus.WORKING)
        change = a_change(act, id=ChangeId(f"{start}-{number}"), made_at=start)
        order, start = apply(order, change, CITY), start + span
    end = a_change(StatusChange(WorkStatus.WORKING), id=ChangeId("end"), made_at=start)
    return apply(order, end, CITY), start


@given(steps, st.booleans(), spans)
def test_a_deadline_moves_by_exactly_what_was_waited_for_others(
    done: "list[tuple[timedelta, str]]", working: bool, promised: timedelta
) -> None:
    """Over holidays, nights and the autumn hour; waiting for the weather is the city's own affair."""
    start = datetime(2026, 10, 28, 14, tzinfo=UTC)
    order = an_order(due_at=start + promised, working_hours=working, work_status=WorkStatus.ACCEPTED)

    after, _ = moved(order, start, done)

    waited, now = timedelta(), start
    for span, reason in done:
        if reason in CITY.pausing:
            waited += CITY.between(now, now + span, working=working)
        now += span
    assert after.paused_at is None
    assert order.due_at is not None
    assert after.due_at is not None
    assert CITY.between(order.due_at, after.due_at, working=working) == waited
    if not waited:
        assert after.due_at == order.due_at


@given(steps, st.integers(-26, 26))
def test_a_device_whose_clock_is_a_day_off_moves_a_deadline_by_the_same(
    done: "list[tuple[timedelta, str]]", hours_off: int
) -> None:
    start, order = datetime(2026, 10, 20, 14, tzinfo=UTC), an_order(due_at=datetime(2026, 10, 30, tzinfo=UTC))
    right, wrong = (moved(order, begin, done)[0].due_at for begin in (start, start + hours_off * HOUR))
    assert right == wrong


def test_what_is_left_is_told_and_what_waits_is_not_late() -> None:
    due = at(2026, 11, 27, 11)
    order = an_order(due_at=due.astimezone(UTC), working_hours=True)
    paused = apply(order, a_change(StatusChange(WorkStatus.WAITING, "permit"), made_at=at(2026, 11, 25, 14)), CITY)

    assert (paused.due_at, CITY.left(paused)) == (order.due_at, 6 * HOUR)
    assert due_words(paused.due_at, due + 99 * HOUR, paused.work_status, CITY.left(paused)).words == "paused, 6 h left"
    assert not due_words(paused.due_at, due + 99 * HOUR, paused.work_status, CITY.left(paused)).late
    late = apply(order, a_change(StatusChange(WorkStatus.WAITING, "parts"), made_at=at(2026, 11, 27, 13)), CITY)
    assert due_words(late.due_at, due, late.work_status, CITY.left(late)).words == "paused, 1 h over"


@pytest.mark.parametrize("act", [StatusChange(WorkStatus.DONE), Assignment("D5"), StatusChange(WorkStatus.SENT_BACK)])
def test_whatever_ends_the_waiting_lets_the_clock_go_on(act: StatusChange | Assignment) -> None:
    order = an_order(work_status=WorkStatus.WAITING, waiting_reason="permit", paused_at=NOON, due_at=NOON + HOUR)
    after = apply(order, a_change(act, made_at=NOON + 5 * HOUR), CITY)
    assert (after.paused_at, after.due_at) == (None, NOON + 6 * HOUR)


def test_without_a_calendar_every_hour_counts_and_without_a_deadline_nothing_stands() -> None:
    waiting = a_change(StatusChange(WorkStatus.WAITING, "permit"))
    assert apply(an_order(), waiting, UNKNOWN).paused_at is None
    assert apply(an_order(due_at=None), waiting, CITY).paused_at is None
    no_calendar = replace(CITY, working=None)
    assert no_calendar.after(NOON, HOUR, working=True) == NOON + HOUR


# Escalations


def test_the_ladder_says_who_is_asked_and_until_when_and_a_person_may_say_otherwise() -> None:
    raised = apply(an_order(), a_change(RAISED), CITY).raised
    assert raised == Raised(NOON, "Ana", "third call", "supervisor", NOON + 5 * HOUR)  # one of them is lunch
    own = apply(an_order(), a_change(replace(RAISED, to="Kim", by=NOON + HOUR)), CITY).raised
    assert own == Raised(NOON, "Ana", "third call", "Kim", NOON + HOUR)
    assert apply(an_order(), a_change(Escalation("director", "now")), CITY).raised == Raised(NOON, "Ana", "now")
    assert CITY.next_level("Supervisor") == LADDER[1]
    assert [CITY.next_level(name) for name in ("mayor's office", "director")] == [None, None]


def test_the_first_to_acknowledge_counts_and_only_for_what_they_saw() -> None:
    order = apply(an_order(), a_change(RAISED), CITY)
    knows, anew = Acknowledgement("supervisor", NOON), replace(RAISED, level="district head")
    acts: list[tuple[Act, str]] = [(knows, "Sam"), (knows, "Dee"), (anew, "Dee"), (knows, "Sam")]
    states = []
    for number, (act, person) in enumerate(acts):
        change = a_change(act, id=ChangeId(str(number)), person=person, made_at=NOON + number * HOUR)
        check(order, change, replace(a_person(Role.SUPERVISOR), name=person))
        order = apply(order, change, CITY)
        states.append((order.escalation, order.raised.acknowledged_by if order.raised else "-"))
    assert states == [("supervisor", "Sam"), ("supervisor", "Sam"), ("district head", ""), ("district head", "")]


@pytest.mark.parametrize(
    ("order", "act", "why"),
    [
        (an_order(), Acknowledgement(""), "was not escalated"),
        (
            an_order(escalation="x", raised=Raised(NOON, "Dee", "why", acknowledged_by="Sam", acknowledged_at=NOON)),
            Acknowledgement("x", NOON),
            "acknowledged the escalation of 311000000001 already",
        ),
        (an_order(), Escalation("x" * 41, "why"), "at most 40 letters"),
    ],
)
def test_what_cannot_be_is_refused(order: WorkOrder, act: Acknowledgement | Escalation, why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        check(order, a_change(act), a_person(Role.SUPERVISOR))


def test_an_escalation_from_before_there_was_a_ladder_can_be_acknowledged() -> None:
    after = apply(an_order(escalation="director"), a_change(Acknowledgement("director")), CITY)
    assert after.raised is not None
    assert after.raised.acknowledged_by == "Ana"


@pytest.mark.parametrize(
    ("to", "asked"),
    [
        ("", {"Sam", "Dee", "Kim"}),
        ("supervisor", {"Sam"}),
        ("dispatcher", {"Dee"}),
        ("Night Desk", {"Kim"}),
        ("ana", {"Ana"}),
        ("D2", set()),  # its crew may not answer, and nobody is told of what they cannot do
        ("Hal", set()),
    ],
)
def test_an_escalation_waits_for_those_who_are_asked_and_may_answer(to: str, asked: set[str]) -> None:
    kim = Person("Kim", Role.DISPATCHER, title="night desk")
    people = (a_person(), a_person(Role.SUPERVISOR), a_person(Role.DISPATCHER), kim)
    order = an_order(escalation="x", raised=Raised(NOON, "Dee", "why", to))
    assert {person.name for person in people if is_asked(person, order)} == asked
    ended = replace(order, work_status=WorkStatus.DONE)
    assert not any(is_asked(person, ended) for person in people)


def test_an_escalation_in_words() -> None:
    now = NOON.astimezone(BOSTON)
    order = reduce(
        lambda order, change: apply(order, change, CITY),
        (a_change(RAISED), a_change(Acknowledgement("supervisor", NOON), id=ChangeId("2"), person="Sam")),
        an_order(),
    )
    head = apply(an_order(), a_change(Escalation("district head", "now")), CITY)
    assert escalation_words(head, now) == "to district head (Hal) by tomorrow 12:00, not acknowledged"
    assert escalation_words(order, now) == "to supervisor; Sam knows of it since today 12:00"
    assert escalation_words(an_order(escalation="director"), now) == "to director"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("16:00", at(2026, 11, 23, 16)),
        ("4h", at(2026, 11, 23, 16)),
        ("+90 min", at(2026, 11, 23, 13, 30)),
        ("tomorrow 9:00", at(2026, 11, 24, 9)),
        ("tom 9.00", at(2026, 11, 24, 9)),
        ("Fri 12:00", at(2026, 11, 27, 12)),
        ("mon 12:00", at(2026, 11, 30, 12)),
        ("2026-12-01T08:00", at(2026, 12, 1, 8)),
        ("2026-12-01T08:00Z", datetime(2026, 12, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_people_write_it(words: str, expected: datetime) -> None:
    assert moment_of(words, NOON.astimezone(BOSTON)) == expected


@pytest.mark.parametrize("words", ["", "soon", "25:00", "11:00", "2026-11-22", "someday 9:00", "12:61"])
def test_a_time_that_cannot_be_is_refused(words: str) -> None:
    with pytest.raises(CorrectInput):
        moment_of(words, NOON.astimezone(BOSTON))
