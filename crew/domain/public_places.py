"""Where something is, as coarse as everybody may read it: the block, not the house. Domain layer; pure.

What the city works with stays exact; only what is shown to the public comes through here.
"""

import re
from typing import Final

from crew.domain.contacts import without_contacts

_DWELLING: Final = re.compile(
    r",?\s*(?:\b(?:apt|apartment|unit|suite|ste|floor|fl|room|rm|basement)\b\.?|#)\s*#?\w{1,8}\b", re.IGNORECASE
)
_NUMBER: Final = re.compile(
    r"(?<![\w.])(?P<first>\d{1,6})(?:[A-Za-z]|\s?1/2)?(?:\s?[-\u2013]\s?\d{1,6}[A-Za-z]?)?(?![\w/])"
)
_NAMED_BY_NUMBER: Final = re.compile(
    r"(?:\b(?:route|rte|rt|highway|hwy|interstate|exit|i|us|pole|pier|gate|bus|mile|lot|hydrant)\b\.?[ -]?|#)$",
    re.IGNORECASE,
)
_POSTAL_CODE: Final = re.compile(r"(?<!\d)\d{5}(?:-\d{4})?$")
_BLOCK: Final = 100
_PLACES: Final = 3
"""Decimals of public coordinates: 111 metres from north to south, 80 from east to west."""


def block_of(address: str) -> str:
    """The address with each house number as its block: "412 Centre St" is "400-499 Centre St"."""
    plain = _DWELLING.sub("", without_contacts(address)).strip(" ,")
    return ",".join(_block_part(part) for part in plain.split(","))


def without_house_numbers(text: str, address: str) -> str:
    """A sentence that names an address, with the block in its place."""
    return text.replace(address, block_of(address)) if address else text


def coarse(degrees: float) -> float:
    """One coordinate, as exact as everybody may know it."""
    return round(degrees, _PLACES)


def coarse_place(address: str, lat: float | None, long: float | None) -> str:
    """The block of an address, or coarse coordinates where there is none; empty where there is neither."""
    if address:
        return block_of(address)
    return "" if lat is None or long is None else f"{coarse(lat):.3f}, {coarse(long):.3f}"


def _block_part(part: str) -> str:
    postal = _POSTAL_CODE.search(part) if not part[:1].isdigit() else None
    kept = part[: postal.start()] if postal else part
    return _NUMBER.sub(_block_number, kept) + part[len(kept) :]


def _block_number(found: re.Match[str]) -> str:
    if _NAMED_BY_NUMBER.search(found.string[max(0, found.start() - 12) : found.start()]):
        return found[0]
    first = int(found["first"]) // _BLOCK * _BLOCK
    return f"{max(1, first)}\u2013{first + _BLOCK - 1}"
