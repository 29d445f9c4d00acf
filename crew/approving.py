"""Photos of finished work for the city's posts and feeds: shown with the words beside them, approved or kept out.

Above the store, below field work. An act like any other: offline, under the same rules as at the backend, taken back
while it waits, and by its opposite afterwards.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from crew.domain.change import Approval
from crew.domain.permissions import Verb
from crew.domain.person import why_not
from crew.domain.value import replace
from crew.mass_closing import MassClosing

if TYPE_CHECKING:
    from crew.day_told import ToDecide
    from crew.domain.change import Change
    from crew.domain.posting import Posting
    from crew.domain.work_order import PhotoHash, WorkOrder


class Approving(MassClosing):
    """What may be said of a photo, and what waits for it."""

    def posting(self) -> "Posting":
        """Where approved photos go in this city, as far as this device knows."""
        return self._store.posting.known()

    def to_approve(self) -> "tuple[WorkOrder, ...]":
        """The finished orders with photos that the person may approve for the city's posts, the latest first."""
        device = self.signed_in()
        if device is None or device.person.grant(Verb.APPROVE) is None or not (posting := self.posting()).asks:
            return ()
        from crew.domain.post_words import is_awaited  # few cities want it

        now, person = self._clock(), device.person
        found = self._store.orders.to_approve(now - timedelta(hours=posting.listed_hours))
        reached = (order for order in found if not why_not(person, Verb.APPROVE, order.crew))
        return tuple(order for order in reached if is_awaited(posting, order, now))

    def to_decide(self) -> "ToDecide":
        """Everything that waits for a person, photos for the city's posts among it."""
        return replace(super().to_decide(), to_approve=self.to_approve())

    def approve(self, order_id: str, photo: "PhotoHash", *, given: bool = True, grace_seconds: float = 0) -> "Change":
        """Let a photo of finished work stand in the city's posts and feeds, or keep it out of them.

        Raises as `set_status`.
        """
        return self._make(self.order(order_id).id, Approval(photo, given), grace_seconds)

    def post_previews(self, order: "WorkOrder") -> tuple[tuple[str, str], ...]:
        """Where a photo of an order that is done is shown once it is approved, and the words beside it, exactly."""
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        from crew.domain.post_words import previews  # few days need it

        posting = self.posting()
        try:
            zone = ZoneInfo(posting.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            zone = None
        return tuple(previews(posting, order, zone or self._zone))

    def has_whole(self, photo: "PhotoHash") -> bool:
        """Whether this device has the photo itself, not its thumbnail alone: faces and plates are seen in that only."""
        return self._store.photos.has(photo)
