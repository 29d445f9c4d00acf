"""Puts a new store in the place of a damaged one, which is kept whole beside it. Store layer; deletes nothing.

Works on a folder that it holds alone. A power cut leaves the damaged store, or the new one: everything is made ready in
a folder of its own, whose renaming is the moment; what has to follow it is done, or is done at the next start.
"""

import shutil
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Final

from crew.domain.errors import FreeSpace
from crew.durable import sync_folder
from crew.store.database import Database, refuse_newer_shape
from crew.store.device import DeviceTable, Recovery
from crew.store.pages import log_is_broken, records, shape_of, whole_pages
from crew.store.salvage import Salvage
from crew.store.sentences import Damaged
from crew.store.symptoms import READY, has_lost_its_content, log_of, note_of, size_of

_SECTOR: Final = 4096
_NEW: Final = "new.sqlite"
_KEPT: Final = "set-aside-"
_PART: Final = ".part"


def mend(path: Path, now: datetime) -> None:
    """Leave a sound store at `path`: end what was cut off, then recover where the store is damaged.

    Raises:
        UpdateNeeded: A newer version has written the store; it was not touched.
        FreeSpace: There is no room for a new store; the damaged one lies where it did.
        Damaged: The new one cannot be read either: the disk itself is broken.
    """
    try:
        for ready in path.parent.glob(f"*{READY}"):
            _take_the_place(path, ready)
        if _is_damaged(path):
            _take_the_place(path, _make_ready(path, now))
    except OSError as error:
        raise FreeSpace(
            f"The damaged store {path} cannot be set aside: {error.strerror or error}. Make room, then start again."
        ) from error


def _is_damaged(path: Path) -> bool:
    """Looked at before SQLite is: it throws away a log beside an empty file, and what follows damage in a log."""
    if note_of(path).exists() or has_lost_its_content(path) or log_is_broken(_content(log_of(path))):
        return True
    try:
        Database.open(path).close()
    except Damaged:
        return True
    return False


def _make_ready(path: Path, now: datetime) -> Path:
    """Make the new store out of what can be read; returns the folder that holds it."""
    pages = whole_pages(_content(path), _content(log_of(path)))
    refuse_newer_shape(path, shape_of(pages))
    kept_in = _free_name(path.parent, f"{_KEPT}{now:%Y%m%d-%H%M%S}")
    for cut_off in path.parent.glob(f"{_KEPT}*{_PART}"):
        shutil.rmtree(cut_off)
    part = kept_in.with_name(kept_in.name + _PART)
    part.mkdir(mode=0o700)
    salvage = Salvage.of(records(pages))
    database = Database.open(part / _NEW)
    try:
        with database.transaction():
            salvage.carry_into(database)
            DeviceTable(database).recovery = Recovery(
                at=now,
                kept_in=kept_in.name,
                changes=len(salvage.changes),
                unsent=salvage.unsent,
                lost=salvage.lost if "sequence" in salvage.device else None,
                sign_in_lost="signed_in" not in salvage.device,
            )
        database.bring_home()
    finally:
        database.close()
    sync_folder(part)
    ready = kept_in.with_name(kept_in.name + READY)
    part.rename(ready)
    sync_folder(path.parent)
    return ready


def _take_the_place(path: Path, ready: Path) -> None:
    """Move the damaged files out and the new one in. May be done again from any step at which it was cut off."""
    new = ready / _NEW
    if new.exists():
        # The log goes before its database: SQLite would read it into whatever database lies beside it.
        for source in (log_of(path), path.with_name(path.name + "-shm"), path, note_of(path)):
            if source.exists() and not (ready / source.name).exists():
                source.rename(ready / source.name)
        sync_folder(ready)
        sync_folder(path.parent)
        new.rename(path)
    sync_folder(path.parent)
    ready.rename(ready.with_suffix(""))
    sync_folder(path.parent)


def _free_name(folder: Path, name: str) -> Path:
    """A name that nothing has: two recoveries may fall into one second, and clocks go back."""
    number = 1
    while True:
        path = folder / (name if number == 1 else f"{name}-{number}")
        if not path.exists():
            return path
        number += 1


def _content(path: Path) -> bytes:
    """A file's bytes, with zeros where the disk cannot read them; empty where there is no file."""
    if not path.exists():
        return b""
    with path.open("rb", buffering=0) as file:
        size = size_of(path)
        return b"".join(_sector(file, start, min(_SECTOR, size - start)) for start in range(0, size, _SECTOR))


def _sector(file: FileIO, start: int, length: int) -> bytes:
    try:
        file.seek(start)
        return file.read(length).ljust(length, b"\0")
    except OSError:
        return bytes(length)
