"""Writes rows as CSV or JSON Lines for other programs. Stands below the command line; knows no order.

A spreadsheet takes a cell that begins with certain signs for a formula, and runs it (OWASP, "CSV Injection"). Text from
outside is therefore written with an apostrophe before such a beginning; `plain_cell` takes it off again.
"""

import csv
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from crew.domain.errors import CorrectInput, FreeSpace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import TextIOWrapper

FORMATS: Final = ("csv", "jsonl")
_BEGINS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_GUARD: Final = "'"


def safe_cell(text: str) -> str:
    """The text so that no spreadsheet runs it; one that only looks guarded is guarded too."""
    return _GUARD + text if text.lstrip(f"{_GUARD} ").startswith(_BEGINS_FORMULA) else text


def plain_cell(cell: str) -> str:
    """The opposite of `safe_cell`."""
    return cell[1:] if cell.startswith(_GUARD) and safe_cell(cell[1:]) == cell else cell


def write_rows(file: IO[str], rows: Iterable[Mapping[str, Any]], columns: "Sequence[str]", kind: str) -> int:
    """Write rows as they come and return how many there were.

    Args:
        file: Opened with newline="".
        rows: Values by column; text, numbers, None, or what JSON can hold.
        columns: Which, in order.
        kind: One of `FORMATS`.
    """
    count = 0
    writer = csv.writer(file) if kind == "csv" else None
    if writer is not None:
        writer.writerow(columns)
    for row in rows:
        count += 1
        if writer is not None:
            writer.writerow([_cell(row.get(column)) for column in columns])
        else:
            file.write(json.dumps({column: row.get(column) for column in columns}, ensure_ascii=True) + "\n")
    return count


def _cell(value: object) -> str:
    """Numbers are ours and stay numbers, a longitude with its sign too."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    return safe_cell(str(value))


@contextmanager
def whole_file(path: Path, *, replace: bool) -> "Iterator[TextIOWrapper]":
    """A file for text that is there whole or not at all, and outlasts a power cut; its `buffer` takes bytes.

    Raises:
        CorrectInput: It is there already, and `replace` does not allow it.
        FreeSpace: It cannot be written.
    """
    if path.exists() and not replace:
        raise CorrectInput(f"{path} is there already. Choose another name, or say --force.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise FreeSpace(f"{path} cannot be written: {error.strerror or error}. Choose another place.") from error
    finally:
        with suppress(OSError):  # it has its name, or was never made
            part.unlink()
