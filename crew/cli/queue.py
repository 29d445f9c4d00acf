"""`crew queue`: the whole city's orders for scripts, found by words and filters as in the terminal. CLI layer."""

import re
from typing import TYPE_CHECKING, Final

from crew.cli.desk import stop_values
from crew.cli.field import signed_in_device, status_words
from crew.cli.output import counted, print_json, print_table
from crew.domain.due import due_words
from crew.domain.queue import query_of

if TYPE_CHECKING:
    import argparse

_FILTER: Final = re.compile(r"(?P<name>[A-Za-z]+):(?P<value>[^\"]*\s[^\"]*)")


def show(arguments: "argparse.Namespace") -> int:
    """Print what is found, how many there are in all, and how many orders are open."""
    with signed_in_device(arguments) as device:
        queue, now, wording = device.field_work.queue, device.field_work.now, device.field_work.wording()
        view = queue.view(arguments.view).line if arguments.view else ""
        page = queue.page(query_of(" ".join((view, *map(_quoted, arguments.words)))), 0, arguments.limit)
        if arguments.json:
            print_json({"count": page.count, "open": page.total, "orders": [stop_values(stop) for stop in page.stops]})
            return 0
        rows = [
            (
                stop.order_id,
                due_words(stop.due_at, now, stop.work_status, stop.left).words,
                status_words(stop, wording),
                stop.crew,
                stop.service_name,
                stop.address,
            )
            for stop in page.stops
        ]
        print_table(rows, ("ID", "DUE", "STATUS", "CREW", "SERVICE", "ADDRESS"))
        if page.count > len(page.stops):
            print(f"The first {len(page.stops)} of {counted(page.count, 'order')}; --limit shows more.")
    return 0


def _quoted(word: str) -> str:
    """A filter whose value has spaces, as the shell hands it over, in the quotation marks that the line wants."""
    found = _FILTER.fullmatch(word)
    return f'{found["name"]}:"{found["value"]}"' if found else word
