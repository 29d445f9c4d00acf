"""Writes what a change does: the order, its history, its photos, the feed and the notice. Backend layer.

Decides nothing: changes.py has decided. Always inside the transaction of the change.
"""

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from crew.backend.approving import write_approvals
from crew.backend.conflicts import ends_work
from crew.backend.feed import announce
from crew.backend.kept import keep, note_decision
from crew.backend.notices import queueing, staff_queueing
from crew.backend.order_timing import timed, write_escalation
from crew.backend.order_writing import Receipt, attach_photos, write_history
from crew.backend.schema import photos, work_orders
from crew.backend.withdrawing import set_withdrawn
from crew.domain.change import Change, Escalation, KeptDecision, StatusChange, Withdrawal
from crew.domain.rules import A_SECOND_TIME, AFTER_ITS_SIGN_IN, BY_ANOTHER_CREW, apply, describe, with_entry
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, PublicStatus, WorkOrder, WorkStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.domain.person import Person
    from crew.domain.work_order import Photo


REQUESTS_MOVED: Final = frozenset({"requests"})
"""What a line of history sets where requests came to an order from another, or back to it."""


def absent_photos(connection: "Connection", change: Change) -> tuple[str, ...]:
    """The hashes of the change's photos that have not been received."""
    named = dict.fromkeys(photo.sha256 for photo in change.photos)
    there = set(connection.scalars(select(photos.c.sha256).where(photos.c.sha256.in_(named)))) if named else set()
    return tuple(sha256 for sha256 in named if sha256 not in there)


def apply_change(
    connection: "Connection",
    city: "City",
    order: WorkOrder,
    change: Change,
    *,
    needs_look: bool,
    person: "Person | None" = None,
) -> None:
    """Write an allowed change's whole effect.

    Args:
        connection: A connection inside the transaction of the change.
        city: Where catalogue and clock are.
        order: The order before.
        change: What the person did.
        needs_look: Whether a supervisor should look at it, since the crew knew another state of the order.
        person: Who did it, where it may be another crew's order by now.
    """
    changed = timed(connection, city, order, change)
    if person is not None and ends_work(change.act) and _is_of_another_crew(order, person):
        entry = replace(changed.history[-1], text=_account(order, change, person))
        changed = replace(changed, history=(*changed.history[:-1], entry))
    if isinstance(change.act, KeptDecision):
        note_decision(connection, change, change.act)
    needs_look = needs_look or bool(changed.kept)
    write_order(connection, city, replace(changed, version=order.version + 1), needs_look=needs_look)
    attach_photos(connection, order.id, change.photos)
    if isinstance(change.act, Withdrawal):
        set_withdrawn(connection, city, change.act, order.id)
    receipt = Receipt(order.version + 1, city.clock(), change.device_id, change.all_fields)
    write_history(connection, order.id, changed.history[-1], receipt)
    announce(connection, order.id, changed.crew, order.crew)
    queueing.queue_change(connection, city, order, changed)
    write_approvals(connection, city, order, replace(changed, version=order.version + 1))
    if isinstance(change.act, Escalation):
        staff_queueing.queue_escalation(connection, city, replace(changed, version=order.version + 1))


def apply_to_other(connection: "Connection", city: "City", other: WorkOrder, change: Change) -> None:
    """Write what a change does to the second order that it touches; `fields` say so without being in conflict."""
    changed = replace(apply(other, change, city.time.deadlines), version=other.version + 1)
    write_order(connection, city, changed, needs_look=other.needs_look)
    receipt = Receipt(changed.version, city.clock(), change.device_id, REQUESTS_MOVED)
    write_history(connection, other.id, changed.history[-1], receipt)
    announce(connection, other.id, changed.crew, other.crew)


def keep_beside(connection: "Connection", city: "City", order: WorkOrder, change: Change, person: "Person") -> None:
    """Keep the photos and the account of work on an order that had ended meanwhile, and touch nothing else."""
    _keep(connection, city, order, change, _account(order, change, person))


