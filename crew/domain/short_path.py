"""A short way through many places: 2-opt and Or-opt on neighbours, with small kicks. Domain layer; pure and repeatable.

The open way is a closed one through a place that is near to all: where that place stands, the way begins and ends. A
first place that is given is tied to it. Where the way back is another one, the mean of both counts first, as a piece
that is turned round must stay as long; then each direction for itself (`crew.domain.directed_path`).
"""

from collections.abc import Sequence
from typing import Final

from crew.domain.directed_path import directed_path
from crew.domain.exact_path import MOST_PLACES, exact_path

_NEIGHBOURS: Final = 9
_KICKS_A_PLACE: Final = 6
_TIED: Final = -1e9
_SLACK: Final = 1e-7
_SAME_METRES: Final = 1.0
_WINDOW: Final = 24
_SEGMENT: Final = 3


def short_path(between: Sequence[Sequence[float]], first: Sequence[float] | None) -> list[int]:
    """An order of all places with a short way from each to the next.

    Args:
        between: The way from each place to each; another one back where there are one-ways.
        first: The way from the start to each place; None to begin anywhere.
    """
    count = len(between)
    if count <= MOST_PLACES:
        return exact_path(between, first)
    matrix = [
        [*((way + back) / 2 for way, back in zip(row, column, strict=True)), 0.0]
        for row, column in zip(between, zip(*between, strict=True), strict=True)
    ]
    near_all = count
    matrix.append([0.0] * (count + 1))
    if first is not None:
        for at in range(count):
            matrix[at].append(first[at])
        matrix[near_all].append(_TIED)
        matrix.append([*first, _TIED, 0.0])
    tour = _Tour(matrix)
    tour.shorten(range(len(matrix)))
    tour.kick(_KICKS_A_PLACE * count)
    order = tour.order
    begin = order.index(near_all)
    way = order[begin + 1 :] + order[:begin]
    if first is not None and way[0] != count + 1:
        way.reverse()
    found = [at for at in way if at < count]
    return found if _same_both_ways(between) else directed_path(found, between, first)


def _same_both_ways(between: Sequence[Sequence[float]]) -> bool:
    return all(
        abs(way - back) < _SAME_METRES
        for row, column in zip(between, zip(*between, strict=True), strict=True)
        for way, back in zip(row, column, strict=True)
    )


