"""How far it is from stop to stop along the streets of this device's map. Below driving.

Reading a city's streets takes seconds, so it is done in a process of its own and before it is needed; what was found is
kept beside the map. Until then ways are straight lines. Sends nothing, and asks nobody.
"""

from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Final

import msgspec

from crew.domain.place import Point
from crew.domain.ways import STRAIGHT, Ways
from crew.reckoner import Reckoner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from crew.reckoning import Row

_MOST_PLACES: Final = 120
"""A crew's day has some twenty; the ways between so many take seconds."""
_MOST_KEPT: Final = 200
"""Places whose ways are kept: the stops of some days, and where the truck was."""

MapState = tuple[int, int]
"""Time and size of a map's file."""


class _Kept(msgspec.Struct, frozen=True):
    """The ways between places on the map that had this time and size, each row from one place; None for no street."""

    of_map: MapState | None = None
    places: tuple[tuple[float, float], ...] = ()
    metres: tuple[tuple[float | None, ...], ...] = ()


class StreetWays:
    """The ways between the places of one device. May be used from several threads."""

    def __init__(self, map_path: "Path") -> None:
        """Read nothing yet.

        Args:
            map_path: Where the map lies, or will lie once it was fetched.
        """
        self._map_path: Final = map_path
        self._path: Final = map_path.with_name("ways.json")
        self._learning: Final = Lock()
        self._state: MapState | None = None
        self._places: frozenset[Point] = frozenset()
        self._ways = STRAIGHT
        self._reckoner: Final = Reckoner()

    def known(self, places: "Iterable[Point]") -> Ways:
        """The ways between places: along streets where all of them are known by now, else straight lines.

        Takes a few milliseconds at most.
        """
        state = self._state_of_map()
        if state is None:
            return STRAIGHT
        if state != self._state:
            self._take(state, self._kept(state))
        return self._ways if self._places.issuperset(places) else STRAIGHT

    def learn(self, places: "Iterable[Point]") -> bool:
        """Find the ways between places along streets. Takes seconds where they are new.

        Returns:
            Whether there is something new to know.
        """
        wanted = dict.fromkeys(places)
        with self._learning:
            self.known(())
            state = self._state
            if state is None or len(wanted) > _MOST_PLACES or self._places.issuperset(wanted):
                return False
            kept = self._places if len(self._places | wanted.keys()) <= _MOST_KEPT else frozenset[Point]()
            fresh = tuple(place for place in wanted if place not in self._places)
            known = tuple(dict.fromkeys((*(place for place in wanted if place in self._places), *kept)))
            found = _Kept(state, (*fresh, *known), tuple(self._rows(state, fresh, known)))
            self._take(state, found)
            with suppress(OSError):  # a full disk must not keep anybody from driving
                part = self._path.with_suffix(".part")
                part.write_bytes(msgspec.json.encode(found))
                part.replace(self._path)
            return True

    def search_no_more(self) -> None:
        """End what is being searched; `learn` then raises TryLater."""
        self._reckoner.stop()

    def _rows(self, state: MapState, fresh: "tuple[Point, ...]", known: "tuple[Point, ...]") -> "Iterator[Row]":
        """From each place to each; what was known before is not looked for again."""
        from crew.reckoning import FindWays

        rows = self._reckoner.ways(FindWays(str(self._map_path), state, fresh, known))
        yield from rows[: len(fresh)]
        for start, row in zip(known, rows[len(fresh) :], strict=True):
            yield *row, *(self._ways.by_street.get((start, goal)) for goal in known)

    def _take(self, state: MapState, kept: _Kept) -> None:
        self._ways = Ways(
            {
                (start, goal): metres
                for start, row in zip(kept.places, kept.metres, strict=True)
                for goal, metres in zip(kept.places, row, strict=True)
                if metres is not None
            }
        )
        self._places, self._state = frozenset(kept.places), state

    def _kept(self, state: MapState) -> _Kept:
        """What was kept of this map; nothing where there is none, or it was damaged: it can be found again."""
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return _Kept()
        is_whole = len(kept.metres) == len(kept.places) and all(len(row) == len(kept.places) for row in kept.metres)
        return kept if is_whole and kept.of_map == state else _Kept()

    def _state_of_map(self) -> MapState | None:
        try:
            status = self._map_path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size
