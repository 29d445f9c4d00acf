"""The map on this device: one file, whole or absent, and the beginning of the next one. Store layer; reads no tile."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from crew.domain.errors import CorrectInput, FreeSpace
from crew.durable import sync_file, sync_folder

_NAME: Final = "city.pmtiles"
_PART: Final = ".part"
_PIECE: Final = 1 << 20


class MapFile:
    """A folder with the map."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder

    @property
    def path(self) -> Path:
        """Where the map lies, or would lie."""
        return self._folder / _NAME

    def put(self, file: Path) -> None:
        """Copy a map here, in place of the one before.

        Raises:
            CorrectInput: The file cannot be read.
            FreeSpace: The disk is full or cannot be written; the map before stays.
        """
        from shutil import copyfileobj  # few starts bring a map

        part = self._folder / f"{os.urandom(4).hex()}{_PART}"
        try:
            original = file.open("rb")
        except OSError as error:
            raise CorrectInput(f"The map {file.name} cannot be read: {error.strerror}.") from error
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with original, part.open("xb") as copy:
                copyfileobj(original, copy, _PIECE)
                sync_file(copy)
            self._install(part)
        except OSError as error:
            raise _no_room(error) from error
        finally:
            with suppress(OSError):  # it has its name, or was never written
                part.unlink()

    def has(self, sha256: str) -> bool:
        """Whether the map is this one; reads all of it."""
        try:
            return _hash_of(self.path) == sha256
        except OSError:
            return False

    # Piece by piece

    def begun(self, sha256: str) -> int:
        """How many bytes of a map have come."""
        try:
            return self._part(sha256).stat().st_size
        except OSError:
            return 0

    def append(self, sha256: str, offset: int, piece: bytes) -> None:
        """Keep the next piece; what has come stays over a restart.

        Raises:
            FreeSpace: The disk is full or cannot be written.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for other in self._folder.glob(f"*{_PART}"):
                if other != self._part(sha256):
                    other.unlink()  # a map that the city offers no more
            with self._part(sha256).open("r+b" if offset else "wb") as file:
                file.seek(offset)
                file.truncate()
                file.write(piece)
                sync_file(file)
        except OSError as error:
            raise _no_room(error) from error

    def finish(self, sha256: str) -> bool:
        """Put the map that has come in place of the one before, if it is whole and undamaged; else begin anew.

        Raises:
            FreeSpace: The disk cannot be written; what has come stays.
        """
        part = self._part(sha256)
        try:
            if _hash_of(part) != sha256:
                part.unlink()
                return False
            self._install(part)
        except OSError as error:
            raise _no_room(error) from error
        return True

    def _part(self, sha256: str) -> Path:
        return self._folder / f"{sha256[:16]}{_PART}"

    def _install(self, part: Path) -> None:
        part.replace(self.path)
        sync_folder(self._folder)


def _hash_of(path: Path) -> str:
    from hashlib import file_digest  # it loads OpenSSL, which no start should wait for

    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _no_room(error: OSError) -> FreeSpace:
    return FreeSpace(f"The map was not saved: {error.strerror or error}. Make room on the disk, then fetch it again.")
