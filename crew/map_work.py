"""The map of this device: the city's file, or pictures of its tile server. Above the map's drawing, below field work.

Draws, decides nothing. All of it may block on the file, so the terminal calls it off the event loop.
"""

from threading import Lock
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CorrectInput
from crew.domain.value import Value

if TYPE_CHECKING:
    from pathlib import Path

    from crew.domain.finding_place import Street
    from crew.map_tiles import MapTiles, TilePicture
    from crew.maps.city_map import CityMap
    from crew.maps.drawing import Marks
    from crew.maps.map_text import MapText, Style
    from crew.maps.street_names import KnownStreets
    from crew.maps.view import View
    from crew.photos.prepared import CellPicture

NO_MAP: Final = "No map of the city is here yet: crew map get"
NO_TILES: Final = "No tiles of this place are here yet: they come with the link"

_SHARP: Final = 256
"""Width in which a tile is drawn: pixel by pixel."""
_BLURRED: Final = 128
"""In half blocks its thin lines would be specks; at half its width they run into streets."""


class DrawnMap(Value):
    """A view, ready to be shown.

    Attributes:
        text: What stands on it, and all of it where there is no picture.
        picture: The ground under the text; None for none.
        words: Whose data it is, which has to stand on it; or why there is none.
    """

    text: "MapText"
    picture: "CellPicture | None"
    words: str


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
        self._streets: KnownStreets | None = None
        self.tiles: MapTiles | None = None
        """Pictures of the ground, where the settings name a tile server; the wiring says so."""
        self.attribution = ""
        """Whose data the tiles are, as it has to stand on the map."""
        self.tile_trouble = ""
        """Why there are no tiles though the settings name a server."""

    def draw(self, view: "View", marks: "Marks", style: "Style", before: "MapText | None" = None) -> DrawnMap:
        """Draw a view for cells of text.

        The city's file comes before pictures: its lines are sharper than two pixels to a cell. Where there is neither,
        there is what stands on the map, and what that tells of streets.

        Args:
            view: What is seen of the world.
            marks: What stands on it.
            style: How it is drawn.
            before: What was seen before; its names stay where they can.
        """
        from crew.maps.canvas import ACROSS, DOWN
        from crew.maps.drawing import draw  # maps load when the first one is shown
        from crew.maps.sketch import sketched

        city_map, words = self._city_map()
        if city_map is not None:
            return DrawnMap(draw(view, city_map.pieces(view), marks, style, before), None, words)
        shown = self._shown(view, style, (view.width // ACROSS, view.height // DOWN), _BLURRED)
        if shown is not None:
            return DrawnMap(draw(view, (), marks, style), shown.picture, self._words_of(shown))
        if style.picture and self.tiles is not None:
            words = self.tiles.trouble or NO_TILES
        elif self.tile_trouble:
            words = self.tile_trouble
        return DrawnMap(draw(view, sketched(marks.pins, view), marks, style), None, words)

    def streets(self) -> "tuple[Street, ...]":
        """The streets of the map by name; none without one. Takes seconds the first time after a map has come.

        What was found is kept beside the map; where that cannot be written, it is found again by the next program.
        """
        from crew.maps.street_names import found_streets, kept_streets

        with self._streets_lock:
            (city_map, _), state = self._city_map(), self._state
            if city_map is None:
                return ()
            if self._streets is None or self._streets.of_map != state:
                path = self._path.with_name("streets.json")
                self._streets = kept_streets(path, state) or found_streets(city_map, path, state)
            return self._streets.streets

    def draw_fine(self, view: "View", marks: "Marks", style: "Style", columns: int, rows: int) -> DrawnMap | None:
        """Draw a view on a picture of so many columns and twice as many rows of pixels, for terminals that show them.

        Returns:
            None where no picture is better than what `draw` gives: the city's file has no holes where tiles lack.
        """
        from crew.maps.drawing import draw

        shown = self._shown(view, style, (columns, rows), _SHARP)
        if shown is None or not (shown.whole or self._city_map()[0] is None):
            return None
        return DrawnMap(draw(view, (), marks, style), shown.picture, self._words_of(shown))

    def _shown(self, view: "View", style: "Style", size: tuple[int, int], tile_pixels: int) -> "TilePicture | None":
        return self.tiles.picture(view, *size, tile_pixels) if self.tiles is not None and style.picture else None

    def _words_of(self, shown: "TilePicture") -> str:
        trouble = self.tiles.trouble if self.tiles is not None and not shown.whole else ""
        return trouble or self.attribution

    def _city_map(self) -> "tuple[CityMap | None, str]":
        """The map as it lies there now, it may have been fetched or replaced meanwhile; with the words about it."""
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
            return self._opened, self._words

    def _state_of_file(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size
