"""Files and folders that outlast a power cut once a function has returned. Stands below the store and the backend."""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last. Windows opens no folder; there NTFS keeps a journal of names."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(file: IO[bytes]) -> None:
    """Make what was written to an open file last."""
    file.flush()
    os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make a private folder, with its parents, so that it lasts."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700)
        sync_folder(path.parent)


def write_new_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a private file that is not there yet; its folder has to be synced for its name to last."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        sync_file(file)


def copy_file(source: Path, copy: Path) -> None:
    """Copy a file's bytes into a private one that is not there yet; see `write_new_file`."""
    with (
        source.open("rb") as original,
        os.fdopen(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file,
    ):
        shutil.copyfileobj(original, file, 1 << 20)
        sync_file(file)
