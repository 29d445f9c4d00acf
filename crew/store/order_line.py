"""What the list keeps of an order beside its copies, column by column. Store layer; opens nothing."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from crew.domain.citizen_answers import headline
from crew.domain.work_order import WorkOrder
from crew.store.database import Row, to_column

if TYPE_CHECKING:
    from crew.store.time_rules import TimeRulesTable

HEADLINE_LIMIT: Final = 160
"""Characters of the citizen's text that the list keeps."""

LINE: Final = (
    "crew", "crew_title", "service_name", "address", "headline", "work_status", "waiting_reason", "ended", "escalation",
    "due_at", "updated_at", "lat", "long", "photo_count", "request_count", "needs_look",
    "priority", "untriaged", "requested_at", "left_seconds", "answer_to", "answer_by",
)  # fmt: skip
"""What the list shows of an order."""


def line_of(shown: WorkOrder, time_rules: "TimeRulesTable") -> Row:
    """The values of `LINE`. A clock that stands has no deadline, and the list tells what is left instead."""
    stands = shown.paused_at is not None and not shown.work_status.ended
    left = time_rules.deadlines().left(shown) if stands else None
    raised = shown.unanswered
    return (
        shown.crew,
        shown.crew_title,
        shown.service_name,
        shown.address,
        headline(shown)[:HEADLINE_LIMIT],
        shown.work_status.value,
        shown.waiting_reason,
        int(shown.work_status.ended),
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
    )
