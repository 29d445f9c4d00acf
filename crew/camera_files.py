"""Writes a shot so that its file is whole or absent. Stands beside the store; used by the cameras alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from crew.domain.errors import FreeSpace
from crew.durable import sync_folder

_PART: Final = ".part.jpg"
"""A name of its own while it is written, with the suffix by which some camera programs choose the format."""


@contextmanager
def whole_file(folder: Path) -> Iterator[Path]:
    """A path to write a shot to; when the block ends the file stands under a lasting name for good, or is gone.

    The lasting name is the same with `.jpg` in place of `.part.jpg`: see `lasting`.

    Raises:
        FreeSpace: The folder cannot be written.
    """
    part = folder / f"shot-{os.urandom(6).hex()}{_PART}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(lasting(part))
        sync_folder(folder)
    except OSError as error:
        raise FreeSpace(f"The picture was not saved: {error.strerror or error}. Make room on the disk.") from error
    finally:
        with suppress(OSError):  # it has its lasting name, or was never written
            part.unlink()


def lasting(part: Path) -> Path:
    """The name under which a whole file stands."""
    return part.with_name(part.name.removesuffix(_PART) + ".jpg")
