"""Reads a city's CSV file: recognises its header, yields its records. Backend layer."""

import csv
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Final

from crew.backend.importing.csv_records import CsvRecords, Fields
from crew.backend.importing.entry import RawRecord, Unusable, usable_id
from crew.backend.importing.moments import Moments
from crew.backend.importing.rules import RULES_FILE, Columns, find_columns
from crew.domain.errors import CorrectInput
from crew.settings import shipped_path

_DELIMITERS: Final = ",;\t|"


class CityCsv:
    """The records of a CSV file.

    Args:
        header: The first line of the file.
        columns: The names that the columns go by.
        moments: Tells a date from other text.
        file_name: For the sentence of a refusal.

    Raises:
        CorrectInput: The header does not name enough to take records in.
    """

    def __init__(self, header: str, columns: Columns, moments: Moments, file_name: str) -> None:
        self._moments = moments
        self._delimiter, names = max(
            ((delimiter, _split(header, delimiter)) for delimiter in _DELIMITERS),
            key=lambda split: len(find_columns(columns, split[1])),
        )
        self._width = len(names)
        self._places = find_columns(columns, names)
        _require_columns(self._places, file_name)
        # A column that the file lacks is read from one past the last, where every row gets an empty cell.
        self._cells = itemgetter(*(self._places.get(column, self._width) for column in RawRecord._fields))

    def records(self, lines: Iterator[str], skip: Callable[[int, str], None]) -> Iterator[tuple[int, RawRecord]]:
        """The records below the header, with their line numbers; what is no record is skipped and named."""
        rows = CsvRecords(
            lines,
            first_line=2,
            delimiter=self._delimiter,
            width=self._width,
            begins_record=self._begins_record,
            skip=skip,
        )
        cells, record = self._cells, RawRecord._make
        for line, fields in rows:
            fields.append("")
            yield line, record(cells(fields))

    def _begins_record(self, fields: Fields) -> bool:
        """Whether an id and a date stand where they stand in a record."""
        at_id, at_opened = self._places["id"], self._places["opened"]
        if len(fields) <= max(at_id, at_opened):
            return False
        try:
            usable_id(fields[at_id])
            return self._moments.microseconds(fields[at_opened]) is not None
        except Unusable:
            return False


def _split(line: str, delimiter: str) -> Fields:
    return next(csv.reader([line], delimiter=delimiter), [])


def _require_columns(places: dict[str, int], file_name: str) -> None:
    missing = [name for name in ("id", "opened") if name not in places]
    if "address" not in places and not {"lat", "long"} <= places.keys():
        missing.append("address, or lat and long")
    if missing:
        raise CorrectInput(
            f"{file_name} has no column for {'; '.join(missing)}. Copy {shipped_path(RULES_FILE)} into the data folder "
            "and name the file's columns there."
        )
