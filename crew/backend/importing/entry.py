"""One record of a file, cleaned and ready to be written, and why another cannot be. Backend layer; pure."""

import re
from typing import Final, NamedTuple

from crew.domain.plain_text import clean_line

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:~-]*")
_ID_LIMIT: Final = 64
_SPREADSHEET_NUMBER: Final = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_WHOLE_FLOAT: Final = re.compile(r"(\d+)\.0")
_WEB_ADDRESS: Final = re.compile(r"https?://[^\s,;\"'<>\\\x00-\x20]{1,2000}", re.IGNORECASE)
_INTERSECTIONS: Final = ("INTERSECTION of ", "Intersection Of ", "Intersection of ")


class Unusable(Exception):
    """This record cannot be taken in; the words say why."""


class RawRecord(NamedTuple):
    """What a file says of one record, as text, whatever its kind; the fields are the columns of config/import.toml."""

    id: str
    opened: str
    target: str
    closed: str
    status: str
    closure: str
    title: str
    type: str
    type_code: str
    queue: str
    address: str
    lat: str
    long: str
    photo: str


class Entry(NamedTuple):
    """A record as the tables hold it, under the names of their columns; moments are microseconds since 1970."""

    id: str
    service_code: str
    description: str
    address: str
    lat: float | None
    long: float | None
    crew: str
    work_status: str
    public_status: str
    closure_reason: str
    public_text: str
    requested_at: int
    updated_at: int
    due_at: int | None
    media_url: str


def usable_id(raw: str) -> str:
    """The id of a record.

    Raises:
        Unusable: There is none, or a program has destroyed it.
    """
    if raw.isdecimal() and raw.isascii() and len(raw) <= _ID_LIMIT:
        return raw
    number = raw.strip()
    if whole := _WHOLE_FLOAT.fullmatch(number):
        return whole[1]
    if _SPREADSHEET_NUMBER.fullmatch(number):
        raise Unusable(f"the id {number} was rounded by a spreadsheet; export the file anew with ids as text")
    if not number:
        raise Unusable("it has no id")
    if len(number) > _ID_LIMIT or not _ID.fullmatch(number):
        raise Unusable(
            f'the id "{clean_line(number, 40)}" cannot be used; up to {_ID_LIMIT} letters, digits and _.:~- can'
        )
    return number


def tidy_address(raw: str) -> str:
    """An address on one line. Boston's files hold street, district, state and code apart by two spaces."""
    if raw.startswith(_INTERSECTIONS):
        raw = raw[len(_INTERSECTIONS[0]) :]
    return clean_line(raw.strip().replace("  ", ", ", 1).replace("  ", " "))


def first_web_address(raw: str) -> str:
    """The first http(s) address in a cell that may hold several, or a picture itself; empty if there is none."""
    match = _WEB_ADDRESS.search(raw)
    return match[0] if match else ""


def point(lat: str, long: str) -> tuple[float, float] | None:
    """A point from the text of two numbers; None for what is no place, such as 0.0."""
    try:
        north, east = float(lat), float(long)
    except ValueError:
        return None
    if -90 <= north <= 90 and -180 <= east <= 180:
        return (north, east) if north or east else None
    if -180 <= north <= 180 and -90 <= east <= 90:
        return east, north  # some cities write longitude first
    return None