def keep_for_a_look(connection: "Connection", city: "City", order: WorkOrder, change: Change, sender: "Person") -> None:
    """Keep photos and account of what somebody did whose sign-in had ended, and touch nothing else.

    Args:
        connection: A connection inside the transaction of the change.
        city: Where the clock is.
        order: The order.
        change: What was done, under the name of who did it.
        sender: With whose sign-in the device sent it.
    """
    if isinstance(change.act, StatusChange):
        keep(connection, order.id, change, change.act)
    account = f"{describe(change)}, {AFTER_ITS_SIGN_IN}; sent by {sender.name}"
    _keep(connection, city, order, change, account)


def _keep(connection: "Connection", city: "City", order: WorkOrder, change: Change, account: str) -> None:
    changed = with_entry(order, change, account)
    write_order(connection, city, replace(changed, version=order.version + 1), needs_look=True)
    attach_photos(connection, order.id, change.photos)
    write_history(connection, order.id, changed.history[-1], Receipt(order.version + 1, city.clock(), change.device_id))
    announce(connection, order.id, order.crew)


def hear_citizen(connection: "Connection", city: "City", order: WorkOrder, entry: HistoryEntry) -> None:
    """Write what a reporter said of finished work into its history, for crew and office to read.

    The order itself stays as it ended: what was thanked for today was not done today.
    """
    version = {"version": order.version + 1}
    connection.execute(update(work_orders).where(work_orders.c.id == order.id).values(version))
    write_history(connection, order.id, entry, Receipt(order.version + 1, city.clock()))
    announce(connection, order.id, order.crew)


def begin_anew(
    connection: "Connection", city: "City", order: WorkOrder, entry: HistoryEntry, shown: "Sequence[Photo]" = ()
) -> None:
    """Send finished work back to its crew because its reporter says so, and put it before a supervisor.

    Args:
        connection: A connection inside the transaction of the event.
        city: Where the clock is.
        order: The order as it ended.
        entry: What the reporter said.
        shown: Photos of how it looks now, which are kept already.
    """
    opened = replace(
        order,
        version=order.version + 1,
        work_status=WorkStatus.SENT_BACK,
        public_status=PublicStatus.OPEN,
        closure_reason="",
        public_text="",
        public_note="",
        approved=(),
        declined=(),
    )
    write_order(connection, city, opened, needs_look=True)
    attach_photos(connection, order.id, shown)
    receipt = Receipt(opened.version, city.clock(), fields=frozenset({"work_status"}))
    write_history(connection, order.id, entry, receipt)
    announce(connection, order.id, order.crew)
    queueing.queue_change(connection, city, order, opened)
    write_approvals(connection, city, order, opened)


def _account(order: WorkOrder, change: Change, person: "Person") -> str:
    what = change.act.status.words if isinstance(change.act, StatusChange) else change.kind
    if _is_of_another_crew(order, person):
        return f"{what} {BY_ANOTHER_CREW}: {person.crew}"
    return f"{what}, {A_SECOND_TIME}"


def _is_of_another_crew(order: WorkOrder, person: "Person") -> bool:
    return bool(person.crew) and person.crew != order.crew


def write_order(connection: "Connection", city: "City", order: WorkOrder, *, needs_look: bool) -> None:
    """Write the order as it stands; history, photos and feed are the caller's."""
    values = {
        "version": order.version,
        "crew": order.crew,
        "work_status": order.work_status.value,
        "public_status": order.public_status.value,
        "waiting_reason": order.waiting_reason,
        "closure_reason": order.closure_reason,
        "public_text": order.public_text,
        "public_note": order.public_note,
        "escalation": order.escalation,
        "service_code": order.service_code,
        "priority": order.priority.value,
        "due_at": order.due_at,
        "paused_at": order.paused_at,
        "updated_at": city.clock(),
        "needs_look": needs_look,
    }
    connection.execute(update(work_orders).where(work_orders.c.id == order.id).values(values))
    if order.raised is not None:
        write_escalation(connection, order.id, order.raised)
