"""Works out a day of the demo city: who reported what when, and who did what about it. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from crew.backend.catalogue import Catalogue
from crew.backend.demo.people import ANA, DEE, SAM, Workers
from crew.backend.demo.rest_of_city import reported_twice, stops_elsewhere
from crew.backend.demo.stops import STOPS, Stop
from crew.domain.change import Act, Escalation, StatusChange
from crew.domain.value import Value
from crew.domain.work_order import WorkStatus

_STEPS: Final[dict[WorkStatus, tuple[WorkStatus, ...]]] = {
    WorkStatus.NEW: (),
    WorkStatus.ASSIGNED: (),
    WorkStatus.ACCEPTED: (WorkStatus.ACCEPTED,),
    WorkStatus.ON_THE_WAY: (WorkStatus.ACCEPTED, WorkStatus.ON_THE_WAY),
    WorkStatus.WORKING: (WorkStatus.ACCEPTED, WorkStatus.ON_THE_WAY, WorkStatus.WORKING),
    WorkStatus.WAITING: (WorkStatus.ACCEPTED, WorkStatus.WORKING, WorkStatus.WAITING),
    WorkStatus.DONE: (WorkStatus.ACCEPTED, WorkStatus.ON_THE_WAY, WorkStatus.WORKING, WorkStatus.DONE),
    WorkStatus.CANT_DO: (WorkStatus.ACCEPTED, WorkStatus.ON_THE_WAY, WorkStatus.CANT_DO),
    WorkStatus.SENT_BACK: (WorkStatus.ACCEPTED, WorkStatus.WORKING, WorkStatus.DONE, WorkStatus.SENT_BACK),
}
"""The way of an order to where it stands."""

_MOVING: Final = frozenset({WorkStatus.ON_THE_WAY, WorkStatus.WORKING})
_ESCALATION: Final = Escalation("supervisor", "The bus company called as well.")
_ESCALATED_MINUTES_AGO: Final = 35


class Report(Value):
    """A citizen writes about a stop: the first makes the order, later ones are linked to it."""

    at: datetime
    stop: int
    words: str
    first: bool


class Deed(Value):
    """Somebody does something to the order of a stop."""

    at: datetime
    stop: int
    person: str
    act: Act


class Day(Value):
    """A day of the whole city.

    Attributes:
        stops: What there is to do; reports and deeds name a stop by its position here.
        reports: In the order in which they came.
        deeds: In the order in which they were done.
    """

    stops: tuple[Stop, ...]
    reports: tuple[Report, ...]
    deeds: tuple[Deed, ...]


def plan_day(catalogue: Catalogue, now: datetime, dice: Random) -> Day:
    """Work out a day around `now`; the stops of the followed crew come first, the rest of the city is drawn."""
    elsewhere = tuple(stops_elsewhere(catalogue, dice))
    stops = (*STOPS, *elsewhere, *reported_twice(elsewhere))
    workers = Workers()
    reports: list[Report] = []
    deeds = [Deed(now - timedelta(minutes=_ESCALATED_MINUTES_AGO), 0, DEE, _ESCALATION)]
    for number, stop in enumerate(stops):
        hours = stop.due_in_hours - catalogue.service(stop.service).due_hours
        opened_at = (now + timedelta(hours=hours)).replace(microsecond=0)
        reports += _reports(number, stop, opened_at, now)
        worker = ANA if stop.crew is None else workers.of_crew(stop.crew)
        deeds += _deeds(number, stop, worker, _moments(stop.status, opened_at, now, dice))
    return Day(stops, tuple(sorted(reports, key=_at)), tuple(sorted(deeds, key=_at)))


def _at(event: Report | Deed) -> datetime:
    return event.at


def _reports(number: int, stop: Stop, opened_at: datetime, now: datetime) -> Iterator[Report]:
    yield Report(opened_at, number, stop.words, first=True)
    for count, words in enumerate(stop.again, 1):
        at = opened_at + (now - opened_at) * count / (len(stop.again) + 1)
        yield Report(at.replace(microsecond=0), number, words, first=False)


def _moments(status: WorkStatus, opened_at: datetime, now: datetime, dice: Random) -> list[datetime]:
    """When each step to a status was done: within this shift, the last of what moves a few minutes ago."""
    steps = len(_STEPS[status])
    begun_at = max(opened_at, now - timedelta(hours=dice.uniform(1.5, 5)))
    left = timedelta(minutes=dice.uniform(3, 14 if status in _MOVING else 70))
    last_at = max(begun_at, now - left)
    return [(begun_at + (last_at - begun_at) * count / steps).replace(microsecond=0) for count in range(1, steps + 1)]


def _deeds(number: int, stop: Stop, worker: str, moments: list[datetime]) -> Iterator[Deed]:
    steps = _STEPS[stop.status]
    for status, at in zip(steps, moments, strict=True):
        reason = stop.reason if status in (WorkStatus.WAITING, WorkStatus.CANT_DO) else ""
        note = stop.note if status is stop.status else ""
        yield Deed(at, number, SAM if status is WorkStatus.SENT_BACK else worker, StatusChange(status, reason, note))
