"""The lines of a crew's column on the board: its load, its day, its orders. Widget layer; pure, no Textual."""

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from crew.domain.due import day_and_time, due_words
from crew.domain.work_order import WorkStatus
from crew.widgets.order_lines import Part, fitted, fitted_within

if TYPE_CHECKING:
    from datetime import datetime

    from crew.domain.crew_day import CrewDay
    from crew.field_work import Stop
    from crew.look import Symbols

HEAD_LINES: Final = 3
CARD_LINES: Final = 2
_DUE: Final = 13


def head_lines(day: "CrewDay[Stop]", width: int, now: "datetime", marks: "Symbols") -> list[list[Part]]:
    """Who it is, how much there is, how far they are; each line fills the width."""
    gap = f" {marks.dot} "
    late = f"{gap}{day.late} late" if day.late else ""
    today = f"{gap}{day.due_today} today" if day.due_today else ""
    hours = f"{gap}{day.hours:.0f} h" if day.open else ""
    load: list[Part] = [
        (fitted(f" {day.open} open{late}{today}{hours}", width, marks.cut), "late" if day.late else "text")
    ]
    return [
        [(fitted(f" {day.title}", width, marks.cut), "act")],
        load,
        [(fitted(f" {_day_words(day, now, marks, width - 1)}", width, marks.cut), "muted")],
    ]


def _day_words(day: "CrewDay[Stop]", now: "datetime", marks: "Symbols", width: int) -> str:
    """How far a crew is, and whether it can be trusted: what is on the road is told before what is over.

    Where not all of it fits, what is over is left out, then the place is cut: when a crew was last seen never is.
    """
    gap = f" {marks.dot} "
    unsent = f"{day.unsent} unsent" if day.unsent else ""
    over = f"{day.done_today} done" if day.done_today else ""
    seen = "no device yet" if day.name else ""
    if day.seen_at is not None:
        seen = f"seen {day_and_time(day.seen_at, now).removeprefix('today ')}"
    where = _where_words(day)
    words = gap.join(filter(None, (unsent, where, over, seen)))
    if cell_len(words) > width:
        room = width - sum(cell_len(f"{word}{gap}") for word in (unsent, seen) if word)
        words = gap.join(filter(None, (unsent, fitted_within(where, max(room, 0), marks.cut), seen)))
    return words or "nobody's work"


def _where_words(day: "CrewDay[Stop]") -> str:
    if day.under_way is None:
        return ""
    place = day.under_way.address.partition(",")[0] or day.under_way.service_name
    return f"{'at' if day.under_way.work_status is WorkStatus.WORKING else 'to'} {place}"


def card_lines(stop: "Stop", width: int, now: "datetime", marks: "Symbols", *, marked: bool) -> list[list[Part]]:
    """One order: when and what, then where and how it stands; each line fills the width."""
    due = due_words(stop.due_at, now, stop.work_status, stop.left)
    mark = marks.status[WorkStatus.DONE] if marked else " "
    symbol = marks.late if due.late else marks.soon if due.soon else " "
    words = due.words if len(due.words) <= _DUE - 2 else due.words.partition(" ")[0]
    status = marks.status[stop.work_status]
    person = marks.trouble if stop.trouble or stop.needs_look else ""
    travel = f"{person}{marks.unsent if stop.unsent > stop.trouble else ''}"
    first: list[Part] = [
        (f"{mark} ", "act"),
        (fitted(f"{symbol} {words}", _DUE, marks.cut) + " ", "late" if due.late else "text"),
        (fitted(stop.service_name, max(0, width - _DUE - 3), marks.cut), "text"),
    ]
    tail = f" {status}{travel} "
    second: list[Part] = [
        (fitted(f"    {stop.address or 'no address'}", max(0, width - len(tail)), marks.cut), "muted"),
        (tail, "act" if stop.work_status in (WorkStatus.ON_THE_WAY, WorkStatus.WORKING) else "muted"),
    ]
    return [first, second]
