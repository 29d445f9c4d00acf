"""The day in driving order: when it is wanted, how it was made, and what a person moved by hand. Above the store.

It belongs to this device alone and is never sent. Once made it stays: a new stop is slotted in, one that ended leaves,
and nothing is shuffled under the hands of a person until they ask for it.
"""

from typing import TYPE_CHECKING, Final

from crew.domain.place import place_of
from crew.domain.value import replace
from crew.domain.work_order import Priority, WorkStatus
from crew.reckoner import Reckoner

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crew.day_told import Day
    from crew.domain.clock import Clock
    from crew.domain.driving_order import Driven, Errand
    from crew.domain.place import Point
    from crew.domain.ways import Ways
    from crew.store.orders import Stop
    from crew.store.store import Store
    from crew.street_ways import StreetWays
    from crew.whereabouts import Whereabouts

_DUE_AT_LATEST: Final[dict[str, float]] = {Priority.URGENT: 0.0, Priority.HIGH: 4 * 3600.0}
"""Seconds from now by which driving takes an order to be due, whatever its deadline."""

_UNDER_WAY: Final = (WorkStatus.WORKING, WorkStatus.ON_THE_WAY)


class Driving:
    """The driving order of one device. All of it blocks; making it takes up to a third of a second."""

    def __init__(self, store: "Store", clock: "Clock", whereabouts: "Whereabouts", streets: "StreetWays") -> None:
        self._store: Final = store
        self._clock: Final = clock
        self._whereabouts: Final = whereabouts
        self._streets: Final = streets
        self._reckoner: Final = Reckoner()

    @property
    def wanted(self) -> bool:
        """Whether the day is shown in driving order."""
        return self._store.device.driving_order is not None

    def applied(self, day: "Day") -> "Day":
        """The day in driving order where that is wanted; what is under way stays first."""
        kept = self._store.device.driving_order
        if kept is None:
            return day
        from crew.domain.driving_order import slotted  # few days begin with it

        under_way, rest = _divided(day.stops)
        if set(kept) >= {stop.order_id for stop in rest}:
            keys = kept
        else:
            errands, here = self._to_drive(day.stops)
            keys = self._store.device.driving_order = slotted(kept, errands, here, self._ways(errands, here))
        place = {key: number for number, key in enumerate(keys)}
        stops = (*under_way, *sorted(rest, key=lambda stop: place[stop.order_id]))
        return replace(day, stops=stops, driven=self._driven(stops, day.stops))

    def make(self, day: "Day") -> "Driven":
        """Order the day anew, and show it so from now on; returns how far it leads.

        Args:
            day: As it is listed by deadline.
        """
        made = self.tried(day)
        self._store.device.driving_order = tuple(stop.order_id for stop in _divided(made.stops)[1])
        assert made.driven is not None  # noqa: S101 - a day that was tried says so
        return made.driven

    def tried(self, day: "Day") -> "Day":
        """The day in a driving order of its own, which is not kept."""
        errands, here = self._to_drive(day.stops)
        found = self._reckoner.order(errands, here, self._ways(errands, here))
        under_way, rest = _divided(day.stops)
        stops: dict[str, Stop] = {stop.order_id: stop for stop in rest}
        driven = (*under_way, *(stops[key] for key in found.keys))
        return replace(day, stops=driven, driven=self._driven(driven, day.stops))

    def stop(self) -> None:
        """Show the day by deadline again."""
        self._store.device.driving_order = None

    def move(self, day: "Day", order_id: str, by: int) -> None:
        """Put a stop so many places later, or earlier; what a person orders by hand stays as it is.

        Args:
            day: As it is shown.
            order_id: The stop; one that is under way is where it belongs.
            by: Places; a very small number is "do this next".
        """
        from crew.domain.driving_order import moved

        keys = [stop.order_id for stop in _divided(day.stops)[1]]
        if order_id in keys:
            self._store.device.driving_order = tuple(moved(keys, order_id, by))

    def _to_drive(self, stops: "Sequence[Stop]") -> "tuple[list[Errand], Point | None]":
        """What is still to be driven to, and from where: the stop that is under way, else the device's own place."""
        from crew.domain.driving_order import Errand

        now, (under_way, rest) = self._clock(), _divided(stops)
        errands = [Errand(stop.order_id, place_of(stop), _due_seconds(stop, now)) for stop in rest]
        you = self._whereabouts.you
        near_you = _coarse(you.point) if you else None
        here = next((place for stop in reversed(under_way) if (place := place_of(stop))), near_you)
        return errands, here

    def _driven(self, stops: "Sequence[Stop]", listed: "Sequence[Stop]") -> "Driven":
        from crew.domain.driving_order import driven

        errands, here = self._to_drive(stops)
        keys, by_due = ([stop.order_id for stop in _divided(order)[1]] for order in (stops, listed))
        return driven(keys, by_due, errands, here, self._ways(errands, here))

    def _ways(self, errands: "Iterable[Errand]", here: "Point | None") -> "Ways":
        return self._streets.known(_places(errands, here))

    def ways(self, day: "Day") -> "Ways":
        """How far it is between the stops of a day, as far as that is known now."""
        return self._ways(*self._to_drive(day.stops))

    def learn_streets(self, day: "Day") -> bool:
        """Find how far it is along streets between the stops of a day; takes seconds where that is new.

        Returns:
            Whether there is something new to know.
        """
        return self._streets.learn(_places(*self._to_drive(day.stops)))

    def search_no_more(self) -> None:
        """End what is being searched; asked for when the program ends. Whoever waits for it gets TryLater."""
        self._reckoner.stop()
        self._streets.search_no_more()


def _places(errands: "Iterable[Errand]", here: "Point | None") -> "list[Point]":
    return [place for place in (here, *(errand.place for errand in errands)) if place is not None]


def _coarse(place: "Point") -> "Point":
    """A place to a hundred metres or so: ways from a truck that moves on are not looked for at each turn of a wheel."""
    return round(place[0], 3), round(place[1], 3)


def _divided(stops: "Sequence[Stop]") -> "tuple[list[Stop], list[Stop]]":
    """What is under way, and what is still to come."""
    under_way = [stop for stop in stops if stop.work_status in _UNDER_WAY]
    return under_way, [stop for stop in stops if stop.work_status not in _UNDER_WAY]


def _due_seconds(stop: "Stop", now: "datetime") -> float | None:
    """From now to when it should be done: what matters more is driven to as if it were due soon."""
    due = (stop.due_at - now).total_seconds() if stop.due_at else None
    pull = _DUE_AT_LATEST.get(stop.priority)
    return due if pull is None else min(pull, pull if due is None else due)
