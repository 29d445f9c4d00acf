"""Records out of CSV lines, with broken quoting contained. Backend layer; knows no column but what it is told.

A quotation mark that is never closed makes a CSV reader swallow the rest of the file. Here it costs one record: the
reader is stopped, the lines it swallowed are given back, and reading goes on at the next line that begins a record.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

SPAN_LIMIT: Final = 200
"""Most lines of one record; a citizen's description has fewer."""

_CHARACTER_LIMIT: Final = 100_000

Fields = list[str]


class CsvRecords:
    """Iterates over the records below a header, as line number and fields.

    Args:
        lines: The lines below the header.
        first_line: The number of the first of them in the file.
        delimiter: What stands between fields.
        width: How many fields a record has.
        begins_record: Whether these fields, of one line alone, look like the beginning of a record.
        skip: Called with line and reason for what cannot be used.
    """

    def __init__(
        self,
        lines: Iterator[str],
        *,
        first_line: int,
        delimiter: str,
        width: int,
        begins_record: Callable[[Fields], bool],
        skip: Callable[[int, str], None],
    ) -> None:
        self._fresh = lines
        self._given_back: deque[str] = deque()
        self._pending: list[str] = []
        self._line = first_line
        self._delimiter = delimiter
        self._width = width
        self._begins_record = begins_record
        self._skip = skip

    def __iter__(self) -> Iterator[tuple[int, Fields]]:
        """The records that can be used."""
        while True:
            yield from self._until_trouble()
            if not self._pending:
                return
            self._resync()

    def _until_trouble(self) -> Iterator[tuple[int, Fields]]:
        """Records until one is broken, whose lines then are still pending; none are at the end of the file."""
        pending, width = self._pending, self._width
        try:
            for fields in csv.reader(self._guarded(), delimiter=self._delimiter):
                span = len(pending)
                if span > 1 and (len(fields) != width or self._is_broken()):
                    return
                line = self._line
                self._line += span
                pending.clear()
                if len(fields) == width:
                    yield line, fields
                elif fields:
                    self._skip(line, f"it has {len(fields)} columns and the header has {width}")
        except csv.Error:
            return

    def _guarded(self) -> Iterator[str]:
        """The lines, remembered while their record is not complete; ends where the record cannot be one."""
        pending = self._pending
        for line in chain(self._returned(), self._fresh):
            pending.append(line)
            if len(pending) > 1 and self._is_broken():
                return
            yield line

    def _is_broken(self) -> bool:
        """Whether a record of several lines comes from a quotation mark that was not closed."""
        return (
            self._begins_record(self._alone(self._pending[-1]))
            or len(self._pending) > SPAN_LIMIT
            or sum(map(len, self._pending)) > _CHARACTER_LIMIT
        )

    def _returned(self) -> Iterator[str]:
        while self._given_back:
            yield self._given_back.popleft()

    def _resync(self) -> None:
        """Name the broken record, and give back the lines from the next beginning of a record on."""
        swallowed = self._pending[1:]
        self._skip(self._line, "its quotation marks do not match")
        lost = 1
        while swallowed and not self._begins_record(self._alone(swallowed[0])):
            del swallowed[0]
            lost += 1
        self._line += lost
        self._given_back.extendleft(reversed(swallowed))
        self._pending.clear()

    def _alone(self, line: str) -> Fields:
        try:
            return next(csv.reader([line], delimiter=self._delimiter), [])
        except csv.Error:
            return []
