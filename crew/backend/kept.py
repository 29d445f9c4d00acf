"""What is kept for a supervisor's decision, as rows. Backend layer; always inside the transaction of a change."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from crew.backend.schema import kept_work
from crew.domain.work_order import KeptWork, WorkStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Select

    from crew.domain.change import Change, KeptDecision, StatusChange


def keep(connection: "Connection", order_id: str, change: "Change", act: "StatusChange") -> None:
    """Keep what was done, under the id of its change."""
    row = {
        "change_id": change.id,
        "order_id": order_id,
        "person": change.person,
        "made_at": change.made_at,
        "status": act.status.value,
        "reason": act.reason,
        "note": act.note,
        "public_text": act.public_text,
        "public_note": act.public_note,
    }
    connection.execute(insert(kept_work), row)


def note_decision(connection: "Connection", change: "Change", act: "KeptDecision") -> None:
    """Remember that it was decided, and by which change."""
    row = update(kept_work).where(kept_work.c.change_id == act.kept, kept_work.c.decided_by == "")
    connection.execute(row.values(decided_by=change.id))


def kept_query(ids: "Sequence[str]") -> "Select[Any]":
    """What is kept beside orders and not decided, the oldest first."""
    return (
        select(kept_work)
        .where(kept_work.c.order_id.in_(ids), kept_work.c.decided_by == "")
        .order_by(kept_work.c.made_at, kept_work.c.change_id)
    )


def kept_of_row(row: "Row[Any]") -> KeptWork:
    """A row as the domain knows it."""
    status = WorkStatus(row.status)
    return KeptWork(
        row.change_id, row.person, row.made_at, status, row.reason, row.note, row.public_text, row.public_note
    )
