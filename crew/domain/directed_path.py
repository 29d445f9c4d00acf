"""Makes a way through places shorter where one-ways make it another one back: 2-opt and Or-3opt. Domain layer; pure.

What is turned round is measured anew, and pieces may change places without being turned (Kanellakis and Papadimitriou,
1980).
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

_SLACK: Final = 1e-7
_FEW: Final = 16
"""Of so many places every one is tried as the beginning."""
_MOST_PASSES: Final = 6
_LONGEST: Final = 12
"""Places in the first of two pieces that change places; trying all lengths takes a second for sixty places."""

Matrix = Sequence[Sequence[float]]


def directed_path(way: Sequence[int], between: Matrix, first: Sequence[float] | None) -> list[int]:
    """The order of all places after every move that made it shorter.

    Args:
        way: An order to begin with.
        between: The way from each place to each.
        first: The way from the start to each place; None to begin anywhere.
    """
    count = len(between)
    origin = count  # the way is a circle through a place that one leaves as from the start, and reaches for nothing
    matrix = [[*row, 0.0] for row in between] + [[*(first or [0.0] * count), 0.0]]
    begins = [[origin, *way], [origin, *reversed(way)]]
    if count <= _FEW:
        begins += [[origin, *_greedy(at, between)] for at in range(count)]
    found = [_bettered(order, matrix) for order in begins]
    return min(found, key=lambda order: _length(order, matrix))[1:]


def _greedy(start: int, between: Matrix) -> list[int]:
    order, left = [start], set(range(len(between))) - {start}
    while left:
        row = between[order[-1]]
        order.append(min(left, key=lambda at: (row[at], at)))
        left.remove(order[-1])
    return order


def _length(order: Sequence[int], matrix: Matrix) -> float:
    return sum(matrix[one][other] for one, other in pairwise([*order, order[0]]))


def _bettered(order: list[int], matrix: Matrix) -> list[int]:
    for _ in range(_MOST_PASSES):
        before = order
        order = _exchanged(_turned(order, matrix), matrix)
        if order == before:
            break
    return order


def _turned(order: list[int], matrix: Matrix) -> list[int]:
    """After turning pieces round as long as that makes it shorter; the first place stays the first."""
    count, begin = len(order), 1
    forth, back = _sums(order, matrix)
    while begin < count - 1:
        before, head = order[begin - 1], order[begin]
        for end in range(begin + 1, count):
            tail, after = order[end], order[(end + 1) % count]
            gain = matrix[before][head] + matrix[tail][after] - matrix[before][tail] - matrix[head][after]
            if gain + forth[end] - forth[begin] - back[end] + back[begin] > _SLACK:
                order = order[:begin] + order[begin : end + 1][::-1] + order[end + 1 :]
                forth, back = _sums(order, matrix)
                begin = max(0, begin - 2)
                break
        begin += 1
    return order


def _sums(order: Sequence[int], matrix: Matrix) -> tuple[list[float], list[float]]:
    """The way to each place from the first, and back."""
    return (
        list(accumulate((matrix[one][other] for one, other in pairwise(order)), initial=0.0)),
        list(accumulate((matrix[other][one] for one, other in pairwise(order)), initial=0.0)),
    )


def _exchanged(order: list[int], matrix: Matrix) -> list[int]:
    """After letting two pieces that follow each other change places, wherever that makes it shorter."""
    begin = 1
    while begin < len(order) - 1:
        order, begin = _exchange_from(order, begin, matrix)
    return order


def _exchange_from(order: list[int], begin: int, matrix: Matrix) -> tuple[list[int], int]:
    """One exchange whose first piece begins at a place, and where to go on."""
    count = len(order)
    before, head = order[begin - 1], order[begin]
    from_before, to_head = matrix[before], [row[head] for row in matrix]
    for cut in range(begin + 1, min(count, begin + 1 + (_LONGEST if count > _FEW else count))):
        tail, other = order[cut - 1], order[cut]
        from_tail = matrix[tail]
        saved = from_before[head] + from_tail[other] - from_before[other]
        for end in range(cut, count):
            last, after = order[end], order[(end + 1) % count]
            if saved + matrix[last][after] - to_head[last] - from_tail[after] > _SLACK:
                swapped = order[:begin] + order[cut : end + 1] + order[begin:cut] + order[end + 1 :]
                return swapped, max(1, begin - 2)
    return order, begin + 1
