"""Reads GeoReport v2 as cities really send it: JSON documents and JSON Lines. Backend layer; pure.

What differs from city to city: numbers as text and text as numbers, wrapped lists, one record instead of a list,
misspelt names, pictures as lists. Contact fields of reporters, which some cities publish by mistake, are not read.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from crew.backend.importing.entry import RawRecord
from crew.domain.errors import CorrectInput
from crew.domain.plain_text import clean_line

DOCUMENT_LIMIT: Final = 64 << 20
"""Most characters of a document that has to be read whole; JSON Lines have no such limit."""

_WRAPPERS: Final = ("service_requests", "requests", "request")
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "id": ("service_request_id",),
    "opened": ("requested_datetime",),
    "target": ("expected_datetime",),
    "closed": ("updated_datetime",),
    "status": ("status",),
    "closure": ("status_notes", "status_note"),
    "title": ("description",),
    "type": ("service_name",),
    "type_code": ("service_code",),
    "queue": (),
    "address": ("address", "address_string"),
    "lat": ("lat",),
    "long": ("long", "lon"),
    "photo": ("media_url",),
}


def is_record_line(line: str) -> bool:
    """Whether a line is a record by itself, as in JSON Lines, and not the beginning of a document."""
    value = _decoded(line)
    return isinstance(value, dict) and bool(value) and not any(name in value for name in _WRAPPERS)


def line_records(lines: Iterator[str], skip: Callable[[int, str], None]) -> Iterator[tuple[int, RawRecord]]:
    """The records of JSON Lines, with their line numbers; a line that is no record is skipped and named."""
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        value = _decoded(line)
        if isinstance(value, dict):
            yield number, _raw_record(value)
        else:
            skip(number, "it is no JSON object")


def document_records(
    lines: Iterator[str], skip: Callable[[int, str], None], file_name: str
) -> Iterator[tuple[int, RawRecord]]:
    """The records of one JSON document, counted from 1; what is no record is skipped and named.

    Raises:
        CorrectInput: The document is no JSON, holds no records, or is too large to be read whole.
    """
    value = _unwrapped(_decoded(_whole(lines, file_name)))
    if value is None:
        raise CorrectInput(f"{file_name} is no list of GeoReport v2 records. Choose another file.")
    for number, record in enumerate(value, 1):
        if isinstance(record, dict):
            yield number, _raw_record(record)
        else:
            skip(number, "it is no JSON object")


def _whole(lines: Iterator[str], file_name: str) -> str:
    parts: list[str] = []
    length = 0
    for line in lines:
        parts.append(line)
        length += len(line)
        if length > DOCUMENT_LIMIT:
            raise CorrectInput(
                f"{file_name} is one JSON document of more than {DOCUMENT_LIMIT >> 20} MB. Write one record on each "
                "line (JSON Lines): such files may have any size."
            )
    return "".join(parts)


def _decoded(text: str) -> Any:  # noqa: ANN401 - JSON is a tree of anything until it is converted
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


def _unwrapped(value: Any) -> list[Any] | None:  # noqa: ANN401 - see above
    """The list of records, out of one object per list, per record, or both."""
    while isinstance(value, dict):
        inner = next((value[name] for name in _WRAPPERS if isinstance(value.get(name), dict | list)), None)
        if inner is None:
            return [value] if "service_request_id" in value else None
        value = inner
    return value if isinstance(value, list) else None


def _raw_record(value: dict[str, Any]) -> RawRecord:
    return RawRecord(**{field: _first_text(value, names) for field, names in _NAMES.items()})


def _first_text(value: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := _text(value.get(name)))), "")


def _text(value: Any) -> str:  # noqa: ANN401 - see above
    """A value as text: numbers written out, lists and objects by the first text in them."""
    match value:
        case str():
            return value
        case bool() | None:
            return ""
        case int() | float():
            return repr(value)
        case list():
            return next((text for part in value if (text := _text(part))), "")
        case dict():
            return next((text for name in ("media_url", "url", "#text") if (text := _text(value.get(name)))), "")
    return clean_line(str(value))
