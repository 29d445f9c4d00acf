"""Decodes pictures for `crew.photos.darkroom`, in the process that it starts. Photo work; the child's half.

The process may use so much memory, write no file and leave no core. It ends when the terminal does.
"""

import os
import sys
from datetime import UTC, timedelta, timezone, tzinfo
from itertools import accumulate, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from crew.domain.errors import CorrectInput
from crew.photos.cells import cell_picture
from crew.photos.exchange import (
    JOB_LIMIT_BYTES,
    JOBS,
    BlackOut,
    Cells,
    Job,
    Mosaic,
    Prepare,
    Reply,
    read_message,
    write_message,
)
from crew.photos.intake import black_out, prepare, prepare_file
from crew.photos.mosaic import mosaic


def develop(job: Job, content: bytes) -> Reply:
    """Do one job; what is refused becomes a sentence."""
    try:
        match job:
            case Prepare(zone, east_seconds, name, ""):
                return Reply(photo=prepare(content, name, zone=_zone(zone, east_seconds)))
            case Prepare(zone, east_seconds, _, path):
                return Reply(photo=prepare_file(Path(path), zone=_zone(zone, east_seconds)))
            case Cells(columns, rows):
                return Reply(cells=cell_picture(content, columns, rows))
            case BlackOut(photo, areas):
                return Reply(photo=black_out(photo, areas))
            case Mosaic(columns, rows, lengths, patches):
                tiles = [content[start:end] for start, end in pairwise(accumulate(lengths, initial=0))]
                picture, broken = mosaic(tiles, patches, columns, rows)
                return Reply(cells=picture, broken=broken)
    except CorrectInput as error:
        return Reply(sentence=error.sentence)


def _zone(name: str, east_seconds: int) -> tzinfo:
    if name:
        return ZoneInfo(name)
    return timezone(timedelta(seconds=east_seconds)) if east_seconds else UTC


def _limit(memory_bytes: int) -> None:
    """Take away what decoding does not need; a lower limit, that somebody has set for the terminal, stays."""
    try:
        import resource
    except ImportError:
        return  # Windows: the time limit of the other half remains
    for what, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        _, hard = resource.getrlimit(what)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (limit, limit))


def main(memory_limit: str) -> None:
    """Do jobs until there are no more, or one cannot be read.

    Args:
        memory_limit: Most address space that this process may have, in bytes, as its starter says it.
    """
    _limit(int(memory_limit))
    # What a library prints must not be taken for an answer.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while (message := read_message(sys.stdin.buffer, JOBS, JOB_LIMIT_BYTES)) is not None:
        write_message(answers, develop(*message))
