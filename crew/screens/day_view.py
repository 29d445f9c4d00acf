"""What of the day is shown: open or finished, and only what a person looks for. Screen layer; pure values."""

from typing import TYPE_CHECKING, Final

from crew.domain.due import due_words
from crew.domain.place import distance_words
from crew.domain.value import Value, replace
from crew.domain.ways import along_words
from crew.widgets.order_lines import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crew.domain.person import Person
    from crew.field_work import Day, Stop
    from crew.look import Look, Symbols

_NO_STOPS: Final = ()
_A_WAY: Final = 2
"""As many stops have a way between them."""


class DayView(Value, kw_only=True):
    """Everything that the list is made of, at one moment."""

    day: "Day | None" = None
    ended: "tuple[Stop, ...]" = ()
    person: "Person | None" = None
    finished: bool = False
    """Whether finished work is shown instead of what is open."""
    words: str = ""
    """What the person looks for."""

    @property
    def all_stops(self) -> "Sequence[Stop]":
        """The stops before the search."""
        if self.finished:
            return self.ended
        return self.day.stops if self.day else _NO_STOPS

    def shown(self, now: "datetime") -> "Sequence[Stop]":
        """The stops that have every word looked for."""
        wanted = self.words.casefold().split()
        if not wanted:
            return self.all_stops
        return [stop for stop in self.all_stops if has_words(stop, wanted, now)]

    def counts(self, marks: "Symbols") -> str:
        """The left half of the line over the list."""
        gap = f" {marks.dot} "
        if self.words:
            return f"With {quoted(self.words, marks)}"
        if self.finished:
            return f"Finished work{gap}{_counted(len(self.ended), 'order')}"
        if self.day is None or not self.day.fetched:
            return ""
        late = f"{gap}{self.day.late} late" if self.day.late else ""
        done = f"{gap}{self.day.ended_today} done today" if self.day.ended_today else ""
        noun = "order" if self.person is not None and self.person.role.sees_whole_city else "stop"
        return f"{_counted(len(self.day.stops) + self.day.more, noun)}{late}{done}"

    @property
    def attention(self) -> str:
        """What needs a person, whatever else is shown; empty where nothing does."""
        return "\n".join((*self._in_the_outbox, *self._to_decide))

    @property
    def is_to_decide(self) -> bool:
        """Whether all of that is settled in the decisions; what is in the outbox comes first."""
        return bool(self._to_decide) and not self._in_the_outbox

    @property
    def _in_the_outbox(self) -> list[str]:
        lines: list[str] = []
        if self.day is None:
            return lines
        if count := self.day.needs_person:
            changes = "1 change needs" if count == 1 else f"{count} changes need"
            lines.append(f"{changes} you: press o or tap here to see why.")
        if self.day.recovered:
            lines.append(f"{self.day.recovered} Press o: seen.")
        return lines

    @property
    def _to_decide(self) -> list[str]:
        lines: list[str] = []
        if self.day is None:
            return lines
        if count := self.day.moved_away:
            orders = "1 order was" if count == 1 else f"{count} orders were"
            lines.append(f"{orders} moved to another crew: press 4 to see why.")
        if count := self.day.to_acknowledge:
            raised = "1 order was escalated" if count == 1 else f"{count} orders were escalated"
            lines.append(f"{raised} to you, and nobody has said that they know: press 4.")
        if (count := self.day.to_look_at) and not lines and not self._in_the_outbox:
            orders = "1 order needs" if count == 1 else f"{count} orders need"
            lines.append(f"{orders} a look, work was done by another crew or twice: press 4.")
        if (count := self.day.to_approve) and not lines and not self._in_the_outbox:
            orders = "1 finished order has photos" if count == 1 else f"{count} finished orders have photos"
            lines.append(f"{orders} that the city could post: press 4.")
        return lines

    @property
    def thanks(self) -> str:
        """What citizens said of finished work, until somebody has read it; empty where nothing is new."""
        words = self.day.thanks if self.day else ""
        return f"{words}: press 9." if words else ""

    def order_words(self, count: int, look: "Look", *, short: bool = False) -> str:
        """The right half: how the list is sorted, and how much of it is found; `short` leaves the counts their room."""
        marks = look.marks
        found = f"{count:,} of {len(self.all_stops):,}  {marks.dot}  " if self.words else ""
        if self.finished:
            return f"{found}latest first"
        driven = self.day.driven if self.day else None
        if driven is None:
            first = f"first {len(self.all_stops):,} " if self.day and self.day.more else ""
            return f"{found}{first}by due time"
        if len(self.all_stops) < _A_WAY:
            return f"{found}driving order"
        along = "" if short else f" {along_words(driven.along)}"
        return f"{found}driving order {marks.dot} {distance_words(driven.metres, look.units)}{along}"

    def empty_words(self, marks: "Symbols") -> str:
        """What to do next where the list is empty; empty where it is not read yet."""
        if self.person is None:
            return (
                "Nobody is signed in on this device.\n\nSign in with the one-time code from your supervisor: press i."
            )
        if self.words:
            return f"Nothing has {quoted(self.words, marks)}.\n\nPress esc to show everything again."
        if self.finished:
            return "No finished work is on this device yet.\n\nPress f to go back to the open stops."
        if self.day is None:
            return ""
        if not self.day.fetched:
            return "Your work has not come yet.\n\nIt comes with the first link. Press y to look for one now."
        done = f"{self.day.ended_today} done today. " if self.day.ended_today else ""
        return f"Nothing left.\n\n{done}New work appears here by itself."

    def looking_for(self, words: str) -> "DayView":
        """The same with other words looked for."""
        return replace(self, words=" ".join(words.split()))


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def has_words(stop: "Stop", wanted: "Sequence[str]", now: "datetime") -> bool:
    """Whether a stop has every one of these words, in lower case."""
    late = "late" if due_words(stop.due_at, now, stop.work_status, stop.left).late else ""
    unsent = "unsent" if stop.unsent else ""
    look = "look" if stop.needs_look else ""
    words = (
        *(stop.service_name, stop.address, stop.order_id, stop.headline),
        *(stop.work_status.words, stop.waiting_reason, stop.escalation, late, unsent, look),
        *(stop.crew, f"crew:{stop.crew}", stop.crew_title, f"crew:{stop.crew_title}"),
    )
    text = " ".join(words).casefold()
    return all(word in text for word in wanted)
