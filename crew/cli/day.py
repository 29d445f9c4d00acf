"""`crew day`: the day on paper, for a truck whose laptop may get wet. CLI layer; changes nothing.

Plain text of 80 columns in pages, as every printer takes it, or a PDF: what to do, where, until when, room for a tick.
"""

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.cli.day_lines import StopLines, stop_lines
from crew.cli.field import signed_in_device
from crew.cli.output import counted, print_json
from crew.domain.errors import CallForHelp
from crew.table_file import whole_file

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from datetime import datetime


_WIDTH: Final = 80
_LINES: Final = 60
"""Of a page; printers take 60 to 66."""
_INDENT: Final = " " * 8
_NEW_PAGE: Final = "\f"
_STDOUT: Final = "-"


def show(arguments: "argparse.Namespace") -> int:
    """Print the day as it is listed, or write it to a file."""
    with signed_in_device(arguments) as device:
        field_work, now = device.field_work, device.field_work.now
        signed_in, stops, wording = field_work.signed_in(), field_work.day().stops, field_work.wording()
        if arguments.json:
            print_json([{"number": number, "id": stop.order_id} for number, stop in enumerate(stops, start=1)])
            return 0
        who = signed_in.person.crew_title or signed_in.person.name if signed_in else ""
        written = [stop_lines(stop, now, wording) for stop in stops]
        text = "".join(day_pages(written, who, now))
        count = counted(len(stops), "stop")
        if arguments.print or arguments.pdf:
            content = _pdf(written, who, now, arguments) or text.encode()
            if arguments.print:
                _print(content, count)
            if arguments.pdf:
                _write(content, arguments.pdf, count, replace=arguments.force)
            return 0
        if arguments.output == _STDOUT:
            print(text, end="")
        else:
            _write(text.encode(), arguments.output, count, replace=arguments.force)
    return 0


def _pdf(stops: "Sequence[StopLines]", who: str, now: "datetime", arguments: "argparse.Namespace") -> bytes:
    """The day as a PDF; nothing where that cannot be made here and text does as well, on a printer."""
    from crew.cli.day_pdf import day_pdf

    try:
        content, lacking = day_pdf(stops, who, now, arguments.paper)
    except CallForHelp:
        if arguments.pdf:
            raise
        return b""
    if lacking:
        print(f"crew: no font here has {lacking}: they are printed as ?. Install DejaVu Sans.", file=sys.stderr)
    return content


def _print(content: bytes, count: str) -> None:
    program = shutil.which("lp")
    if program is None:
        raise CallForHelp("This machine has no printer program (lp). Write a file instead: crew day --pdf FILE.")
    try:
        subprocess.run([program, "-t", "Crew day"], input=content, check=True, stdout=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        raise CallForHelp(f"The printer program lp ended with {error.returncode}. Look at: lpstat -t.") from error
    print(f"Printed: {count}.")


def _write(content: bytes, name: str, count: str, *, replace: bool) -> None:
    if name == _STDOUT:
        sys.stdout.buffer.write(content)
        return
    path = Path(name).expanduser()
    with whole_file(path, replace=replace) as file:
        file.buffer.write(content)
    print(f"{path}: {count}.")


def day_pages(stops: "Sequence[StopLines]", who: str, now: "datetime") -> "Iterator[str]":
    """The day in pages; no stop is torn in two.

    Args:
        stops: As they are listed.
        who: Whose day it is.
        now: The current time, in the zone of the reader.
    """
    blocks = [_block(number, stop) for number, stop in enumerate(stops, start=1)]
    pages: list[list[str]] = [[]]
    for block in blocks:
        if pages[-1] and len(pages[-1]) + len(block) > _LINES - 4:
            pages.append([])
        pages[-1] += block
    for number, lines in enumerate(pages, start=1):
        title = f"{who}, {now:%A} {now.day} {now:%B %Y}"
        place = f"page {number} of {len(pages)}"
        heading = textwrap.shorten(title, _WIDTH - len(place) - 2).ljust(_WIDTH - len(place)) + place
        counts = f"{counted(len(stops), 'stop')}, printed {now:%H:%M}"
        yield _NEW_PAGE * (number > 1) + "\n".join([heading, counts, "", *lines]) + "\n"


def _block(number: int, lines: StopLines) -> list[str]:
    return [
        *_wrapped(f"{number:>3} [ ] {lines.service}"),
        *_wrapped(_INDENT + lines.where),
        *_wrapped(_INDENT + lines.facts),
        *(_wrapped(f"{_INDENT}{lines.words}") if lines.words else []),
        "",
    ]


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, subsequent_indent=_INDENT) or [""]
