"""Decodes pictures in a process of its own, with a limit on memory and time. Photo work; the parent's half.

A picture can be made to use up all memory, or to break the library that reads it. Then the process that decodes ends,
not the terminal: the person reads a sentence, and the next picture gets a new process. It is kept warm meanwhile, since
starting it takes longer than decoding.
"""

import threading
import weakref
from collections.abc import Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from crew import own_process
from crew.domain.errors import CallForHelp, CorrectInput
from crew.domain.patch import Patch
from crew.domain.picture_area import Area
from crew.photos.exchange import (
    PHOTO_LIMIT_BYTES,
    REPLIES,
    BlackOut,
    Cells,
    Job,
    Mosaic,
    Nonsense,
    Prepare,
    Reply,
    read_message,
    write_message,
)
from crew.photos.prepared import CellPicture, PreparedPhoto, shown_name

MEMORY_LIMIT_BYTES: Final = 1536 * 1024 * 1024
"""Address space of the process: twice what the hungriest picture needs, 50 million pixels with transparency."""

_REST_BYTES: Final = 4096
"""What an answer holds beside its pixels."""

PATIENCE_SECONDS: Final = 20.0
"""A 50-megapixel photo takes two seconds on a slow tablet."""

_NOTHING: Final = "The picture was decoded, and nothing came of it. Tell your administrator."


class Darkroom:
    """One process that decodes, started when it is first needed. Safe to use from several threads, one at a time."""

    def __init__(
        self, *, memory_limit_bytes: int = MEMORY_LIMIT_BYTES, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Start nothing yet.

        Args:
            memory_limit_bytes: Most address space that the process may have; Windows knows no such limit.
            patience_seconds: How long one picture may take.
        """
        self._memory_limit_bytes: Final = memory_limit_bytes
        self._patience_seconds: Final = patience_seconds
        self._turn: Final = threading.Lock()
        self._process: _Developing | None = None

    def warm_up(self) -> None:
        """Start the process, so that the first picture does not wait for it."""
        with self._turn:
            self._running()

    def prepare_file(self, path: Path, *, zone: tzinfo = UTC) -> PreparedPhoto:
        """As `crew.photos.intake.prepare_file`. Raises CorrectInput also where it needs too much memory or time."""
        zone_name, east_seconds = _zone_words(zone)
        job = Prepare(zone_name, east_seconds, path=str(path.absolute()))
        return self._photo(job, b"", shown_name(path.name))

    def prepare(self, raw: bytes, name: str = "photo", *, zone: tzinfo = UTC) -> PreparedPhoto:
        """As `crew.photos.intake.prepare`. Raises CorrectInput also where the picture needs too much memory or time."""
        zone_name, east_seconds = _zone_words(zone)
        return self._photo(Prepare(zone_name, east_seconds, name), raw, shown_name(name))

    def cell_picture(self, content: bytes, columns: int, rows: int) -> CellPicture:
        """As `crew.photos.cells.cell_picture`. Raises CorrectInput also where it needs too much memory or time."""
        columns, rows = max(1, columns), max(1, rows)
        reply = self._do(Cells(columns, rows), content, "The photo", 6 * columns * rows + _REST_BYTES)
        if reply.cells is None:
            raise CallForHelp(_NOTHING)
        return reply.cells

    def mosaic(
        self, tiles: Sequence[bytes], patches: Sequence[Patch], columns: int, rows: int
    ) -> tuple[CellPicture, tuple[int, ...]]:
        """As `crew.photos.mosaic.mosaic`. Raises CorrectInput where a tile needs too much memory or time."""
        job = Mosaic(columns, rows, tuple(map(len, tiles)), tuple(patches))
        reply = self._do(job, b"".join(tiles), "The map", 6 * columns * rows + _REST_BYTES)
        if reply.cells is None:
            raise CallForHelp(_NOTHING)
        return reply.cells, reply.broken

    def black_out(self, prepared: PreparedPhoto, areas: Sequence[Area]) -> PreparedPhoto:
        """As `crew.photos.intake.black_out`."""
        return self._photo(BlackOut(prepared, tuple(areas)), b"", "The photo")

    def close(self) -> None:
        """End the process; a later use starts another."""
        with self._turn:
            self._let_go()

    def _photo(self, job: Job, content: bytes, name: str) -> PreparedPhoto:
        reply = self._do(job, content, name, PHOTO_LIMIT_BYTES)
        if reply.photo is None:
            raise CallForHelp(_NOTHING)
        return reply.photo

    def _do(self, job: Job, content: bytes, name: str, limit_bytes: int) -> Reply:
        with self._turn:
            process = self._running()
            try:
                reply = process.ask(job, content, limit_bytes, self._patience_seconds)
            except TimeoutError:
                self._let_go()
                raise CorrectInput(f"{name} took too long to read: choose another, or take it again.") from None
            except (OSError, EOFError, Nonsense) as error:
                self._let_go()
                raise CorrectInput(
                    f"{name} cannot be read without harm (it needs too much memory, or breaks the decoder): choose "
                    "another, or take it again."
                ) from error
        if reply.sentence:
            raise CorrectInput(reply.sentence)
        return reply

    def _running(self) -> "_Developing":
        if self._process is not None and not self._process.alive:
            self._let_go()
        if self._process is None:
            self._process = _Developing(self._memory_limit_bytes)
        return self._process

    def _let_go(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None


class _Developing:
    """The running process."""

    def __init__(self, memory_limit_bytes: int) -> None:
        try:
            self._process = own_process.start("crew.photos.developing", str(memory_limit_bytes))
        except OSError as error:
            raise CallForHelp(f"Pictures cannot be decoded here: {error.strerror}. Tell your administrator.") from error
        self.end: Final = weakref.finalize(self, own_process.end, self._process)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, job: Job, content: bytes, limit_bytes: int, patience_seconds: float) -> Reply:
        """Give a job and wait for the answer; whatever takes too long, giving or waiting, is cut by the process's end.

        Raises:
            TimeoutError: It took too long.
            EOFError: The process has ended.
            OSError: It ended while it was being asked.
            Nonsense: Its answer cannot be meant.
        """
        stdin, stdout, late = self._process.stdin, self._process.stdout, threading.Event()
        if stdin is None or stdout is None:
            raise AssertionError("pipes were asked for")

        def give_up() -> None:
            late.set()
            self._process.kill()

        cut = threading.Timer(patience_seconds, give_up)
        cut.daemon = True
        cut.start()
        try:
            write_message(stdin, job, content)
            message = read_message(stdout, REPLIES, limit_bytes)
        except OSError:
            if late.is_set():
                raise TimeoutError from None
            raise
        finally:
            cut.cancel()
        if message is None:
            raise TimeoutError if late.is_set() else EOFError
        return message[0]


def _zone_words(zone: tzinfo) -> tuple[str, int]:
    """A zone as words: its name, or else the seconds that it lies east of Greenwich."""
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key, 0
    offset = zone.utcoffset(None)
    return "", round(offset.total_seconds()) if offset is not None else 0
