"""A crew's last seven days in numbers: what was finished, whether in time, and what citizens said. Domain; pure."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from crew.domain.citizen_answers import AnswerKind
from crew.domain.value import Value, replace
from crew.domain.work_order import WorkStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crew.domain.work_order import WorkOrder

DAYS: Final = 7


class CrewWeek(Value):
    """What one crew did and heard.

    Attributes:
        crew: The crew's name.
        done: Orders that were done.
        cant_do: Orders that ended without the work.
        with_promise: Of both, those that had a deadline.
        in_time: Of these, those that ended before it.
        thanked: How many people thanked it, less those who changed their mind.
        not_fixed: How often a citizen sent work back.
    """

    crew: str
    done: int = 0
    cant_do: int = 0
    with_promise: int = 0
    in_time: int = 0
    thanked: int = 0
    not_fixed: int = 0

    @property
    def silent(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.done or self.cant_do or self.thanked or self.not_fixed)


def week_start(now: datetime) -> datetime:
    """The midnight that begins the last seven days, today among them; in the zone of `now`."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=DAYS - 1)


def crew_weeks(
    ended: "Iterable[WorkOrder]", answers: "Iterable[tuple[str, AnswerKind]]", since: datetime
) -> tuple[CrewWeek, ...]:
    """Every crew's week, the busiest first.

    Args:
        ended: Orders that have ended, each once; what ended before `since` is left out.
        answers: What citizens answered since then, each with the crew that it was said to.
        since: When the week begins, aware.
    """
    weeks: dict[str, CrewWeek] = {}
    for order in ended:
        at = order.ended_at
        if at >= since:
            weeks[order.crew] = _with_ending(weeks.get(order.crew, CrewWeek(order.crew)), order, at)
    for crew, kind in answers:
        week = weeks.get(crew, CrewWeek(crew))
        not_fixed = week.not_fixed + (kind is AnswerKind.NOT_FIXED)
        weeks[crew] = replace(week, thanked=week.thanked + kind.thanks, not_fixed=not_fixed)
    found = (replace(week, thanked=max(0, week.thanked)) for week in weeks.values())
    return tuple(sorted((week for week in found if not week.silent), key=lambda week: (-week.done, week.crew)))


def _with_ending(week: CrewWeek, order: "WorkOrder", at: datetime) -> CrewWeek:
    done = order.work_status is WorkStatus.DONE
    promised = order.due_at is not None
    return replace(
        week,
        done=week.done + done,
        cant_do=week.cant_do + (not done),
        with_promise=week.with_promise + promised,
        in_time=week.in_time + (order.due_at is not None and at <= order.due_at),
    )
