"""Which photos the public may see: what a citizen sent, and the finished work once its order is closed. Backend layer.

A photo that a crew took before or during the work is shown to nobody outside: it may show a person or a plate. Neither
is one that somebody has withdrawn, on whatever order.
"""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, or_, select

from crew.backend import schema
from crew.backend.prepared import Prepared
from crew.domain.value import Value
from crew.domain.work_order import PhotoRole, PublicStatus, WorkStatus

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row, Select

    from crew.backend.prepared import View


class PublicPhoto(Value):
    """A photo that anybody may see.

    Attributes:
        order_id: The order it belongs to.
        sha256: Its name.
        role: Which side of the repair it shows.
        width: In pixels.
        height: In pixels.
    """

    order_id: str
    sha256: str
    role: PhotoRole
    width: int
    height: int


def public_photos(connection: "Connection", order_ids: Iterable[str]) -> list[PublicPhoto]:
    """The public photos of some orders, in the order in which each order holds them."""
    question = _question().where(schema.order_photos.c.order_id.in_(list(order_ids)))
    return [_photo(row) for row in connection.execute(question)]


def public_photos_of(view: "View", order_id: str) -> list[PublicPhoto]:
    """The public photos of one order, by a prepared question."""
    return [_photo(row) for row in _of_one_order().all(view, order_id=order_id)]


def _question() -> "Select[Any]":
    shown, photos, orders = schema.order_photos, schema.photos, schema.work_orders
    return (
        select(shown.c.order_id, shown.c.sha256, shown.c.role, photos.c.width, photos.c.height)
        .join(photos, photos.c.sha256 == shown.c.sha256)
        .join(orders, orders.c.id == shown.c.order_id)
        .where(_is_public())
        .order_by(shown.c.order_id, shown.c.position)
    )


@cache
def _of_one_order() -> Prepared:
    return Prepared(_question().where(schema.order_photos.c.order_id == bindparam("order_id")))


def _photo(row: "Row[Any]") -> PublicPhoto:
    return PublicPhoto(row.order_id, row.sha256, PhotoRole(row.role), row.width, row.height)


class ApprovedPhoto(Value):
    """A photo of finished work that somebody approved for the city's posts and feeds."""

    order_id: str
    sha256: str
    byte_count: int


def approved_photos(connection: "Connection", order_ids: Iterable[str]) -> list[ApprovedPhoto]:
    """What feeds show of some orders, in the order in which each order holds them."""
    shown, photos, orders = schema.order_photos, schema.photos, schema.work_orders
    question = (
        select(shown.c.order_id, shown.c.sha256, photos.c.byte_count)
        .join(photos, photos.c.sha256 == shown.c.sha256)
        .join(orders, orders.c.id == shown.c.order_id)
        .where(shown.c.order_id.in_(list(order_ids)), shown.c.approved.is_(True), photos.c.withdrawn.is_(False))
        .where(orders.c.work_status == WorkStatus.DONE.value)
        .order_by(shown.c.order_id, shown.c.position)
    )
    return [ApprovedPhoto(*row) for row in connection.execute(question)]


def is_withdrawn(connection: "Connection", sha256: str) -> bool:
    """Whether there is such a photo, and somebody has hidden it."""
    withdrawn = select(schema.photos.c.withdrawn).where(schema.photos.c.sha256 == sha256)
    return bool(connection.scalar(withdrawn))


def is_public(connection: "Connection", sha256: str) -> bool:
    """Whether anybody may see the photo, because it is a public one of at least one order."""
    shown, photos, orders = schema.order_photos, schema.photos, schema.work_orders
    question = (
        select(shown.c.sha256)
        .join(photos, photos.c.sha256 == shown.c.sha256)
        .join(orders, orders.c.id == shown.c.order_id)
        .where(shown.c.sha256 == sha256, _is_public())
        .limit(1)
    )
    return connection.execute(question).first() is not None


def _is_public() -> "ColumnElement[bool]":
    shown, photos, orders = schema.order_photos, schema.photos, schema.work_orders
    from_citizen = and_(shown.c.role == PhotoRole.BEFORE.value, photos.c.device_id == "")
    finished = and_(shown.c.role == PhotoRole.AFTER.value, orders.c.public_status == PublicStatus.CLOSED.value)
    return and_(photos.c.withdrawn.is_(False), or_(from_citizen, finished))
