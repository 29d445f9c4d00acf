"""Keeps pages that were written out, as long as nothing that they tell has changed. Backend layer; in memory only.

Whoever asks says what a page was made of, its version; a page of another version is not found, so none is too old.
"""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from threading import Lock
from typing import Final

from crew.domain.value import Value

MOST_KEPT: Final = 1_000
"""Pages; some nine megabytes."""


class KeptPage(Value):
    """A page that was written out.

    Attributes:
        content: The page.
        version: What it was made of.
        stamp: Of the database, taken before it was last seen to be as it is; None shows nothing.
        good_until: When it says something else by itself; None where it never does.
    """

    content: bytes
    version: Hashable
    stamp: Hashable | None = None
    good_until: datetime | None = None

    def is_good(self, stamp: Hashable | None, now: datetime) -> bool:
        """Whether it tells what is so, as far as a stamp shows."""
        return stamp is not None and self.stamp == stamp and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        """Whether it has come to say something else by itself."""
        return self.good_until is not None and now > self.good_until


class PageMemory:
    """The pages that were asked for last."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        """Keep so many pages at most."""
        self._most = most
        self._pages: OrderedDict[Hashable, KeptPage] = OrderedDict()
        self._turn = Lock()

    def find(self, name: Hashable) -> KeptPage | None:
        """The page of this name as it was last written, or None where it is not kept."""
        with self._turn:
            kept = self._pages.get(name)
            if kept is not None:
                self._pages.move_to_end(name)
            return kept

    def keep(self, name: Hashable, page: KeptPage) -> None:
        """Keep a page in place of the one before; the one that was not asked for longest goes."""
        with self._turn:
            self._pages[name] = page
            if len(self._pages) > self._most:
                self._pages.popitem(last=False)
