"""What citizens answered and what a crew did in seven days, as a person looks at it. Above the store; sends nothing.

All of it blocks for some milliseconds on the disk, so the terminal calls it off the event loop.
"""

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from crew.domain.value import Value
from crew.store.week import Answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crew.domain.clock import Clock
    from crew.domain.week import CrewWeek
    from crew.store.store import Store

__all__ = ["Answered", "Week", "WeekBook", "thanks_words"]

_NEWS: Final = timedelta(days=7)
_MOST_ANSWERS: Final = 500


class Week(Value):
    """The last seven days.

    Attributes:
        since: The midnight that they begin with.
        crews: Every crew that did or heard something, the busiest first; a crew sees itself alone.
        answers: What citizens answered, the latest first.
    """

    since: datetime
    crews: "tuple[CrewWeek, ...]"
    answers: tuple[Answered, ...]


class WeekBook:
    """The week of one device."""

    def __init__(self, store: "Store", clock: "Clock", zone: tzinfo) -> None:
        self._store: Final = store
        self._clock: Final = clock
        self._zone: Final = zone

    def unseen_thanks(self) -> str:
        """A quiet line about thanks that nobody here has seen, for a crew; empty where there are none."""
        device = self._store.device.signed_in()
        if device is None or device.person.role.sees_whole_city or not device.person.crew:
            return ""
        return thanks_words(self._store.week.unseen(self._clock() - _NEWS, device.person.crew))

    def week(self) -> Week:
        """The last seven days as this device knows them; what is told in it has been seen from then on."""
        from crew.domain.week import crew_weeks, week_start  # few days begin with it

        crew, now = self._crew(), self._clock().astimezone(self._zone)
        since = week_start(now)
        with self._store.transaction():
            answers = self._store.week.answered_since(since, crew)
            if answers:
                self._store.week.note_seen(answers[0].at, crew)  # the backend's clock, which may be ahead of ours
        ended = self._store.week.ended_since(since, crew)
        weeks = crew_weeks(ended, ((answer.crew, answer.kind) for answer in answers), since)
        return Week(since, weeks, tuple(answers[:_MOST_ANSWERS]))

    def _crew(self) -> str:
        """The crew that it is about; empty for all."""
        device = self._store.device.signed_in()
        return "" if device is None or device.person.role.sees_whole_city else device.person.crew


def thanks_words(answers: "Sequence[Answered]") -> str:
    """How many people thanked for which streets, in a line; empty where nobody did, or all thought better of it."""
    from crew.domain.street_address import streets_of  # few starts have thanks to tell

    counts: dict[str, int] = {}
    places: dict[str, str] = {}
    for answer in answers:
        counts[answer.order_id] = counts.get(answer.order_id, 0) + answer.kind.thanks
        places[answer.order_id] = answer.address
    thanked = [order_id for order_id, count in counts.items() if count > 0]
    people = sum(counts[order_id] for order_id in thanked)
    if not people:
        return ""
    streets = list(dict.fromkeys(next(iter(streets_of(places[order_id])), "") for order_id in thanked))
    named = [street for street in streets if street]
    who = "1 person" if people == 1 else f"{people} people"
    return f"{who} thanked you{_for_places(named, len(streets))}"


def _for_places(named: "Sequence[str]", count: int) -> str:
    match named:
        case []:
            return ""
        case [street] if count == 1:
            return f" for {street}"
        case [first, second] if count == 2:
            return f" for {first} and {second}"
        case [first, *_]:
            others = count - 1
            return f" for {first} and {others} other place{'s' if others > 1 else ''}"
        case _:
            return ""
