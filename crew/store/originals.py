"""The untouched files that photos were made from, as long as they may be needed. Store layer; never sends them.

An original carries all that its camera wrote, so it stays on the device. It goes when the backend has the photo and
some time has passed, in which a city may ask for it.
"""

import os
import re
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from crew.domain.errors import FreeSpace
from crew.domain.work_order import PhotoHash
from crew.durable import sync_folder
from crew.store.database import Database, from_column
from crew.store.photo_files import PART, files_in

_SUFFIX: Final = re.compile(r"\.[a-z0-9]{1,5}")
_LEAST_ROOM_BYTES: Final = 200 * 1024 * 1024
_UNUSED_FOR: Final = timedelta(days=1)
"""An original without a photo was left by a start that ended in between; a sheet that is open may still want it."""


class Originals:
    """A folder of originals, each named by the hash of the photo that was made from it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database: Final = database
        self._folder: Final = folder

    def keep(self, source: Path, sha256: PhotoHash) -> None:
        """Copy a file here for good; harmless where the photo has its original.

        Where the disk is nearly full nothing is copied: the room is for the photos themselves.

        Raises:
            FreeSpace: The file cannot be read, or the disk cannot be written; nothing was kept.
        """
        if self.find(sha256) is not None or self._room() < _LEAST_ROOM_BYTES:
            return
        suffix = source.suffix.lower()
        path = self._folder / f"{sha256}{suffix if _SUFFIX.fullmatch(suffix) else '.bin'}"
        part = path.with_name(f"{path.name}.{os.urandom(4).hex()}{PART}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with source.open("rb") as file, os.fdopen(os.open(part, _NEW, 0o600), "wb") as copy:
                shutil.copyfileobj(file, copy)
                copy.flush()
                os.fsync(copy.fileno())
            part.rename(path)
            sync_folder(self._folder)
        except OSError as error:
            with suppress(OSError):  # what cannot be removed now is swept later
                part.unlink()
            raise FreeSpace(
                f"The original of the photo was not kept: {error.strerror or error}. Make room on the disk, then add "
                "the photo again."
            ) from error

    def _room(self) -> int:
        try:
            return shutil.disk_usage(self._folder.parent).free
        except OSError as error:
            raise FreeSpace(f"The disk under {self._folder.parent} cannot be read: {error.strerror}.") from error

    def find(self, sha256: PhotoHash) -> Path | None:
        """Where the original of a photo lies, or None."""
        return next((path for path in self._folder.glob(f"{sha256}.*") if path.suffix != PART), None)

    def sweep(self, now: datetime, keep_for: timedelta) -> None:
        """Remove originals whose photo the backend has had for `keep_for`, and what belongs to no photo."""
        for path in files_in(self._folder, "*"):
            row = self._database.row("SELECT sent_at FROM photos WHERE sha256 = ?", (path.name.partition(".")[0],))
            with suppress(OSError):  # another program was faster, or the disk cannot be written: then it stays
                changed_at = datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
                sent_at = from_column(row[0]) if row else None
                is_rubbish = row is None or path.suffix == PART
                if (is_rubbish and now - changed_at > _UNUSED_FOR) or (sent_at and now - sent_at > keep_for):
                    path.unlink()


_NEW: Final = os.O_CREAT | os.O_EXCL | os.O_WRONLY
