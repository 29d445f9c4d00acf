"""Keeps what was read last, up to a weight. The map's drawing code; knows no map.

A count would bound nothing here: one tile of a stranger's file may weigh as much as all of a city's.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """What was asked for last. May be used from several threads."""

    def __init__(self, most: int, weight: Callable[[Value], int]) -> None:
        """Keep nothing yet.

        Args:
            most: How much is kept; the newest is, whatever it weighs.
            weight: What a value weighs; at least one, as an empty one takes room too.
        """
        self._most: Final = most
        self._weight: Final = weight
        self._kept: Final[OrderedDict[Key, Value]] = OrderedDict()
        self._sum = 0
        self._lock: Final = threading.Lock()

    def get(self, key: Key, read: Callable[[], Value]) -> Value:
        """What is kept, or else what is read now; two threads may read the same at once."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = read()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = value
                self._sum += self._weight(value)
            while self._sum > self._most and len(self._kept) > 1:
                self._sum -= self._weight(self._kept.popitem(last=False)[1])
        return value
