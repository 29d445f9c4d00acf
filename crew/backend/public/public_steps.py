"""The way of an order as the public reads it, with its times: coarse steps out of the history. Backend layer, pure.

A step says when the city got so far. It names nobody, and never says where a crew is.
"""

import re
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from crew.domain.citizen_answers import NOT_FIXED
from crew.domain.value import Value
from crew.domain.work_order import WorkOrder, WorkStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST: Final = 12
"""An order that went to and fro for months still fits on a page: its beginning, and what came last."""


class StepKind(StrEnum):
    """A step; the values name its words on the pages."""

    RECEIVED = "received"
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    WAITING = "waiting"
    DONE = "done"
    CLOSED = "closed"
    SENT_BACK = "sent_back"


STEP_OF: Final = {
    WorkStatus.NEW: StepKind.RECEIVED,
    WorkStatus.ASSIGNED: StepKind.PLANNED,
    WorkStatus.ACCEPTED: StepKind.PLANNED,
    WorkStatus.ON_THE_WAY: StepKind.UNDER_WAY,
    WorkStatus.WORKING: StepKind.UNDER_WAY,
    WorkStatus.WAITING: StepKind.WAITING,
    WorkStatus.DONE: StepKind.DONE,
    WorkStatus.CANT_DO: StepKind.CLOSED,
    WorkStatus.SENT_BACK: StepKind.SENT_BACK,
}
"""Where an order stands, as coarse as the public reads it."""

_OF_WORDS: Final = {status.words: kind for status, kind in STEP_OF.items()} | {NOT_FIXED: StepKind.SENT_BACK}
_BEFORE_MORE: Final = re.compile("[,:]")
_WAITING: Final = "waiting for "
_ENDS: Final = frozenset({StepKind.DONE, StepKind.CLOSED})
_AHEAD: Final = {
    StepKind.RECEIVED: (StepKind.PLANNED, StepKind.UNDER_WAY, StepKind.DONE),
    StepKind.PLANNED: (StepKind.UNDER_WAY, StepKind.DONE),
    StepKind.SENT_BACK: (StepKind.UNDER_WAY, StepKind.DONE),
    StepKind.UNDER_WAY: (StepKind.DONE,),
    StepKind.WAITING: (StepKind.DONE,),
}


class Step(Value):
    """One step of the way from report to repair.

    Attributes:
        kind: Which.
        reached: Whether it lies behind the order or is where it stands.
        at: When it was reached; None where it lies ahead, or nobody wrote it down.
    """

    kind: StepKind
    reached: bool
    at: datetime | None = None


def steps(order: WorkOrder) -> tuple[Step, ...]:
    """The way of an order: what its history tells, then what is still to come."""
    stands = STEP_OF[order.work_status]
    way: list[Step] = []
    for kind, at in (*_told(order), (stands, None)):
        if not way or way[-1].kind is not kind:
            way.append(Step(kind, reached=True, at=at))
    if stands is StepKind.RECEIVED:  # it went back to the pool: nothing is planned any more
        way = way[:1]
    if way[-1].kind in _ENDS and way[-1].at is None:  # an import tells no end, only when the order last changed
        way[-1] = Step(way[-1].kind, reached=True, at=order.updated_at)
    if len(way) > _MOST:
        way = [way[0], *way[1 - _MOST :]]
    return (*way, *(Step(kind, reached=False) for kind in _AHEAD.get(stands, ())))


def _told(order: WorkOrder) -> "Iterator[tuple[StepKind, datetime | None]]":
    yield StepKind.RECEIVED, order.requested_at
    told = [(kind, entry.at) for entry in order.history if (kind := _kind(entry.text)) is not None]
    stands = STEP_OF[order.work_status]
    if (told[0][0] if told else stands) not in (StepKind.RECEIVED, StepKind.PLANNED):
        yield StepKind.PLANNED, order.requested_at if order.crew else None
    elif not told and stands is StepKind.PLANNED:
        yield StepKind.PLANNED, order.requested_at  # it went to its crew with the report
    yield from told


def _kind(text: str) -> StepKind | None:
    if text.startswith("moved to "):
        return StepKind.PLANNED
    if text.startswith(_WAITING):
        return StepKind.WAITING
    return _OF_WORDS.get(text) or _OF_WORDS.get(_BEFORE_MORE.split(text, 1)[0])
