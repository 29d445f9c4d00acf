"""The day's stops in the order in which they are best driven. Domain layer; pure: the same stops give the same order.

A deadline that can be kept is kept, wherever that is possible at all; what is overdue pulls forward; then the shortest
way counts. Ways may differ by direction, as streets do. Few stops are ordered exactly; for more a short way
is looked for (`crew.domain.short_path`), and stops are moved in it as long as that makes the day better.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from crew.domain.place import Point
from crew.domain.short_path import short_path
from crew.domain.value import Value
from crew.domain.ways import STRAIGHT, Along, Ways

METRES_PER_SECOND: Final = 6.0
"""Of a straight line, in a city with lights: some 30 km/h on roads a third longer."""

STREET_METRES_PER_SECOND: Final = 8.0
"""Along streets, which are those roads."""

WORK_SECONDS: Final = 25 * 60.0
"""At each stop."""

_OVERDUE_METRES_PER_SECOND: Final = 0.4
"""What is overdue waits another hour only for a detour of a mile that it saves."""

_MISSED: Final = 1e7
"""More than any way through a city: a deadline that can be kept outweighs the distance."""

_EXACT: Final = 7
_MOST_PASSES: Final = 3
_SLACK: Final = 1e-6
_Way = tuple[float, float, int]
"""What a way has cost so far, how many seconds it took, and the stop where it stands."""
_START: Final[_Way] = (0.0, 0.0, -1)


class Errand(Value):
    """A stop as far as driving is concerned.

    Attributes:
        key: Names the order.
        place: Where it is; None where that is not known.
        due_seconds: From now to its deadline, negative where that is over; None where it has none.
    """

    key: str
    place: Point | None
    due_seconds: float | None = None


class Route(Value):
    """Stops in driving order.

    Attributes:
        keys: Every stop once. Those without a place come last, by deadline.
        metres: From the start, or else from the first stop, to the last one with a place.
        listed_metres: The same in the order in which they were given.
    """

    keys: tuple[str, ...]
    metres: float
    listed_metres: float


class Driven(Value):
    """How far the day leads.

    Attributes:
        metres: The way through all stops in driving order.
        saved_metres: How much shorter that is than in the order of deadlines; negative where deadlines ask for more.
        along: What both are measured along.
    """

    metres: float
    saved_metres: float
    along: Along = Along.LINES


def route(errands: Sequence[Errand], start: Point | None, ways: Ways = STRAIGHT) -> Route:
    """Order stops.

    Args:
        errands: The stops, in the order of the list.
        start: Where the crew is; None to begin at whatever stop is best.
        ways: How far it is between two places.
    """
    placed = [errand for errand in errands if errand.place is not None]
    day = _Day(placed, start, ways)
    listed = list(range(len(placed)))
    best = min(_candidates(day, listed), key=day.cost) if placed else []
    return Route(
        (*(placed[at].key for at in best), *_unplaced(errands)),
        day.metres(best),
        day.metres(listed),
    )


def slotted(
    keys: Sequence[str], errands: Sequence[Errand], start: Point | None, ways: Ways = STRAIGHT
) -> tuple[str, ...]:
    """An order that was made before, with stops that have come since where they cost least; nobody else moves.

    Args:
        keys: The order that was made; stops that are gone are left out.
        errands: The stops there are now.
        start: Where the crew is; None where that is not known.
        ways: How far it is between two places.
    """
    known = {errand.key: errand for errand in errands}
    placed = [errand for errand in errands if errand.place is not None]
    at = {errand.key: number for number, errand in enumerate(placed)}
    day = _Day(placed, start, ways)
    kept = [key for key in dict.fromkeys(keys) if key in known]
    sequence = [at[key] for key in kept if key in at]
    for errand in placed:
        if errand.key not in kept:
            options = [[*sequence[:place], at[errand.key], *sequence[place:]] for place in range(len(sequence) + 1)]
            sequence = min(options, key=day.cost)
    unplaced = [key for key in kept if key not in at]
    return (*(placed[number].key for number in sequence), *unplaced, *(k for k in _unplaced(errands) if k not in kept))


def driven(
    keys: Sequence[str], listed: Sequence[str], errands: Sequence[Errand], start: Point | None, ways: Ways = STRAIGHT
) -> Driven:
    """How far the day leads in an order, against the one by deadlines; stops without a place are passed over."""
    places = {errand.key: errand.place for errand in errands}
    way, by_due = (
        [place for place in (start, *(places.get(key) for key in order)) if place is not None]
        for order in (keys, listed)
    )
    metres = _length(way, ways)
    return Driven(metres, _length(by_due, ways) - metres, ways.along(way))


def _length(way: Sequence[Point], ways: Ways) -> float:
    return sum(ways.metres(one, other) for one, other in pairwise(way))


def moved(keys: Sequence[str], key: str, by: int) -> tuple[str, ...]:
    """The same order with one stop so many places later, or earlier; as far as there are places."""
    rest = [other for other in keys if other != key]
    place = max(0, min(len(rest), list(keys).index(key) + by))
    return (*rest[:place], key, *rest[place:])


class _Day:
    """Stops with places, and what an order of them costs."""

    def __init__(self, errands: Sequence[Errand], start: Point | None, ways: Ways) -> None:
        places = [errand.place for errand in errands if errand.place is not None]
        self.between: Final = [[ways.metres(one, other) for other in places] for one in places]
        self.first: Final = [0.0 if start is None else ways.metres(start, place) for place in places]
        self.starts: Final = start is not None
        self.speed: Final = STREET_METRES_PER_SECOND if ways.by_street else METRES_PER_SECOND
        self.due: Final = [errand.due_seconds for errand in errands]
        self.is_overdue: Final = [due is not None and due < 0 for due in self.due]
        self.can_be_kept: Final = [
            due is not None and due >= way / self.speed for due, way in zip(self.due, self.first, strict=True)
        ]

    def metres(self, sequence: Sequence[int]) -> float:
        """How long the way is."""
        if not sequence:
            return 0.0
        return self.first[sequence[0]] + sum(self.between[one][other] for one, other in pairwise(sequence))

    def cost(self, sequence: Sequence[int]) -> float:
        """Metres, with what late arrivals weigh."""
        return self.gone(_START, sequence, float("inf"))[0]

    def ways(self, sequence: Sequence[int]) -> "list[_Way]":
        """The way through no stop of an order, through its first one, its first two, and so on."""
        found, cost, seconds, row = [_START], 0.0, 0.0, self.first
        for at in sequence:
            cost += row[at]
            seconds += row[at] / self.speed
            cost += self._lateness(at, seconds)
            seconds += WORK_SECONDS
            found.append((cost, seconds, at))
            row = self.between[at]
        return found

    def _lateness(self, at: int, seconds: float) -> float:
        """What it weighs to come to a stop so late, in metres."""
        deadline = self.due[at]
        if deadline is None or seconds <= deadline:
            return 0.0
        return _OVERDUE_METRES_PER_SECOND * (seconds - max(deadline, 0.0)) + _MISSED * self.can_be_kept[at]

    def least_with(self, at: int, rest: Sequence[int], ways: "Sequence[_Way]") -> list[float]:
        """What an order costs at least with one stop more, by the place where that is put into it.

        All that follows comes later then: what is overdue waits longer, and the deadline with least room may be missed.

        Args:
            at: The stop.
            rest: The order without it.
            ways: The ways through that.
        """
        due, speed, rooms, room = self.due, self.speed, [float("inf")], float("inf")
        for other, (_, seconds, _) in zip(reversed(rest), reversed(ways), strict=False):
            deadline, came = due[other], seconds - WORK_SECONDS
            if deadline is not None and came <= deadline and self.can_be_kept[other]:
                room = min(room, deadline - came)
            rooms.append(room)
        overdue, found = sum(self.is_overdue[other] for other in rest), []
        for place, after in enumerate(rest):
            row = self.first if place == 0 else self.between[rest[place - 1]]
            detour = row[at] + self.between[at][after] - row[after]
            delay = detour / speed + WORK_SECONDS
            own = self._lateness(at, ways[place][1] + row[at] / speed) if due[at] is not None else 0.0
            later = _OVERDUE_METRES_PER_SECOND * overdue * delay + _MISSED * (rooms[-1 - place] < delay)
            found.append(ways[-1][0] + detour + own + later if delay >= 0 else 0.0)
            overdue -= self.is_overdue[after]
        return [*found, self.gone(ways[-1], (at,), float("inf"))[0]]

    def gone(self, so_far: "_Way", sequence: Sequence[int], limit: float) -> "_Way":
        """A way that goes on through more stops; given up where it costs more than a limit."""
        cost, seconds, before = so_far
        due, first, between, speed = self.due, self.first, self.between, self.speed
        for at in sequence:
            way = first[at] if before < 0 else between[before][at]
            cost += way
            seconds += way / speed
            deadline = due[at]
            if deadline is not None and seconds > deadline:
                cost += self._lateness(at, seconds)
            if cost > limit:
                break
            seconds += WORK_SECONDS
            before = at
        return cost, seconds, before


def _candidates(day: _Day, listed: list[int]) -> list[list[int]]:
    if len(listed) <= _EXACT:
        return [listed, _exact(day, listed)]
    by_due = sorted(listed, key=lambda at: _due_key(day.due[at]))
    short = short_path(day.between, day.first if day.starts else None)
    found = [listed, by_due, short, _bettered(day, short)]
    if day.cost(found[-1]) >= _MISSED:
        found.append(_bettered(day, by_due))
    return found


def _exact(day: _Day, listed: Sequence[int]) -> list[int]:
    """The best of all orders; beginnings that cost more than the best so far are given up."""
    best, best_cost = list(listed), day.cost(listed)

    def go_on(sequence: list[int], left: frozenset[int]) -> None:
        nonlocal best, best_cost
        cost = day.cost(sequence)
        if cost > best_cost:
            return
        if not left:
            best, best_cost = sequence, cost
        for at in sorted(left):
            go_on([*sequence, at], left - {at})

    go_on([], frozenset(listed))
    return best


def _bettered(day: _Day, sequence: list[int]) -> list[int]:
    """The order after every move of one stop that made it better; a few rounds of them."""
    best, best_cost = sequence, day.cost(sequence)
    for _ in range(_MOST_PASSES):
        before = best_cost
        for at in list(best):
            rest = [other for other in best if other != at]
            ways = day.ways(rest)
            least = day.least_with(at, rest, ways)
            for place, way in enumerate(ways):
                if least[place] < best_cost - _SLACK:
                    cost = day.gone(way, (at, *rest[place:]), best_cost)[0]
                    if cost < best_cost - _SLACK:
                        best, best_cost = [*rest[:place], at, *rest[place:]], cost
        if best_cost > before - _SLACK:
            break
    return best


def _unplaced(errands: Sequence[Errand]) -> list[str]:
    found = [errand for errand in errands if errand.place is None]
    return [errand.key for errand in sorted(found, key=lambda errand: _due_key(errand.due_seconds))]


def _due_key(due: float | None) -> tuple[bool, float]:
    return due is None, due or 0.0
