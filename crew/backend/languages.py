"""The languages of citizens' pages and mails: their words, their dates, and which one a reader wants. Backend layer.

Reads the shipped tables once; writes no page and no mail. What a citizen or a crew wrote is never translated.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from tomllib import TOMLDecodeError, loads
from typing import TYPE_CHECKING, Final

import msgspec

from crew.domain.errors import CorrectSettings
from crew.domain.posting import DayWords
from crew.domain.value import Value
from crew.domain.wording import placeholders

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_PACKAGE: Final = "crew.backend.public"
_FOLDER: Final = "messages"
_COMPLETE: Final = "en"
"""The table that says which sentences there are, and which blanks each has."""

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
    phrases: dict[str, str]
    words: dict[str, str]


class Language(Value):
    """One language of pages and mails.

    Attributes:
        code: As it stands in `lang` attributes and in `?lang=`.
        name: As its speakers write it.
        direction: `ltr` or `rtl`.
        words: Every sentence, by its key.
        days: How a day is written, for those who write it elsewhere, too.
    """

    code: str
    name: str
    direction: str
    words: Mapping[str, str]
    days: DayWords
    _services: Mapping[str, str]
    _groups: Mapping[str, str]
    _phrases: Mapping[str, str]
    _moment: str

    def service(self, code: str, name: str) -> str:
        """A type of request in this language; `name`, as the catalogue has it, where nobody translated it."""
        return self._services.get(code, name)

    def group(self, name: str) -> str:
        """A group of services in this language."""
        return self._groups.get(name, name)

    def phrase(self, words: str) -> str:
        """Shipped words of the settings, such as an answer or a badge, in this language; a city's own as they are."""
        return self._phrases.get(words, words)

    def counted(self, key: str, count: int) -> str:
        """The sentence about a number of things: `key_one` for one, else `key_many`."""
        return self.words[f"{key}_{'one' if count == 1 else 'many'}"].format(count=count)

    def day(self, moment: datetime, zone: tzinfo) -> str:
        """A day as a citizen reads it: "Tuesday 4 March 2025"."""
        return self.days.written(moment.astimezone(zone))

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        """A moment as a citizen reads it: "Tuesday 4 March 2025, 14:32"."""
        local = moment.astimezone(zone)
        return self._moment.format(date=self.days.written(local), time=f"{local.hour:02}:{local.minute:02}")


def known_languages() -> tuple[str, ...]:
    """The code of every language that pages and mails can be read in."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def language_of(code: str) -> Language:
    """One language, by a code of `known_languages`. Raises CorrectSettings where its table is not complete."""
    return load_language(_folder(), code)


def load_language(folder: "Traversable", code: str) -> Language:
    """Read the table of a language and hold it against that of English.

    Raises:
        CorrectSettings: It cannot be read, lacks a sentence, has one that nobody asks for, or one with other blanks.
    """
    table = _read(folder, code)
    if problem := _problem(table.words, _read(folder, _COMPLETE).words):
        raise CorrectSettings(f"In {_FOLDER}/{code}.toml: {problem}.")
    names, dates = table.language, table.dates
    days, parts = DayWords(dates.day, dates.weekdays, dates.months), (table.services, table.groups, table.phrases)
    return Language(code, names.name, names.direction, table.words, days, *parts, dates.moment)


def _folder() -> "Traversable":
    return files(_PACKAGE).joinpath(_FOLDER)


def _read(folder: "Traversable", code: str) -> _Table:
    raw = folder.joinpath(f"{code}.toml").read_text(encoding="utf-8")
    try:
        return msgspec.convert(loads(raw), _Table)
    except (msgspec.ValidationError, TOMLDecodeError) as error:
        raise CorrectSettings(f"{_FOLDER}/{code}.toml cannot be read: {error}.") from error


def _problem(words: Mapping[str, str], complete: Mapping[str, str]) -> str:
    """The first thing in which some sentences differ from the complete ones; empty for none."""
    if missing := complete.keys() - words.keys():
        return f"there is no {min(missing)}"
    if unknown := words.keys() - complete.keys():
        return f"nobody asks for {min(unknown)}"
    if wrong := [key for key in complete if placeholders(words[key]) != placeholders(complete[key])]:
        blanks = ", ".join(f"{{{name}}}" for name in sorted(placeholders(complete[wrong[0]])))
        return f"the blanks of {wrong[0]} must be those of {_COMPLETE}.toml: {blanks or 'none'}"
    return ""


def chosen_language(offered: Sequence[str], asked: str, accepted: str) -> Language:
    """The language for a reader.

    Args:
        offered: Codes of the languages that the city offers; the first is for those who ask for none of them.
        asked: What the address says, `?lang=`, or what is known of the reader; empty where nothing is.
        accepted: The header Accept-Language.
    """
    return language_of(wanted_language(offered, asked, accepted) or offered[0])


def wanted_language(offered: Sequence[str], asked: str, accepted: str) -> str:
    """The code of the offered language that a reader asks for, as in `chosen_language`; empty for none of them."""
    wanted = (asked.strip().lower(), *_wanted(accepted))
    return next((code for code in wanted if code in offered), "")


@lru_cache(maxsize=200)
def _wanted(accepted: str) -> tuple[str, ...]:
    return tuple(code for _, code in sorted(_weighed(accepted[:500]), key=lambda pair: -pair[0]))


def _weighed(accepted: str) -> Iterator[tuple[float, str]]:
    for part in accepted.split(",")[:_MOST_WANTED]:
        if found := _WANTED.fullmatch(part):
            weight = float(found["weight"] or 1)
            if weight:
                yield weight, found["code"].lower()
