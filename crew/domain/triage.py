"""Triage: what is new gets its type, its priority and its crew in one act. Domain layer; pure."""

from crew.domain.change import Triage
from crew.domain.errors import NotAllowed
from crew.domain.value import replace
from crew.domain.work_order import WorkOrder, WorkStatus


def check_triage(order: WorkOrder) -> None:
    """Check that there is something left to decide about an order.

    Raises:
        NotAllowed: It has ended.
    """
    if order.work_status.ended:
        raise NotAllowed(f"{order.id} is {order.work_status.words}: there is nothing to triage.")


def after_triage(order: WorkOrder, act: Triage) -> WorkOrder:
    """The order as it was placed; the crew that has it already goes on with its work."""
    if act.service_code:
        order = replace(order, service_code=act.service_code, service_name=act.service_name or act.service_code)
    if act.priority is not None:
        order = replace(order, priority=act.priority)
    if act.crew and act.crew != order.crew:
        order = replace(order, crew=act.crew, crew_title="", work_status=WorkStatus.ASSIGNED, waiting_reason="")
    return order


def triage_before(before: WorkOrder, act: Triage, now: WorkOrder) -> Triage:
    """The act that sets back what another one gave.

    Args:
        before: The order before that.
        act: What was done.
        now: The order as it stands.

    Raises:
        NotAllowed: The order has gone on since, or would lose its crew.
    """
    placed = after_triage(before, act)
    if (placed.service_code, placed.priority, placed.crew) != (now.service_code, now.priority, now.crew):
        raise NotAllowed(f"{now.id} has gone on since. Triage it anew.")
    if placed.crew != before.crew and not before.crew:
        raise NotAllowed(f"{now.id} had no crew before, and {now.crew} knows of it. Move it to another one.")
    return Triage(
        service_code=before.service_code if act.service_code else "",
        service_name=before.service_name if act.service_code else "",
        priority=before.priority if act.priority else None,
        crew=before.crew if act.crew else "",
    )


def describe_triage(act: Triage) -> str:
    """The act in words."""
    given = (act.service_name or act.service_code, act.priority or "", f"to {act.crew}" if act.crew else "")
    return f"triaged: {', '.join(filter(None, given)) or 'as it is'}"
