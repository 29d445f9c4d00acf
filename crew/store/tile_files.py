"""Tiles of the city's tile server that were seen before: a folder of bounded size. Store layer; decodes nothing.

A cache: what is lost comes again, so nothing here waits for the disk as work does. A file's time of change is the
moment until which the tile is fresh; its time of use is when it was last seen, whatever reading does to that.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from crew.domain.clock import Clock
from crew.domain.errors import FreeSpace
from crew.domain.value import Value

_SUFFIX: Final = ".tile"
_PART: Final = ".part"
_ROOM_AFTER: Final = 0.9
"""A trim leaves some room, so that the next one does not follow at once."""


class KeptTile(Value):
    """A tile as it lies there.

    Attributes:
        content: Its picture, as it came.
        is_fresh: Whether it is as new as its server wants; an old one is better than none.
    """

    content: bytes
    is_fresh: bool


class TileFiles:
    """A folder of tiles. May be used from several threads."""

    def __init__(self, folder: Path, limit_bytes: int, clock: Clock) -> None:
        """Read nothing yet.

        Args:
            folder: Where the tiles lie, or will lie.
            limit_bytes: How much room they may take; the longest unseen go first.
            clock: Tells the current time.
        """
        self._folder: Final = folder
        self._limit_bytes: Final = limit_bytes
        self._clock: Final = clock
        self._taken_bytes: int | None = None

    def has(self, name: str) -> bool:
        """Whether a tile is here."""
        return self._path(name).exists()

    def read(self, name: str) -> KeptTile | None:
        """A tile that somebody looks at; None where it is not here, or cannot be read."""
        path, now = self._path(name), self._clock().timestamp()
        try:
            content, fresh_until = path.read_bytes(), path.stat().st_mtime
        except OSError:
            return None
        with suppress(OSError):  # the disk cannot be written: then it goes sooner than it might
            os.utime(path, (now, fresh_until))
        return KeptTile(content, now < fresh_until)

    def keep(self, name: str, content: bytes, fresh_until: datetime) -> None:
        """Keep a tile, whole or not at all.

        Raises:
            FreeSpace: The disk is full or cannot be written.
        """
        path = self._path(name)
        part = path.with_name(f"{name}.{os.urandom(4).hex()}{_PART}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(content)
            os.utime(part, (self._clock().timestamp(), fresh_until.timestamp()))
            part.replace(path)
        except OSError as error:
            with suppress(OSError):  # it was never written
                part.unlink()
            raise FreeSpace(
                f"A tile of the map was not kept: {error.strerror or error}. Make room on the disk."
            ) from error
        self._taken_bytes = self._sum() if self._taken_bytes is None else self._taken_bytes + len(content)
        if self._taken_bytes > self._limit_bytes:
            self._trim()

    def drop(self, name: str) -> None:
        """Let go of a tile that turned out to be none."""
        with suppress(OSError):  # it went already, or the disk cannot be written: then it is met again
            self._path(name).unlink()

    def _trim(self) -> None:
        left = self._sum()
        for _, size, path in sorted((status.st_atime, status.st_size, path) for path, status in self._files()):
            if left <= self._limit_bytes * _ROOM_AFTER:
                break
            with suppress(OSError):  # another program was faster, or the disk cannot be written: then it stays
                path.unlink()
                left -= size
        self._taken_bytes = left

    def _sum(self) -> int:
        return sum(status.st_size for _, status in self._files())

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in (*self._folder.glob(f"*{_SUFFIX}"), *self._folder.glob(f"*{_PART}")):
            with suppress(OSError):  # another program was faster
                yield path, path.stat()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"
