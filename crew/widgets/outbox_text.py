"""The outbox in words: what waits, since when, how large, what happens next. Widget layer; pure, no Textual.

Calm: what will leave by itself is told plainly; only what needs a person stands out, with both sides' words.
"""

import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from crew.domain.change import SendingStatus
from crew.domain.crew_names import with_titles
from crew.domain.due import day_and_time
from crew.domain.rules import describe
from crew.domain.value import Value
from crew.widgets.order_lines import Part, Tone, fitted
from crew.widgets.photo_words import moment_words, size_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crew.domain.change import Change
    from crew.domain.work_order import WorkOrder
    from crew.field_work import LinkTrouble, OutboxEntry, OutboxView
    from crew.look import Symbols
    from crew.sync.events import LinkState
    from crew.wire import MovedAway

_INDENT: Final = 2
_TIME: Final = 13
_TIME_TODAY: Final = 6
TROUBLE: Final = (SendingStatus.REFUSED, SendingStatus.NEEDS_DECISION)
"""What needs a person."""


class Outbox(Value):
    """Everything that the screen tells, at one moment.

    Attributes:
        view: What waits.
        settled: What was sent or set aside lately, the oldest first.
        orders: The orders of these changes, as far as they are on the device, or what is told of their going.
        link: How the link stands; None before the first word of it.
        now: The current time, aware, in the reader's zone.
        recovered: What became of a damaged store; empty where there was none.
    """

    view: "OutboxView"
    settled: "Sequence[OutboxEntry]"
    orders: "Mapping[str, WorkOrder | MovedAway]"
    link: "LinkState | None"
    now: datetime
    recovered: str = ""
    titles: "Mapping[str, str]" = {}
    """What people call the crews, by their codes."""

    def words_of(self, change: "Change") -> str:
        """What was done."""
        return with_titles(describe(change), self.titles)


class Block(Value):
    """Some lines that belong together; with a change they can be chosen."""

    lines: tuple[tuple[Part, ...], ...]
    entry: "OutboxEntry | None" = None


def totals(outbox: Outbox, dot: str) -> str:
    """The first line: how much there is of each."""
    view = outbox.view
    facts = [f"{view.to_send} to send"] if view.to_send or not view.trouble else []
    if view.photo_count:
        facts.append(f"{_counted(view.photo_count, 'photo')}, {size_words(view.photo_bytes)}")
    refused, undecided = view.count(SendingStatus.REFUSED), view.count(SendingStatus.NEEDS_DECISION)
    facts += [f"{refused} refused"] if refused else []
    facts += [f"{undecided} to decide"] if undecided else []
    facts += [f"{len(view.aside)} set aside"] if view.aside else []
    return f" {dot} ".join(facts)


def moments(outbox: Outbox, dot: str) -> str:
    """The second line: the oldest, the last success, the next try."""
    view, now = outbox.view, outbox.now
    facts = []
    if view.oldest_at is not None:
        facts.append(f"oldest {day_and_time(view.oldest_at, now).removeprefix('today ')}")
    last = view.last_success_at
    facts.append(f"last answer {day_and_time(last, now).removeprefix('today ')}" if last else "no answer yet")
    trouble = _trouble(outbox)
    if trouble is not None and trouble.sign_in_needed:
        facts.append("next try after a sign-in")
    elif trouble is not None and trouble.next_try_at is not None:
        facts.append(f"next try {_soon(trouble.next_try_at, now)}")
    return f" {dot} ".join(facts)


def problem(outbox: Outbox) -> str:
    """What the last try ran into; empty where it did not."""
    trouble = _trouble(outbox)
    return trouble.problem if trouble is not None else ""


def _trouble(outbox: Outbox) -> "LinkState | LinkTrouble | None":
    """How the link stands where it is down; before this program knows, what the last one met."""
    if outbox.link is None:
        return outbox.view.link_trouble
    return None if outbox.link.online else outbox.link


def blocks(outbox: Outbox, width: int, marks: "Symbols") -> list[Block]:
    """The list: what waits, by order, then what was settled lately, the latest first."""
    page = _Page(width, _time_width(outbox), marks, outbox.now)
    return [*_waiting(outbox, page), *_aside(outbox, page), *_settled(outbox, page)]


class _Page(Value):
    """Where the columns of the list stand."""

    width: int
    time_width: int
    marks: "Symbols"
    now: datetime

    @property
    def room(self) -> int:
        """Cells behind mark and time."""
        return max(8, self.width - _INDENT - self.time_width)

    def time(self, moment: datetime) -> Part:
        return fitted(moment_words(moment, self.now), self.time_width, self.marks.cut), "muted"

    def words(self, text: str, tone: Tone) -> Part:
        return fitted(text, self.room, self.marks.cut), tone

    def whole(self, text: str, tone: Tone) -> Part:
        return fitted(text, self.width, self.marks.cut), tone

    @property
    def margin(self) -> Part:
        return " " * (_INDENT + self.time_width), "muted"


