"""Raising an order to somebody, and knowing of it. Domain layer; pure.

An escalation has a level, somebody who is asked, and a time by which they should say that they know. If nobody does,
the city's clock asks the next level; when that is due is the backend's part.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from crew.domain.change import Acknowledgement, Change, Escalation
from crew.domain.due import day_and_time
from crew.domain.errors import NotAllowed
from crew.domain.permissions import Verb
from crew.domain.person import why_not
from crew.domain.value import replace
from crew.domain.work_order import Raised, WorkOrder

if TYPE_CHECKING:
    from crew.domain.deadlines import Deadlines
    from crew.domain.person import Person

RaisingAct: TypeAlias = Escalation | Acknowledgement

LEVEL_LIMIT: Final = 40
"""Characters of a level's name."""


def check_raising(order: WorkOrder, act: RaisingAct, person: "Person") -> None:
    """Check what the order says against it.

    Who acknowledges what another has acknowledged meanwhile is not refused: both know, and the history says so.

    Raises:
        NotAllowed: The sentence says why, and what would be allowed.
    """
    if isinstance(act, Escalation):
        if not act.level or not act.reason.strip():
            raise NotAllowed(f"An escalation of {order.id} needs a level and a reason.")
        if len(act.level) > LEVEL_LIMIT:
            raise NotAllowed(f"The level of an escalation has at most {LEVEL_LIMIT} letters.")
        return
    if not order.escalation:
        raise NotAllowed(f"{order.id} was not escalated: there is nothing to acknowledge. Write a note instead.")
    if order.raised is not None and order.raised.acknowledged_by == person.name and _is_about(act, order):
        raise NotAllowed(f"You have acknowledged the escalation of {order.id} already.")


def after_raising(order: WorkOrder, change: Change, act: RaisingAct, deadlines: "Deadlines") -> WorkOrder:
    """The order as it stands after it. The first to acknowledge counts, and only for the escalation that they saw."""
    if isinstance(act, Escalation):
        by = act.by or deadlines.answer_by(act.level, change.made_at)
        raised = Raised(change.made_at, change.person, act.reason, act.to or deadlines.level(act.level).to, by)
        return replace(order, escalation=act.level, raised=raised)
    raised = order.raised or Raised(change.made_at, "", "")
    if raised.acknowledged_by or not _is_about(act, order):
        return order
    return replace(order, raised=replace(raised, acknowledged_by=change.person, acknowledged_at=change.made_at))


def _is_about(act: Acknowledgement, order: WorkOrder) -> bool:
    """Whether the escalation that was acknowledged is the one that the order has now."""
    at = order.raised.at if order.raised else None
    return (act.level, act.raised_at) == (order.escalation, at)


def heard_at(order: WorkOrder, act: Escalation, now: datetime, deadlines: "Deadlines") -> WorkOrder:
    """The order once the city has heard of an escalation that was made elsewhere, perhaps hours ago.

    Nobody could answer before: the time to answer counts from here, unless a person chose one that is still to come.
    """
    if order.raised is None or (act.by is not None and act.by > now):
        return order
    return replace(order, raised=replace(order.raised, by=deadlines.answer_by(act.level, now)))


def raised_to(order: WorkOrder, level: str, raised: Raised) -> WorkOrder:
    """The order as the city's own clock has raised it."""
    return replace(order, escalation=level, raised=raised)


def without_answer(order: WorkOrder) -> WorkOrder:
    """The order once its work has ended: nobody is waited for any more."""
    raised = order.raised
    if raised is None or raised.by is None or raised.acknowledged_by:
        return order
    return replace(order, raised=replace(raised, by=None))


def describe_raising(act: RaisingAct) -> str:
    """The act in words."""
    if isinstance(act, Escalation):
        whom = f" ({act.to})" if act.to else ""
        return f"escalated to {act.level}{whom}: {act.reason}"
    return f"knows of the escalation to {act.level}"


def concerns(person: "Person", to: str) -> bool:
    """Whether somebody is asked by an escalation to a role, a person or a crew; to nobody by name asks everybody.

    So does one to a mail address: it belongs to nobody's terminal.
    """
    names = (person.name, person.called, person.crew, person.crew_title)
    return not to or "@" in to or to.casefold() in {name.casefold() for name in names if name}


def is_asked(person: "Person", order: WorkOrder) -> bool:
    """Whether an escalation waits for this person's word: they are named, or are of those asked and may give it."""
    raised = order.unanswered
    if raised is None or not concerns(person, raised.to):
        return False
    named = raised.to.casefold() == person.name.casefold()
    return named or not why_not(person, Verb.ACKNOWLEDGE, order.crew)


def escalation_words(order: WorkOrder, now: datetime) -> str:
    """To whom an order was raised, until when somebody should answer, and whether somebody has."""
    raised = order.raised
    if raised is None:
        return f"to {order.escalation}"
    whom = f" ({raised.to})" if raised.to and raised.to.casefold() != order.escalation.casefold() else ""
    if raised.acknowledged_by and raised.acknowledged_at is not None:
        at = day_and_time(raised.acknowledged_at, now)
        return f"to {order.escalation}{whom}; {raised.acknowledged_by} knows of it since {at}"
    if order.work_status.ended:
        return f"to {order.escalation}{whom}"
    by = f" by {day_and_time(raised.by, now)}" if raised.by is not None else ""
    return f"to {order.escalation}{whom}{by}, not acknowledged"
