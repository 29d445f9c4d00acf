"""`crew assign`, `crew board`, `crew export`: the desk's work from scripts, on this device. CLI layer.

The same rules, store and outbox as the terminal; `crew sync` sends what was done.
"""

import difflib
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crew.cli.field import print_each_saved, print_saved, signed_in_device, status_named
from crew.cli.output import counted, moment_text, print_json, print_table
from crew.cli.tables import write_table
from crew.domain.crew_day import POOL
from crew.domain.due import day_and_time
from crew.domain.errors import CorrectInput, CorrectUsage, PersonNeeded
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from crew.domain.crew_day import CrewDay
    from crew.domain.work_order import PhotoHash, WorkOrder
    from crew.field_work import FieldWork, Stop
    from crew.moving import MovePreview, Refused
    from crew.wiring import Device

_COLUMNS: Final = (
    "id", "service_name", "address", "lat", "long", "crew", "work_status", "waiting_reason", "escalation", "due_at",
    "updated_at", "headline", "photos", "requests", "paused_hours_left", "unanswered",
    "answer_by", "unsent",
)  # fmt: skip
_STDOUT: Final = "-"
_BETWEEN_CELLS: Final = str.maketrans(',;"', "   ")


def assign(arguments: "argparse.Namespace") -> int:
    """Move orders to a crew, or to the pool; or say what that would do. Raises as `require_all`."""
    ids = ids_of(arguments)
    with signed_in_device(arguments) as device:
        crew = crew_named(device.field_work, arguments.to)
        if arguments.dry_run:
            _print_preview(device.field_work.preview_move(ids, crew), as_json=arguments.json)
            return 0
        moved = device.field_work.move(ids, crew, arguments.reason)
        if arguments.json:
            changes = [{"id": change.id, "order_id": change.order_id} for change in moved.changes]
            print_json({"crew": crew, "moved": changes, "refused": refusals(moved.refused)})
        else:
            print(f"Saved. {counted(len(moved.changes), 'order')} moved to {crew or POOL}: crew sync")
            print_refused(moved.refused)
    require_all(moved.refused)
    return 0


def ids_of(arguments: "argparse.Namespace") -> list[str]:
    """The ids that were given and those of the file, each once.

    Raises:
        CorrectInput: The file cannot be read.
        CorrectUsage: Neither names one.
    """
    ids = list(dict.fromkeys((*arguments.ids, *_ids_in(arguments.file))))
    if not ids:
        raise CorrectUsage("No order is named: choose at least one, by its ID or in a --file.")
    return ids


def _ids_in(name: str) -> list[str]:
    """The ids that stand in a file, the first word of each line, as spreadsheets write it too; nothing for no file."""
    if not name:
        return []
    try:
        content = sys.stdin.buffer.read() if name == _STDOUT else Path(name).expanduser().read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise CorrectInput(f"{clean_line(name)} cannot be read: {reason}.") from error
    words = [line.translate(_BETWEEN_CELLS).split()[:1] for line in text.splitlines()]
    return [word for line in words for word in line if word[0] != "#" and word != _COLUMNS[0]]


def crew_named(field_work: "FieldWork", name: str) -> str:
    """The crew of this name or title; empty for the pool. Raises CorrectInput where it is not one crew."""
    if name.casefold() in ("", POOL.casefold()):
        return ""
    known = {crew.name: crew.title for crew in field_work.crews()}
    named = [crew for crew in known if crew.casefold() == name.casefold()]
    meant = named or [crew for crew, title in known.items() if title.casefold() == name.casefold()]
    if len(meant) > 1:
        raise CorrectInput(f'"{clean_line(name)}" may be {" or ".join(sorted(meant))}. Name one of them.')
    if meant:
        return meant[0]
    by_words = {word.casefold(): crew for crew, title in known.items() for word in (crew, title)}
    near = difflib.get_close_matches(name.casefold(), by_words, n=3, cutoff=0.5)
    hint = (
        f"Did you mean {' or '.join(dict.fromkeys(by_words[word] for word in near))}?"
        if near
        else "Look at the list: crew board."
    )
    raise CorrectInput(f'There is no crew "{clean_line(name)}". {hint}')


def _print_preview(preview: "MovePreview", *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "crew": preview.crew,
                "from": dict(preview.from_crews),
                "under_way": preview.under_way,
                "refused": refusals(preview.refused),
            }
        )
        return
    listed = ", ".join(f"{count} from {crew or POOL}" for crew, count in preview.from_crews) or "nothing"
    print(f"Would move to {preview.crew or POOL}: {listed}. {counted(len(preview.under_way), 'order')} under way.")
    print_refused(preview.refused)


def print_refused(refused: "tuple[Refused, ...]") -> None:
    """Say which orders an act was not done to, and why."""
    for one in refused:
        print(f"Stays: {one.order_id}: {one.sentence}")


