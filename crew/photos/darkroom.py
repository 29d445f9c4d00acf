"""Decodes pictures in a process of its own, with a limit on memory and time. Photo work; the parent's half.

A picture can be made to use up all memory, or to break the library that reads it. Then the process that decodes ends,
not the terminal: the person reads a sentence, and the next picture gets a new process. It is kept warm meanwhile, since
starting it takes longer than decoding.
"""

import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Final
from zoneinfo import ZoneInfo

from crew.domain.errors import CallForHelp, CorrectInput
from crew.domain.picture_area import Area
from crew.photos.cells import CellPicture
from crew.photos.exchange import REPLIES, BlackOut, Cells, Job, Prepare, Reply, read_message, write_message
from crew.photos.intake import PreparedPhoto, shown_name

MEMORY_LIMIT_BYTES: Final = 1536 * 1024 * 1024
"""Address space of the process: twice what the hungriest picture needs, 50 million pixels with transparency."""

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
        """As `crew.photos.prepare_file`. Raises CorrectInput also where the picture needs too much memory or time."""
        zone_name, east_seconds = _zone_words(zone)
        job = Prepare(zone_name, east_seconds, path=str(path.absolute()))
        return self._photo(job, b"", shown_name(path.name))

    def prepare(self, raw: bytes, name: str = "photo", *, zone: tzinfo = UTC) -> PreparedPhoto:
        """As `crew.photos.prepare`. Raises CorrectInput also where the picture needs too much memory or time."""
        zone_name, east_seconds = _zone_words(zone)
        return self._photo(Prepare(zone_name, east_seconds, name), raw, shown_name(name))

    def cell_picture(self, content: bytes, columns: int, rows: int) -> CellPicture:
        """As `crew.photos.cell_picture`. Raises CorrectInput also where the picture needs too much memory or time."""
        reply = self._do(Cells(columns, rows), content, "The photo")
        if reply.cells is None:
            raise CallForHelp(_NOTHING)
        return reply.cells

    def black_out(self, prepared: PreparedPhoto, areas: Sequence[Area]) -> PreparedPhoto:
        """As `crew.photos.black_out`."""
        return self._photo(BlackOut(prepared, tuple(areas)), b"", "The photo")

    def close(self) -> None:
        """End the process; a later use starts another."""
        with self._turn:
            self._let_go()

    def _photo(self, job: Job, content: bytes, name: str) -> PreparedPhoto:
        reply = self._do(job, content, name)
        if reply.photo is None:
            raise CallForHelp(_NOTHING)
        return reply.photo

    def _do(self, job: Job, content: bytes, name: str) -> Reply:
        with self._turn:
            process = self._running()
            try:
                reply = process.ask(job, content, self._patience_seconds)
            except TimeoutError:
                self._let_go()
                raise CorrectInput(f"{name} took too long to read: choose another, or take it again.") from None
            except (OSError, EOFError) as error:
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
    """The running process, and the thread that waits for its answers."""

    def __init__(self, memory_limit_bytes: int) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "crew.photos.developing", str(memory_limit_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise CallForHelp(f"Pictures cannot be decoded here: {error.strerror}. Tell your administrator.") from error
        self._answers: SimpleQueue[Reply | None] = SimpleQueue()
        self.end: Final = weakref.finalize(self, _end, self._process)
        threading.Thread(target=_listen, args=(self._output, self._answers), daemon=True).start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def _output(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        return self._process.stdout

    def ask(self, job: Job, content: bytes, patience_seconds: float) -> Reply:
        """Give a job and wait for the answer.

        Raises:
            TimeoutError: It takes too long.
            EOFError: The process has ended.
            OSError: It ended while it was being asked.
        """
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        write_message(self._process.stdin, job, content)
        try:
            reply = self._answers.get(timeout=patience_seconds)
        except Empty:
            raise TimeoutError from None
        if reply is None:
            raise EOFError
        return reply


def _listen(output: IO[bytes], answers: "SimpleQueue[Reply | None]") -> None:
    """Pass answers on until the process ends; None is the last."""
    while True:
        message = read_message(output, REPLIES)
        answers.put(message[0] if message else None)
        if message is None:
            output.close()
            return


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    if process.stdin is not None:
        try:
            process.stdin.close()
        except BrokenPipeError:
            return  # the rest of a picture that nobody reads any more


def _zone_words(zone: tzinfo) -> tuple[str, int]:
    """A zone as words: its name, or else the seconds that it lies east of Greenwich."""
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key, 0
    offset = zone.utcoffset(None)
    return "", round(offset.total_seconds()) if offset is not None else 0
