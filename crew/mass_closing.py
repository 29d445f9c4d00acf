"""Ends many orders in one go, as after a storm, and tells beforehand what that does. Above the store, below field work.

The same rules as for one order. What a service or a reason asks for is waived where the person may do so, and the
history of each order says it; an order that cannot be ended hinders no other, and is named.
"""

from collections import Counter
from typing import TYPE_CHECKING

from crew.domain.change import Demand, StatusChange, Waiver
from crew.domain.demands import lacking
from crew.domain.permissions import Verb
from crew.domain.person import why_not
from crew.domain.plain_text import clean_line, clean_text
from crew.domain.value import Value, replace
from crew.domain.wording import PUBLIC_NOTE_LIMIT
from crew.domain.work_order import WorkStatus
from crew.moving import Moved, Moving, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crew.doing import Hand
    from crew.domain.work_order import WorkOrder

_UNDER_WAY = (WorkStatus.ON_THE_WAY, WorkStatus.WORKING)


class OfService(Value):
    """The orders of one service that would end, and what the reporters of one of them would read."""

    name: str
    count: int
    sentence: str


class ClosePreview(Value):
    """What a closing would do.

    Attributes:
        services: The orders that would end, by service, most first.
        requests: How many reports are answered by it.
        without: How many would end without something that is asked for, by what that is.
        under_way: Orders that a crew has said to be on the way to, or to work on.
        refused: Orders that would stay open.
    """

    services: tuple[OfService, ...]
    requests: int
    without: tuple[tuple[Demand, int], ...]
    under_way: tuple[str, ...]
    refused: tuple[Refused, ...]

    @property
    def count(self) -> int:
        """How many orders would end."""
        return sum(service.count for service in self.services)


class MassClosing(Moving):
    """Endings of many orders on one device. All of it blocks on the disk."""

    def close(self, order_ids: "Sequence[str]", ending: StatusChange, grace_seconds: float = 0) -> Moved:
        """End orders alike. On disk when it returns, all in one go.

        Args:
            order_ids: The orders.
            ending: How each ends, without what is asked for where the person may waive it.
            grace_seconds: How long the endings stay here so that they can be undone.

        Raises:
            NotAllowed: None of them can be ended; the sentence is the first one's.
            FreeSpace: The disk is full; nothing was ended.
        """
        cleaned = _cleaned(ending)
        return self._do_to_each(order_ids, lambda hand, order: _with_waiver(hand, order, cleaned), grace_seconds)

    def preview_close(self, order_ids: "Sequence[str]", ending: StatusChange) -> ClosePreview:
        """What `close` would do now; nothing is written."""
        ending, hand = _cleaned(ending), self._hand()
        counts: Counter[str] = Counter()
        without: Counter[Demand] = Counter()
        sentences: dict[str, str] = {}
        acted, refused = self._tried(hand, order_ids, lambda hand, order: _with_waiver(hand, order, ending), 0)
        for order, change in acted:
            assert isinstance(change.act, StatusChange)  # noqa: S101 - as it was asked for
            counts[order.service_name] += 1
            without.update(change.act.waiver.what if change.act.waiver else ())
            sentences.setdefault(order.service_name, change.act.public_text)
        services = tuple(OfService(name, count, sentences[name]) for name, count in counts.most_common())
        requests = sum(max(1, len(order.requests)) for order, _ in acted)
        under_way = tuple(order.id for order, _ in acted if order.work_status in _UNDER_WAY)
        return ClosePreview(services, requests, tuple(without.most_common()), under_way, tuple(refused))


def _cleaned(ending: StatusChange) -> StatusChange:
    note, words = clean_text(ending.note), clean_line(ending.public_note, PUBLIC_NOTE_LIMIT)
    return replace(ending, note=note, public_note=words)


def _with_waiver(hand: "Hand", order: "WorkOrder", ending: StatusChange) -> StatusChange:
    """The ending with a waiver of what it lacks; what the citizen reads cannot be waived."""
    what = tuple(demand for demand in lacking(order, ending, hand.wording) if demand is not Demand.WORDS)
    if not what or why_not(hand.person, Verb.WAIVE, order.crew):
        return ending
    return replace(ending, waiver=Waiver(what, hand.person.called))
