"""Puts a backup into a backend's folder: the old city stands until the new one is whole. Backend layer.

One rename of the database is the moment at which the city is another. Before it nothing that the old one needs is
touched, and after it nothing is missing that the new one names.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from crew.backend.care.archive import CITY_FILES, PLACED, Manifest, OnProgress, read_archive
from crew.backend.care.renewal import renew
from crew.backend.care.set_aside import PHOTOS, end_last_transaction, holds_city, set_aside
from crew.backend.care.snapshot import damages
from crew.backend.contact_keys import ContactKeys, contact_keys
from crew.backend.contacts import keys_away
from crew.backend.database import FILE_NAME, Database
from crew.backend.folder_lock import alone
from crew.domain.errors import CorrectInput, FreeSpace
from crew.domain.value import Value
from crew.durable import make_folder, sync_folder, write_new_file

_UNFINISHED: Final = "restoring"
_SPARE_BYTES: Final = 16_000_000  # for the folders and the journal


class Restored(Value):
    """What a folder holds now.

    Attributes:
        taken_at: The moment that the backup is of.
        orders: Work orders in it.
        photos: Photos in it.
        absent_photos: Photos that were lost before the backup was made.
        silent_notices: Notices that will not be mailed, since they may have been mailed before.
        keys_away: The ids of keys that lock contacts of the backup, and are not at hand here.
        set_aside: Where the city lies that the folder held before; None where it held none.
    """

    taken_at: datetime
    orders: int
    photos: int
    absent_photos: tuple[str, ...]
    silent_notices: int
    keys_away: tuple[str, ...]
    set_aside: Path | None


def restore(file: Path, data_dir: Path, now: datetime, mail_span: timedelta, on_progress: OnProgress) -> Restored:
    """Put a backup into a folder, which nobody may use meanwhile.

    Args:
        file: What `back_up` wrote.
        data_dir: The backend's folder; made where it is missing.
        now: The current time.
        mail_span: Citizens are mailed again about what happened within this span before now, and of nothing older.
        on_progress: Called again and again with the bytes that are done, and all of them.

    Raises:
        CorrectInput: The file is no backup, or is damaged; the folder is as it was.
        CorrectUsage: Another program uses the folder, which is as it was.
        UpdateNeeded: A newer version wrote the backup; the folder is as it was.
        FreeSpace: There is no room; the folder holds the city that it held.
    """
    with _sentences(data_dir):
        make_folder(data_dir)
        with alone(data_dir), _workplace(data_dir / _UNFINISHED) as unfinished:
            _require_room(file, data_dir)
            manifest = _unpack(file, unfinished, data_dir, on_progress)
            orders = _check(file, unfinished / FILE_NAME, manifest)
            silent, away = _renew(unfinished, now - mail_span, contact_keys(data_dir))
            kept = _put_in_place(unfinished, data_dir, now)
    return Restored(manifest.taken_at, orders, len(manifest.photos), manifest.absent_photos, silent, away, kept)


def _unpack(file: Path, unfinished: Path, data_dir: Path, on_progress: OnProgress) -> Manifest:
    """Write the files of the backup below a folder; names come from `archive`, which lets only its own through.

    A photo that the old city has already, with these bytes, is not written: both will share it.
    """

    def keep(name: str, content: Iterable[bytes]) -> None:
        path, there = unfinished / name, data_dir / name
        with _sentences(data_dir):
            if PLACED.fullmatch(name) and there.is_file():
                whole = b"".join(content)
                if there.read_bytes() == whole:
                    return
                content = [whole]
            make_folder(path.parent)
            write_new_file(path, content)

    return read_archive(file, keep, on_progress)


def _check(file: Path, database_file: Path, manifest: Manifest) -> int:
    """Refuse a backup whose parts do not fit together, and return how many orders it has."""
    if found := damages(database_file):
        raise CorrectInput(f"The database in {file} is damaged ({found[0]}). Use another backup.")
    try:
        with closing(sqlite3.connect(database_file)) as connection:
            named = {sha256 for (sha256,) in connection.execute("SELECT sha256 FROM photos")}
            orders: int = connection.execute("SELECT count(*) FROM work_orders").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise CorrectInput(f"The database in {file} is none of a Crew backend ({error}). Use another.") from error
    if named != {*manifest.photos, *manifest.absent_photos}:
        raise CorrectInput(f"{file} does not hold the photos that its database names. Use another backup.")
    return orders


def _renew(unfinished: Path, told_before: datetime, keys: ContactKeys) -> tuple[int, tuple[str, ...]]:
    """Make the database fit to go on; returns how many notices are held back, and which keys are away."""
    database = Database.open(unfinished, keys)
    try:
        with database.writing() as connection:
            return renew(connection, told_before), tuple(keys_away(connection, keys))
    finally:
        database.close()


def _put_in_place(unfinished: Path, data_dir: Path, now: datetime) -> Path | None:
    """Let the folder hold the new city, and return where the old one lies."""
    kept = None
    if holds_city(data_dir):
        kept = set_aside(data_dir, unfinished / "old", now)
    else:
        for name in CITY_FILES:  # beside a city, its own tables are newer than those of the backup
            if (unfinished / name).exists() and not (data_dir / name).exists():
                (unfinished / name).rename(data_dir / name)
    end_last_transaction(data_dir)
    _place_photos(unfinished / PHOTOS, data_dir / PHOTOS)
    (unfinished / FILE_NAME).replace(data_dir / FILE_NAME)
    sync_folder(data_dir)
    return kept


def _place_photos(unfinished: Path, photos: Path) -> None:
    """Add photos to those of the old city. A name is a hash, so what is replaced had rotted."""
    for folder in sorted(unfinished.glob("*/")):
        make_folder(photos / folder.name)
        for path in folder.iterdir():
            path.replace(photos / folder.name / path.name)
        sync_folder(photos / folder.name)


def _require_room(file: Path, data_dir: Path) -> None:
    if not file.is_file():
        raise CorrectInput(f"There is no backup {file}.")
    old = data_dir / FILE_NAME
    needed = file.stat().st_size + (old.stat().st_size if old.exists() else 0) + _SPARE_BYTES
    free = shutil.disk_usage(data_dir).free
    if free < needed:
        raise FreeSpace(
            f"To restore {file} takes {needed // 1_000_000 + 1} MB in {data_dir}, and {free // 1_000_000} MB are free. "
            "Make room; nothing was changed."
        )


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """A folder that is gone afterwards. What a killed restore left in it are copies alone."""
    if folder.exists():
        shutil.rmtree(folder)
    make_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # what cannot be removed now is removed by the next restore


@contextmanager
def _sentences(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FreeSpace(
            f"The backup cannot be restored into {data_dir}: {error.strerror}. Make room, or choose another --data DIR."
        ) from error
