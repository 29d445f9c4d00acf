"""Photos that have arrived in part, as files that grow. Backend layer; knows no HTTP and looks at no pixel.

A device's upload is named by the photo's hash, so a device that comes back tomorrow goes on where it was cut.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from crew.domain.errors import FreeSpace
from crew.domain.value import Value

KEPT_FOR: Final = timedelta(days=30)
"""How long a photo that never became whole is waited for."""

MOST_OF_A_DEVICE: Final = 50
"""Unfinished uploads of one device; the one that was begun first makes room for another."""


class PartialPhoto(Value):
    """A photo of which a beginning is here.

    Attributes:
        path: The file; its name holds device, hash and announced length.
        length: Bytes of the whole photo, as they were announced.
    """

    path: Path
    length: int

    @property
    def offset(self) -> int:
        """How many bytes are here."""
        return self.path.stat().st_size

    def append(self, piece: bytes) -> None:
        """Write bytes to the end; `settle` makes them last.

        Raises:
            FreeSpace: The disk is full or cannot be written.
        """
        with _sentence(self.path), self.path.open("ab", buffering=0) as file:
            file.write(piece)

    def settle(self) -> None:
        """Make what was appended survive a power cut.

        Raises:
            FreeSpace: The disk is full or cannot be written.
        """
        with _sentence(self.path), self.path.open("rb") as file:
            os.fsync(file.fileno())

    def cut_to(self, offset: int) -> None:
        """Forget what came after an offset."""
        with _sentence(self.path):
            os.truncate(self.path, offset)

    def forget(self) -> None:
        """Remove the file; harmless when it is gone."""
        self.path.unlink(missing_ok=True)


class UploadFiles:
    """A folder of partial photos."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is made with the first upload."""
        self._folder: Final = folder

    def find(self, device_id: str, sha256: str) -> PartialPhoto | None:
        """The upload that a device has begun, or None."""
        for path in self._folder.glob(f"{_prefix(device_id)}-{sha256}.*.part"):
            return PartialPhoto(path, int(path.name.split(".")[1]))
        return None

    def begin(self, device_id: str, sha256: str, length: int) -> PartialPhoto:
        """Go on with the upload of a device, or begin it; one that was announced with another length begins anew.

        Raises:
            FreeSpace: The disk is full or cannot be written.
        """
        there = self.find(device_id, sha256)
        if there is not None and there.length == length:
            return there
        if there is not None:
            there.forget()
        self._make_room(device_id)
        path = self._folder / f"{_prefix(device_id)}-{sha256}.{length}.part"
        with _sentence(path):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        return PartialPhoto(path, length)

    def sweep(self, now: datetime) -> None:
        """Remove what nobody has gone on with for a month."""
        for path in self._folder.glob("*.part"):
            with suppress(FileNotFoundError):
                if now.timestamp() - path.stat().st_mtime > KEPT_FOR.total_seconds():
                    path.unlink()

    def _make_room(self, device_id: str) -> None:
        begun = sorted(self._folder.glob(f"{_prefix(device_id)}-*.part"), key=lambda path: path.stat().st_mtime)
        for path in begun[: max(0, len(begun) - MOST_OF_A_DEVICE + 1)]:
            path.unlink(missing_ok=True)


def _prefix(device_id: str) -> str:
    """A device's name as a file's: what a device calls itself could hold anything."""
    return hashlib.sha256(device_id.encode()).hexdigest()[:16]


@contextmanager
def _sentence(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FreeSpace(f"The photo cannot be kept in {path.parent}: {error.strerror}. Make room.") from error
