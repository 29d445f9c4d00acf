"""The photos of posts: how long a post waits for one, which it carries, and what is posted where. Backend layer.

A post leaves once: with the photo as soon as somebody has approved one, without where nobody has in time.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, insert, or_, select, update

from crew.backend.notices.states import State, post_way
from crew.backend.schema import notice_events, notices, posted_photos
from crew.domain.approving import to_approve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.notice_kinds import AnyKind
    from crew.backend.post_settings import PostSettings
    from crew.domain.work_order import PhotoHash, WorkOrder

_DONE: Final = "done"
_MOST_PHOTOS: Final = 1
"""Of several Apprise makes several posts on some accounts, and an event is posted once."""


def waits_until(city: "City", way: str, order: "WorkOrder", kind: "AnyKind") -> datetime | None:
    """Until when a post waits for a word about a photo; None where it waits for nothing."""
    post = next((post for post in city.settings.posts if post_way(post.name) == way), None)
    if post is None or not post.photos or kind != _DONE or not to_approve(order):
        return None
    return city.clock() + timedelta(hours=post.photo_wait_hours)


def let_go(connection: "Connection", city: "City", order: "WorkOrder") -> bool:
    """Let the posts of an order leave that wait for a word about its photos, where nothing is to be said any more.

    Returns:
        Whether there were any.
    """
    ways = [post_way(post.name) for post in city.settings.posts if post.photos]
    if not ways or to_approve(order):
        return False
    now = city.clock()
    of_order = select(notice_events.c.id).where(notice_events.c.order_id == order.id)
    waiting = and_(
        notices.c.event_id.in_(of_order),
        notices.c.kind == _DONE,
        notices.c.way.in_(ways),
        notices.c.state == State.WAITING,
        notices.c.attempts == 0,
        notices.c.next_try_at > now,
        or_(notices.c.leased_until.is_(None), notices.c.leased_until <= now),
    )
    return bool(connection.execute(update(notices).where(waiting).values(next_try_at=now)).rowcount)


def carried(order: "WorkOrder", kind: "AnyKind", post: "PostSettings") -> "Sequence[PhotoHash]":
    """The photos that a post shows."""
    return order.approved[:_MOST_PHOTOS] if post.photos and kind == _DONE else ()


def note_carried(city: "City", notice_id: str, hashes: "Iterable[str]") -> None:
    """Write down, before a post is handed over, what it shows."""
    rows = [{"notice_id": notice_id, "sha256": sha256} for sha256 in hashes]
    with city.database.writing() as connection:
        connection.execute(delete(posted_photos).where(posted_photos.c.notice_id == notice_id))
        if rows:
            connection.execute(insert(posted_photos), rows)


def ways_showing(connection: "Connection", order_id: str, hashes: "Iterable[str]") -> list[str]:
    """The ways on which a post about an order may show one of some photos."""
    question = (
        select(notices.c.way)
        .join(posted_photos, posted_photos.c.notice_id == notices.c.id)
        .join(notice_events, notice_events.c.id == notices.c.event_id)
        .where(notice_events.c.order_id == order_id, posted_photos.c.sha256.in_(list(hashes)))
        .where(or_(notices.c.state == State.SENT, notices.c.attempts > 0))
        .distinct()
        .order_by(notices.c.way)
    )
    return list(connection.scalars(question))


def shows_withdrawn(connection: "Connection", order: "WorkOrder", way: str) -> bool:
    """Whether a post about an order has left that shows a photo which is not approved any more."""
    question = (
        select(posted_photos.c.sha256)
        .join(notices, notices.c.id == posted_photos.c.notice_id)
        .join(notice_events, notice_events.c.id == notices.c.event_id)
        .where(notice_events.c.order_id == order.id, notices.c.way == way, notices.c.state == State.SENT)
    )
    return bool(set(connection.scalars(question)) - set(order.approved))
