"""Where this device is, from whatever knows it best. Above the store and the receivers, below field work.

The newest place counts. It outlasts a restart in the store, with its age, and goes nowhere else: nothing here is sent.
"""

import logging
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CrewError
from crew.domain.place import Point, distance_metres, place_of
from crew.domain.position import Position, PositionSource, Track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crew.domain.clock import Clock
    from crew.domain.work_order import Photo
    from crew.position.receiver import Heard, Receiver
    from crew.store.store import Store

_log: Final = logging.getLogger(__name__)
_KEEP_EVERY: Final = timedelta(minutes=1)
_KEEP_METRES: Final = 200
"""The disk learns of a place once a minute, or where it is so far from the last: receivers speak each second."""
_TELL_METRES: Final = 20
"""Below this a place wanders by itself, and nobody walks differently for it."""


class Whereabouts:
    """The place of the device. Methods that say so block on the disk; the others may be called anywhere."""

    def __init__(self, store: "Store", clock: "Clock") -> None:
        self._store: Final = store
        self._clock: Final = clock
        self._track = Track()
        self._turn: Final = Lock()
        self._latest: Position | None = None
        self._told: Position | None = None
        self._kept: Position | None = None
        self.trouble = ""
        """Why a receiver knows no place, in a sentence; empty where it does, or where there is none."""

    @property
    def you(self) -> Position | None:
        """Where the person is, as far as that is fresh and sure; asks no disk."""
        latest = self._latest
        return latest if latest is not None and latest.is_you(self._clock()) else None

    def last_known(self) -> Position | None:
        """The newest place, however old; after a start the one that was kept. Blocks on the disk."""
        if self._latest is None:
            self._latest = self._kept = self._store.device.last_position
        return self._latest

    async def follow(self, receiver: "Receiver", moved: "Callable[[str], None]", *, uncalled: bool = False) -> None:
        """Listen to a receiver until cancelled.

        Args:
            receiver: Who to listen to.
            moved: Called where what is shown has become another, with the trouble that there is.
            uncalled: Nobody asked for this receiver: that it is not there is no trouble.
        """
        import asyncio  # with the receivers, after the first paint

        from crew.position.receiver import Quiet, follow

        async def tell(heard: "Heard") -> None:
            if uncalled and not isinstance(heard, Position) and heard.lost:
                heard = Quiet("")
            try:
                other = await asyncio.to_thread(self.hear, heard)
            except CrewError as error:
                _log.warning("the place is known, but not kept: %s", error.sentence)
                return
            if other:
                moved(self.trouble)

        await follow(receiver, tell)

    def hear(self, heard: "Heard") -> bool:
        """Take what a receiver says; a place that jumps is doubted first. Blocks on the disk.

        Returns:
            Whether what is shown of it has become another.

        Raises:
            FreeSpace: It could not be kept; it counts all the same until the program ends.
        """
        with self._turn:
            before, self.trouble = self.trouble, "" if isinstance(heard, Position) else heard.words
            moved = isinstance(heard, Position) and self._track.believe(heard) and self._take(heard)
            return moved or self.trouble != before

    def set_here(self, point: Point) -> bool:
        """Take the place that a person points at on the map. Blocks on the disk. Returns and raises as `hear`.

        Raises:
            ValueError: It is no place on Earth.
        """
        with self._turn:
            return self._take(Position(*point, self._clock(), PositionSource.BY_HAND, named="set by hand"))

    def photos_taken(self, photos: "Iterable[Photo]") -> None:
        """Take the place of photos that have place and time, where it is newer. Kept by the running program alone.

        It is called inside the transaction of an act, which must not fail for a place.
        """
        for photo in photos:
            place = _place_of(photo)
            with self._turn:
                if place is not None and _is_newer(place, self._latest) and place.taken_at <= self._clock():
                    self._latest = place

    def _take(self, position: Position) -> bool:
        self._latest = position
        if self._kept is None or self._is_news(self._kept, position):
            self._kept = position
            self._store.device.last_position = position
        shown = self._told is None or distance_metres(self._told.point, position.point) >= _TELL_METRES
        other = shown or self._told is None or not self._told.is_you(position.taken_at)
        self._told = position if other else self._told
        return other

    def _is_news(self, kept: Position, position: Position) -> bool:
        later = position.taken_at - kept.taken_at >= _KEEP_EVERY
        return later or position.source is not kept.source or distance_metres(kept.point, position.point) > _KEEP_METRES


def _place_of(photo: "Photo") -> Position | None:
    place = place_of(photo)
    if place is None or photo.taken_at is None:
        return None
    return Position(*place, photo.taken_at, PositionSource.PHOTO, named="the last photo")


def _is_newer(place: Position, known: Position | None) -> bool:
    return known is None or known.taken_at < place.taken_at
