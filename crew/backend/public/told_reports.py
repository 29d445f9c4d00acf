"""What the page of a report tells, out of the database by prepared questions. Backend layer, only reads.

An order comes without what its reporter's page does not tell: photos that are not public, other reporters, escalations.
"""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from crew.backend.order_loading import history_columns, history_entry, order_of_row
from crew.backend.prepared import Prepared
from crew.backend.public.page_links import request_of_token
from crew.backend.public.public_photos import PublicPhoto, public_photos_of
from crew.backend.schema import history, reactions, service_requests, settings, work_orders
from crew.domain.value import Value

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from crew.backend.catalogue import Catalogue
    from crew.backend.prepared import View
    from crew.domain.work_order import WorkOrder


class Report(Value):
    """What somebody reported.

    Attributes:
        id: Its number.
        address: Where it is, as they said.
        lat: The same as a point; None where they gave none.
        long: The same.
        description: What they wrote.
        requested_at: When.
        reaction: The code of what they answered to the finished work; empty for nothing.
        order_row: The order that answers it, as its table has it.
    """

    id: str
    address: str
    lat: float | None
    long: float | None
    description: str
    requested_at: datetime
    reaction: str
    order_row: Any

    @property
    def version(self) -> tuple[str, int]:
        """What differs once the order that answers it has changed, or is another."""
        return self.order_row.id, self.order_row.version

    @property
    def due_at(self) -> datetime | None:
        """Until when it was promised."""
        due_at: datetime | None = self.order_row.due_at
        return due_at


class Told(Value):
    """What the page of a report tells.

    Attributes:
        report: What was reported.
        order: The order that answers it, with its history; None where its version is known.
        photos: Those that the public may see.
    """

    report: Report
    order: "WorkOrder | None" = None
    photos: tuple[PublicPhoto, ...] = ()


def told_reports(
    view: "View", catalogue: "Catalogue", tokens: "Iterable[str]", known: "Iterable[Hashable]"
) -> list[Told | None]:
    """What is told of some reports.

    Args:
        view: Of the database.
        catalogue: Names services and crews.
        tokens: What opens their pages; None is told where one opens none.
        known: The version of each that need not be told again; None for none.
    """
    secret = _secret().first(view)
    return [
        _told(view, catalogue, request_of_token(secret.value, token) if secret else None, version)
        for token, version in zip(tokens, known, strict=True)
    ]


def _told(view: "View", catalogue: "Catalogue", request_id: str | None, known: "Hashable") -> Told | None:
    row = _report().first(view, request_id=request_id) if request_id is not None else None
    if row is None:
        return None
    place = (row.asked_address, row.asked_lat, row.asked_long)
    report = Report(row.asked_id, *place, row.asked_description, row.asked_requested_at, row.reaction or "", row)
    if report.version == known:
        return Told(report)
    entries = [history_entry(line) for line in _history().all(view, order_id=row.id)]
    order = order_of_row(row, catalogue, (), entries, ())
    return Told(report, order, tuple(public_photos_of(view, order.id)))


@cache
def _secret() -> Prepared:
    return Prepared(select(settings.c.value).where(settings.c.name == "page_secret"))


@cache
def _report() -> Prepared:
    asked = service_requests.c
    own = (asked.id, asked.address, asked.lat, asked.long, asked.description, asked.requested_at)
    return Prepared(
        select(work_orders, *(column.label(f"asked_{column.key}") for column in own), reactions.c.reaction)
        .join_from(service_requests, work_orders, work_orders.c.id == asked.order_id)
        .outerjoin(reactions, reactions.c.request_id == asked.id)
        .where(asked.id == bindparam("request_id"))
    )


@cache
def _history() -> Prepared:
    mine = history.c.order_id == bindparam("order_id")
    return Prepared(select(*history_columns()).where(mine).order_by(history.c.id))