class _Tour:
    """A closed way, and how it is made shorter."""

    def __init__(self, matrix: list[list[float]]) -> None:
        self._matrix: Final = matrix
        count = len(matrix)
        self._near: Final = [
            sorted((other for other in range(count) if other != at), key=matrix[at].__getitem__)[:_NEIGHBOURS]
            for at in range(count)
        ]
        self.order = self._greedy()
        self._place = [0] * count
        self._renumber(0, count)
        self._chance = 12345

    def _greedy(self) -> list[int]:
        order, left = [0], set(range(1, len(self._matrix)))
        while left:
            row = self._matrix[order[-1]]
            order.append(min(left, key=lambda at: (row[at], at)))
            left.remove(order[-1])
        return order

    def _renumber(self, begin: int, end: int) -> None:
        for place in range(begin, end):
            self._place[self.order[place]] = place

    def _random(self, below: int) -> int:
        """A number that is as good as any: kicks must differ, and the same day must give the same order."""
        self._chance = (self._chance * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._chance >> 8) % below

    def length(self) -> float:
        """How long it is all round."""
        order = self.order
        return sum(self._matrix[order[place - 1]][order[place]] for place in range(len(order)))

    def shorten(self, touched: Sequence[int]) -> None:
        """Make every move that shortens it, beginning around some places."""
        waiting, listed = list(touched), set(touched)
        while waiting:
            at = waiting.pop()
            listed.discard(at)
            while moved := self._reversal(at) or self._transfer(at):
                fresh = [other for other in moved if other not in listed]
                waiting += fresh
                listed.update(fresh)

    def _reversal(self, at: int) -> tuple[int, ...]:
        """Turn a piece of the way round, so that `at` gets a nearer neighbour; the places that it touched."""
        order, place, matrix, count = self.order, self._place, self._matrix, len(self.order)
        for step in (1, -1):
            after = order[(place[at] + step) % count]
            old = matrix[at][after]
            for near in self._near[at]:
                gain = old - matrix[at][near]
                if gain <= _SLACK:
                    break
                beyond = order[(place[near] + step) % count]
                if gain + matrix[near][beyond] - matrix[after][beyond] > _SLACK:
                    if step == 1:
                        self._reverse(place[after], place[near])
                    else:
                        self._reverse(place[near], place[after])
                    return at, after, near, beyond
        return ()

    def _reverse(self, begin: int, end: int) -> None:
        """Turn the piece from one place to another round; the shorter side of the circle, which is the same."""
        count = len(self.order)
        if begin <= end:
            self.order[begin : end + 1] = self.order[begin : end + 1][::-1]
            self._renumber(begin, end + 1)
            return
        turned = (self.order[begin:] + self.order[: end + 1])[::-1]
        head = count - begin
        self.order[begin:], self.order[: end + 1] = turned[:head], turned[head:]
        self._renumber(begin, count)
        self._renumber(0, end + 1)

    def _transfer(self, at: int) -> tuple[int, ...]:
        """Move a few places that begin with `at` between two others; the places that it touched."""
        order, place, matrix, count = self.order, self._place, self._matrix, len(self.order)
        for length in range(1, min(_SEGMENT, count - 3) + 1):
            begin = place[at]
            last = order[(begin + length - 1) % count]
            before, after = order[begin - 1], order[(begin + length) % count]
            saved = matrix[before][at] + matrix[last][after] - matrix[before][after]
            if saved <= _SLACK:
                continue
            for near in self._near[at]:
                if matrix[at][near] >= saved:
                    break
                offset = (place[near] - begin) % count
                if offset < length:
                    continue
                behind = (near, order[(place[near] + 1) % count], at, last)
                ahead = (order[place[near] - 1], near, last, at)
                for one, other, head, tail in (behind, ahead):
                    if (
                        not all((place[end] - begin) % count >= length for end in (one, other))
                        or other == after == near
                    ):
                        continue
                    cost = matrix[one][head] + matrix[tail][other] - matrix[one][other]
                    if saved - cost > _SLACK:
                        self._move(begin, length, one, reverse=head != at)
                        return before, after, one, other, at, last
        return ()

    def _move(self, begin: int, length: int, after: int, *, reverse: bool) -> None:
        """Take out a piece and put it behind a place."""
        rolled = self.order[begin:] + self.order[:begin]
        piece, rest = rolled[:length], rolled[length:]
        if reverse:
            piece.reverse()
        at = rest.index(after) + 1
        self.order = rest[:at] + piece + rest[at:]
        self._renumber(0, len(self.order))

    def kick(self, times: int) -> None:
        """Cut the way into pieces again and again, join them otherwise, and keep what is shorter after that."""
        count = len(self.order)
        if count < 8:
            return
        best, best_length = self.order[:], self.length()
        for _ in range(times):
            begin = self._random(count)
            rolled = self.order[begin:] + self.order[:begin]
            cuts = sorted({1 + self._random(min(_WINDOW, count - 1)) for _ in range(3)})
            if len(cuts) < 3:
                continue
            one, two, three = cuts
            self.order = rolled[:one] + rolled[two:three] + rolled[one:two] + rolled[three:]
            self._renumber(0, count)
            self.shorten([rolled[0], *(rolled[at] for cut in cuts for at in (cut - 1, cut % count))])
            length = self.length()
            if length < best_length - _SLACK:
                best, best_length = self.order[:], length
            else:
                self.order = best[:]
                self._renumber(0, count)
        self.order = best
        self._renumber(0, count)
