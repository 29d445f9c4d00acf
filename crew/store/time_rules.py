"""The city's rules about time, as the backend last told them. Store layer."""

from typing import Final

import msgspec

from crew.domain.deadlines import UNKNOWN, Deadlines, TimeRules
from crew.store.database import Database
from crew.store.values import Values
from crew.wire import mark_of

_NAME: Final = "time_rules"


class TimeRulesTable(Values):
    """Keeps them, and puts them in force."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._of: tuple[str, Deadlines] = ("", UNKNOWN)

    def keep(self, rules: TimeRules | None) -> None:
        """Remember the rules; None says that they are as they were."""
        if rules is not None:
            self._write(_NAME, self._encoded(rules))

    def mark(self) -> str:
        """What tells whether the backend has other rules; empty where none are known."""
        rules = self._decoded(_NAME, TimeRules)
        return mark_of(rules) if rules else ""

    def deadlines(self) -> Deadlines:
        """The rules in force; without any, every hour counts and no clock stops."""
        raw = self._read(_NAME)
        if raw != self._of[0]:
            with self._database.content():
                self._of = raw, _in_force(msgspec.json.decode(raw, type=TimeRules))
        return self._of[1]


def _in_force(rules: TimeRules) -> Deadlines:
    """The rules with the zone that they name; a system that does not know it counts every hour."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # no start needs it

    try:
        return rules.deadlines(ZoneInfo(rules.time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return rules.deadlines(None)
