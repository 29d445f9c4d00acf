"""The lines of the order list: where the columns stand and what they say. Widget layer; pure, no Textual.

Columns depend on the width alone, never on what is in them, so that nothing moves while a person reads.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal

from rich.cells import cell_len, set_cell_size

from crew.domain.due import DueWords, answer_left, day_and_time, due_words, time_left
from crew.domain.reasons import waiting_words
from crew.domain.value import Value
from crew.domain.work_order import Priority, WorkStatus

if TYPE_CHECKING:
    from datetime import datetime

    from crew.field_work import Stop
    from crew.look import Symbols

Tone = Literal["text", "muted", "late", "act", "words"]
Part = tuple[str, Tone]

_SHORT_REASONS: Final = {"other_agency": "agency"}
_UNDER_WAY: Final = (WorkStatus.ON_THE_WAY, WorkStatus.WORKING)
_NARROWEST_ADDRESS: Final = 20
_NUMBER: Final = 3
_CREW: Final = 18
_CREW_BELOW: Final = 24


class Columns(Value):
    """Widths in cells; an address of 0 stands in a line of its own under the service."""

    width: int
    due: int
    service: int
    address: int
    crew: int
    status: int
    marks: int

    @property
    def wrapped(self) -> bool:
        """Whether a stop takes two lines."""
        return self.address == 0

    @property
    def lines_each(self) -> int:
        """How many lines a stop takes while it is not the chosen one."""
        return 2 if self.wrapped else 1

    @property
    def indent(self) -> int:
        """Where the service stands: the bar, the number, the due words and the spaces between them."""
        return 1 + _NUMBER + 1 + self.due + 1


def columns(width: int, *, with_crew: bool) -> Columns:
    """Divide a line of `width` cells; `with_crew` adds whose order it is."""
    roomy = width >= 100
    due, status, marks = (17, 18, 8) if roomy else (13, 12, 2)
    crew = _CREW if with_crew else 0
    fixed = 1 + _NUMBER + 1 + due + 1 + 2 + status + 1 + marks + 1 + (crew + 2 if crew else 0)
    left = width - fixed - 2
    service = min(30, max(16, left * 2 // 5))
    address = left - service
    if address < _NARROWEST_ADDRESS or width < 70:
        crew_below = 0 if not crew else crew + 2
        return Columns(width, due, max(8, left + 2 + crew_below), 0, crew, status, marks)
    return Columns(width, due, service, address, crew, status, marks)


def fitted(text: str, width: int, cut: str, *, right: bool = False) -> str:
    """The text in exactly `width` cells: filled with spaces, or cut with a mark; wide characters count two."""
    if len(text) <= width and text.isascii() and text.isprintable():  # most are: no character needs to be measured
        return text.rjust(width) if right else text.ljust(width)
    cells = cell_len(text)
    if cells > width:
        text = set_cell_size(text, max(0, width - 1)).rstrip() + cut
        cells = cell_len(text)
    if right:
        return " " * (width - cells) + text
    return set_cell_size(text, width)


def fitted_within(text: str, width: int, cut: str) -> str:
    """The text in at most `width` cells, cut with a mark where it is longer."""
    return text if cell_len(text) <= width else fitted(text, width, cut)


def stop_lines(
    stop: "Stop", number: int | str, cols: Columns, now: "datetime", marks: "Symbols", *, left: bool = False
) -> list[list[Part]]:
    """The one or two lines of a stop, without the bar before them; each fills the width.

    Args:
        stop: The stop.
        number: What stands before it: its number, or a mark.
        cols: Where the columns stand.
        now: The current time.
        marks: The symbols.
        left: Whether its deadline is told by the time that is left.
    """
    due = _moment(stop, now)
    told = _due(stop, _soonest(stop, now) if left else due, cols.due, marks)
    first: list[Part] = [
        (fitted(str(number), _NUMBER, "", right=True) + " ", "muted"),
        (fitted(told, cols.due, marks.cut) + " ", "late" if due.late else "text"),
        (fitted(stop.service_name, cols.service, marks.cut) + "  ", "text"),
    ]
    status: list[Part] = [
        (fitted(_status(stop, cols.status, marks), cols.status, marks.cut) + " ", _status_tone(stop)),
        (fitted(_marks(stop, cols.marks, marks), cols.marks, "", right=True) + " ", "late" if stop.trouble else "text"),
    ]
    if not cols.wrapped:
        place: list[Part] = [(fitted(stop.address, cols.address, marks.cut) + "  ", "text")]
        if cols.crew:
            place.append((fitted(stop.crew_title or stop.crew, cols.crew, marks.cut) + "  ", "muted"))
        return [_filled([*first, *place, *status], cols)]
    crew = f"  {fitted_within(stop.crew_title or stop.crew, _CREW_BELOW, marks.cut)} " if cols.crew else " "
    room = cols.width - cols.indent - cell_len(crew)
    second: list[Part] = [
        (" " * (cols.indent - 1) + fitted(stop.address, room, marks.cut), "muted"),
        (crew, "muted"),
    ]
    return [_filled([*first, *status], cols), _filled(second, cols)]


def opened_line(stop: "Stop", cols: Columns, marks: "Symbols") -> list[Part]:
    """The line by which the chosen stop opens: the citizen's words, and what belongs to it."""
    indent = _NUMBER + 1 if cols.wrapped else cols.indent - 1
    whole = cols.width - 1 - indent
    words = quoted(stop.headline, marks) if stop.headline else "No words from the citizen"
    facts = _facts_within(stop, max(whole - cell_len(words) - 3, whole // 2), marks)
    room = whole - cell_len(facts)
    if cell_len(words) > room:
        words = set_cell_size(words, room - 2).rstrip(" .,") + marks.cut + words[-1]
    return _filled([(" " * indent + fitted(words, room, marks.cut), "words"), (facts, "muted")], cols)


def quoted(words: str, marks: "Symbols") -> str:
    """Somebody's own words between the quotation marks of the look."""
    return f"{marks.quotes[0]}{words}{marks.quotes[1]}"


def _facts_within(stop: "Stop", width: int, marks: "Symbols") -> str:
    """The facts that fit, the most important ones first."""
    facts = list(_facts(stop))
    while facts:
        line = f"  {f' {marks.dot} '.join(facts)} "
        if cell_len(line) <= width:
            return line
        facts.pop()
    return " "


def _filled(parts: list[Part], cols: Columns) -> list[Part]:
    """Parts that fill the line behind the bar, however the columns were rounded."""
    missing = cols.width - 1 - sum(cell_len(text) for text, _ in parts)
    return [*parts, (" " * missing, "text")] if missing > 0 else parts


def _moment(stop: "Stop", now: "datetime") -> DueWords:
    """When it is due; of what has ended, which stands by when it ended, that."""
    if stop.work_status.ended:
        return DueWords(day_and_time(stop.updated_at, now), late=False, soon=False)
    return due_words(stop.due_at, now, stop.work_status, stop.left)


def _due(stop: "Stop", due: DueWords, width: int, marks: "Symbols") -> str:
    symbol = marks.late if due.late else marks.soon if due.soon else " "
    short = due.words.replace(",", "").removesuffix(" left") if stop.left is not None else due.words
    closer = short.removesuffix("in").replace(" m", "m") if short.endswith(" min") else short
    words = next((words for words in (short, closer) if cell_len(words) <= width - 2), short.partition(" ")[0])
    return f"{symbol} {words}"


def _soonest(stop: "Stop", now: "datetime") -> DueWords:
    """What breaks next of an order: its deadline, or that nobody answers its escalation in time."""
    if stop.work_status.ended:
        return _moment(stop, now)
    by = stop.answer_by
    running = stop.due_at is not None and stop.due_at >= now
    if by is None or by < now or (running and stop.due_at is not None and stop.due_at <= by):
        return time_left(stop.due_at, now, stop.work_status, stop.left)
    return answer_left(by, now)


def _status(stop: "Stop", width: int, marks: "Symbols") -> str:
    words = stop.work_status.words
    if stop.work_status is WorkStatus.WAITING and stop.waiting_reason:
        reason = _SHORT_REASONS.get(stop.waiting_reason, stop.waiting_reason)
        words = f"waiting: {reason}" if len(reason) + 11 <= width else words
    return f"{marks.status[stop.work_status]} {words}"


def _status_tone(stop: "Stop") -> Tone:
    return "act" if stop.work_status in _UNDER_WAY else "text"


def _marks(stop: "Stop", width: int, marks: "Symbols") -> str:
    person = marks.trouble if stop.trouble or stop.needs_look else ""
    travel = f"{person}{marks.unsent if stop.unsent > stop.trouble else ''}"
    if width < 6:
        return travel
    photos = f"{marks.photo}{min(stop.photo_count, 9)}" if stop.photo_count else ""
    people = f"{marks.people}{min(stop.request_count, 99)}" if stop.request_count > 1 else ""
    return " ".join(part for part in (photos, people, travel) if part)


def _facts(stop: "Stop") -> Iterable[str]:
    if stop.trouble:
        yield "needs you: see the outbox"
    if stop.needs_look:
        yield "needs a look"
    if stop.priority in (Priority.HIGH, Priority.URGENT):
        yield stop.priority
    if stop.escalation:
        yield f"{'unanswered' if stop.unanswered else 'escalated'}: {stop.escalation}"
    if stop.request_count > 1:
        yield f"{stop.request_count} people"
    if stop.photo_count:
        yield f"{stop.photo_count} photo{'s' if stop.photo_count > 1 else ''}"
    if stop.waiting_reason:
        yield f"for {waiting_words(stop.waiting_reason)}"
    if stop.unsent > stop.trouble:
        yield f"{stop.unsent - stop.trouble} to send"
