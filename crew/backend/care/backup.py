"""Writes a city's whole memory into one file while its server works. Backend layer; changes nothing of the city.

The file appears under its name when all of it is on disk and was read again from its first byte to its last.
"""

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from crew.backend.care.archive import CITY_FILES, ArchiveWriter, OnProgress, read_archive
from crew.backend.care.snapshot import damages, take_snapshot
from crew.backend.database import FILE_NAME
from crew.domain.errors import CallForHelp, CorrectInput, FreeSpace
from crew.domain.value import Value
from crew.durable import sync_file, sync_folder

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.backend.photo_files import PhotoFiles

_CHUNK_BYTES: Final = 1 << 20


class BackedUp(Value):
    """What was written.

    Attributes:
        byte_count: Bytes of the file.
        taken_at: The moment that it is of.
        orders: Work orders in it.
        photos: Photos in it.
        absent_photos: Photos that could not be put into it: their files are lost or damaged.
    """

    byte_count: int
    taken_at: datetime
    orders: int
    photos: int
    absent_photos: tuple[str, ...]


def back_up(city: "City", file: Path, on_progress: OnProgress) -> BackedUp:
    """Back up a city, beside a running server if there is one.

    Args:
        city: The city.
        file: Where the backup goes; its folder exists.
        on_progress: Called again and again with the bytes that are done, and all of them.

    Raises:
        CorrectInput: The file is there already, or its folder is not; nothing was written.
        FreeSpace: There is no room; nothing is left.
        CallForHelp: The database is damaged, or what was written could not be read again; nothing is left.
        TryLater: Another program holds the database for too long.
        CorrectUsage: The database lies on a server, which has tools of its own.
    """
    city.database.require_file(
        "Back it up with `pg_dump --format=custom`, and the folder with its photos and keys beside it."
    )
    _require_new(file)
    with _sentences(file), tempfile.TemporaryDirectory(dir=file.parent, prefix=".crew-backup-") as unfinished:
        snapshot = Path(unfinished) / FILE_NAME
        taken_at = city.clock()
        take_snapshot(city.database, snapshot, lambda done, total: None)
        if found := damages(snapshot):
            raise CallForHelp(f"The database is damaged ({found[0]}), and was not backed up. Restore a backup.")
        written = Path(unfinished) / "backup.tar"
        result = _write(city, snapshot, written, taken_at, on_progress)
        _read_again(written)
        _require_new(file)
        written.replace(file)
        sync_folder(file.parent)
    return result


def _write(city: "City", snapshot: Path, written: Path, taken_at: datetime, on_progress: OnProgress) -> BackedUp:
    orders, photos = _contents(snapshot)
    total = snapshot.stat().st_size + sum(photos.values())
    with os.fdopen(os.open(written, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        archive = ArchiveWriter(file, taken_at)
        _add_file(archive, FILE_NAME, snapshot)
        for path in (city.data_dir / name for name in CITY_FILES):
            if path.is_file():
                _add_file(archive, path.name, path)
        absent = []
        for sha256 in photos:
            content = _sound_photo(city.photo_files, sha256)
            if content is None:
                absent.append(sha256)
            else:
                archive.add_photo(sha256, content)
            on_progress(min(file.tell(), total), total)
        manifest = archive.finish(absent)
        sync_file(file)
        byte_count = file.tell()
    return BackedUp(byte_count, taken_at, orders, len(manifest.photos), manifest.absent_photos)


def _contents(snapshot: Path) -> tuple[int, dict[str, int]]:
    """How many orders there are, and each photo's size by its hash."""
    with closing(sqlite3.connect(snapshot)) as connection:
        orders: int = connection.execute("SELECT count(*) FROM work_orders").fetchone()[0]
        return orders, dict(connection.execute("SELECT sha256, byte_count FROM photos ORDER BY received_at, sha256"))


def _add_file(archive: ArchiveWriter, name: str, path: Path) -> None:
    with path.open("rb") as file:
        archive.add(name, os.fstat(file.fileno()).st_size, _chunks(file))


def _chunks(file: IO[bytes]) -> Iterable[bytes]:
    return iter(lambda: file.read(_CHUNK_BYTES), b"")


def _sound_photo(photo_files: "PhotoFiles", sha256: str) -> bytes | None:
    """A photo's bytes, or None where its file is lost or damaged: one rotten photo must not cost the backup."""
    try:
        content = photo_files.read(sha256)
    except CorrectInput:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def _read_again(written: Path) -> None:
    with written.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # so that the disk itself is asked
    try:
        read_archive(written, lambda _, content: _exhaust(content), lambda done, total: None)
    except CorrectInput as error:
        raise CallForHelp(
            "The backup could not be read again as it was written. Check the disk that it is on."
        ) from error


def _exhaust(content: Iterable[bytes]) -> None:
    for _ in content:
        pass


def _require_new(file: Path) -> None:
    if os.path.lexists(file):
        raise CorrectInput(f"{file} is there already, and a backup never overwrites. Choose another name.")
    if not file.parent.is_dir():
        raise CorrectInput(f"There is no folder {file.parent}. Make it, or choose another.")


@contextmanager
def _sentences(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FreeSpace(
            f"The backup {file} cannot be written: {error.strerror}. Make room or choose another."
        ) from error
