"""What the city's clock has to act upon: answers that did not come, and what the city's rules name. Only reads.

Candidates are found by a question to the database; whether one is due is asked once more about the order itself, inside
the transaction that acts upon it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, String, cast, exists, func, select, type_coerce

from crew.backend.city_time import ClockRule, When
from crew.backend.schema import clock_strikes, escalations, history, to_microseconds, work_orders
from crew.domain.citizen_answers import NOT_FIXED
from crew.domain.deadlines import Level
from crew.domain.value import Value
from crew.domain.work_order import PublicStatus, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from crew.backend.city import City

_LADDER: Final = ""
"""Stands where a rule's name would."""
_LONGEST_BREAK: Final = timedelta(days=14)
"""No assignment is looked for that was made longer ago than working hours can stretch, holidays and all."""


class Due(Value):
    """What is due for an order.

    Attributes:
        rule: The rule's name; empty for the ladder.
        occurrence: What happened, so that it counts once.
        level: Who is asked; None where somebody at least as high is asked already.
        reason: Why, in words.
    """

    rule: str
    occurrence: str
    level: Level | None
    reason: str


class Cause(Value):
    """An order for which something may be due; `due` says what, by the order as it stands."""

    order_id: str
    due: "Callable[[Connection, WorkOrder], Due | None]"


def causes(connection: "Connection", city: "City") -> Iterator[Cause]:
    """Everything that may be due now; unanswered escalations first."""
    now = city.clock()
    for order_id in connection.scalars(_unanswered(city, now)).all():
        yield Cause(order_id, lambda _, order: _next_level(city, order, now))
    for rule in city.time.escalating:
        judge = _RuledOrder(city, rule, now).due
        for order_id in connection.scalars(select(work_orders.c.id).where(*_candidates(city, rule, now))).all():
            yield Cause(order_id, judge)


# The ladder


def _unanswered(city: "City", now: datetime) -> Any:  # noqa: ANN401 - a question of SQLAlchemy's
    below_the_top = [level.name.casefold() for level in city.time.deadlines.ladder[:-1]]
    return (
        select(escalations.c.order_id)
        .join_from(escalations, work_orders)
        .where(
            escalations.c.answer_by <= now,
            escalations.c.acknowledged_by == "",
            work_orders.c.public_status == PublicStatus.OPEN.value,
            func.lower(work_orders.c.escalation).in_(below_the_top),
        )
        .order_by(escalations.c.answer_by)
    )


def _next_level(city: "City", order: WorkOrder, now: datetime) -> Due | None:
    raised, level = order.unanswered, city.time.deadlines.next_level(order.escalation)
    if raised is None or raised.by is None or raised.by > now or level is None:
        return None
    return Due(_LADDER, str(to_microseconds(raised.at)), level, f"{order.escalation} has not answered")


# The rules


def _candidates(city: "City", rule: ClockRule, now: datetime) -> "Iterator[ColumnElement[bool]]":
    yield work_orders.c.public_status == PublicStatus.OPEN.value
    if rule.priorities:
        yield work_orders.c.priority.in_([priority.value for priority in rule.priorities])
    if rule.services or rule.groups:
        of_groups = [code for code, service in city.catalogue.services.items() if service.group in rule.groups]
        yield work_orders.c.service_code.in_([*rule.services, *of_groups])
    hours = timedelta(hours=rule.hours)
    struck = exists().where(clock_strikes.c.order_id == work_orders.c.id, clock_strikes.c.rule == rule.name)
    if rule.when in (When.BEFORE_DUE, When.AFTER_DUE):
        yield ~struck.where(clock_strikes.c.occurrence == cast(type_coerce(work_orders.c.due_at, BigInteger), String))
    else:  # looked at again whenever something has happened since
        yield ~struck.where(clock_strikes.c.at >= work_orders.c.updated_at)
    match rule.when:
        case When.BEFORE_DUE | When.AFTER_DUE:
            edge = now + hours if rule.when is When.BEFORE_DUE else now - hours
            yield work_orders.c.due_at.between(edge - city.time.oldest, edge)
            yield work_orders.c.paused_at.is_(None)
        case When.NOT_ACCEPTED:
            yield work_orders.c.work_status == WorkStatus.ASSIGNED.value
            yield work_orders.c.updated_at >= now - city.time.oldest - 5 * hours - _LONGEST_BREAK
        case When.NOT_FIXED:
            yield work_orders.c.work_status == WorkStatus.SENT_BACK.value
            yield work_orders.c.updated_at >= now - city.time.oldest


class _RuledOrder(Value):
    """Says whether a rule holds for an order now."""

    city: "City"
    rule: ClockRule
    now: datetime

    def due(self, connection: "Connection", order: WorkOrder) -> Due | None:
        """What is due by the rule; None where its moment is still to come, or too long gone."""
        happened_at = self._happened_at(connection, order)
        if happened_at is None or not self._names(order):
            return None
        moment = self._moment(happened_at)
        if not moment <= self.now <= moment + self.city.time.oldest:
            return None
        return Due(self.rule.name, str(to_microseconds(happened_at)), self._level(order), self.rule.name)

    def _names(self, order: WorkOrder) -> bool:
        rule, service = self.rule, self.city.catalogue.service(order.service_code)
        named = order.service_code in rule.services or service.group in rule.groups
        return (not rule.priorities or order.priority in rule.priorities) and (
            named or not (rule.services or rule.groups)
        )

    def _happened_at(self, connection: "Connection", order: WorkOrder) -> datetime | None:
        """What the rule counts from; None where it does not concern the order."""
        match self.rule.when:
            case When.BEFORE_DUE | When.AFTER_DUE:
                return None if order.paused_at or order.work_status.ended else order.due_at
            case When.NOT_ACCEPTED:
                return _assigned_at(connection, order) if order.work_status is WorkStatus.ASSIGNED else None
            case When.NOT_FIXED:
                said = [entry.at for entry in order.history if entry.text == NOT_FIXED]
                return said[-1] if said and order.work_status is WorkStatus.SENT_BACK else None

    def _moment(self, happened_at: datetime) -> datetime:
        hours = timedelta(hours=self.rule.hours)
        match self.rule.when:
            case When.BEFORE_DUE:
                return happened_at - hours
            case When.NOT_ACCEPTED:
                return self.city.time.deadlines.after(happened_at, hours, working=True)
            case _:
                return happened_at + hours

    def _level(self, order: WorkOrder) -> Level | None:
        """The rule's level, or the order's own where that is higher; None while somebody at such a level is asked."""
        names = [level.name.casefold() for level in self.city.time.deadlines.ladder]
        wanted, own = names.index(self.rule.level.casefold()), order.escalation.casefold()
        stands = names.index(own) if own in names else -1
        if stands >= wanted and order.unanswered is not None:
            return None
        return self.city.time.deadlines.ladder[max(wanted, stands)]


def _assigned_at(connection: "Connection", order: WorkOrder) -> datetime | None:
    """When the city heard that the order was given to its crew; when it was reported, where it went there at once."""
    rows = connection.execute(
        select(history.c.received_at, history.c.fields).where(history.c.order_id == order.id).order_by(history.c.id)
    ).all()
    given = [row.received_at for row in rows if "crew" in row.fields.split(",")]
    first: datetime | None = rows[0].received_at if rows else None
    return given[-1] if given else first
