"""Searches orders and ways, for `crew.reckoner`: in the process that it starts, or in its own. The child's half.

The process reads lines of JSON until there are no more, answers each with one, and writes nothing else.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crew.domain.errors import CorrectInput
from crew.domain.place import Point, distance_metres
from crew.domain.ways import Ways

if TYPE_CHECKING:
    from crew.domain.driving_order import Route
    from crew.maps.street_graph import StreetGraph

_NICE = 10
"""Keys come first where there is one processor."""

Row = tuple[float | None, ...]
"""The metres from one place to others along streets; None where no street is known."""


class FindOrder(msgspec.Struct, frozen=True, tag=True):
    """Asks for the driving order of stops.

    Attributes:
        errands: The keys, places and deadlines of the stops.
        start: Where the crew is.
        places: Between which ways along streets may be known.
        metres: A row from each of them to all.
    """

    errands: tuple[tuple[str, Point | None, float | None], ...]
    start: Point | None
    places: tuple[Point, ...]
    metres: tuple[Row, ...]


class FindWays(msgspec.Struct, frozen=True, tag=True):
    """Asks for the ways along the streets of a map.

    Attributes:
        map_path: Where the map lies.
        of_map: The time and the size of its file.
        fresh: Places to and from which no way is known.
        known: Places between which they are known.
    """

    map_path: str
    of_map: tuple[int, int]
    fresh: tuple[Point, ...]
    known: tuple[Point, ...]


class FoundOrder(msgspec.Struct, frozen=True, tag=True):
    """A route as `crew.domain.driving_order` has it."""

    keys: tuple[str, ...]
    metres: float
    listed_metres: float


class FoundWays(msgspec.Struct, frozen=True, tag=True):
    """A row from each fresh place to all, and from each known one to the fresh ones."""

    rows: tuple[Row, ...]


Question = FindOrder | FindWays
Answer = FoundOrder | FoundWays


class Reckoning:
    """Answers one question after the other; keeps the streets that were read last."""

    def __init__(self) -> None:
        self._graph: tuple[tuple[int, int], frozenset[Point], StreetGraph | None] | None = None

    def order(self, asked: FindOrder) -> "Route":
        """Order stops."""
        from crew.domain.driving_order import Errand, route

        ways = {
            (one, other): metres
            for one, row in zip(asked.places, asked.metres, strict=True)
            for other, metres in zip(asked.places, row, strict=True)
            if metres is not None
        }
        return route([Errand(*errand) for errand in asked.errands], asked.start, Ways(ways))

    def ways(self, asked: FindWays) -> tuple[Row, ...]:
        """Find ways along streets."""
        every = (*asked.fresh, *asked.known)
        graph = self._graph_around(asked, every)
        accesses = {place: access for place in every if graph and (access := graph.access(place)) is not None}
        rows: list[Row] = []
        for start in every:
            goals = every if len(rows) < len(asked.fresh) else asked.fresh
            reached = [goal for goal in goals if goal in accesses]
            found: dict[Point, float] = {}
            if graph and reached and start in accesses:
                metres = graph.ways(accesses[start], [accesses[goal] for goal in reached])
                found = {
                    goal: max(way, distance_metres(start, goal)) for goal, way in zip(reached, metres, strict=True)
                }
            rows.append(tuple(found.get(goal) for goal in goals))
        return tuple(rows)

    def _graph_around(self, asked: FindWays, places: Sequence[Point]) -> "StreetGraph | None":
        """The streets around places; None where the map has none, or cannot be read."""
        if self._graph is None or self._graph[0] != asked.of_map or not _within(places, self._graph[1]):
            from crew.maps.circles import no_search_for_circles
            from crew.maps.city_map import CityMap
            from crew.maps.street_graph import StreetGraph
            from crew.maps.street_lines import TooMuch, streets_around

            self._graph = None  # two of them would be twice as much to hold
            try:
                with no_search_for_circles(), CityMap(Path(asked.map_path)) as city_map:
                    graph = StreetGraph(streets_around(city_map, places))
            except (CorrectInput, TooMuch):
                graph = None
            self._graph = asked.of_map, frozenset(places), graph
        return self._graph[2]


def _within(places: Iterable[Point], others: Iterable[Point]) -> bool:
    """Whether places lie in the box of others."""
    lats, longs = zip(*others, strict=True)
    return all(min(lats) <= lat <= max(lats) and min(longs) <= long <= max(longs) for lat, long in places)


def main() -> None:
    """Answer until the terminal ends."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    reckoning, questions = Reckoning(), msgspec.json.Decoder(Question)
    for line in sys.stdin.buffer:
        match questions.decode(line):
            case FindOrder() as asked:
                route = reckoning.order(asked)
                answer: Answer = FoundOrder(route.keys, route.metres, route.listed_metres)
            case FindWays() as asked:
                answer = FoundWays(reckoning.ways(asked))
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()
