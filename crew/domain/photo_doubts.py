"""What is odd about a photo before it is kept: taken elsewhere, at another time, or seen before. Domain layer; pure.

A doubt is told, never a reason to refuse: cameras lose their clock and their place, and the person stands there.
"""

from datetime import datetime, timedelta
from typing import Final

from crew.domain.place import Point, distance_metres, place_of
from crew.domain.value import Value
from crew.domain.work_order import WorkOrder

NEAR_METRES: Final = 150.0
"""A phone between houses is off by tens of metres, and a report's place by as much again."""

RECENT: Final = timedelta(hours=12)
"""A shift: the photo of a job is taken in it."""

_CLOCKS_DIFFER: Final = timedelta(minutes=10)


class Earlier(Value):
    """A photo that was kept on this device before.

    Attributes:
        order_id: The order that it was kept for; empty where that is not known.
        kept_at: When.
        same: It is the same file, not only nearly the same picture.
    """

    order_id: str
    kept_at: datetime
    same: bool


class PhotoDoubts(Value):
    """What a person should look at once more.

    Attributes:
        metres: How far from the order's place it was taken, where that is far.
        taken_at: When it was taken, where that is long ago or not yet.
        earlier: The same or nearly the same picture that is here already.
    """

    metres: float | None = None
    taken_at: datetime | None = None
    earlier: Earlier | None = None

    @property
    def any(self) -> bool:
        """Whether there is anything to look at."""
        return self != PhotoDoubts()


def doubts_about(
    order: WorkOrder, place: Point | None, taken_at: datetime | None, now: datetime, earlier: Earlier | None = None
) -> PhotoDoubts:
    """Compare what a camera wrote with the order that the photo is for.

    Args:
        order: The work order.
        place: Where the photo was taken, or None where the camera does not say.
        taken_at: When, aware, or None.
        now: The current time, aware.
        earlier: A picture of this device that it resembles.
    """
    metres = None
    ordered = place_of(order)
    if place is not None and ordered is not None:
        metres = distance_metres(ordered, place)
    odd_time = taken_at is not None and not now - RECENT <= taken_at <= now + _CLOCKS_DIFFER
    return PhotoDoubts(
        metres=metres if metres is not None and metres > NEAR_METRES else None,
        taken_at=taken_at if odd_time else None,
        earlier=earlier,
    )
