"""The map of this device: the city's file where there is one. Above the map's drawing code, below field work.

Draws, decides nothing. All of it may block on the file, so the terminal calls it off the event loop.
"""

from threading import Lock
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CorrectInput

if TYPE_CHECKING:
    from pathlib import Path

    from crew.maps.city_map import CityMap
    from crew.maps.drawing import MapText, Marks, Style
    from crew.maps.view import View

NO_MAP: Final = "No map of the city is here yet: crew map get"


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
