"""A crew's day as its supervisor sees it: how much there is, how far they are, whom to help. Domain layer; pure.

Counts what this device knows, moves that have not left yet included; when a crew was seen comes from the backend.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from crew.domain.value import Value, replace
from crew.domain.work_order import WorkStatus

_UNDER_WAY: Final = (WorkStatus.WORKING, WorkStatus.ON_THE_WAY)


class Carried(Protocol):
    """An open order as far as its crew's load is concerned."""

    @property
    def crew(self) -> str:
        """Whose it is; empty for nobody's."""

    @property
    def service_name(self) -> str:
        """What it is."""

    @property
    def work_status(self) -> WorkStatus:
        """How it stands."""

    @property
    def due_at(self) -> datetime | None:
        """Its deadline."""


class Known(Protocol):
    """A crew as the backend tells of it."""

    @property
    def name(self) -> str:
        """Its queue."""

    @property
    def title(self) -> str:
        """As it stands on the truck."""

    @property
    def seen_at(self) -> datetime | None:
        """When one of its devices last asked the backend."""

    @property
    def unsent(self) -> int:
        """Changes that waited on its devices then."""


_Order = TypeVar("_Order", bound=Carried)


class Load(NamedTuple):
    """How much open work of one service a crew has."""

    crew: str
    service_name: str
    open: int
    late: int
    due_today: int


class CrewDay(Value, Generic[_Order]):
    """One crew's open work. Times are aware.

    Attributes:
        name: The crew's queue; empty for the pool, which is nobody's.
        title: As a person calls it.
        orders: The open orders, as they were given; a filter may leave some out.
        open: How many there are.
        late: How many of them are past their deadline.
        due_today: How many have theirs later today.
        hours: How long all of them take, as far as the city says.
        done_today: How many have ended since midnight.
        under_way: The order that the crew works on or drives to; None where it says of none.
        seen_at: When one of its devices last asked the backend.
        unsent: Changes that waited on its devices then.
    """

    name: str
    title: str
    orders: tuple[_Order, ...] = ()
    open: int = 0
    late: int = 0
    due_today: int = 0
    hours: float = 0.0
    done_today: int = 0
    under_way: _Order | None = None
    seen_at: datetime | None = None
    unsent: int = 0


def with_loads(
    days: Sequence[CrewDay[_Order]], loads: Iterable[Load], work_hours: Mapping[str, float]
) -> tuple[CrewDay[_Order], ...]:
    """Days that were made of some of the orders, with what all of them come to.

    Args:
        days: As `crew_days` made them, for every crew that has a load.
        loads: Every crew's open work, by service.
        work_hours: As for `crew_days`.
    """
    of_crew: defaultdict[str, list[Load]] = defaultdict(list)
    for load in loads:
        of_crew[load.crew].append(load)
    return tuple(sorted((_loaded(day, of_crew[day.name], work_hours) for day in days), key=_place))


def _loaded(day: CrewDay[_Order], loads: Sequence[Load], work_hours: Mapping[str, float]) -> CrewDay[_Order]:
    return replace(
        day,
        open=sum(load.open for load in loads),
        late=sum(load.late for load in loads),
        due_today=sum(load.due_today for load in loads),
        hours=sum(load.open * work_hours.get(load.service_name, 1.0) for load in loads),
    )


def _place(day: CrewDay[_Order]) -> tuple[bool, int, int, str]:
    """Where a crew stands on the board."""
    return (day.name != "", -day.late, -day.open, day.title)


POOL: Final = "Pool"
"""What work without a crew is called."""


def crew_days(
    orders: Iterable[_Order],
    crews: Iterable[Known],
    done_today: Mapping[str, int],
    work_hours: Mapping[str, float],
    now: datetime,
    others: Iterable[str] = (),
) -> tuple[CrewDay[_Order], ...]:
    """Every crew's day: the pool first, then who has work or has been seen, the latest work first.

    Args:
        orders: Every open order of the city.
        crews: As the backend tells of them.
        done_today: How many orders each crew has ended since midnight.
        work_hours: How long an order of a service takes, by the service's name; an hour for those that are missing.
        now: The current time, in the zone that "today" is meant in.
        others: Crews that have work which is not among the orders.
    """
    carried: defaultdict[str, list[_Order]] = defaultdict(list)
    for order in orders:
        carried[order.crew].append(order)
    known = {crew.name: crew for crew in crews}
    names = {"", *carried, *others, *(name for name, crew in known.items() if crew.seen_at or done_today.get(name))}
    days = [
        _crew_day(name, known.get(name), carried.get(name, ()), done_today.get(name, 0), work_hours, now)
        for name in names
    ]
    return tuple(sorted(days, key=_place))


def _crew_day(
    name: str,
    known: Known | None,
    orders: Sequence[_Order],
    done_today: int,
    work_hours: Mapping[str, float],
    now: datetime,
) -> CrewDay[_Order]:
    midnight = now.date()
    due = [order.due_at for order in orders if order.due_at is not None]
    return CrewDay(
        name=name,
        title=(known.title if known and known.title else name) or POOL,
        orders=tuple(orders),
        open=len(orders),
        late=sum(moment < now for moment in due),
        due_today=sum(moment >= now and moment.astimezone(now.tzinfo).date() == midnight for moment in due),
        hours=sum(work_hours.get(order.service_name, 1.0) for order in orders),
        done_today=done_today,
        under_way=next((order for status in _UNDER_WAY for order in orders if order.work_status is status), None),
        seen_at=known.seen_at if known else None,
        unsent=known.unsent if known else 0,
    )
