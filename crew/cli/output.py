"""Prints values for people and for scripts. CLI layer; everything printed has been cleaned on its way in.

JSON is one document on stdout. Non-ASCII is escaped there, so that no terminal acts on it whatever its encoding.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from crew.domain.change import SendingStatus
from crew.domain.work_order import WorkOrder

if TYPE_CHECKING:
    import argparse

    from crew.domain.work_order import Photo, Raised
    from crew.field_work import OutboxEntry, OutboxView


def data_dir(arguments: "argparse.Namespace", default: Path) -> Path:
    """The folder named with --data, or the default."""
    named = getattr(arguments, "data", None)
    return Path(named).expanduser() if named else default


def print_json(value: object) -> None:
    """Print one JSON document."""
    print(json.dumps(value, indent=2, default=_plain))


def tell(arguments: "argparse.Namespace", values: object, sentence: str) -> None:
    """Print what was done: a document where JSON is asked for, a sentence otherwise."""
    if arguments.json:
        print_json(values)
    else:
        print(sentence)


def print_table(rows: Iterable[Sequence[str]], heading: Sequence[str]) -> None:
    """Print rows under a heading, columns aligned, the last one running free."""
    lines = [tuple(heading), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heading) - 1)]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        print("  ".join([*cells, line[-1]]).rstrip())


def order_values(order: WorkOrder, unsent: int) -> dict[str, Any]:
    """A work order as the command line's JSON has it; `unsent` counts the changes that still wait."""
    return {
        "id": order.id,
        "version": order.version,
        "service_code": order.service_code,
        "service_name": order.service_name,
        "description": order.description,
        "address": order.address,
        "lat": order.lat,
        "long": order.long,
        "crew": order.crew,
        "work_status": order.work_status,
        "waiting_reason": order.waiting_reason,
        "public_status": order.public_status,
        "closure_reason": order.closure_reason,
        "public_text": order.public_text,
        "public_note": order.public_note,
        "escalation": order.escalation,
        "raised": _raised_values(order.raised) if order.raised else None,
        "priority": order.priority,
        "linked_to": order.linked_to,
        "needs_look": order.needs_look,
        "requested_at": order.requested_at,
        "updated_at": order.updated_at,
        "due_at": order.due_at,
        "paused_at": order.paused_at,
        "photo_required": order.photo_required,
        "photos": [_photo_values(photo) for photo in order.photos],
        "history": [
            {"at": entry.at, "person": entry.person, "text": entry.text, "note": entry.note} for entry in order.history
        ],
        "requests": [
            {"request_id": linked.request_id, "description": linked.description, "requested_at": linked.requested_at}
            for linked in order.requests
        ],
        "unsent": unsent,
    }


def _raised_values(raised: "Raised") -> dict[str, Any]:
    return {
        "at": raised.at,
        "person": raised.person,
        "reason": raised.reason,
        "to": raised.to,
        "by": raised.by,
        "acknowledged_by": raised.acknowledged_by,
        "acknowledged_at": raised.acknowledged_at,
    }


def _photo_values(photo: "Photo") -> dict[str, Any]:
    return {
        "sha256": photo.sha256,
        "role": photo.role,
        "byte_count": photo.byte_count,
        "taken_at": photo.taken_at,
        "lat": photo.lat,
        "long": photo.long,
    }


def change_values(entry: "OutboxEntry") -> dict[str, Any]:
    """A change of the outbox as the command line's JSON has it."""
    change = entry.change
    return {
        "id": change.id,
        "order_id": change.order_id,
        "kind": change.kind,
        "made_at": change.made_at,
        "person": change.person,
        "sending_status": entry.sending_status,
        "reason": entry.reason,
        "other": msgspec.to_builtins(entry.other) if entry.other else None,
        "attempts": entry.attempts,
        "photos": [photo.sha256 for photo in change.photos],
    }


def outbox_values(outbox: "OutboxView") -> dict[str, Any]:
    """The totals of the outbox as the command line's JSON has them; sizes in bytes."""
    trouble = outbox.link_trouble
    return {
        "changes": {status.value: outbox.count(status) for status in SendingStatus if status.unsent},
        "set_aside": len(outbox.aside),
        "photos": outbox.photo_count,
        "photo_bytes": outbox.photo_bytes,
        "oldest_at": outbox.oldest_at,
        "last_success_at": outbox.last_success_at,
        "next_try_at": trouble.next_try_at if trouble else None,
        "problem": trouble.problem if trouble else "",
        "sign_in_needed": bool(trouble and trouble.sign_in_needed),
    }


def counted(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def moment_text(moment: datetime) -> str:
    """A time as the command line's JSON and tables have it: ISO 8601, to the second, UTC as Z."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment_text(value)
    raise TypeError(f"not for JSON: {type(value).__name__}")
