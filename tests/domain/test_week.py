"""A week counts what ended in it, whether it was in time, and what citizens said."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from crew.domain.citizen_answers import AnswerKind
from crew.domain.value import replace
from crew.domain.week import CrewWeek, crew_weeks, week_start
from crew.domain.work_order import HistoryEntry, OrderId, WorkOrder, WorkStatus
from tests.builders import NOON, an_order

SINCE = NOON - timedelta(days=3)


def ended(hours: float, status: WorkStatus = WorkStatus.DONE, due: float | None = 0, crew: str = "D2") -> WorkOrder:
    """An order that ended so many hours after the week began."""
    at = SINCE + timedelta(hours=hours)
    order = an_order(
        id=OrderId(f"{crew}{hours}"),
        work_status=status,
        crew=crew,
        due_at=None if due is None else SINCE + timedelta(hours=due),
        updated_at=at,
    )
    return replace(order, history=(HistoryEntry(at, "Ana", f"{status.words}, 1 photo", change_id="1"),))


def test_endings_are_counted_by_crew_the_busiest_first() -> None:
    orders = [ended(1, due=2), ended(3, due=2), ended(4, WorkStatus.CANT_DO, None), ended(5, crew="D5", due=None)]
    assert crew_weeks(orders, [("D5", AnswerKind.THANKS), ("D5", AnswerKind.NOT_FIXED)], SINCE) == (
        CrewWeek("D2", done=2, cant_do=1, with_promise=2, in_time=1),
        CrewWeek("D5", done=1, thanked=1, not_fixed=1),
    )


def test_a_note_on_old_work_does_not_make_it_this_weeks() -> None:
    old = ended(-100)
    assert crew_weeks([replace(old, updated_at=SINCE + timedelta(hours=1))], [], SINCE) == ()


def test_thanks_for_what_another_week_heard_of_are_never_less_than_none() -> None:
    (week,) = crew_weeks([ended(1)], [("D2", AnswerKind.NO_MORE_THANKS)], SINCE)
    assert week.thanked == 0


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001 - the zone comes next
def test_a_week_begins_at_a_midnight_six_days_ago_also_when_clocks_are_changed(moment: datetime) -> None:
    now = moment.replace(tzinfo=ZoneInfo("America/New_York"))
    start = week_start(now)
    assert (start.hour, start.minute, (now.date() - start.date()).days) == (0, 0, 6)
