"""`crew day`: the day on paper, for a truck whose laptop may get wet. CLI layer; changes nothing.

Plain text of 80 columns in pages, as every printer takes it: what to do, where, until when, and room for a tick.
"""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.cli.field import opened_device
from crew.cli.output import counted, print_json
from crew.domain.due import due_words
from crew.domain.place import NO_PLACE, place_of
from crew.domain.plus_code import plus_code
from crew.table_file import whole_file

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crew.field_work import Stop

_WIDTH: Final = 80
_LINES: Final = 60
"""Of a page; printers take 60 to 66."""
_INDENT: Final = " " * 8
_NEW_PAGE: Final = "\f"
_STDOUT: Final = "-"


def show(arguments: "argparse.Namespace") -> int:
    """Print the day as it is listed, or write it to a file."""
    with opened_device(arguments) as device:
        field_work, now = device.field_work, device.field_work.now
        signed_in, stops = field_work.signed_in(), field_work.day().stops
        if arguments.json:
            print_json([{"number": number, "id": stop.order_id} for number, stop in enumerate(stops, start=1)])
            return 0
        who = signed_in.person.crew_title or signed_in.person.name if signed_in else "nobody"
        text = "".join(day_pages(stops, who, now))
        if arguments.output == _STDOUT:
            print(text, end="")
            return 0
        path = Path(arguments.output).expanduser()
        with whole_file(path, replace=arguments.force) as file:
            file.write(text)
        print(f"{path}: {counted(len(stops), 'stop')}.")
    return 0


def day_pages(stops: "Sequence[Stop]", who: str, now: "datetime") -> "Iterator[str]":
    """The day in pages; no stop is torn in two.

    Args:
        stops: As they are listed.
        who: Whose day it is.
        now: The current time, in the zone of the reader.
    """
    blocks = [_block(number, stop, now) for number, stop in enumerate(stops, start=1)]
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


def _block(number: int, stop: "Stop", now: "datetime") -> list[str]:
    due = due_words(stop.due_at, now, stop.work_status, stop.left).words
    place = place_of(stop)
    where = [stop.address or "no address", plus_code(*place) if place else stop.place_doubt or NO_PLACE]
    facts = [f"No. {stop.order_id}", due, stop.work_status.words]
    return [
        *_wrapped(f"{number:>3} [ ] {stop.service_name}"),
        *_wrapped(_INDENT + "   ".join(where)),
        *_wrapped(_INDENT + "   ".join(facts)),
        *(_wrapped(f"{_INDENT}{stop.headline}") if stop.headline else []),
        "",
    ]


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, subsequent_indent=_INDENT) or [""]
