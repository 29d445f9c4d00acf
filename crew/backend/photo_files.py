"""Keeps photos as files named by their hash. Backend layer; looks at no pixel and asks nobody for permission.

What `write` has returned from is on disk: file and folder are synced.
"""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Final

from crew.domain.errors import CorrectInput, FreeSpace
from crew.durable import sync_folder

_HASH: Final = re.compile(r"[0-9a-f]{64}")


class PhotoFiles:
    """A folder of photos, two levels deep, so that no folder grows too long to list."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is made with the first photo."""
        self._folder: Final = folder

    def path(self, sha256: str) -> Path:
        """Where the photo lies, or would lie.

        Raises:
            CorrectInput: The name is no SHA-256 in hex, so it cannot be a photo's.
        """
        if not _HASH.fullmatch(sha256):
            raise CorrectInput("A photo is named by the 64 hexadecimal digits of its SHA-256.")
        return self._folder / sha256[:2] / f"{sha256}.jpg"

    def write(self, sha256: str, content: bytes) -> None:
        """Put a photo on disk; harmless when it is there.

        Raises:
            CorrectInput: The name is not the hash of the content.
            FreeSpace: The disk is full or cannot be written.
        """
        path = self.path(sha256)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise CorrectInput("The photo arrived damaged: its bytes do not match its name. Send it again.")
        if path.exists():
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_durably(path, content)
            for folder in (path.parent, self._folder, self._folder.parent):
                sync_folder(folder)
        except OSError as error:
            raise FreeSpace(f"The photo cannot be kept in {self._folder}: {error.strerror}. Make room.") from error

    def read(self, sha256: str) -> bytes:
        """The bytes of a photo.

        Raises:
            CorrectInput: There is no such photo.
        """
        try:
            return self.path(sha256).read_bytes()
        except OSError as error:
            raise CorrectInput("There is no such photo.") from error


def _write_durably(path: Path, content: bytes) -> None:
    """Write beside the goal and rename, so that a name never stands for half a photo."""
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except OSError:
        Path(unfinished).unlink(missing_ok=True)
        raise
