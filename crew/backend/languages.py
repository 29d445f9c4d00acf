"""The languages of the citizens' pages: their words, their dates, and which one a reader wants. Backend layer.

Reads the shipped tables once; writes no page. What a citizen or a crew wrote is never translated.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from tomllib import loads
from typing import Final

import msgspec

from crew.domain.posting import DayWords
from crew.domain.value import Value

_PACKAGE: Final = "crew.backend.public"
_FOLDER: Final = "messages"
_MOST_WANTED: Final = 20
_WANTED: Final = re.compile(
    r"\s*(?P<code>[A-Za-z]{2,8})(?:-[\w-]{1,30})?\s*(?:;\s*q\s*=\s*(?P<weight>[01](?:\.\d{0,3})?)\s*)?"
)


class _Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    direction: str


class _Dates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    day: str
    moment: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    language: _Names
    dates: _Dates
    services: dict[str, str]
    groups: dict[str, str]
    words: dict[str, str]


class Language(Value):
    """One language of the pages.

    Attributes:
        code: As it stands in `lang` attributes and in `?lang=`.
        name: As its speakers write it.
        direction: `ltr` or `rtl`.
        words: Every sentence of the pages, by its key.
    """

    code: str
    name: str
    direction: str
    words: Mapping[str, str]
    _services: Mapping[str, str]
    _groups: Mapping[str, str]
    _dates: _Dates

    def service(self, code: str, name: str) -> str:
        """A type of request in this language; `name`, as the catalogue has it, where nobody translated it."""
        return self._services.get(code, name)

    def group(self, name: str) -> str:
        """A group of services in this language."""
        return self._groups.get(name, name)

    def day(self, moment: datetime, zone: tzinfo) -> str:
        """A day as a citizen reads it: "Tuesday 4 March 2025"."""
        return self.days.written(moment.astimezone(zone))

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        """A moment as a citizen reads it: "Tuesday 4 March 2025, 14:32"."""
        return self._dates.moment.format(date=self.day(moment, zone), time=f"{moment.astimezone(zone):%H:%M}")

    @property
    def days(self) -> DayWords:
        """How a day is written, for those who write it elsewhere."""
        return DayWords(self._dates.day, self._dates.weekdays, self._dates.months)


def known_languages() -> tuple[str, ...]:
    """The code of every language that the pages can be read in."""
    names = (entry.name for entry in files(_PACKAGE).joinpath(_FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def language_of(code: str) -> Language:
    """One language, by a code of `known_languages`."""
    raw = files(_PACKAGE).joinpath(_FOLDER, f"{code}.toml").read_text(encoding="utf-8")
    table = msgspec.convert(loads(raw), _Table)
    names = table.language
    return Language(code, names.name, names.direction, table.words, table.services, table.groups, table.dates)


def chosen_language(offered: Sequence[str], asked: str, accepted: str) -> Language:
    """The language for a reader.

    Args:
        offered: Codes of the languages that the city offers; the first is for those who ask for none of them.
        asked: What the address says, `?lang=`; empty where it says nothing.
        accepted: The header Accept-Language.
    """
    wanted = (asked.strip().lower(), *_wanted(accepted))
    return language_of(next((code for code in wanted if code in offered), offered[0]))


@lru_cache(maxsize=200)
def _wanted(accepted: str) -> tuple[str, ...]:
    return tuple(code for _, code in sorted(_weighed(accepted[:500]), key=lambda pair: -pair[0]))


def _weighed(accepted: str) -> Iterator[tuple[float, str]]:
    for part in accepted.split(",")[:_MOST_WANTED]:
        if found := _WANTED.fullmatch(part):
            weight = float(found["weight"] or 1)
            if weight:
                yield weight, found["code"].lower()
