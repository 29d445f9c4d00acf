"""Keeps pages that were written out, as long as nothing that they tell has changed. Backend layer; in memory only.

Whoever asks names everything that a page depends on, so a page is never too old: it is found or it is not.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Final

_MOST: Final = 500
"""Some five megabytes."""


class PageMemory:
    """The pages that were asked for last."""

    def __init__(self, most: int = _MOST) -> None:
        """Keep so many pages at most."""
        self._most = most
        self._pages: OrderedDict[Hashable, str] = OrderedDict()
        self._turn = Lock()

    def find(self, name: Hashable) -> str | None:
        """The page of this name, or None where it is not kept."""
        with self._turn:
            content = self._pages.get(name)
            if content is not None:
                self._pages.move_to_end(name)
            return content

    def keep(self, name: Hashable, content: str) -> None:
        """Keep a page under what it depends on; the one that was not asked for longest goes."""
        with self._turn:
            self._pages[name] = content
            if len(self._pages) > self._most:
                self._pages.popitem(last=False)
