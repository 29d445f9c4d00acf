"""Everything about one order as text, in the order in which a crew asks for it. Widget layer; pure but for styles.

Citizens' words appear as they stand; coordinates, dates and statuses in the reader's own zone and unit.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from textual.content import Content

from crew.domain.citizen_answers import not_fixed_words
from crew.domain.crew_names import with_titles
from crew.domain.due import day_and_time, due_words
from crew.domain.escalating import escalation_words
from crew.domain.place import NO_PLACE, place_of
from crew.domain.reasons import waiting_words
from crew.domain.rules import describe, what_to_look_at
from crew.domain.value import Value
from crew.domain.work_order import Priority, WorkStatus
from crew.widgets.literal_text import literal
from crew.widgets.order_lines import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from crew.domain.work_order import WorkOrder
    from crew.field_work import OutboxEntry
    from crew.look import Symbols

_MUTED = "$muted"
_HEADING = "bold"
_LATE = "bold $late"


class OrderView(Value, kw_only=True):
    """An order with what the device knows around it."""

    order: "WorkOrder"
    unsent: "tuple[OutboxEntry, ...]" = ()
    way: str = ""
    """Distance and direction to it, and from where, in words."""
    place_doubt: str = ""
    """Why its place is not to be gone by; empty where it is."""
    nearby: "tuple[str, ...]" = ()
    """What else there is around it, a line each."""
    has_twins: bool = False
    """Whether some of that may be the same thing."""
    left: "timedelta | None" = None
    """What is left of its time while its clock stands; None while it runs."""
    waiting: str = ""
    """What it waits for, as the city calls it."""
    titles: "Mapping[str, str]" = {}
    """What people call the crews, by their codes."""


def heading(view: OrderView, now: "datetime", marks: "Symbols") -> Content:
    """What it is, where, until when, and how it stands."""
    order = view.order
    due = due_words(order.due_at, now, order.work_status, view.left)
    plain = due.words if order.due_at is None or view.left is not None else f"due {due.words}"
    words = f"{marks.late} {due.words}" if due.late else plain
    status = f"{marks.status[order.work_status]} {status_words(order, view.waiting)}"
    tone = "bold $act" if order.work_status in (WorkStatus.ON_THE_WAY, WorkStatus.WORKING) else ""
    raised = literal(f"Escalated {escalation_words(order, now)}").stylize(_LATE)
    return Content("\n").join(
        [
            literal(order.service_name).stylize("bold"),
            literal(order.address or "No address"),
            Content.assemble((words, _LATE if due.late else ""), "    ", (status, tone)),
            *([raised] if order.unanswered else []),
        ]
    )


def status_words(order: "WorkOrder", waiting: str = "") -> str:
    """The work status with its reason; `waiting` is what the city calls what it waits for."""
    if order.linked_to:
        return f"linked to {order.linked_to}"
    if order.work_status is WorkStatus.WAITING and order.waiting_reason:
        return f"waiting for {waiting or waiting_words(order.waiting_reason)}"
    if order.work_status.ended and order.closure_reason:
        return f"{order.work_status.words}: {order.closure_reason.replace('_', ' ')}"
    return order.work_status.words


def words_and_place(view: OrderView, now: "datetime", marks: "Symbols") -> Content:
    """What the citizen wrote, as it was written, and where and when."""
    words = view.order.description
    said = literal(quoted(words, marks)) if words else Content("No words from the citizen.").stylize(_MUTED)
    return _paragraphs(_not_fixed(view, marks), [said], _place(view, now, marks), _rules(view, now))


def around(view: OrderView, now: "datetime", marks: "Symbols") -> Content:
    """What waits to be sent, other people's words, what the citizen reads, and the history."""
    return _paragraphs(_travelling(view, now), _people(view, now), _public(view, marks), _history(view, now))


def _not_fixed(view: OrderView, marks: "Symbols") -> Iterator[Content]:
    """Why finished work came back, before what was reported at first."""
    words = not_fixed_words(view.order)
    if words is not None:
        what = f" {quoted(words, marks)}" if words else ""
        yield Content.assemble(("Not fixed, says the citizen.", _LATE), literal(what))


