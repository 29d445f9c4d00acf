"""Moves work between crews, one order or hundreds in one go. Above the store, below field work.

What is moved is told beforehand as it will be: the same rules, on the orders as they stand. An order that cannot be
moved hinders no other, and is named.
"""

from collections import Counter
from typing import TYPE_CHECKING

from crew.deciding import Deciding
from crew.doing import Hand
from crew.domain.change import Act, Assignment, Change
from crew.domain.errors import CorrectInput, NotAllowed
from crew.domain.plain_text import clean_line
from crew.domain.value import Value
from crew.domain.work_order import OrderId, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    ActFor = Callable[[Hand, WorkOrder], Act]
    """What is done to an order, where many are done to in one go."""

_UNDER_WAY = (WorkStatus.ON_THE_WAY, WorkStatus.WORKING)


class Refused(Value):
    """An order that an act was not done to, and why, as a sentence."""

    order_id: str
    sentence: str


class Moved(Value):
    """What an act on many orders did.

    Attributes:
        changes: One for each order that it was done to.
        refused: The others.
    """

    changes: tuple[Change, ...]
    refused: tuple[Refused, ...]


class MovePreview(Value):
    """What a move would do.

    Attributes:
        crew: Where to; empty for the pool.
        from_crews: How many orders leave each crew, by its name, most first.
        under_way: Orders that a crew has said to be on the way to, or to work on: that begins anew.
        unsent: Orders with changes of this device that the backend has not heard of.
        refused: Orders that would stay.
    """

    crew: str
    from_crews: tuple[tuple[str, int], ...]
    under_way: tuple[str, ...]
    unsent: int
    refused: tuple[Refused, ...]

    @property
    def count(self) -> int:
        """How many orders would move."""
        return sum(count for _, count in self.from_crews)


class Moving(Deciding):
    """Moves of one device. All of it blocks on the disk."""

    def move(self, order_ids: "Sequence[str]", crew: str, reason: str, grace_seconds: float = 0) -> Moved:
        """Move orders to a crew, or to the pool where `crew` is empty. On disk when it returns, all in one go.

        Args:
            order_ids: The orders.
            crew: Where to.
            reason: Why, for both crews; internal.
            grace_seconds: How long the move stays here so that it can be undone.

        Raises:
            NotAllowed: None of them can be moved; the sentence is the first one's.
            FreeSpace: The disk is full; nothing was moved.
        """
        act = Assignment(crew, clean_line(reason))
        return self._do_to_each(order_ids, lambda _hand, _order: act, grace_seconds)

    def _do_to_each(self, order_ids: "Sequence[str]", act_for: "ActFor", grace_seconds: float) -> Moved:
        """Do an act to each of many orders, all in one go, or none where the disk is full.

        Raises:
            NotAllowed: It can be done to none of them; the sentence is the first one's.
            FreeSpace: The disk is full; nothing was done.
        """
        with self._store.transaction():
            hand = self._hand(grace_seconds)
            acted, refused = self._tried(hand, order_ids, act_for, self._store.device.last_sequence)
            if not acted:
                raise NotAllowed(refused[0].sentence if refused else "Nothing is chosen: choose at least one order.")
            self._write(hand, acted)
        self._latest = {change.id: order for order, change in acted}
        return Moved(tuple(change for _, change in acted), tuple(refused))

    def preview_move(self, order_ids: "Iterable[str]", crew: str) -> MovePreview:
        """What `move` would do now; nothing is written."""
        moved, refused = self._tried(self._hand(), order_ids, lambda _hand, _order: Assignment(crew), 0)
        orders = [order for order, _ in moved]
        return MovePreview(
            crew,
            from_crews=tuple(Counter(order.crew for order in orders).most_common()),
            under_way=tuple(order.id for order in orders if order.work_status in _UNDER_WAY),
            unsent=len(self._store.outbox.orders_waiting().intersection(order.id for order in orders)),
            refused=tuple(refused),
        )

    def _tried(
        self, hand: Hand, order_ids: "Iterable[str]", act_for: "ActFor", last_sequence: int
    ) -> tuple[list[tuple[WorkOrder, Change]], list[Refused]]:
        """Each order to which it can be done with its change, numbered from the last number on; and the others."""
        wanted = list(dict.fromkeys(map(OrderId, order_ids)))
        found = self._store.orders.found(wanted)
        acted, refused = dict[OrderId, tuple[WorkOrder, Change]](), list[Refused]()
        for order_id in wanted:
            try:
                order = found.get(order_id) or self.order(order_id)
                if order.id not in acted:
                    change = self._allowed(hand, order, act_for(hand, order), last_sequence + len(acted) + 1)
                    acted[order.id] = order, change
            except (NotAllowed, CorrectInput) as error:
                refused.append(Refused(order_id, error.sentence))
        return list(acted.values()), refused