def require_all(refused: "tuple[Refused, ...]") -> None:
    """End a command that did what it could, and said what stays, with a code that a script notices.

    Raises:
        PersonNeeded: Something stays as it was.
    """
    if refused:
        orders = counted(len(refused), "order")
        raise PersonNeeded(f"{orders} could not be changed; the rest is saved. Each is named above, with why.")


def refusals(refused: "tuple[Refused, ...]") -> list[dict[str, str]]:
    """The same for programs."""
    return [{"id": one.order_id, "sentence": one.sentence} for one in refused]


def accept(arguments: "argparse.Namespace") -> int:
    """Accept finished work, each order on its own; the first that cannot be ends the command."""
    with signed_in_device(arguments) as device:
        accepted = (device.field_work.accept(order_id) for order_id in dict.fromkeys(arguments.ids))
        print_each_saved(device, accepted, json=arguments.json)
    return 0


def withdraw(arguments: "argparse.Namespace") -> int:
    """Hide a photo of an order from the public, or show it again."""
    with signed_in_device(arguments) as device:
        named = photo_named(device.field_work.order(arguments.id), arguments.photo)
        change = device.field_work.withdraw(arguments.id, named, shown_again=arguments.again)
        print_saved(device, change, json=arguments.json)
    return 0


def photo_named(order: "WorkOrder", start: str) -> "PhotoHash":
    """The one photo of an order whose hash begins so. Raises CorrectInput where there is none, or several."""
    found = [photo.sha256 for photo in order.photos]
    named = [sha256 for sha256 in found if sha256.startswith(start)]
    if len(named) != 1:
        known = ", ".join(sha256[:12] for sha256 in found) or "none"
        raise CorrectInput(f"Name one photo of {order.id} by the first letters of its hash. It has: {known}.")
    return named[0]


def board(arguments: "argparse.Namespace") -> int:
    """Print every crew's day."""
    with signed_in_device(arguments) as device:
        days, now = device.field_work.crew_days(), device.field_work.now
        if arguments.json:
            print_json([_day_values(day) for day in days])
            return 0
        rows = [_day_row(day, now) for day in days]
        print_table(rows, ("OPEN", "LATE", "TODAY", "HOURS", "DONE", "UNSENT", "SEEN", "CREW"))
    return 0


def _day_values(day: "CrewDay[Stop]") -> dict[str, Any]:
    return {
        "crew": day.name,
        "title": day.title,
        "open": day.open,
        "late": day.late,
        "due_today": day.due_today,
        "hours": round(day.hours, 2),
        "done_today": day.done_today,
        "under_way": day.under_way.order_id if day.under_way else None,
        "seen_at": day.seen_at,
        "unsent": day.unsent,
        "orders": [stop.order_id for stop in day.orders],
    }


def _day_row(day: "CrewDay[Stop]", now: datetime) -> tuple[str, ...]:
    seen = day_and_time(day.seen_at, now) if day.seen_at else ""
    counts = (day.open, day.late, day.due_today, round(day.hours), day.done_today, day.unsent)
    return (*map(str, counts), seen, day.title)


def export(arguments: "argparse.Namespace") -> int:
    """Write the orders of this device for other programs."""
    with signed_in_device(arguments) as device:
        return write_table(arguments, _rows(device, arguments), _COLUMNS, "order")


def _rows(device: "Device", arguments: "argparse.Namespace") -> "Iterator[dict[str, Any]]":
    crew = None if arguments.crew is None else crew_named(device.field_work, arguments.crew)
    status = status_named(arguments.status) if arguments.status else None
    listings = (False, True) if arguments.all else (False,)
    for stop in (stop for ended in listings for stop in device.store.orders.stops(ended=ended)):
        if (crew is None or stop.crew == crew) and status in (None, stop.work_status):
            yield stop_values(stop)


def stop_values(stop: "Stop") -> dict[str, Any]:
    """A line of the list as the command line writes it."""
    return {
        "id": stop.order_id,
        "service_name": stop.service_name,
        "address": stop.address,
        "lat": stop.lat,
        "long": stop.long,
        "crew": stop.crew,
        "work_status": stop.work_status.value,
        "waiting_reason": stop.waiting_reason,
        "escalation": stop.escalation,
        "due_at": moment_text(stop.due_at) if stop.due_at else None,
        "updated_at": moment_text(stop.updated_at),
        "headline": stop.headline,
        "photos": stop.photo_count,
        "requests": stop.request_count,
        "paused_hours_left": None if stop.left_seconds is None else round(stop.left_seconds / 3600, 2),
        "unanswered": stop.unanswered,
        "answer_by": moment_text(stop.answer_by) if stop.answer_by else None,
        "unsent": stop.unsent,
    }