def _paragraphs(*sections: Iterable[Content]) -> Content:
    return Content("\n\n").join(Content("\n").join(lines) for lines in map(list, sections) if lines)


def _place(view: OrderView, now: "datetime", marks: "Symbols") -> Iterator[Content]:
    order, gap = view.order, f" {marks.dot} "
    place = place_of(order)
    if view.place_doubt or place is None:
        doubt = view.place_doubt or NO_PLACE
        yield literal(f"{doubt[0].upper()}{doubt[1:]}: go by the address.")
    else:
        yield literal(f"{place[0]:.5f}, {place[1]:.5f}")
    if view.way:
        yield literal(view.way)
    yield from (literal(line) for line in view.nearby)
    if order.paused_at is not None and not order.work_status.ended:
        yield literal(f"The clock stands since {day_and_time(order.paused_at, now)}").stylize(_MUTED)
    elif order.due_at is not None and not _is_told(order, now):
        yield literal(f"Due {day_and_time(order.due_at, now)}").stylize(_MUTED)
    people = len(order.requests)
    by = f" by {people} people" if people > 1 else ""
    yield literal(f"Reported {day_and_time(order.requested_at, now)}{by}").stylize(_MUTED)
    number = f"No. {order.id}" if order.version else "new, not sent"
    crew = view.titles.get(order.crew) or order.crew_title or order.crew or "no crew yet"
    yield literal(f"{number}{gap}{crew}").stylize(_MUTED)


def _is_told(order: "WorkOrder", now: "datetime") -> bool:
    """Whether the heading tells the moment already, and not how far it is."""
    return order.due_at is not None and due_words(order.due_at, now, order.work_status).words == day_and_time(
        order.due_at, now
    )


def _rules(view: OrderView, now: "datetime") -> Iterator[Content]:
    if view.order.needs_look:
        yield Content.assemble(("Look at it: ", _LATE), literal(with_titles(what_to_look_at(view.order), view.titles)))
    if view.order.priority is not Priority.NORMAL:
        yield Content.assemble("Priority ", (view.order.priority.value, "bold"))
    if view.order.escalation and not view.order.unanswered:
        yield Content.assemble(("Escalated ", _LATE), literal(escalation_words(view.order, now)))
    if view.order.photo_required and not view.order.work_status.ended:
        yield Content("Needs a photo of the finished work.")


def _people(view: OrderView, now: "datetime") -> Iterator[Content]:
    others = view.order.requests[1:] if view.order.requests else ()
    if not others:
        return
    yield Content(f"Reported by {len(view.order.requests)} people").stylize(_HEADING)
    for request in others:
        words = literal(request.description.replace("\n", " ") or "no words")
        yield Content.assemble((f"{day_and_time(request.requested_at, now)}  ", _MUTED), words)


def _travelling(view: OrderView, now: "datetime") -> Iterator[Content]:
    if not view.unsent:
        return
    yield Content("Not sent yet").stylize(_HEADING)
    for entry in view.unsent:
        why = f": {entry.reason}" if entry.reason else ""
        tone = _LATE if entry.sending_status.words in ("refused", "needs decision") else _MUTED
        yield Content.assemble(
            (f"{day_and_time(entry.change.made_at, now)}  ", _MUTED),
            literal(with_titles(describe(entry.change), view.titles)),
            "  ",
            literal(f"{entry.sending_status.words}{why}").stylize(tone),
        )


def _public(view: OrderView, marks: "Symbols") -> Iterator[Content]:
    if view.order.public_text:
        yield Content("The citizen reads").stylize(_HEADING)
        yield literal(quoted(view.order.public_text, marks))


def _history(view: OrderView, now: "datetime") -> Iterator[Content]:
    if not view.order.history:
        return
    yield Content("History").stylize(_HEADING)
    for entry in reversed(view.order.history):
        yield Content.assemble(
            (f"{day_and_time(entry.at, now)}  ", _MUTED),
            literal(with_titles(entry.text, view.titles)),
            literal(f"  {entry.person}").stylize(_MUTED),
        )
        if entry.note:
            yield literal(f"    {entry.note}")
