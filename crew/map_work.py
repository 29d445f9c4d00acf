"""The map of this device: the city's file where there is one. Above the map's drawing code, below field work.

Draws, decides nothing. All of it may block on the file, so the terminal calls it off the event loop.
"""

from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Final

import msgspec

from crew.domain.errors import CorrectInput
from crew.domain.finding_place import Street

if TYPE_CHECKING:
    from pathlib import Path

    from crew.maps.city_map import CityMap
    from crew.maps.drawing import MapText, Marks, Style
    from crew.maps.view import View

NO_MAP: Final = "No map of the city is here yet: crew map get"


class _Streets(msgspec.Struct, frozen=True):
    """The streets of the map that had this time and size."""

    of_map: tuple[int, int] | None
    streets: tuple[Street, ...]


class MapWork:
    """Draws the places of orders on the city's map. May be used from several threads."""

    def __init__(self, path: "Path") -> None:
        """Open nothing yet.

        Args:
            path: Where the map lies, or will lie once it was fetched.
        """
        self._path: Final = path
        self._lock: Final = Lock()
        self._opened: CityMap | None = None
        self._state: tuple[int, int] | None = None
        self._words = NO_MAP
        self._streets_lock: Final = Lock()
        self._streets: _Streets | None = None

    @property
    def words(self) -> str:
        """Whose data the map is, which has to stand on it; or why there is none. As of the last drawing."""
        return self._words

    def draw(self, view: "View", marks: "Marks", style: "Style") -> "MapText":
        """Draw a view with what stands on it; without a map what stands on it, and what it tells of streets."""
        from crew.maps.drawing import draw  # maps load when the first one is shown
        from crew.maps.sketch import sketched

        city_map = self._city_map()
        return draw(view, city_map.pieces(view) if city_map else sketched(marks.pins, view), marks, style)

    def streets(self) -> "tuple[Street, ...]":
        """The streets of the map by name; none without one. Takes seconds the first time after a map has come.

        What was found is kept beside the map; where that cannot be written, it is found again by the next program.
        """
        with self._streets_lock:
            city_map, state = self._city_map(), self._state
            if city_map is None:
                return ()
            if self._streets is None or self._streets.of_map != state:
                kept = self._kept_streets()
                self._streets = kept if kept and kept.of_map == state else self._found_streets(city_map, state)
            return self._streets.streets

    def _kept_streets(self) -> "_Streets | None":
        try:
            return msgspec.json.decode(self._streets_path.read_bytes(), type=_Streets)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None  # there is none, or it was damaged: it can be found again

    def _found_streets(self, city_map: "CityMap", state: tuple[int, int] | None) -> "_Streets":
        from crew.maps.street_names import street_names

        found = _Streets(state, tuple(street_names(city_map).items()))
        part = self._streets_path.with_suffix(".part")
        with suppress(OSError):  # a full disk must not keep anybody from finding a street
            part.write_bytes(msgspec.json.encode(found))
            part.replace(self._streets_path)
        return found

    @property
    def _streets_path(self) -> "Path":
        return self._path.with_name("streets.json")

    def _city_map(self) -> "CityMap | None":
        """The map as it lies there now: it may have been fetched, or replaced, meanwhile."""
        from crew.maps.city_map import CityMap

        with self._lock:
            state = self._state_of_file()
            if state != self._state:
                self._state, self._opened = state, None
                try:
                    self._opened = CityMap(self._path) if state else None
                    self._words = self._opened.facts().attribution if self._opened else NO_MAP
                except CorrectInput as error:
                    self._words = error.sentence
            return self._opened

    def _state_of_file(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size
