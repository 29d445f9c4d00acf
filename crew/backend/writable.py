"""What a folder or a file of the backend that cannot be written becomes: a sentence. Backend layer; writes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crew.domain.errors import FreeSpace


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn the system's error into FreeSpace, about the database at a path."""
    try:
        yield
    except OSError as error:
        raise FreeSpace(
            f"The backend's database {path} cannot be written: {error.strerror}. Make room or choose --data DIR."
        ) from error