def _time_width(outbox: Outbox) -> int:
    """Room for clock times alone while everything is of today."""
    moments = [entry.change.made_at for entry in outbox.view.entries]
    moments += [entry.change.made_at for entry in outbox.view.aside]
    moments += [entry.settled_at or entry.change.made_at for entry in outbox.settled]
    today = all(moment.astimezone(outbox.now.tzinfo).date() == outbox.now.date() for moment in moments)
    return _TIME_TODAY if today else _TIME


def _waiting(outbox: Outbox, page: _Page) -> Iterator[Block]:
    by_order: dict[str, list[OutboxEntry]] = {}
    for entry in outbox.view.entries:
        by_order.setdefault(entry.change.order_id, []).append(entry)
    for order_id, entries in by_order.items():
        yield Block(((page.whole(_place(outbox, order_id), "act"),),))
        held = False
        for entry in entries:
            yield Block(tuple(_entry_lines(entry, outbox, _next_words(entry, outbox, held=held), page)), entry)
            held = held or entry.sending_status in TROUBLE
        yield Block(((page.whole("", "text"),),))


def _entry_lines(entry: "OutboxEntry", outbox: Outbox, words: list[str], page: _Page) -> Iterator[tuple[Part, ...]]:
    trouble = entry.sending_status in TROUBLE
    tone: Tone = "late" if trouble else "muted"
    mark = page.marks.trouble if trouble else page.marks.unsent
    size = sum(photo.byte_count for photo in entry.change.photos)
    what = outbox.words_of(entry.change) + (f" ({size_words(size)})" if size else "")
    yield ((f"{mark} ", tone), page.time(entry.change.made_at), page.words(what, "text"))
    for line in words:
        for piece in textwrap.wrap(line, page.room - 1):
            yield (page.margin, page.words(piece, tone))


def _next_words(entry: "OutboxEntry", outbox: Outbox, *, held: bool) -> list[str]:
    """What happens next with a change."""
    match entry.sending_status:
        case SendingStatus.SENDING:
            return ["being sent now"]
        case SendingStatus.REFUSED:
            return [f"refused: {entry.reason or 'the backend gave no reason'}"]
        case SendingStatus.NEEDS_DECISION:
            return _both_values(entry, outbox.now)
        case _:
            hindrance = [entry.reason] if entry.reason else []
            return [*hindrance, _waiting_words(entry, outbox, held=held)]


def _waiting_words(entry: "OutboxEntry", outbox: Outbox, *, held: bool) -> str:
    if held:
        return "waits until you have decided about the one above"
    undoing = ", can be undone" if entry.can_be_undone else ""
    if entry.send_after > outbox.now:
        return f"leaves in a moment{undoing}"
    link = outbox.link
    if link is None or link.online:
        return "leaves now"
    if link.sign_in_needed:
        return f"leaves when this device is signed in again{undoing}"
    return f"leaves as soon as there is a link{undoing}"


def _both_values(entry: "OutboxEntry", now: datetime) -> list[str]:
    other = entry.other
    if other is None:
        return [f"needs your decision: {entry.reason}"]
    lines = [f"{other.person or 'Somebody'} changed the same{_at(other.at, now)}."]
    return [*lines, f"Yours:  {other.mine}", f"Theirs: {other.theirs}"]


def _at(moment: str, now: datetime) -> str:
    """The other side's time in the reader's zone; a text that is no time is left out."""
    try:
        there = datetime.fromisoformat(moment)
    except ValueError:
        return ""
    return f", {moment_words(there, now)}" if there.tzinfo else ""


def _aside(outbox: Outbox, page: _Page) -> Iterator[Block]:
    """What lies aside can be chosen, to be taken up again; the latest first."""
    if outbox.view.aside:
        yield Block(((page.whole("Set aside", "muted"),),))
    for entry in reversed(outbox.view.aside):
        what = f"{outbox.words_of(entry.change)}, {_place(outbox, entry.change.order_id)}"
        lines: list[tuple[Part, ...]] = [(("  ", "muted"), page.time(entry.change.made_at), page.words(what, "text"))]
        for piece in textwrap.wrap(entry.reason, page.room - 1):
            lines.append((page.margin, page.words(piece, "muted")))
        yield Block(tuple(lines), entry)
    if outbox.view.aside:
        yield Block(((page.whole("", "text"),),))


def _settled(outbox: Outbox, page: _Page) -> Iterator[Block]:
    if not outbox.settled:
        return
    yield Block(((page.whole("Lately", "muted"),),))
    for entry in reversed(outbox.settled):
        acknowledged = entry.sending_status is SendingStatus.ACKNOWLEDGED
        became = "sent" if acknowledged else entry.reason or entry.sending_status.words
        what = f"{became}: {outbox.words_of(entry.change)}, {_place(outbox, entry.change.order_id)}"
        when = page.time(entry.settled_at or entry.change.made_at)
        yield Block(((("  ", "muted"), when, page.words(what, "muted")),))


def _place(outbox: Outbox, order_id: str) -> str:
    order = outbox.orders.get(order_id)
    return f"{order.service_name}, {order.address or order_id}" if order else order_id


def _soon(moment: datetime, now: datetime) -> str:
    seconds = round((moment - now).total_seconds())
    if seconds <= 0:
        return "now"
    return f"in {seconds} s" if seconds < 100 else day_and_time(moment, now).removeprefix("today ")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
