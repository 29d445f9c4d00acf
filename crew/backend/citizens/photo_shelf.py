"""Keeps the photos of a form that has to be looked at once more: a browser cannot fill them in again. Backend layer.

In memory only, for a while and not too many; nobody can look at them here.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from crew.domain.value import Value

if TYPE_CHECKING:
    from crew.domain.clock import Clock
    from crew.photos.prepared import PreparedPhoto

_MOST_BYTES: Final = 64_000_000
_LONGEST: Final = timedelta(hours=2)


class _Kept(Value):
    photo: "PreparedPhoto"
    since: datetime


class PhotoShelf:
    """The photos of forms that were not sent off yet, by their hash."""

    def __init__(self, clock: "Clock", most_bytes: int = _MOST_BYTES) -> None:
        """Keep so many bytes at most; what was put here first goes first."""
        self._clock = clock
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._turn = Lock()

    def put(self, photo: "PreparedPhoto") -> None:
        """Keep a photo."""
        with self._turn:
            self._forget(photo.sha256)
            self._kept[photo.sha256] = _Kept(photo, self._clock())
            self._bytes += len(photo.content)
            while self._bytes > self._most_bytes:
                self._forget(next(iter(self._kept)))

    def find(self, sha256: str) -> "PreparedPhoto | None":
        """A photo that was put here; None where it has gone."""
        with self._turn:
            kept = self._kept.get(sha256)
            if kept is not None and self._clock() - kept.since > _LONGEST:
                self._forget(sha256)
                return None
            return kept.photo if kept else None

    def _forget(self, sha256: str) -> None:
        kept = self._kept.pop(sha256, None)
        if kept is not None:
            self._bytes -= len(kept.photo.content)
