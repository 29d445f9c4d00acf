"""A file as lines of text: unpacked, decoded, bounded. Backend layer; knows nothing of what the lines mean."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

from crew.domain.errors import CorrectInput
from crew.domain.plain_text import clean_line

LINE_LIMIT: Final = 1 << 20
"""Most bytes of one line; what is longer is cut, so that no file can fill the memory."""

_BUFFER_BYTES: Final = 1 << 15
_GZIP_MAGIC: Final = b"\x1f\x8b"
_UNREADABLE: Final = {
    b"PK\x03\x04": "is a ZIP archive or a spreadsheet: unpack it, or save the sheet as CSV",
    b"\xff\xfe": "is written in UTF-16: save it as CSV in UTF-8",
    b"\xfe\xff": "is written in UTF-16: save it as CSV in UTF-8",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet: save it as CSV",
}
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class CityFile:
    """A file of records, read once from beginning to end.

    Attributes:
        name: As it may be shown.
        total_bytes: Size on disk.
    """

    def __init__(self, path: Path) -> None:
        """Open a plain or gzip file.

        Raises:
            CorrectInput: It cannot be read, or is of a kind that holds no lines of text.
        """
        self.name = clean_line(path.name, 80)
        try:
            self._file = path.open("rb")
            self.total_bytes = path.stat().st_size
        except OSError as error:
            raise CorrectInput(f"{self.name} cannot be read: {error.strerror}. Check the path.") from error
        packed = self._file.peek(2)[:2] == _GZIP_MAGIC
        self._lines = cast(
            "BinaryIO", io.BufferedReader(gzip.GzipFile(fileobj=self._file), _BUFFER_BYTES) if packed else self._file
        )

    def __enter__(self) -> Self:
        """The file itself; it is closed at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        self._lines.close()
        self._file.close()

    @property
    def done_bytes(self) -> int:
        """How much of the file on disk has been read."""
        return self._file.tell()

    def lines(self) -> Iterator[str]:
        """The lines with their endings.

        Each is decoded for itself, UTF-8 first, else as Windows wrote it: files glued together hold both.

        Raises:
            CorrectInput: The file holds no lines of text, or ends in the middle.
        """
        first = self._line()
        for magic, words in _UNREADABLE.items():
            if first.startswith(magic):
                raise CorrectInput(f"{self.name} {words}.")
        raw = first.removeprefix(_BYTE_ORDER_MARK)
        while raw:
            try:
                yield raw.decode()
            except UnicodeDecodeError:
                yield raw.decode("cp1252", errors="replace")
            raw = self._line()

    def _line(self) -> bytes:
        try:
            raw = self._lines.readline(LINE_LIMIT)
            if len(raw) == LINE_LIMIT and not raw.endswith(b"\n"):
                self._skip_rest_of_line()
        except (EOFError, zlib.error, OSError) as error:
            raise CorrectInput(
                f"{self.name} is damaged and ends in the middle ({clean_line(str(error), 80)}). What came before is "
                "taken in; fetch the file again and import it again."
            ) from error
        return raw

    def _skip_rest_of_line(self) -> None:
        while (rest := self._lines.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
            pass
