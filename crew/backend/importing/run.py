"""Runs an import: recognises the file, reads it record by record, writes it in batches. Backend layer."""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from crew.backend.importing.city_csv import CityCsv
from crew.backend.importing.entry import Entry, RawRecord, Unusable
from crew.backend.importing.georeport_json import document_records, is_record_line, line_records
from crew.backend.importing.lines import CityFile
from crew.backend.importing.moments import Moments
from crew.backend.importing.rules import ImportRules, load_rules
from crew.backend.importing.summary import ImportSummary
from crew.backend.importing.translation import Translation
from crew.backend.importing.writing import write_new, write_services
from crew.backend.schema import to_microseconds
from crew.domain.errors import CorrectInput

if TYPE_CHECKING:
    from crew.backend.city import City

BATCH: Final = 20_000
"""Records written in one transaction: so much is lost when the power goes, and read again by the next import."""

_FIRST_LINES: Final = 20

OnProgress = Callable[[int, int], None]
"""Called with the bytes of the file that are done, and all of them."""


def import_file(city: "City", path: Path, on_progress: OnProgress) -> ImportSummary:
    """Take in a city's file of requests; what the database has already stays as it is.

    Open records become assigned work orders and are announced to their crews; closed ones become ended orders that
    no device hears of.

    Args:
        city: Where the records go.
        path: A CSV file of the city's, or GeoReport v2 as JSON or JSON Lines; plain or gzip.
        on_progress: Called after each batch.

    Raises:
        CorrectInput: The file cannot be read, is of no known kind, or is damaged; what came before is taken in.
        FreeSpace: The disk is full; whole batches before that are taken in.
        CorrectSettings: import.toml is wrong, the shipped one or the city's own in its data folder.
    """
    rules = load_rules(city.data_dir)
    summary = ImportSummary()
    with CityFile(path) as file:
        records = _records(file, rules, city, summary)
        _Import(city, Translation(city, rules), summary).run(
            records, lambda: on_progress(file.done_bytes, file.total_bytes)
        )
    return summary


class _Import:
    """The state of one import: the batch that is being filled."""

    def __init__(self, city: "City", translation: Translation, summary: ImportSummary) -> None:
        self._city = city
        self._translation = translation
        self._summary = summary
        self._batch: dict[str, Entry] = {}

    def run(self, records: Iterator[tuple[int, RawRecord]], on_batch: Callable[[], None]) -> None:
        """Translate every record and write batch after batch; where reading fails, what was read is written."""
        try:
            for line, raw in records:
                self._take(line, raw)
                if len(self._batch) >= BATCH:
                    self._write()
                    on_batch()
        except CorrectInput:
            self._write()
            raise
        self._write()
        on_batch()

    def _take(self, line: int, raw: RawRecord) -> None:
        try:
            entry = self._translation.entry(raw)
        except Unusable as error:
            self._summary.skip(line, str(error))
            return
        self._summary.read += 1
        if entry.id in self._batch:
            self._summary.already_there += 1
        else:
            self._batch[entry.id] = entry

    def _write(self) -> None:
        with self._city.database.writing() as connection:
            write_services(connection, self._translation.services.take_new())
            written = write_new(connection, self._batch, to_microseconds(self._city.clock()))
        self._summary.imported += written
        self._summary.already_there += len(self._batch) - written
        self._batch.clear()


def _records(
    file: CityFile, rules: ImportRules, city: "City", summary: ImportSummary
) -> Iterator[tuple[int, RawRecord]]:
    """The records of a file, whatever its kind: what it is shows in its first letters, never in its name."""
    lines = file.lines()
    first_lines = list(islice(lines, _FIRST_LINES))
    every_line = chain(first_lines, lines)
    beginning = next((line for line in first_lines if not line.isspace()), "").lstrip()
    match beginning[:1]:
        case "":
            raise CorrectInput(f"{file.name} is empty. Choose another file.")
        case "<":
            raise CorrectInput(f"{file.name} is XML or a web page. Fetch the records as JSON or CSV.")
        case "{" if _is_json_lines(beginning, first_lines):
            return line_records(every_line, summary.skip)
        case "{" | "[":
            return document_records(every_line, summary.skip, file.name)
    moments = Moments(ZoneInfo(city.settings.time_zone))
    return CityCsv(next(every_line), rules.columns, moments, file.name).records(every_line, summary.skip)


def _is_json_lines(beginning: str, first_lines: list[str]) -> bool:
    """Whether each line is a record; a document's first line ends inside it, and its later lines may look like one."""
    return not beginning.rstrip().endswith(("{", "[", ",")) and any(is_record_line(line) for line in first_lines)
