"""The map as a picture, from tiles of the city's server that are on this device. Below the map; waits for no network.

What is not here is wished for; whoever has a link reads the wishes and brings the tiles. All of it may block, on the
disk or on a picture, so the terminal calls it off the event loop.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CallForHelp, CorrectInput
from crew.domain.patch import Patch
from crew.domain.value import Value
from crew.maps.mosaic import mosaic
from crew.maps.tile_address import Tile, TileAddress

if TYPE_CHECKING:
    from crew.domain.clock import Clock
    from crew.maps.view import View
    from crew.photos.prepared import CellPicture
    from crew.store.tile_files import TileFiles

_ABSENT_FOR: Final = timedelta(minutes=10)
"""How long a tile that the server does not have is not asked for."""
_BROKEN_FOR: Final = timedelta(minutes=1)
"""The same for what came and is no tile: it may be the page of a hotspot, where somebody is logging in."""
_USUAL_AGE: Final = timedelta(days=7)
_LEAST_AGE: Final = timedelta(hours=1)
"""Streets change slowly, and links are thin: a server that wants each look to be a request does not get that."""
_MOST_AGE: Final = timedelta(days=60)
_MOST_ABSENT: Final = 5000
_LOOK: Final = Patch(0, 0, 0, 2, 2, (0.0, 0.0, 1.0, 1.0))
"""All of a tile, decoded to see whether it is one."""


Compose = Callable[[Sequence[bytes], Sequence[Patch], int, int], "tuple[CellPicture, tuple[int, ...]]"]
"""Puts tiles together to so many columns and rows; tells which are none. Raises CorrectInput where one does harm."""


class TilePicture(Value):
    """What the tiles show of a view.

    Attributes:
        picture: As large as was asked for.
        whole: Whether no place of it is empty.
    """

    picture: "CellPicture"
    whole: bool


class MapTiles:
    """The tiles of one server. May be used from several threads."""

    def __init__(self, address: TileAddress, files: "TileFiles", compose: Compose, clock: "Clock") -> None:
        """Read nothing yet.

        Args:
            address: Where they come from.
            files: Where those that have come lie.
            compose: Decodes and puts together, where harm is bounded.
            clock: Tells the current time.
        """
        self.address: Final = address
        self._files: Final = files
        self._compose: Final = compose
        self._clock: Final = clock
        self._lock: Final = Lock()
        self._wanted: tuple[Tile, ...] = ()
        self._absent_until: dict[Tile, datetime] = {}
        self.on_wish: Callable[[], object] = _nobody_listens
        """Called from any thread when something is wished for."""
        self.trouble = ""
        """Why nothing comes now, as a sentence; empty where all is well, or only the link is away."""

    def picture(self, view: "View", columns: int, rows: int, tile_pixels: int) -> TilePicture | None:
        """Draw a view of what is here, and wish for what is not.

        Args:
            view: What is seen.
            columns: Of the picture, in pixels.
            rows: Half of its height in pixels.
            tile_pixels: How wide a tile should be in it, about.

        Returns:
            None where nothing of it is here.
        """
        laid = mosaic(view, columns, 2 * rows, tile_pixels, self._is_here, self._is_absent)
        kept = {tile: self._files.read(self._name(tile)) for tile in laid.tiles}
        stale = [tile for tile, one in kept.items() if (one is None or not one.is_fresh) and not self._is_absent(tile)]
        self._wish((*laid.wanted, *stale))
        if not laid.patches:
            return None
        try:
            contents = [one.content if one else b"" for one in kept.values()]
            picture, broken = self._compose(contents, laid.patches, columns, rows)
        except CorrectInput:  # each was looked at when it came, so the disk has damaged them since
            self._drop(laid.tiles)
            return None
        except CallForHelp as error:
            self.trouble = error.sentence
            return None
        self._drop([laid.tiles[number] for number in broken])
        return TilePicture(picture, laid.whole and not broken)

    def _drop(self, tiles: Sequence[Tile]) -> None:
        for tile in tiles:
            self._files.drop(self._name(tile))

    # For whoever brings the tiles

    def next_wanted(self, most: int) -> tuple[Tile, ...]:
        """What is wished for and has not been brought, that of the middle of the map first."""
        with self._lock:
            return tuple(tile for tile in self._wanted if not self._is_absent(tile))[:most]

    def keep(self, tile: Tile, content: bytes, fresh_seconds: int | None) -> bool:
        """Keep a tile that came, or nothing of it where it is none; whether it is one.

        Args:
            tile: Which.
            content: Its picture, believed to be nothing.
            fresh_seconds: How long its server says that it is good.

        Raises:
            FreeSpace: The disk is full or cannot be written.
        """
        if not self._is_sound(content):
            self.note_broken(tile)
            return False
        age = _USUAL_AGE if fresh_seconds is None else timedelta(seconds=fresh_seconds)
        self._files.keep(self._name(tile), content, self._clock() + max(_LEAST_AGE, min(_MOST_AGE, age)))
        with self._lock:
            self._wanted = tuple(one for one in self._wanted if one != tile)
        return True

    def note_absent(self, tile: Tile) -> None:
        """The server has no such tile; a larger one is wanted in its place."""
        self._set_aside(tile, _ABSENT_FOR)

    def note_broken(self, tile: Tile) -> None:
        """What came is no tile."""
        self._set_aside(tile, _BROKEN_FOR)

    def forget_wishes(self) -> None:
        """Whoever still looks wishes again with the next drawing."""
        self._wish(())

    def _set_aside(self, tile: Tile, how_long: timedelta) -> None:
        with self._lock:
            self._absent_until.pop(tile, None)
            self._absent_until[tile] = self._clock() + how_long
            while len(self._absent_until) > _MOST_ABSENT:
                del self._absent_until[next(iter(self._absent_until))]
            self._wanted = tuple(one for one in self._wanted if one != tile)

    def _is_sound(self, content: bytes) -> bool:
        try:
            return not self._compose([content], [_LOOK], 2, 1)[1]
        except CorrectInput:
            return False

    def _wish(self, tiles: Sequence[Tile]) -> None:
        """What is looked at now; what was looked at before is not waited for any more."""
        with self._lock:
            self._wanted = tuple(dict.fromkeys(tiles))
            wanted = bool(self._wanted)
        if wanted:
            self.on_wish()

    def _is_here(self, tile: Tile) -> bool:
        return self._files.has(self._name(tile))

    def _is_absent(self, tile: Tile) -> bool:
        until = self._absent_until.get(tile)
        return until is not None and until - _ABSENT_FOR <= self._clock() < until

    def _name(self, tile: Tile) -> str:
        return f"{self.address.key}-{tile.zoom}-{tile.column}-{tile.row}"


def _nobody_listens() -> None:
    """Without a link there are wishes all the same."""
