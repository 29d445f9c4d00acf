"""Photos on the device: files named by the SHA-256 of their bytes, and rows for those that must be sent. Store layer.

A file is whole or absent: written beside, fsynced, renamed, the folder fsynced. Plain writing lost every acknowledged
photo in simulated power cuts; these four steps lost none.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from crew.domain.change import Change
from crew.domain.errors import FreeSpace
from crew.domain.work_order import Photo, PhotoHash
from crew.durable import sync_folder
from crew.store.database import Database, to_column

PART: Final = ".part"
_DAMAGED: Final = ".damaged"
_HASH: Final = re.compile("[0-9a-f]{64}")
_ABANDONED_SECONDS: Final = 600


class PhotoFiles:
    """The photos that this device made or has fetched."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database: Final = database
        self._folder: Final = folder

    def sweep(self, now: datetime) -> None:
        """Remove what a power cut left half-written; nothing refers to such a file yet.

        Young ones stay: another process may be writing them.
        """
        for part in files_in(self._folder, f"*{PART}"):
            with suppress(OSError):  # another program was faster, or the disk cannot be written: then it stays
                if now.timestamp() - part.stat().st_mtime > _ABANDONED_SECONDS:
                    part.unlink()

    def write(self, content: bytes) -> PhotoHash:
        """Keep bytes on disk for good and return their name. The same bytes twice are one file.

        Raises:
            FreeSpace: The disk is full or cannot be written; nothing was kept.
        """
        name = _hash_of(content)
        with suppress(OSError):  # what cannot be read is written anew, and says what is wrong with the disk
            if self.read(name) is not None:
                return name
        self._write_durably(self.path(name), content)
        return name

    def _write_durably(self, path: Path, content: bytes) -> None:
        part = path.with_name(f"{path.name}.{os.urandom(4).hex()}{PART}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
            sync_folder(self._folder)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise FreeSpace(
                f"The photo was not saved: {error.strerror or error}. Make room on the disk, then add the photo again."
            ) from error

    def read(self, sha256: PhotoHash) -> bytes | None:
        """The photo's bytes, or None where this device does not have them.

        A file whose bytes are not those of its name has been damaged by the disk. It is set aside: it is neither shown
        nor sent, and the photo can be fetched or added again.
        """
        path = self.path(sha256)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        if _hash_of(content) != sha256:
            path.replace(path.with_name(path.name + _DAMAGED))
            return None
        return content

    def note_seen(self, sha256: PhotoHash) -> None:
        """Somebody looks at a photo: the longest unseen ones go first where room is short."""
        with suppress(OSError):  # it is not here, or the disk cannot be written: then it goes sooner than it might
            os.utime(self.path(sha256))

    def trim(self, limit_bytes: int, needed: Callable[[], Iterable[PhotoHash]]) -> None:
        """Remove the longest unseen photos until the rest fits; the backend has them.

        Args:
            limit_bytes: How much room photos may take.
            needed: Says which photos stay whatever room they take, beside those that have not been sent; asked
                only where there is too much, as it looks at every order.
        """
        found = sorted((status.st_mtime, status.st_size, path) for path, status in self._files())
        too_much = sum(size for _, size, _ in found) - limit_bytes
        if too_much <= 0:
            return
        staying = {*needed(), *self._unsent()}
        for _, size, path in found:
            if too_much > 0 and path.stem not in staying:
                with suppress(OSError):  # another program was faster, or the disk cannot be written: then it stays
                    path.unlink()
                    too_much -= size

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in files_in(self._folder, "*.jpg"):
            with suppress(OSError):  # another program was faster
                yield path, path.stat()

    def _unsent(self) -> list[str]:
        return [row[0] for row in self._database.rows("SELECT sha256 FROM photos WHERE sent_at IS NULL")]

    def has(self, sha256: PhotoHash) -> bool:
        """Whether the bytes are on this device."""
        return self.path(sha256).exists()

    def path(self, sha256: PhotoHash) -> Path:
        """Where a photo lies. The name is a hash, so nothing from outside can steer the path."""
        if not _HASH.fullmatch(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self._folder / f"{sha256}.jpg"

    def add(self, photo: Photo, now: datetime) -> None:
        """Note that a photo was made here and must be sent; its file is on disk already."""
        self._database.execute(
            "INSERT INTO photos (sha256, byte_count, width, height, taken_at, made_at) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (sha256) DO NOTHING",
            (photo.sha256, photo.byte_count, photo.width, photo.height, to_column(photo.taken_at), to_column(now)),
        )

    def unsent_of(self, change: Change) -> list[Photo]:
        """The photos of a change that the backend does not have yet."""
        return [photo for photo in change.photos if not self._is_sent(photo.sha256)]

    def _is_sent(self, sha256: PhotoHash) -> bool:
        """A photo without a row was not made here, so the backend has it."""
        row = self._database.row("SELECT sent_at IS NOT NULL FROM photos WHERE sha256 = ?", (sha256,))
        return row is None or bool(row[0])

    def mark_sent(self, sha256: PhotoHash, now: datetime) -> None:
        """The backend has confirmed length and hash."""
        self._database.execute("UPDATE photos SET sent_at = ? WHERE sha256 = ?", (to_column(now), sha256))

    def mark_unsent(self, sha256: PhotoHash) -> None:
        """The backend says that it does not have the photo after all: send it again."""
        self._database.execute("UPDATE photos SET sent_at = NULL WHERE sha256 = ?", (sha256,))


def _hash_of(content: bytes) -> PhotoHash:
    from hashlib import sha256  # it loads OpenSSL, which no start should wait for

    return PhotoHash(sha256(content).hexdigest())


def files_in(folder: Path, pattern: str) -> list[Path]:
    """The files to tidy up in a folder; none where it cannot be read now, since tidying can wait and work cannot."""
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []
