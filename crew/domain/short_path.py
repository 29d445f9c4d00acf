"""A short way through many places, where the way back may be another one. Domain layer; pure and repeatable.

Pieces of the way are turned round (2-opt), and change places without being turned (Kanellakis and Papadimitriou, 1980),
as long as that makes it shorter; a piece that is turned is measured anew, by sums along the way and back. Then two
pieces are exchanged by chance, again and again, and the search goes on from what becomes of it even where that is a
little longer, less and less so (Dueck and Scheuer, 1990). The way is a circle through an origin, which one leaves as
from the start and reaches for nothing.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Final

from crew.domain.exact_path import MOST_PLACES, exact_path

_NEIGHBOURS: Final = 12
_KICKS_A_PLACE: Final = 8
_LEAST_KICKS: Final = 400
_TOLERATED: Final = 0.02
"""By what part of itself a way may become longer at first."""
_SLACK: Final = 1e-7
_WINDOW: Final = 24
"""Places from the first to the last cut of a kick."""

Matrix = Sequence[Sequence[float]]


def short_path(between: Matrix, first: Sequence[float] | None) -> list[int]:
    """An order of all places with a short way from each to the next.

    Args:
        between: The way from each place to each; another one back where there are one-ways.
        first: The way from the start to each place; None to begin anywhere.
    """
    count = len(between)
    if count <= MOST_PLACES:
        return exact_path(between, first)
    circle = _Circle([[*row, 0.0] for row in between] + [[*(first or [0.0] * count), 0.0]])
    circle.shorten(range(count + 1))
    circle.kick(max(_LEAST_KICKS, _KICKS_A_PLACE * count))
    return circle.order[1:]


class _Circle:
    """A closed way that begins at its origin, the last of the places, and how it is made shorter."""

    def __init__(self, matrix: list[list[float]]) -> None:
        self._forth: Final = matrix
        self._back: Final = [list(column) for column in zip(*matrix, strict=True)]
        self._onward: Final = [_nearest(row, at) for at, row in enumerate(self._forth)]
        self._hither: Final = [_nearest(row, at) for at, row in enumerate(self._back)]
        self._more: Final = [
            [way - other for way, other in zip(*rows, strict=True)]
            for rows in zip(self._forth, self._back, strict=True)
        ]
        self._is_same: Final = not any(any(row[:-1]) for row in self._more[:-1])
        self._chance = 12345
        self._put(self._greedy())

    def _greedy(self) -> list[int]:
        origin = len(self._forth) - 1
        order, left = [origin], set(range(origin))
        while left:
            row = self._forth[order[-1]]
            order.append(min(left, key=lambda at: (row[at], at)))
            left.remove(order[-1])
        return order

    def _put(self, order: list[int]) -> None:
        """Take another order; the places in it, and by how much the way to each is longer than the way back."""
        self.order = order
        self._place = [0] * len(order)
        for place, at in enumerate(order):
            self._place[at] = place
        if self._is_same:
            self._excess = [0.0] * len(order)
        else:
            more = self._more
            self._excess = list(accumulate([more[one][two] for one, two in pairwise(order)], initial=0.0))

    def _length(self) -> float:
        return sum(self._forth[one][other] for one, other in pairwise([*self.order, self.order[0]]))

    def _random(self, below: int) -> int:
        """A number that is as good as any: kicks must differ, and the same day must give the same order."""
        self._chance = (self._chance * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._chance >> 8) % below

    def shorten(self, touched: Iterable[int]) -> None:
        """Make every move that shortens it, beginning around some places."""
        waiting = list(touched)
        listed = set(waiting)
        while waiting:
            at = waiting.pop()
            listed.discard(at)
            while moved := self._turn_after(at) or self._exchange(at) or self._turn_before(at):
                fresh = [other for other in moved if other not in listed]
                waiting += fresh
                listed.update(fresh)

    def _turn_after(self, at: int) -> tuple[int, ...]:
        """Turn the piece after a place round, up to a near one that follows it then; the places that it touched."""
        order, place, forth, count = self.order, self._place, self._forth, len(self.order)
        begin, row = place[at] + 1, forth[at]
        head = order[begin - count]
        for tail in self._onward[at]:
            gain = row[head] - row[tail]
            if gain <= _SLACK:
                break
            end = place[tail]
            if end >= begin:
                after = order[end + 1 - count]
                gain += forth[tail][after] - forth[head][after] + self._excess[end] - self._excess[begin]
                if gain > _SLACK:
                    self._turn(begin, end)
                    return at, head, tail, after
        return ()

    def _turn_before(self, at: int) -> tuple[int, ...]:
        """Turn the piece before a place round, from a near one that it follows then; the places that it touched."""
        order, place, forth, back = self.order, self._place, self._forth, self._back
        end, row = (place[at] or len(order)) - 1, back[at]
        tail = order[end]
        for head in self._hither[at]:
            gain = row[tail] - row[head]
            if gain <= _SLACK:
                break
            begin = place[head]
            if 0 < begin < end:
                before = order[begin - 1]
                gain += forth[before][head] - forth[before][tail] + self._excess[end] - self._excess[begin]
                if gain > _SLACK:
                    self._turn(begin, end)
                    return at, tail, head, before
        return ()

    def _turn(self, begin: int, end: int) -> None:
        order = self.order
        self._put(order[:begin] + order[begin : end + 1][::-1] + order[end + 1 :])

    def _exchange(self, at: int) -> tuple[int, ...]:
        """Let two pieces that follow each other change places, so that a near place comes after this one.

        The ways that are cut lead from `at` to `head`, to `near`, and from `last` to `after`.
        """
        order, place, forth, count = self.order, self._place, self._forth, len(self.order)
        here, row = place[at], forth[at]
        head = order[here + 1 - count]
        to_head, hither = self._back[head], self._hither[head]
        for near in self._onward[at]:
            gain = row[head] - row[near]
            if gain <= _SLACK:
                break
            cut = place[near]
            before = order[cut - 1]
            from_before = forth[before]
            gain += from_before[near]
            for last in hither:
                if gain - to_head[last] <= _SLACK:
                    break
                end = place[last]
                if cut <= end if cut > here else cut <= end < here:
                    after = order[end + 1 - count]
                    if gain - to_head[last] + forth[last][after] - from_before[after] > _SLACK:
                        self._put(_exchanged(order, here + 1, cut, end + 1))
                        return at, head, near, before, last, after
        return ()

    def kick(self, times: int) -> None:
        """Exchange two pieces by chance again and again, and keep the shortest way that comes of it."""
        count, length = len(self.order), self._length()
        kept = best = self.order, self._place, self._excess
        shortest = length
        for left in range(times, 0, -1):
            begin = 1 + self._random(count - 3)
            room = min(_WINDOW, count - begin) + 1
            cuts = sorted({begin + self._random(room) for _ in range(3)})
            if len(cuts) < 3:
                continue
            self._put(_exchanged(self.order, *cuts))
            self.shorten([kept[0][place - count] for cut in cuts for place in (cut - 1, cut)])
            found = self._length()
            if found < length + _TOLERATED * shortest * left / times - _SLACK:
                length, kept = found, (self.order, self._place, self._excess)
                if length < shortest - _SLACK:
                    shortest, best = length, kept
            self.order, self._place, self._excess = kept
        self.order, self._place, self._excess = best


def _nearest(row: Sequence[float], at: int) -> list[int]:
    """The places nearest to one; of the origin, which is as near to all, every one."""
    others = sorted((other for other in range(len(row)) if other != at), key=row.__getitem__)
    return others if at == len(row) - 1 else others[:_NEIGHBOURS]


def _exchanged(order: list[int], *cuts: int) -> list[int]:
    """The pieces between three cuts in each other's place; the origin stays where it is."""
    one, two, three = sorted(cuts)
    if one == 0:  # what follows the last place is the origin
        return order[:two] + order[three:] + order[two:three]
    return order[:one] + order[two:three] + order[one:two] + order[three:]
