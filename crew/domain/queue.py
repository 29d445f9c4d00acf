"""What a dispatcher looks for in the whole city's work: words and filters, typed in one line. Domain layer; pure.

`centre st status:new crew:none due:late sort:age` is such a line: a person types it, a view keeps it.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from crew.domain.errors import CorrectInput
from crew.domain.plain_text import clean_line
from crew.domain.value import Value
from crew.domain.work_order import Priority, WorkStatus

NOBODY: Final = "none"
"""Says in `crew:none` that nobody has it."""

_PART: Final = re.compile(r'(?:(?P<name>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+))?')
_ESCALATED, _UNTRIAGED = "escalated", "untriaged"


class Sort(StrEnum):
    """By what the queue is sorted. The values are the words in a view and on the command line."""

    DUE = "due"
    AGE = "age"
    SERVICE = "service"
    STREET = "street"

    @property
    def words(self) -> str:
        """The sort as a person reads it."""
        return {Sort.DUE: "by due time", Sort.AGE: "oldest first"}.get(self, f"by {self.value}")

    @property
    def next(self) -> "Sort":
        """The one after it, the first after the last."""
        every = list(Sort)
        return every[(every.index(self) + 1) % len(every)]


class DueTime(StrEnum):
    """When something is due. The values are the words in a view and on the command line."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    NEXT = "next"

    def span(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """From when on, and until before when; None for no end on that side.

        Args:
            now: The current time, aware, in the zone that "today" is meant in.
        """
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return {
            DueTime.LATE: (None, now),
            DueTime.TODAY: (midnight, midnight + timedelta(days=1)),
            DueTime.WEEK: (midnight, midnight + timedelta(days=7)),
            DueTime.NEXT: (now, datetime.max.replace(tzinfo=now.tzinfo) - timedelta(days=2)),
        }[self]


class QueueQuery(Value):
    """What is looked for; everything given has to hold. Without a status that has ended, only open orders are found.

    Attributes:
        words: Beginnings of words of the address, the description, the service or the number.
        statuses: Any of these; empty for every open one.
        services: Parts of the service's name.
        crew: A crew's name or title, or letters of it; empty for nobody's orders, None for everybody's.
        priorities: Any of these; empty for every one.
        due: When it is due.
        escalated: Whether it has to be escalated.
        untriaged: Whether nobody may have looked at it yet.
        sort: The order of what is found.
    """

    words: tuple[str, ...] = ()
    statuses: tuple[WorkStatus, ...] = ()
    services: tuple[str, ...] = ()
    crew: str | None = None
    priorities: tuple[Priority, ...] = ()
    due: DueTime | None = None
    escalated: bool = False
    untriaged: bool = False
    sort: Sort = Sort.DUE

    @property
    def ended(self) -> bool:
        """Whether ended orders are looked for instead of open ones."""
        return bool(self.statuses) and all(status.ended for status in self.statuses)

    @property
    def narrows(self) -> bool:
        """Whether anything but words leaves orders out."""
        given = (self.statuses, self.services, self.crew is not None, self.priorities, self.due)
        return any(given) or self.escalated or self.untriaged


@dataclass(slots=True)
class _Reading:
    words: list[str] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=dict)


_Word = TypeVar("_Word", WorkStatus, Priority, DueTime, Sort)


def query_of(line: str) -> QueueQuery:
    """Read a line of words and filters. A filter that is only begun, such as `status:`, is none yet.

    Raises:
        CorrectInput: A filter or its value is not known; the sentence names those that are.
    """
    read = _Reading()
    for part in _PART.finditer(clean_line(line)):
        value = part["quoted"] if part["quoted"] is not None else part["plain"] or ""
        if part["name"]:
            read.filters.setdefault(part["name"].lower(), []).extend([value] if value else [])
        elif value:
            read.words.append(value)
    _refuse_unknown(read.filters)
    crew = read.filters.get("crew", [])
    of = {word for value in read.filters.get("is", []) for word in _begun("is", value, (_ESCALATED, _UNTRIAGED))}
    due, sort = _all_begun("due", read, DueTime), _all_begun("sort", read, Sort)
    return QueueQuery(
        words=tuple(word for word in read.words if any(character.isalnum() for character in word)),
        statuses=_all_begun("status", read, WorkStatus),
        services=tuple(read.filters.get("service", [])),
        crew=("" if crew[-1].casefold() == NOBODY else crew[-1]) if crew else None,
        priorities=_all_begun("priority", read, Priority),
        due=due[0] if due else None,
        escalated=_ESCALATED in of,
        untriaged=_UNTRIAGED in of,
        sort=sort[0] if sort else Sort.DUE,
    )


_FILTERS: Final = ("status", "service", "crew", "priority", "due", "is", "sort")


def _refuse_unknown(filters: dict[str, list[str]]) -> None:
    for name in filters:
        if name not in _FILTERS:
            raise CorrectInput(f'There is no filter "{name}:". There are: {", ".join(_FILTERS)}.')


def _all_begun(name: str, read: _Reading, kind: type[_Word]) -> tuple[_Word, ...]:
    known = {word.value: word for word in kind}
    return tuple(known[word] for value in read.filters.get(name, []) for word in _begun(name, value, tuple(known)))


def _begun(name: str, value: str, known: tuple[str, ...]) -> list[str]:
    """The known words that begin so: a person who types sees what they mean before the last letter."""
    wanted = value.casefold().replace(" ", "_").replace("-", "_")
    found = [word for word in known if word == wanted] or [word for word in known if word.startswith(wanted)]
    if not found:
        raise CorrectInput(f'There is no "{name}:{value}". There are: {", ".join(known)}.')
    return found
