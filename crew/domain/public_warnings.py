"""What a crew should look at twice before the public reads it: names, numbers, plates, swearing. Domain layer; pure.

Warns, and never refuses: a rule that looks at words is wrong now and then, and work must not wait for it. Every
repetition is bounded, so that no text can make the search slow.
"""

import re
from typing import TYPE_CHECKING, Final

from crew.domain.contacts import MAIL_ADDRESS, PHONE_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crew.domain.wording import Wording

_LONGEST: Final = 2000
"""Letters that are looked at; a public note is shorter."""

_PLATE: Final = re.compile(
    r"(?<![\w-])(?:"
    r"\d{1,4}[ -]?[A-Z]{2,4}(?:[ -]?\d{1,4})?"  # 123 ABC, 1ABC 23
    r"|[A-Z]{2,3}[ -]?\d{3,4}(?:[ -]?[A-Z]{1,2})?"  # ABC 1234
    r"|[A-Z]{1,3}[ -][A-Z]{1,2}[ -]?\d{1,4}"  # M-AB 1234
    r"|[A-Z]{2}\d{2} ?[A-Z]{3}"  # AB12 CDE
    r"|[A-Z]{3}\d[A-Z]\d{2}"  # ABC1D23
    r")(?![\w-])"
)
_PLATE_WORD: Final = re.compile(r"\b(?:plate|license|licence|tag|placa|matr[ií]cula|registration)\b", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{2,9}\d")
_NO_PLATE: Final = re.compile(r"US|MA|RTE?|SR|CR|HWY|N[OR]|PO|AM|PM|FT|IN|LB|KM")
"""Letters beside a number that make it a road, an hour or a measure."""
_TITLED: Final = re.compile(
    r"\b(?i:mr|mrs|ms|miss|mx|dr|sr|sra|srta|dona|señor|señora|senhor|senhora|officer|ofc|ofcr|inspector|sgt|foreman)"
    r"\.? {1,2}[A-ZÀ-Þ][\w'\u2019-]{0,30}"
)
_BADGE: Final = re.compile(r"\b(?:badge|ofc|officer|id)\.? ?(?:no\.? ?|nr\.? ?|# ?)?\d{2,6}\b", re.IGNORECASE)
_NAME: Final = re.compile(r"\b([A-ZÀ-Þ][a-zß-ÿ'\u2019-]{1,30})(?= ?([A-ZÀ-Þ][\w'\u2019.-]{0,30})?)")
_PLACE_WORD: Final = re.compile(
    r"st|street|ave|avenue|rd|road|ln|lane|dr|drive|blvd|pl|place|sq|square|ct|court|ter|terrace|way|pkwy|park|bridge"
    r"|river|hill|station|pond|island|beach|school|church|hospital|library|cir|circle|field|playground|day"
)
"""What follows a first name in the name of a place."""


def warnings(text: str, wording: "Wording") -> tuple[str, ...]:
    """What a public text seems to have that it should not, a sentence each; empty where nothing is seen.

    Args:
        text: What a person wrote for the public.
        wording: Gives the city's lists of words and first names.
    """
    return tuple(_found(text[:_LONGEST], wording))


def _found(text: str, wording: "Wording") -> "Iterator[str]":
    if found := MAIL_ADDRESS.search(text):
        yield f'"{found[0]}" looks like a mail address: the page will leave it out.'
    if found := PHONE_NUMBER.search(text):
        yield f'"{found[0].strip()}" looks like a phone number: the page will leave it out.'
        text = PHONE_NUMBER.sub(" ", text)
    if plate := _plate(text):
        yield f'"{plate}" looks like a licence plate: everybody can read it.'
    if name := _name(text, frozenset(name.casefold() for name in wording.first_names)):
        yield f'"{name}" looks like the name of a person: everybody can read it.'
    if word := _swearing(text, frozenset(word.casefold() for word in wording.swearing)):
        yield f'"{word}" is no word that the city should say.'


def _plate(text: str) -> str:
    for found in _PLATE.finditer(text):
        if not any(map(_NO_PLATE.fullmatch, re.findall("[A-Z]+", found[0]))):
            return found[0]
    named = _PLATE_WORD.search(text)
    number = _NUMBERED.search(text, named.end()) if named else None
    return number[0].strip() if number else ""


def _name(text: str, first_names: frozenset[str]) -> str:
    for pattern in (_TITLED, _BADGE):
        if found := pattern.search(text):
            return found[0]
    for found in _NAME.finditer(text):
        after = (found[2] or "").rstrip(".").casefold()
        if found[1].casefold() in first_names and not _PLACE_WORD.fullmatch(after):
            return f"{found[1]} {found[2] or ''}".strip(" .")
    return ""


def _swearing(text: str, words: frozenset[str]) -> str:
    for word in re.findall(r"[^\W\d_]{2,30}", text):
        folded = word.casefold()
        if folded in words or folded.removesuffix("s") in words:
            return str(word)
    return ""
