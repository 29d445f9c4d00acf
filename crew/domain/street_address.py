"""Addresses as people write them: which streets they name, which number, and whether words mean one. Domain; pure.

Nothing here knows a city: a number stands before the street or behind it, and "St" is "Street".
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

_CORNER: Final = re.compile(r" (?:&|and|at|/) ", re.IGNORECASE)
_NUMBER_BEFORE: Final = re.compile(r"(\d+)[a-z]?(?:\s?-\s?\d+[a-z]?)?\s+(?=\S)", re.IGNORECASE)
_NUMBER_BEHIND: Final = re.compile(r"(?<=\S)\s+(\d+)\s?[a-z]?", re.IGNORECASE)
_LENGTH: Final = 120
_WORD: Final = re.compile(r"[^\W_]+")

_ALIKE: Final = (
    "st street saint", "ave av avenue", "rd road", "blvd boulevard", "dr drive", "ln lane", "pl place plaza",
    "sq square", "ct court", "ter terr terrace", "pkwy parkway", "hwy highway", "cir circle", "pk park", "rte route",
    "n north", "s south", "e east", "w west", "mt mount", "str strasse",
)  # fmt: skip
_FORMS: Final = {word: tuple(group.split()) for group in _ALIKE for word in group.split()}
"""Every way to write a word that signs shorten."""


def streets_of(address: str) -> list[str]:
    """The streets of "412 Centre St, Jamaica Plain", "Elm St & Oak St" or "Hauptstrasse 12"; none where it is empty."""
    return [name for part in _CORNER.split(_first(address)) if (name := _divided(part.strip())[0])]


def number_of(address: str) -> int | None:
    """The house number of an address; the first of "32-34", None for a corner or a street alone."""
    parts = _CORNER.split(_first(address))
    return _divided(parts[0].strip())[1] if len(parts) == 1 else None


def _first(address: str) -> str:
    return address[:_LENGTH].partition(",")[0].strip()


def _divided(words: str) -> tuple[str, int | None]:
    """The street and the number of a part of an address."""
    if before := _NUMBER_BEFORE.match(words):
        return words[before.end() :], int(before[1])
    behind = _NUMBER_BEHIND.search(words)
    if behind and behind.end() == len(words):
        return words[: behind.start()], int(behind[1])
    return words, None


@lru_cache(maxsize=20_000)
def folded(text: str) -> tuple[str, ...]:
    """The words of a text without accents, small: "Rué  Ste-Anne" is rue, ste, anne."""
    plain = unicodedata.normalize("NFKD", text[:_LENGTH]).casefold()
    return tuple(_WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter))))


def means(asked: Sequence[str], words: Iterable[str]) -> bool:
    """Whether each asked word begins one of the words, as they are written or as they are shortened.

    Args:
        asked: Folded; what a person has typed so far.
        words: Folded; of an address or a street.
    """
    forms = [form for word in words for form in _FORMS.get(word, (word,))]
    return all(any(form.startswith(one) for form in forms) for one in asked)
