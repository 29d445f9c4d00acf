"""The shortest way through a few places, by trying all that can matter (Held and Karp, 1962). Domain layer; pure.

Its time doubles with each place: a dozen milliseconds for nine, so more go to short_path.py.
"""

from collections.abc import Sequence
from typing import Final

MOST_PLACES: Final = 9


def exact_path(between: Sequence[Sequence[float]], first: Sequence[float] | None) -> list[int]:
    """The order of all places with the shortest way from each to the next.

    Args:
        between: The way from each place to each.
        first: The way from the start to each place; None to begin anywhere.
    """
    count = len(between)
    ways: dict[tuple[int, int], tuple[float, int]] = {
        (1 << at, at): (first[at] if first is not None else 0.0, -1) for at in range(count)
    }
    for seen in range(1, 1 << count):
        ends = [at for at in range(count) if seen >> at & 1]
        for after in range(count):
            if not seen >> after & 1:
                ways[seen | 1 << after, after] = min((ways[seen, at][0] + between[at][after], at) for at in ends)
    seen = (1 << count) - 1
    at = min(range(count), key=lambda end: ways[seen, end][0], default=-1)
    order = []
    while at >= 0:
        order.append(at)
        seen, at = seen ^ 1 << at, ways[seen, at][1]
    return order[::-1]
