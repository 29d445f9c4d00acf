"""What a folder or a file of the backend that cannot be written becomes: a sentence. Backend layer; writes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crew.domain.errors import not_writable


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn the system's error into FreeSpace, about the database at a path."""
    try:
        yield
    except OSError as error:
        raise not_writable(f"The backend's database {path}", error) from error
