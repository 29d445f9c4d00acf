"""Writes what was said of photos for the city's posts, and what follows for those. Backend layer; decides nothing."""

from typing import TYPE_CHECKING

from sqlalchemy import and_, update

from crew.backend.notices import queueing
from crew.backend.notices.post_photos import let_go
from crew.backend.order_loading import load_order
from crew.backend.schema import order_photos
from crew.domain.approving import without_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.domain.work_order import PhotoHash, WorkOrder


def write_approvals(connection: "Connection", city: "City", before: "WorkOrder", after: "WorkOrder") -> None:
    """Write what is approved and declined of an order by now, in the transaction of the change.

    A post that waited for it leaves; one that shows what is not approved any more, while the work is still done, is
    corrected. Work that was opened again is corrected by its own event.
    """
    if (before.approved, before.declined) != (after.approved, after.declined):
        silent = {*before.approved, *before.declined} - {*after.approved, *after.declined}
        for hashes, word in ((silent, None), (after.approved, True), (after.declined, False)):
            _say(connection, after.id, hashes, word)
        if after.work_status.ended:
            queueing.queue_correction(connection, city, after, set(before.approved) - set(after.approved))
    if let_go(connection, city, after):
        city.database.bell.note(queueing.NOTICES)


def forget_word(connection: "Connection", city: "City", order_id: str, photo: "PhotoHash") -> None:
    """Let nothing have been said of a photo of an order, which is hidden; its posts leave or are corrected."""
    order = load_order(connection, city.catalogue, order_id)
    if order is not None:
        write_approvals(connection, city, order, without_word(order, photo))


def _say(connection: "Connection", order_id: str, hashes: "Iterable[str]", word: bool | None) -> None:
    of_order = and_(order_photos.c.order_id == order_id, order_photos.c.sha256.in_(tuple(hashes)))
    connection.execute(update(order_photos).where(of_order).values(approved=word))
