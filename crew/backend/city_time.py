"""A city's rules about time: its calendar, its ladder of escalation, what escalates by itself. Backend layer.

Only reads deadlines.toml and the file of holidays that it names; what the rules mean is the domain's.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec

from crew.backend.holidays import Holidays, read_holidays
from crew.domain.contacts import MAIL_ADDRESS
from crew.domain.deadlines import Deadlines, Level, TimeRules
from crew.domain.errors import CorrectSettings
from crew.domain.escalating import LEVEL_LIMIT
from crew.domain.value import Value
from crew.domain.work_order import Priority
from crew.domain.working_time import DAY_MINUTES, Shift
from crew.settings import read_settings, shipped_path

if TYPE_CHECKING:
    from crew.backend.catalogue import Catalogue

FILE: Final = "deadlines.toml"
RULE_LIMIT: Final = 60
"""Characters of a rule's name: what the database keeps."""

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHIFT: Final = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")
_MOST_HOURS: Final = 10_000


class When(StrEnum):
    """What makes an order escalate by itself. The values are the words in the settings."""

    BEFORE_DUE = "before_due"
    AFTER_DUE = "after_due"
    NOT_ACCEPTED = "not_accepted"
    NOT_FIXED = "not_fixed"


class ClockRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What escalates by itself; everything given has to hold."""

    name: str
    when: When
    level: str
    hours: float = 0
    priorities: tuple[Priority, ...] = ()
    services: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class _Rung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    answer_hours: float = 0
    to: str = ""


class _TimeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    working_hours: dict[str, tuple[str, ...]]
    holidays: tuple[str, ...] = ()
    holidays_file: str = ""
    pauses: tuple[str, ...] = ()
    grace_minutes: int = 30
    oldest_hours: int = 24
    level: tuple[_Rung, ...] = ()
    addresses: dict[str, str] = {}
    rule: tuple[ClockRule, ...] = ()


class CityTime(Value):
    """The rules of one city.

    Attributes:
        rules: As the devices hear them.
        deadlines: In force.
        escalating: What escalates by itself.
        grace: How long nothing does after the backend was away.
        oldest: What should have happened longer ago is left alone.
        addresses: Where to mail those whom an escalation asks by role, name or crew; no device is told.
    """

    rules: TimeRules
    deadlines: Deadlines
    escalating: tuple[ClockRule, ...]
    grace: timedelta
    oldest: timedelta
    addresses: Mapping[str, str]


def load_city_time(time_zone: str, catalogue: "Catalogue", folder: Path | None = None) -> CityTime:
    """Read the rules.

    Args:
        time_zone: The city's, as the settings have checked it.
        catalogue: The services that rules may name.
        folder: Where the city keeps its own deadlines.toml; the shipped one where it has none.

    Raises:
        CorrectSettings: The file does not fit; the sentence names what is wrong.
    """
    own = folder / FILE if folder else None
    path = own if own and own.exists() else shipped_path(FILE)
    file = read_settings(path, _TimeFile)
    days = _holidays(file, path)
    ladder = tuple(Level(rung.name, rung.answer_hours, rung.to) for rung in file.level)
    _check(file, path, catalogue)
    rules = TimeRules(
        time_zone, _week(file.working_hours, path), tuple(sorted(days.once)), tuple(sorted(days.yearly)), file.pauses,
        ladder,
    )  # fmt: skip
    try:
        deadlines = rules.deadlines(ZoneInfo(time_zone))
    except ValueError as error:
        raise CorrectSettings(f"In {path}: {error}.") from error
    grace, oldest = timedelta(minutes=file.grace_minutes), timedelta(hours=file.oldest_hours)
    return CityTime(rules, deadlines, file.rule, grace, oldest, file.addresses)


def _holidays(file: _TimeFile, path: Path) -> Holidays:
    days = Holidays.of_lines(file.holidays, str(path))
    return days | read_holidays(path.parent / file.holidays_file) if file.holidays_file else days


def _week(hours: Mapping[str, tuple[str, ...]], path: Path) -> tuple[tuple[Shift, ...], ...]:
    if strange := sorted(set(hours) - set(_DAYS)):
        raise CorrectSettings(f'In {path}: "{strange[0]}" is no day. There are: {", ".join(_DAYS)}.')
    return tuple(tuple(_shift(words, path) for words in hours.get(day, ())) for day in _DAYS)


def _shift(words: str, path: Path) -> Shift:
    read = _SHIFT.fullmatch(words)
    if read is not None:
        begin, begin_minute, end, end_minute = map(int, read.groups())
        shift = begin * 60 + begin_minute, end * 60 + end_minute
        if shift[0] < shift[1] <= DAY_MINUTES:
            return shift
    raise CorrectSettings(f'In {path}: "{words}" are no working hours. Write them as "07:00-16:00", up to "24:00".')


def _check(file: _TimeFile, path: Path, catalogue: "Catalogue") -> None:
    names = [rung.name for rung in file.level]
    for level in file.level:
        if not 0 < len(level.name) <= LEVEL_LIMIT or not 0 <= level.answer_hours <= _MOST_HOURS:
            raise CorrectSettings(f'In {path}: the level "{level.name}" needs a name and hours that can be.')
    for kind, given in (("level", names), ("rule", [rule.name for rule in file.rule])):
        if len({name.casefold() for name in given}) < len(given):
            raise CorrectSettings(f"In {path}: two {kind}s have the same name.")
    known = catalogue.wording.waiting_codes
    if unknown := [reason for reason in file.pauses if reason not in known]:
        raise CorrectSettings(f'In {path}: nothing waits for "{unknown[0]}". There are: {", ".join(known)}.')
    if file.grace_minutes < 0 or file.oldest_hours < 1:
        raise CorrectSettings(f"In {path}: grace_minutes is at least 0, and oldest_hours at least 1.")
    _check_addresses(file, path)
    for rule in file.rule:
        _check_rule(rule, names, path, catalogue)


def _check_addresses(file: _TimeFile, path: Path) -> None:
    """Whoever is asked by something with an "@" is asked by mail: then it has to be an address."""
    for raw in (*(level.to for level in file.level if "@" in level.to), *file.addresses.values()):
        if not MAIL_ADDRESS.fullmatch(raw):
            raise CorrectSettings(f'In {path}: "{raw}" is no mail address like name@example.gov.')


def _check_rule(rule: ClockRule, levels: list[str], path: Path, catalogue: "Catalogue") -> None:
    problem = ""
    if not 0 < len(rule.name) <= RULE_LIMIT:
        problem = f"needs a name of 1 to {RULE_LIMIT} letters"
    elif rule.level not in levels:
        problem = f'names the level "{rule.level}", which is not on the ladder'
    elif not 0 <= rule.hours <= _MOST_HOURS:
        problem = "has hours that cannot be"
    elif unknown := [code for code in rule.services if code not in catalogue.services]:
        problem = f'names the service "{unknown[0]}", which does not exist'
    elif unknown := [group for group in rule.groups if all(group != one.group for one in catalogue.services.values())]:
        problem = f'names the group "{unknown[0]}", which no service is in'
    if problem:
        raise CorrectSettings(f'In {path}: the rule "{rule.name}" {problem}.')
