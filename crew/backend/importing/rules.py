"""How a city's files are to be read, from config/import.toml. Backend layer; decides nothing about a record."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from crew.domain.errors import CorrectSettings
from crew.domain.reasons import CANT_DO_REASONS
from crew.settings import read_settings, shipped_path

RULES_FILE: Final = "import.toml"
_NO_LETTER: Final = re.compile(r"[^a-z0-9]+")


class Closure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What closing words that begin with `label` mean.

    Attributes:
        label: The beginning, in any case.
        words: What the citizen reads where the city wrote nothing more.
        reason: A code of "can't do"; empty where the work was done.
    """

    label: str
    words: str
    reason: str = ""


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The names that each column of a CSV file goes by."""

    id: tuple[str, ...]
    opened: tuple[str, ...]
    target: tuple[str, ...]
    closed: tuple[str, ...]
    status: tuple[str, ...]
    closure: tuple[str, ...]
    title: tuple[str, ...]
    type: tuple[str, ...]
    type_code: tuple[str, ...]
    queue: tuple[str, ...]
    address: tuple[str, ...]
    lat: tuple[str, ...]
    long: tuple[str, ...]
    photo: tuple[str, ...]


class ImportRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a city's files are to be read.

    Attributes:
        placeholder_points: Latitude and longitude that mean "unknown".
        closed_words: Status words of ended records, in lower case.
    """

    placeholder_points: tuple[tuple[float, float], ...]
    closed_words: frozenset[str]
    columns: Columns
    closures: tuple[Closure, ...]


def load_rules(folder: Path) -> ImportRules:
    """Read the rules.

    Args:
        folder: Where a city may keep an import.toml of its own; without one the shipped file holds.

    Raises:
        CorrectSettings: The file does not fit, or names a reason that does not exist.
    """
    own = folder / RULES_FILE
    path = own if own.exists() else shipped_path(RULES_FILE)
    rules = read_settings(path, ImportRules)
    if unknown := {closure.reason for closure in rules.closures} - {"", *CANT_DO_REASONS}:
        raise CorrectSettings(f"{path} names reasons that do not exist: {', '.join(sorted(unknown))}.")
    return rules


def find_columns(columns: Columns, header: Sequence[str]) -> dict[str, int]:
    """Where each known column stands in a header: the first of its names that is there counts."""
    places = {_plain(name): place for place, name in reversed(list(enumerate(header)))}
    found: dict[str, int] = {}
    for column in Columns.__struct_fields__:
        names: tuple[str, ...] = getattr(columns, column)
        place = next((places[name] for name in names if name in places), None)
        if place is not None:
            found[column] = place
    return found


def _plain(name: str) -> str:
    return _NO_LETTER.sub("_", name.casefold()).strip("_")
