"""How a work order stands in its row of the store: what lists show of it, and how that is written. Store layer."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from crew.domain.approving import to_approve
from crew.domain.citizen_answers import headline
from crew.domain.work_order import WorkOrder
from crew.store.database import Row, to_column

if TYPE_CHECKING:
    from crew.store.time_rules import TimeRulesTable

HEADLINE_LIMIT: Final = 160
"""Characters of the citizen's text that the list keeps."""

_LINE: Final = (
    "service_name", "address", "ended", "crew", "crew_title", "headline", "work_status", "waiting_reason", "escalation",
    "due_at", "updated_at", "lat", "long", "photo_count", "request_count", "needs_look",
    "priority", "untriaged", "requested_at", "left_seconds", "answer_to", "answer_by", "to_approve",
)  # fmt: skip
"""What the list shows of an order, first what it is found by."""
WORDED: Final = 3
"""How many of them those are."""

_STORED: Final = ("id", "generation", "version", "linked_to", *_LINE)
SHOW: Final = f"UPDATE orders SET {', '.join(f'{column} = ?' for column in _LINE)} WHERE id = ?"  # noqa: S608 - our own names
SHOW_ALIKE: Final = f"UPDATE orders SET {', '.join(f'{column} = ?' for column in _LINE[WORDED:])} WHERE id = ?"  # noqa: S608 - our own names
"""Asks no trigger whether the words of an order have changed, which takes half of the time."""
_MOVED: Final = ("crew", "crew_title", "work_status", "waiting_reason", "untriaged")
SHOW_MOVED: Final = (
    f"UPDATE orders SET {', '.join(f'{column} = ?' for column in _MOVED)}, updated_at = MAX(updated_at, ?) WHERE id = ?"  # noqa: S608 - our own names
)
"""What a move changes in a line; `updated_at` alone depends on the order."""
PUT: Final = (
    f"INSERT INTO orders ({', '.join(_STORED)}) VALUES ({', '.join('?' * len(_STORED))}) ON CONFLICT (id) DO "  # noqa: S608 - our own names
    f"UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in _STORED[1:])}"
)
"""Not INSERT OR REPLACE, which deletes the row and all that the indexes know of it first."""
PUT_COPY: Final = (
    "INSERT INTO order_copies (id, server) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET server = excluded.server"
)


def is_found_alike(before: WorkOrder, order: WorkOrder) -> bool:
    """Whether an order is found by the same words as before."""
    return (before.service_name, before.address, before.work_status.ended) == (
        order.service_name,
        order.address,
        order.work_status.ended,
    )


def moved_line(moved: WorkOrder, made_at: datetime) -> Row:
    """The values of `SHOW_MOVED` but for the order's number, from any that was moved alike, and when that was."""
    return (
        moved.crew,
        moved.crew_title,
        moved.work_status.value,
        moved.waiting_reason,
        int(moved.is_untriaged),
        to_column(made_at),
    )


def line_of(shown: WorkOrder, time_rules: "TimeRulesTable") -> Row:
    """The values of `_LINE`. A clock that stands has no deadline, and the list tells what is left instead."""
    stands = shown.paused_at is not None and not shown.work_status.ended
    left = time_rules.deadlines().left(shown) if stands else None
    raised = shown.unanswered
    return (
        shown.service_name,
        shown.address,
        int(shown.work_status.ended),
        shown.crew,
        shown.crew_title,
        headline(shown)[:HEADLINE_LIMIT],
        shown.work_status.value,
        shown.waiting_reason,
        shown.escalation,
        to_column(shown.due_at if left is None else None),
        to_column(shown.updated_at),
        shown.lat,
        shown.long,
        len(shown.photos),
        max(1, len(shown.requests)),
        int(shown.needs_look),
        shown.priority.value,
        int(shown.is_untriaged),
        to_column(shown.requested_at),
        None if left is None else left // timedelta(seconds=1),
        None if raised is None else raised.to,
        None if raised is None else to_column(raised.by),
        int(bool(to_approve(shown))),
    )
