"""The files that a phone fills, piece by piece. The worker's phone; blocks on the disk, so it is called in a thread.

A photo is whole under its name or only a `.part`: written beside, fsynced, renamed, the folder fsynced. No name, path
or type that a phone says is used: names are counted, and the suffix comes from the first bytes.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from crew.domain.errors import CorrectInput, FreeSpace, NotAllowed
from crew.domain.value import Value
from crew.durable import sync_folder
from crew.phone.limits import Limits

_PART: Final = ".part"
_HEAD_BYTES: Final = 12
"""How many first bytes tell what a file is."""
_HEIF_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF_BRANDS: Final = (b"avif", b"avis")
_NO_PICTURE: Final = "This is no photo. Choose a JPEG, PNG, WebP, HEIC or AVIF picture."


class TooLarge(CorrectInput):
    """The photo is larger than the limit: take a smaller one."""


class ArrivedPhoto(Value):
    """A photo that is whole and on disk.

    Attributes:
        path: Where it lies.
        byte_count: Its size.
    """

    path: Path
    byte_count: int


@dataclass(eq=False, slots=True)
class Upload:
    """A photo on its way.

    Attributes:
        number: Its place among all that were begun.
        length: How many bytes it will have.
        offset: How many of them are here.
        turn: Grows with each request for this photo; a connection whose turn is over may not write any more.
        dropped: Why it will never be whole; empty while it may.
    """

    number: int
    length: int
    part: Path
    offset: int = 0
    turn: int = 0
    dropped: str = ""
    head: bytes = b""
    file: BinaryIO | None = field(default=None, repr=False)

    @property
    def whole(self) -> bool:
        """Whether every byte is here."""
        return self.offset == self.length


class Inbox:
    """The photos that come through one door. One thread uses it; others may look at it."""

    def __init__(self, folder: Path, tag: str, limits: Limits) -> None:
        """Fill a folder, which may not exist yet.

        Args:
            folder: Where photos are put.
            tag: Tells this door's files from those of others.
            limits: Bounds.
        """
        self._folder: Final = folder
        self._tag: Final = tag
        self._limits: Final = limits
        self._uploads: Final[dict[int, Upload]] = {}
        self._begun = 0
        self.arrived: tuple[ArrivedPhoto, ...] = ()

    def find(self, number: int) -> Upload | None:
        """A photo that was begun, also after it is whole."""
        return self._uploads.get(number)

    def under_way(self) -> Upload | None:
        """The photo that was begun last and is not whole."""
        unfinished = self._unfinished()
        return unfinished[-1] if unfinished else None

    def _unfinished(self) -> list[Upload]:
        return [upload for upload in list(self._uploads.values()) if not upload.whole and not upload.dropped]

    def begin(self, length: int) -> Upload:
        """Begin a photo.

        Args:
            length: How many bytes it will have, at least one.

        Raises:
            NotAllowed: Enough photos have come.
            TooLarge: It is larger than the limit.
            FreeSpace: The disk is full or cannot be written.
        """
        if len(self.arrived) >= self._limits.photos:
            raise NotAllowed(
                f"{len(self.arrived)} photos have arrived, which is the most at once. Take them on the laptop first."
            )
        if length > self._limits.photo_bytes:
            raise TooLarge(
                f"This photo is larger than {self._limits.photo_bytes // 1_000_000} MB, the most that can be taken. "
                "Set the camera to a smaller picture."
            )
        for old in self._unfinished()[: 1 - self._limits.unfinished or None]:
            self.drop(old, "It was begun anew.")
        self._begun += 1
        upload = Upload(self._begun, length, self._folder / f"phone-{self._tag}-{self._begun:03}{_PART}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            upload.file = os.fdopen(os.open(upload.part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
        except OSError as error:
            raise _no_room(error) from error
        self._uploads[upload.number] = upload
        return upload

    def append(self, upload: Upload, turn: int, piece: bytes) -> bool:
        """Add bytes at the end; with the last of them the photo has arrived, for good.

        Args:
            upload: The photo.
            turn: The turn of the connection that brings them.
            piece: Bytes, at most as many as are missing.

        Returns:
            Whether the connection may go on; False where another one has come for the same photo.

        Raises:
            CorrectInput: The file does not begin like a picture. It is dropped.
            FreeSpace: The disk is full or cannot be written. It is dropped.
        """
        if turn != upload.turn or upload.file is None:
            return False
        try:
            upload.file.write(piece)
            upload.offset += len(piece)
            upload.head = (upload.head + piece[:_HEAD_BYTES])[:_HEAD_BYTES]
            suffix = picture_suffix(upload.head)
            if suffix is None and (len(upload.head) == _HEAD_BYTES or upload.whole):
                self.drop(upload, _NO_PICTURE)
                raise CorrectInput(_NO_PICTURE)
            if upload.whole and suffix is not None:
                self._keep(upload, suffix)
        except OSError as error:
            refusal = _no_room(error)
            self.drop(upload, refusal.sentence)
            raise refusal from error
        return True

    def _keep(self, upload: Upload, suffix: str) -> None:
        if upload.file is None:
            return
        upload.file.flush()
        os.fsync(upload.file.fileno())
        upload.file.close()
        upload.file = None
        path = upload.part.with_suffix(suffix)
        upload.part.rename(path)
        sync_folder(self._folder)
        self.arrived = (*self.arrived, ArrivedPhoto(path, upload.length))

    def drop(self, upload: Upload, why: str) -> None:
        """Give a photo up; what came of it is removed."""
        upload.dropped = why
        with suppress(OSError):  # a full disk may refuse the last bytes, which nobody wants
            if upload.file is not None:
                upload.file.close()
        upload.file = None
        with suppress(OSError):  # it is gone, or the disk cannot be written: then it stays
            upload.part.unlink()

    def clear(self) -> None:
        """Remove what is not whole."""
        for upload in self._unfinished():
            self.drop(upload, "The screen was closed.")


def picture_suffix(head: bytes) -> str | None:
    """The suffix for a file that begins so; None for what is no picture, or too short to tell."""
    if head.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return ".webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return ".heic"
    if head[4:8] == b"ftyp" and head[8:12] in _AVIF_BRANDS:
        return ".avif"
    return None


def _no_room(error: OSError) -> FreeSpace:
    return FreeSpace(
        f"The photo cannot be kept on the laptop: {error.strerror or error}. Make room on its disk, then send it again."
    )
