"""What a backup file holds, and the one reader that checks every byte of it. Backend layer; moves nothing into place.

A tar of one folder: the database, the city's own tables of services and crews, every photo that the database names,
and last a manifest with the SHA-256 of each, whose own SHA-256 is in its name. A file without its manifest was cut off.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import msgspec

from crew import __version__
from crew.backend.care.tar_file import DamagedTar, read_members, write_end, write_member
from crew.backend.database import FILE_NAME
from crew.domain.errors import CorrectInput, UpdateNeeded

CITY_FILES: Final = ("services.toml", "crews.toml", "import.toml", "roles.toml", "reasons.toml", "deadlines.toml")
"""The city's own tables that may lie beside its database."""

PLACED: Final = re.compile(r"photos/(?P<folder>[0-9a-f]{2})/(?P<sha256>(?P=folder)[0-9a-f]{62})\.jpg")
"""Where a photo lies, in a backup as in the backend's folder."""

FORMAT: Final = 1
_NAME: Final = re.compile(r"crew-backup-(?P<format>\d{1,4})/(?P<inner>[ -~]+)")
_MANIFEST: Final = re.compile(r"manifest\.(?P<sha256>[0-9a-f]{64})\.json")
_LONGEST_MANIFEST: Final = 1 << 30

OnProgress = Callable[[int, int], None]
"""Called with the bytes that are done, and all of them."""

Keep = Callable[[str, Iterable[bytes]], None]
"""Takes a file of the backup: its name as it is in the backend's folder, and its content."""


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says about itself.

    Attributes:
        crew: The version that wrote it.
        taken_at: The moment that the database is of.
        files: SHA-256 of each file but the photos, by name.
        photos: The photos that are in the backup; a photo's name is its SHA-256.
        absent_photos: Photos that the database names and whose files were lost or damaged already.
    """

    crew: str
    taken_at: datetime
    files: dict[str, str]
    photos: tuple[str, ...]
    absent_photos: tuple[str, ...] = ()


def photo_place(sha256: str) -> str:
    """A photo's name in a backup."""
    return f"photos/{sha256[:2]}/{sha256}.jpg"


class ArchiveWriter:
    """Writes a backup into an open file: `add` for each file, then `finish`."""

    def __init__(self, file: IO[bytes], taken_at: datetime) -> None:
        self._file: Final = file
        self._taken_at: Final = taken_at
        self._files: Final[dict[str, str]] = {}
        self._photos: Final[list[str]] = []

    def add(self, name: str, byte_count: int, chunks: Iterable[bytes]) -> None:
        """Add a file under its name in the backend's folder; `chunks` has to yield `byte_count` bytes."""
        digest = hashlib.sha256()
        self._write(name, byte_count, _hashed(chunks, digest.update))
        self._files[name] = digest.hexdigest()

    def add_photo(self, sha256: str, content: bytes) -> None:
        """Add a photo, whose name is its hash."""
        self._write(photo_place(sha256), len(content), [content])
        self._photos.append(sha256)

    def finish(self, absent_photos: Iterable[str]) -> Manifest:
        """Add the manifest and the end."""
        manifest = Manifest(__version__, self._taken_at, self._files, tuple(self._photos), tuple(absent_photos))
        content = msgspec.json.encode(manifest)
        self._write(f"manifest.{hashlib.sha256(content).hexdigest()}.json", len(content), [content])
        write_end(self._file)
        return manifest

    def _write(self, name: str, byte_count: int, chunks: Iterable[bytes]) -> None:
        write_member(self._file, f"crew-backup-{FORMAT}/{name}", byte_count, chunks, self._taken_at)


def read_archive(path: Path, keep: Keep, on_progress: OnProgress) -> Manifest:
    """Read a backup from its first byte to its last, handing each file to `keep`.

    What was kept is good only when this returns: the manifest comes last.

    Raises:
        CorrectInput: The file cannot be read, is no backup, is cut off or damaged.
        UpdateNeeded: A newer version wrote it.
    """
    reader = _Reader(path, keep)
    with _sentences(path, reader), path.open("rb") as file:
        byte_count = path.stat().st_size
        for name, size, content in read_members(file, byte_count):
            reader.take(name, size, content)
            on_progress(file.tell(), byte_count)
        return reader.result()


class _Reader:
    """What was seen of a backup so far."""

    def __init__(self, path: Path, keep: Keep) -> None:
        self._path: Final = path
        self._keep: Final = keep
        self._files: Final[dict[str, str]] = {}
        self._photos: Final[dict[str, None]] = {}
        self._manifest: Manifest | None = None

    @property
    def began(self) -> bool:
        """Whether anything was seen that only a backup has."""
        return bool(self._files)

    def take(self, name: str, byte_count: int, content: Iterator[bytes]) -> None:
        inner = self._inner_name(name)
        photo = PLACED.fullmatch(inner)
        if self._manifest is not None or inner in self._files or (photo and photo["sha256"] in self._photos):
            raise DamagedTar("it holds more than it should")
        if manifest := _MANIFEST.fullmatch(inner):
            self._manifest = _read_manifest(byte_count, content, manifest["sha256"])
            return
        if photo is None and inner not in (FILE_NAME, *CITY_FILES):
            raise DamagedTar("it holds a file that no backup has")
        digest = hashlib.sha256()
        self._keep(inner, _hashed(content, digest.update))
        if photo is None:
            self._files[inner] = digest.hexdigest()
        elif digest.hexdigest() == photo["sha256"]:
            self._photos[photo["sha256"]] = None
        else:
            raise DamagedTar("a photo is damaged")

    def result(self) -> Manifest:
        manifest = self._manifest
        if manifest is None:
            raise DamagedTar("it is cut off")
        if manifest.files != self._files or list(manifest.photos) != list(self._photos):
            raise DamagedTar("its files are not those that were backed up")
        return manifest

    def _inner_name(self, name: str) -> str:
        match = _NAME.fullmatch(name)
        if match is None or (not self.began and match["inner"] != FILE_NAME):
            raise _no_backup(self._path)
        if int(match["format"]) > FORMAT:
            raise UpdateNeeded(f"A newer Crew wrote {self._path}. Update Crew, then restore it.")
        return match["inner"]


def _read_manifest(byte_count: int, content: Iterator[bytes], sha256: str) -> Manifest:
    if byte_count > _LONGEST_MANIFEST:
        raise DamagedTar("its manifest is too long")
    encoded = b"".join(content)
    if hashlib.sha256(encoded).hexdigest() != sha256:
        raise DamagedTar("its manifest is damaged")
    try:
        return msgspec.json.decode(encoded, type=Manifest)
    except msgspec.DecodeError as error:
        raise DamagedTar("its manifest cannot be read") from error


def _hashed(chunks: Iterable[bytes], update: Callable[[bytes], None]) -> Iterator[bytes]:
    for chunk in chunks:
        update(chunk)
        yield chunk


@contextmanager
def _sentences(path: Path, reader: _Reader) -> Iterator[None]:
    try:
        yield
    except DamagedTar as error:
        if not reader.began:
            raise _no_backup(path) from error
        raise CorrectInput(
            f"The backup {path} is damaged: {error}. Nothing was changed; use another backup."
        ) from error
    except OSError as error:
        raise CorrectInput(f"The backup {path} cannot be read: {error.strerror}.") from error


def _no_backup(path: Path) -> CorrectInput:
    return CorrectInput(
        f"{path} is no backup of a Crew backend, or the beginning of one that was cut off while it was copied. "
        "Name a whole file that `crew backend backup` wrote."
    )
