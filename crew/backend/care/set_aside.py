"""Keeps the city that a folder holds before another takes its place: whole, beside it, never deleted. Backend layer.

What is made is itself a backend's folder, so going back is naming it with --data. Photos are linked, not copied: they
never change, and a year of them may fill the disk.
"""

import errno
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from crew.backend.care.archive import CITY_FILES
from crew.backend.care.snapshot import is_damage
from crew.backend.contact_keys import KEY_FILE
from crew.backend.database import FILE_NAME
from crew.domain.errors import FreeSpace
from crew.durable import copy_file, make_folder, sync_folder

PHOTOS: Final = "photos"
_JOURNAL: Final = f"{FILE_NAME}-journal"
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV, errno.EACCES})


def holds_city(data_dir: Path) -> bool:
    """Whether there is a database; the empty file that a first start leaves is none."""
    path = data_dir / FILE_NAME
    return path.exists() and path.stat().st_size > 0


def set_aside(data_dir: Path, unfinished: Path, now: datetime) -> Path:
    """Keep the folder's city, and return the folder that it is kept in.

    Nobody may have the database open meanwhile.

    Args:
        data_dir: The folder of the city, which stays as it is.
        unfinished: A folder on the same disk that does not exist, to work in.
        now: The current time, which the kept folder is named by.

    Raises:
        FreeSpace: There is no room; nothing was changed.
        OSError: The disk cannot be read or written; nothing was changed.
    """
    make_folder(unfinished)
    for name in (FILE_NAME, _JOURNAL, KEY_FILE, *CITY_FILES):
        if (data_dir / name).is_file():
            copy_file(data_dir / name, unfinished / name)
    for folder in sorted((data_dir / PHOTOS).glob("*/")):
        _link_files(folder, unfinished / PHOTOS / folder.name)
    sync_folder(unfinished)
    kept = _free_name(data_dir / f"set-aside-{now:%Y%m%d-%H%M%S}")
    unfinished.rename(kept)
    sync_folder(data_dir)
    return kept


def end_last_transaction(data_dir: Path) -> None:
    """Let SQLite take back what a killed program left half-written, so that nothing of it lies beside the database.

    A journal that stayed would be played into the database that takes the place of this one.

    Raises:
        FreeSpace: The disk does not let it happen; the city is as it was.
    """
    path = data_dir / FILE_NAME
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise FreeSpace(f"{path} cannot be read or written ({error}). Nothing was changed.") from error
        (data_dir / _JOURNAL).unlink(missing_ok=True)  # of a database that nobody can read; both were set aside
    sync_folder(data_dir)


def _link_files(folder: Path, kept: Path) -> None:
    make_folder(kept)
    for path in folder.iterdir():
        try:
            os.link(path, kept / path.name)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            copy_file(path, kept / path.name)
    sync_folder(kept)


def _free_name(wanted: Path) -> Path:
    path, number = wanted, 1
    while path.exists():
        number += 1
        path = wanted.with_name(f"{wanted.name}-{number}")
    return path
