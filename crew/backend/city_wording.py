"""A city's closure reasons and what the citizen reads, out of reasons.toml. Backend layer; reads a file.

Refuses what would show a brace to a citizen: a placeholder that nobody fills in, a text that its own language lacks.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, Protocol

import msgspec

from crew.domain.errors import CorrectSettings
from crew.domain.reasons import CANT_DO_REASONS
from crew.domain.value import replace
from crew.domain.wording import (
    PLACEHOLDERS,
    STANDARD_WORDING,
    ClosureReason,
    Language,
    Texts,
    WaitingReason,
    Wording,
    placeholders,
)
from crew.domain.work_order import WorkStatus
from crew.settings import read_settings, shipped_path

_CODE: Final = re.compile("[a-z0-9_]{1,40}")
_MONTHS: Final = 12
_WHEN: Final = frozenset({"day", "month", "time"})


class Worded(Protocol):
    """What is asked here of a service."""

    @property
    def code(self) -> str:
        """Short and lasting."""

    @property
    def group(self) -> str:
        """What stands with it in a citizen's list."""

    @property
    def done_text(self) -> str:
        """The template for finished work, in the default language."""

    @property
    def done_texts(self) -> Texts:
        """The same in others."""


class _LanguageTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    when: str
    months: tuple[str, ...]
    somewhere: str
    agency: str


class _ReasonTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    ends: Literal["done", "cant_do"]
    words: str
    text: Texts = {}
    worded_as: str = ""
    agency: str = ""
    services: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    photo: str = ""
    note: str = ""
    retired: bool = False


class _WaitingTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    words: str
    text: Texts = {}
    retired: bool = False


class _Warnings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    swearing: tuple[str, ...] = ()
    first_names: tuple[str, ...] = ()


class _ReasonsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    default_language: str
    languages: dict[str, _LanguageTable]
    done: Texts
    reason: tuple[_ReasonTable, ...]
    warnings: _Warnings = _Warnings()
    waiting: tuple[_WaitingTable, ...] = ()


def load_wording(path: Path, services: Mapping[str, Worded]) -> Wording:
    """The city's wording: its own reasons, and those that every city has.

    Raises:
        CorrectSettings: The file does not fit, or would leave a citizen with a text that makes no sense.
    """
    file = read_settings(path, _ReasonsFile)
    languages = _languages(file, path)
    first = languages[0].code
    by_code: dict[str, ClosureReason] = {}
    for table in file.reason:
        if table.code in by_code or not _CODE.fullmatch(table.code):
            raise CorrectSettings(
                f'In {path}: the code "{table.code}" is there twice, or is not of 1 to 40 letters, digits and _.'
            )
        by_code[table.code] = _reason(table, by_code, services, path)
    for reason in by_code.values():
        _check_text(f"{path}: {reason.code}", reason.text, first, languages)
    for needed in (one for one in STANDARD_WORDING.reasons if one.code not in by_code):
        by_code[needed.code] = replace(needed, text={first: needed.text["en"]})
    if wrong := [code for code in CANT_DO_REASONS if by_code[code].status is not WorkStatus.CANT_DO]:
        raise CorrectSettings(f'In {path}: {", ".join(wrong)} ends an order without the work: ends = "cant_do".')
    _check_text(f"{path}: [done]", file.done, first, languages)
    done_of = {service.code: service.done_texts for service in services.values() if service.done_texts}
    for code, text in done_of.items():
        _check_text(f"done_texts of {code}", text, None, languages)
    for service in services.values():
        _check_placeholders(f"done_text of {service.code}", (service.done_text,))
    words = file.warnings
    waiting = _waiting(file.waiting, languages, path)
    return Wording(languages, tuple(by_code.values()), file.done, done_of, words.swearing, words.first_names, waiting)


def _waiting(
    tables: tuple[_WaitingTable, ...], languages: tuple[Language, ...], path: Path
) -> tuple[WaitingReason, ...]:
    """What work waits for: the city's own, and what every city has, in those of its languages that are shipped."""
    first, spoken = languages[0].code, {language.code for language in languages}
    codes = [table.code for table in tables]
    for table in tables:
        if codes.count(table.code) > 1 or not _CODE.fullmatch(table.code) or not table.words.strip():
            raise CorrectSettings(
                f'In {path}: the [[waiting]] "{table.code}" needs words, and a code of its own: letters, digits and _.'
            )
        _check_text(f"{path}: {table.code}", table.text, first if table.text else None, languages)
        if braces := [text for text in table.text.values() if placeholders(text)]:
            raise CorrectSettings(f'In {path}: "{braces[0]}" of {table.code} has braces, which nobody fills in there.')
    shipped = read_settings(shipped_path(path.name), _ReasonsFile).waiting
    lacking = (table for table in shipped if table.code not in codes)
    found = [WaitingReason(one.code, one.words, one.text or None, one.retired) for one in tables]
    for one in lacking:
        text = {code: words for code, words in one.text.items() if code in spoken}
        found.append(WaitingReason(one.code, one.words, {first: one.text["en"], **text}))
    return tuple(found)


def _languages(file: _ReasonsFile, path: Path) -> tuple[Language, ...]:
    if file.default_language not in file.languages:
        raise CorrectSettings(f'In {path}: default_language = "{file.default_language}" is none of its languages.')
    codes = (file.default_language, *(code for code in file.languages if code != file.default_language))
    for code in codes:
        table = file.languages[code]
        if len(table.months) != _MONTHS or placeholders(table.when) - _WHEN or not table.somewhere:
            raise CorrectSettings(
                f"In {path}: the language {code} needs 12 months, a when of day, month and time, and a somewhere."
            )
    return tuple(Language(code, **msgspec.structs.asdict(file.languages[code])) for code in codes)


def _reason(
    table: _ReasonTable, before: Mapping[str, ClosureReason], services: Mapping[str, Worded], path: Path
) -> ClosureReason:
    if table.worded_as and table.worded_as not in before:
        raise CorrectSettings(f'In {path}: {table.code} is worded as "{table.worded_as}", which is not above it.')
    groups = {service.group for service in services.values()}
    unknown = [*(set(table.services) - services.keys()), *(set(table.groups) - groups)]
    shipped = path == shipped_path(path.name)  # a city's own services may lack some that the shipped reasons name
    if unknown and not shipped:
        raise CorrectSettings(f"In {path}: {table.code} is for unknown services: {', '.join(sorted(unknown))}.")
    fitting = [one.code for one in services.values() if one.code in table.services or one.group in table.groups]
    return ClosureReason(
        code=table.code,
        status=WorkStatus(table.ends),
        words=table.words,
        text=table.text or (before[table.worded_as].text if table.worded_as else {}),
        services=tuple(fitting),
        photo=table.photo,
        note=table.note,
        agency=table.agency,
        retired=table.retired or (bool(table.services or table.groups) and not fitting),
    )


def _check_text(where: str, text: Texts, first: str | None, languages: Iterable[Language]) -> None:
    if first is not None and not text.get(first, "").strip():
        raise CorrectSettings(f"{where} has no text in the default language, {first}.")
    if unknown := text.keys() - {language.code for language in languages}:
        raise CorrectSettings(f"{where} has a text in a language that is not listed: {', '.join(sorted(unknown))}.")
    _check_placeholders(where, text.values())


def _check_placeholders(where: str, texts: Iterable[str]) -> None:
    for text in texts:
        if unknown := placeholders(text) - PLACEHOLDERS:
            raise CorrectSettings(
                f"{where} has {{{sorted(unknown)[0]}}}, which nobody fills in. "
                f"There are: {', '.join(sorted(PLACEHOLDERS))}."
            )
