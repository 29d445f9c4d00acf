"""What a city has decided about deadlines: working time, what stops a clock, the ladder. Domain layer; pure.

The backend reads it from its settings and sends it to the devices, so both come to the same deadline by one rule.
"""

from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from crew.domain.value import Value, replace
from crew.domain.work_order import WorkStatus
from crew.domain.working_time import Shift, WorkingTime

if TYPE_CHECKING:
    from crew.domain.work_order import WorkOrder


class Level(Value):
    """A step of the ladder.

    Attributes:
        name: As the history has it, such as "district head".
        answer_hours: Working hours within which somebody should say that they know; none where it is 0.
        to: Who is asked: a role, a person or a crew by name; empty for everybody who may acknowledge.
    """

    name: str
    answer_hours: float = 0
    to: str = ""


class Deadlines(Value):
    """A city's rules about time.

    Attributes:
        working: When work is done; None where no calendar is known, and then every hour counts.
        pausing: The reasons of waiting that stop the clock of an order.
        ladder: The levels of escalation, the first one first.
    """

    working: WorkingTime | None = None
    pausing: frozenset[str] = frozenset()
    ladder: tuple[Level, ...] = ()

    def after(self, moment: datetime, span: timedelta, *, working: bool) -> datetime:
        """When so much time has gone by since a moment, of working time or of all time."""
        return self.working.after(moment, span) if working and self.working else moment + span

    def between(self, start: datetime, end: datetime, *, working: bool) -> timedelta:
        """How much time lies between two moments, working time or all time."""
        return self.working.between(start, end) if working and self.working else end - start

    def level(self, name: str) -> Level:
        """The level of this name; one that stands on no ladder asks everybody, and nobody waits for its answer."""
        wanted = name.casefold()
        return next((level for level in self.ladder if level.name.casefold() == wanted), Level(name))

    def next_level(self, name: str) -> Level | None:
        """The level above; None at the top, and for what stands on no ladder."""
        names = [level.name.casefold() for level in self.ladder]
        place = names.index(name.casefold()) + 1 if name.casefold() in names else len(names)
        return self.ladder[place] if place < len(names) else None

    def answer_by(self, name: str, asked_at: datetime) -> datetime | None:
        """Until when a level should answer that is asked at a moment; None where it may take its time."""
        hours = self.level(name).answer_hours
        return self.after(asked_at, timedelta(hours=hours), working=True) if hours else None

    def pauses(self, order: "WorkOrder") -> bool:
        """Whether the order waits for something that stops its clock."""
        return order.work_status is WorkStatus.WAITING and order.waiting_reason in self.pausing

    def left(self, order: "WorkOrder") -> timedelta | None:
        """What was left of an order's time when its clock stopped, as that time counts; None where it runs."""
        if order.paused_at is None or order.due_at is None:
            return None
        return self.between(order.paused_at, order.due_at, working=order.working_hours)


class TimeRules(Value):
    """The rules as they travel and are kept: plain values, the zone by its name.

    Attributes:
        time_zone: The city's, such as America/New_York.
        week: The shifts of each day, Monday first.
        holidays: Days without work.
        yearly: Days without work of every year, as month and day.
        pausing: The reasons of waiting that stop the clock of an order.
        ladder: The levels of escalation, the first one first.
    """

    time_zone: str
    week: tuple[tuple[Shift, ...], ...]
    holidays: tuple[date, ...] = ()
    yearly: tuple[tuple[int, int], ...] = ()
    pausing: tuple[str, ...] = ()
    ladder: tuple[Level, ...] = ()

    def deadlines(self, zone: tzinfo | None) -> Deadlines:
        """The rules in force.

        Args:
            zone: What `time_zone` names; None where it is not known here, and then every hour counts.

        Raises:
            ValueError: The week cannot be one.
        """
        working = WorkingTime(zone, self.week, frozenset(self.holidays), frozenset(self.yearly)) if zone else None
        return Deadlines(working, frozenset(self.pausing), self.ladder)


UNKNOWN: Final = Deadlines()
"""Where a city has told nothing: every hour counts, no clock stops, and there is no ladder."""


def with_clock(before: "WorkOrder", after: "WorkOrder", at: datetime, deadlines: Deadlines) -> "WorkOrder":
    """The order after a change, with its clock stopped or going on: what was waited is added to the deadline.

    Args:
        before: The order before the change.
        after: The order after it, its deadline untouched.
        at: When the change was made.
        deadlines: The city's rules.
    """
    if deadlines.pauses(after):
        stops = before.paused_at is None and after.due_at is not None
        return replace(after, paused_at=at) if stops else after
    if before.paused_at is None:
        return after
    return replace(after, paused_at=None, due_at=_moved(after, before.paused_at, at, deadlines))


def _moved(order: "WorkOrder", paused_at: datetime, at: datetime, deadlines: Deadlines) -> datetime | None:
    """A clock that went backwards while an order waited moves nothing."""
    waited = deadlines.between(paused_at, at, working=order.working_hours)
    if order.due_at is None or waited <= timedelta():
        return order.due_at
    return deadlines.after(order.due_at, waited, working=order.working_hours)
