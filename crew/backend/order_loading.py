"""Work orders out of the database, as the domain knows them. Backend layer; only reads.

No reporter's name, mail or phone is ever asked for here: crews get what comes out of this module.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypedDict, TypeVar

from sqlalchemy import select

from crew.backend.kept import kept_of_row, kept_query
from crew.backend.schema import escalations, history, order_photos, photos, service_requests, work_orders
from crew.domain.value import replace
from crew.domain.work_order import (
    HistoryEntry,
    LinkedRequest,
    OrderId,
    Photo,
    PhotoHash,
    PhotoRole,
    Priority,
    PublicStatus,
    Raised,
    WorkOrder,
    WorkStatus,
)

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Row, Select

    from crew.backend.catalogue import Catalogue

_Part = TypeVar("_Part")
_CHUNK: Final = 500  # well below the 32,766 variables that SQLite takes in one question


def load_order(connection: "Connection", catalogue: "Catalogue", order_id: str) -> WorkOrder | None:
    """One work order, or None where there is no such."""
    return next(iter(load_orders(connection, catalogue, [order_id])), None)


def load_orders(connection: "Connection", catalogue: "Catalogue", ids: Sequence[str]) -> list[WorkOrder]:
    """Work orders in the order of their ids as given; ids that nobody knows are left out."""
    orders: list[WorkOrder] = []
    for start in range(0, len(ids), _CHUNK):
        orders += _load_chunk(connection, catalogue, ids[start : start + _CHUNK])
    return orders


def _load_chunk(connection: "Connection", catalogue: "Catalogue", ids: Sequence[str]) -> list[WorkOrder]:
    rows = {row.id: row for row in connection.execute(select(work_orders).where(work_orders.c.id.in_(ids)))}
    photos_of = _grouped(connection, _photos_query(ids), lambda row: (_photo(row), row))
    history_of = _grouped(connection, _history_query(ids), history_entry)
    requests_of = _grouped(connection, _requests_query(ids), _linked)
    kept_of = _grouped(connection, kept_query(ids), kept_of_row)
    answered_by = {row.id: row.order_id for row in connection.execute(_answered_query(ids))}
    raised = {
        row.order_id: _raised(row)
        for row in connection.execute(select(escalations).where(escalations.c.order_id.in_(ids)))
    }
    orders = (
        order_of_row(
            rows[name], catalogue, photos_of.get(name, ()), history_of.get(name, ()), requests_of.get(name, ())
        )
        for name in ids
        if name in rows
    )
    return [
        replace(
            order,
            linked_to=answered_by.get(order.id, ""),
            kept=tuple(kept_of.get(order.id, ())),
            raised=raised.get(order.id),
        )
        if order.id in answered_by or order.id in kept_of or order.id in raised
        else order
        for order in orders
    ]


def order_of_row(
    row: "Row[Any]",
    catalogue: "Catalogue",
    shown: "Sequence[tuple[Photo, Row[Any]]]",
    entries: Sequence[HistoryEntry],
    requests: Sequence[LinkedRequest],
) -> WorkOrder:
    """A row of the table of orders, with what was read beside it; each photo with what was said of it."""
    service = catalogue.service(row.service_code)
    return WorkOrder(
        id=OrderId(row.id),
        version=row.version,
        service_code=row.service_code,
        service_name=service.name,
        description=row.description,
        address=row.address,
        lat=row.lat,
        long=row.long,
        crew=row.crew,
        crew_title=catalogue.crews.get(row.crew, ""),
        work_status=WorkStatus(row.work_status),
        public_status=PublicStatus(row.public_status),
        requested_at=row.requested_at,
        updated_at=row.updated_at,
        due_at=row.due_at,
        working_hours=bool(service.due_working_hours),
        paused_at=row.paused_at,
        waiting_reason=row.waiting_reason,
        closure_reason=row.closure_reason,
        public_text=row.public_text,
        public_note=row.public_note,
        photo_required=service.photo_required,
        done_text=service.done_text,
        escalation=row.escalation,
        priority=Priority(row.priority),
        needs_look=row.needs_look,
        **_shown(shown),
        history=tuple(entries),
        requests=tuple(requests),
    )


class _Shown(TypedDict):
    """The photos of an order and what was said of them, under the names that it has for that."""

    photos: tuple[Photo, ...]
    withdrawn: tuple[PhotoHash, ...]
    approved: tuple[PhotoHash, ...]
    declined: tuple[PhotoHash, ...]


def _shown(shown: "Sequence[tuple[Photo, Row[Any]]]") -> _Shown:
    return _Shown(
        photos=tuple(photo for photo, _ in shown),
        withdrawn=tuple(photo.sha256 for photo, row in shown if row.withdrawn),
        approved=tuple(photo.sha256 for photo, row in shown if row.approved),
        declined=tuple(photo.sha256 for photo, row in shown if row.approved is False),
    )


def _grouped(
    connection: "Connection", query: "Select[Any]", make: "Callable[[Row[Any]], _Part]"
) -> dict[str, list[_Part]]:
    groups: dict[str, list[_Part]] = {}
    for row in connection.execute(query):
        groups.setdefault(row.order_id, []).append(make(row))
    return groups


def _photos_query(ids: Sequence[str]) -> "Select[Any]":
    return (
        select(order_photos, photos.c.byte_count, photos.c.width, photos.c.height, photos.c.withdrawn)
        .join_from(order_photos, photos)
        .where(order_photos.c.order_id.in_(ids))
        .order_by(order_photos.c.order_id, order_photos.c.position)
    )


def _history_query(ids: Sequence[str]) -> "Select[Any]":
    return select(*history_columns()).where(history.c.order_id.in_(ids)).order_by(history.c.id)


def _requests_query(ids: Sequence[str]) -> "Select[Any]":
    columns = (
        service_requests.c.order_id,
        service_requests.c.id,
        service_requests.c.description,
        service_requests.c.requested_at,
    )
    return (
        select(*columns)
        .where(service_requests.c.order_id.in_(ids))
        .order_by(service_requests.c.requested_at, service_requests.c.id)
    )


def _answered_query(ids: Sequence[str]) -> "Select[tuple[str, str]]":
    """Of orders whose own request is answered by another: both numbers. Where it stands once, there are no chains."""
    columns = (service_requests.c.id, service_requests.c.order_id)
    return select(*columns).where(columns[0].in_(ids), columns[1] != columns[0])


def _photo(row: "Row[Any]") -> Photo:
    return Photo(
        PhotoHash(row.sha256),
        PhotoRole(row.role),
        row.byte_count,
        row.width,
        row.height,
        row.taken_at,
        row.lat,
        row.long,
    )


def _raised(row: "Row[Any]") -> Raised:
    return Raised(row.at, row.person, row.reason, row.asked, row.answer_by, row.acknowledged_by, row.acknowledged_at)


def history_columns() -> "tuple[Column[Any], ...]":
    """What a line of history is read from."""
    return (history.c.order_id, history.c.at, history.c.person, history.c.text, history.c.note, history.c.change_id)


def history_entry(row: "Row[Any]") -> HistoryEntry:
    """A line of history."""
    return HistoryEntry(row.at, row.person, row.text, row.note, row.change_id)


def _linked(row: "Row[Any]") -> LinkedRequest:
    return LinkedRequest(row.id, row.description, row.requested_at)
