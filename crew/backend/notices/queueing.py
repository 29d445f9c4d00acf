"""The notice outbox: what a citizen should hear of is written with the event, in its transaction. Backend layer.

Delivers nothing (delivery.py), and holds no texts (notice_mail.py).
"""

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import and_, insert, select, update

from crew.backend import schema
from crew.backend.contacts import requests_with_mail
from crew.backend.database import set_setting
from crew.backend.notices.quiet_addresses import is_quiet

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.domain.work_order import WorkOrder

Kind = Literal["received", "closed"]
"""What a notice tells: the report was received, or its work order has ended."""

NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""`next_try_at` of a notice that was given up: kept, with its problem, and never tried again."""

TOLD_BEFORE: Final = "A backup was restored; this may have been mailed before that, and is not mailed again."
"""`last_problem` of a notice that was given up for that reason."""

_TOLD: Final = {"next_try_at": NEVER, "last_problem": TOLD_BEFORE}
_SILENT_BEFORE: Final = "silent_before"


def queue(connection: "Connection", city: "City", order: "WorkOrder", kind: Kind) -> None:
    """Write a notice for every linked service request that has a mail address, in the transaction of the event.

    The same event queued twice is one notice: its id is made from request, kind, order and version. What
    happened before the moment of `silence_before` is written and not mailed.
    """
    for request_id in requests_with_mail(connection, order.id):
        notice_id = notice_id_of(request_id, kind, order.version, order.id)
        there = select(schema.notices.c.id).where(schema.notices.c.id == notice_id)
        if connection.execute(there).first() or is_quiet(connection, request_id):
            continue
        now = city.clock()
        first_try = {"next_try_at": now} if _may_be_news(connection, order) else _TOLD
        row = {"id": notice_id, "request_id": request_id, "kind": kind, "created_at": now}
        connection.execute(insert(schema.notices).values(**row, **first_try, attempts=0))


def notice_id_of(request_id: str, kind: str, version: int, order_id: str) -> str:
    """Names a notice by its event. Versions count for one order, so another order that answers is named too."""
    where = "" if order_id == request_id else f"\0{order_id}"
    return hashlib.sha256(f"{request_id}\0{kind}\0{version}{where}".encode()).hexdigest()[:32]


def silence_before(connection: "Connection", moment: datetime) -> int:
    """Take citizens to know of what happened before a moment: a restored city must not mail them all anew.

    Devices send again what a restored city has forgotten, so this holds for notices to come, too.

    Returns:
        How many waiting notices will not be mailed.
    """
    set_setting(connection, _SILENT_BEFORE, moment.isoformat())
    notices = schema.notices
    waiting = and_(notices.c.sent_at.is_(None), notices.c.next_try_at != NEVER, notices.c.created_at < moment)
    return connection.execute(update(notices).where(waiting).values(**_TOLD)).rowcount


def _may_be_news(connection: "Connection", order: "WorkOrder") -> bool:
    """Whether the last event of an order is one that its citizens cannot have heard of before a restore."""
    settings = schema.settings
    silent_before = connection.scalar(select(settings.c.value).where(settings.c.name == _SILENT_BEFORE))
    return silent_before is None or order.history[-1].at >= datetime.fromisoformat(silent_before)
