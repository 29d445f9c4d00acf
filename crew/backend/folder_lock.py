"""Says who uses a backend's folder: many programs together, or one alone. Backend layer; guards, touches nothing else.

Whoever opens the database holds the folder with others; a restore holds it alone, so that nobody writes into a
database that is being replaced. One program at a time serves it, beside whatever others do: what is under way in a
server, such as who listens and who sends a photo, another would not know. The locks are the kernel's: they end with
their program, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from crew.domain.errors import CallForHelp, CorrectUsage, TryLater, not_writable

FILE_NAME: Final = "backend.lock"
SERVING_FILE_NAME: Final = "serving.lock"


class SharedHold:
    """A folder that is used together with others, until `release`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, folder: Path) -> Self:
        """Hold an existing folder.

        Raises:
            TryLater: A backup is being restored into it.
            FreeSpace: The folder cannot be written.
            CallForHelp: Its disk keeps no locks.
        """
        descriptor = _locked(folder / FILE_NAME, fcntl.LOCK_SH)
        if descriptor is None:
            raise TryLater(f"A backup is being restored into {folder}. Try again when that has ended.", 5)
        return cls(descriptor)

    def release(self) -> None:
        """Let go; harmless when it is done already."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one who uses an existing folder while the block runs.

    Raises:
        CorrectUsage: Another program uses it.
        FreeSpace: The folder cannot be written.
        CallForHelp: Its disk keeps no locks.
    """
    busy = f"Another program uses {folder}, perhaps `crew serve`. Stop it, then restore again."
    with _only_one(folder / FILE_NAME, busy):
        yield


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Be the only one who serves an existing folder while the block runs; others may use it.

    Raises:
        CorrectUsage: Another program serves it.
        FreeSpace: The folder cannot be written.
        CallForHelp: Its disk keeps no locks.
    """
    busy = f"Another `crew serve` serves {folder} already. Stop it, or choose another --data DIR."
    with _only_one(folder / SERVING_FILE_NAME, busy):
        yield


@contextmanager
def _only_one(path: Path, busy: str) -> Iterator[None]:
    descriptor = _locked(path, fcntl.LOCK_EX)
    if descriptor is None:
        raise CorrectUsage(busy)
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(path: Path, kind: int) -> int | None:
    """A descriptor that holds the lock, or None where somebody else does."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise not_writable(str(path), error) from error
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError as error:
        os.close(descriptor)
        raise CallForHelp(
            f"The disk under {path.parent} keeps no locks ({error.strerror}). Use a local disk."
        ) from error
    return descriptor
