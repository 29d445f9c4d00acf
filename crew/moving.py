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
from crew.domain.identity import ids_from
from crew.domain.plain_text import clean_line
from crew.domain.rules import apply
from crew.domain.value import Value
from crew.domain.work_order import OrderId, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crew.store.standing import Standing, Stands

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


class _Alike(Value):
    """Orders that stand alike: what the rules say of the first one holds for all."""

    first: WorkOrder
    changes: list[Change]
    """One for each of them, the first one's first."""


class Moving(Deciding):
    """Moves of one device. All of it blocks on the disk."""

    def crew_titles(self) -> dict[str, str]:
        """What people call the crews that this device knows of, by their codes: all where it was told, or its own."""
        device = self._store.device.signed_in()
        own = {device.person.crew: device.person.crew_title} if device else {}
        return {crew.name: crew.title for crew in self._store.device.crews()} | own

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
        with self._store.transaction():
            hand, last = self._hand(grace_seconds), self._store.device.last_sequence
            alike, refused = self._moves(hand, order_ids, act, last)
            if not alike:
                raise _nothing_done(refused)
            changes = sorted((change for one in alike for change in one.changes), key=lambda change: change.sequence)
            self._store.outbox.add(changes, hand.send_after)
            for one in alike:
                self._show_moved(one)
            self._store.device.last_sequence = last + len(changes)
        self._latest = {change.id: one.first for one in alike for change in one.changes}
        return Moved(tuple(changes), tuple(refused))

    def _moves(
        self, hand: Hand, order_ids: "Iterable[str]", act: Assignment, last_sequence: int
    ) -> tuple[list[_Alike], list[Refused]]:
        """The changes of a move, numbered from the last number on; and what stays.

        Of orders that stand alike the first one alone goes through the rules. Where that is refused the next one is
        asked about, as the sentence names it.
        """
        wanted, moved = list(dict.fromkeys(map(OrderId, order_ids))), set[OrderId]()
        alike: dict[Standing, _Alike] = {}
        refused: list[Refused] = []
        stands, ids = self._store.standing.of(wanted), ids_from(self._make_id())
        for order_id in wanted:
            sequence = last_sequence + len(moved) + 1
            try:
                order = stands.get(order_id) or self._stands(order_id)
                if order.order_id in moved:
                    continue
                if order.standing in alike:
                    change = hand.change(next(ids), sequence, order.order_id, order.version, act)
                else:
                    first = self.order(order.order_id)
                    change = self._allowed(hand, first, act, sequence, next(ids))
                    alike[order.standing] = _Alike(first, [])
                alike[order.standing].changes.append(change)
                moved.add(order.order_id)
            except (NotAllowed, CorrectInput) as error:
                refused.append(Refused(order_id, error.sentence))
        return list(alike.values()), refused

    def _stands(self, order_id: OrderId) -> "Stands":
        """How an order stands that may have got another number since. Raises as `order`."""
        number = self.order(order_id).id
        return self._store.standing.of([number])[number]

    def _show_moved(self, alike: _Alike) -> None:
        """Show what was moved; one that stands like no other is shown whole, as its clock may have stood."""
        first, after = alike.first, apply(alike.first, alike.changes[0], self.deadlines)
        if len(alike.changes) == 1:
            self._store.orders.show([(first, after)])
        else:
            moved = [change.order_id for change in alike.changes]
            self._store.standing.show_moved(moved, after, alike.changes[0].made_at)

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
                raise _nothing_done(refused)
            self._write(hand, acted)
        self._latest = {change.id: order for order, change in acted}
        return Moved(tuple(change for _, change in acted), tuple(refused))

    def preview_move(self, order_ids: "Iterable[str]", crew: str) -> MovePreview:
        """What `move` would do now; nothing is written."""
        alike, refused = self._moves(self._hand(), order_ids, Assignment(crew), 0)
        from_crews: Counter[str] = Counter()
        for one in alike:
            from_crews[one.first.crew] += len(one.changes)
        moved = {change.order_id: one.first for one in alike for change in one.changes}
        return MovePreview(
            crew,
            from_crews=tuple(from_crews.most_common()),
            under_way=tuple(order_id for order_id, like in moved.items() if like.work_status in _UNDER_WAY),
            unsent=len(self._store.outbox.orders_waiting().intersection(moved)),
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


def _nothing_done(refused: "Sequence[Refused]") -> NotAllowed:
    return NotAllowed(refused[0].sentence if refused else "Nothing is chosen: choose at least one order.")
