"""No search for circles of objects while a map is read or drawn: there are none in it. The map's drawing code.

A tile is some ten thousand small objects, and Python looks through all of them again and again while they come: that
took a quarter of the time of a map.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search_for_circles() -> Iterator[None]:
    """Let Python's collector rest; who found it at work sets it to work again. May be used from several threads."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()
