"""Tells those who wait that something they wait for is on disk now. Backend layer; knows no tables.

A note is made inside a transaction and heard after its commit, in the thread that committed. Other processes hear
nothing: who waits looks now and then as well.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final


class CommitBell:
    """Notes of the transaction that is under way, and who listens for them."""

    def __init__(self) -> None:
        self._lock: Final = Lock()
        self._noted: Final[set[str]] = set()
        self._listeners: Final[list[tuple[str, Callable[[], None]]]] = []

    def note(self, word: str) -> None:
        """Say inside a transaction what it wrote."""
        self._noted.add(word)

    def ring(self) -> None:
        """The transaction is on disk: call those who listen for what it noted."""
        with self._lock:
            heard = [call for word, call in self._listeners if word in self._noted]
            self._noted.clear()
        for call in heard:
            call()

    def forget(self) -> None:
        """The transaction never was."""
        self._noted.clear()

    @contextmanager
    def listening(self, word: str, call: Callable[[], None]) -> Iterator[None]:
        """Have `call` called after each commit that noted the word; it must return at once."""
        entry = (word, call)
        with self._lock:
            self._listeners.append(entry)
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(entry)
