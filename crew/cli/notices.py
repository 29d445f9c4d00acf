"""`crew backend notices`: what has not left the city, and what to do about it. CLI layer; needs the `backend` extra."""

from typing import TYPE_CHECKING

import msgspec

from crew.cli.backend import existing_city
from crew.cli.output import counted, print_json, print_table, tell
from crew.domain.errors import CallForHelp, CorrectUsage
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    import argparse
    from datetime import datetime


def show(arguments: "argparse.Namespace") -> int:
    """Print how each way stands, and what waits or was set aside."""
    city = existing_city(arguments)
    from crew.backend.notices.listing import list_notices, list_ways

    ways, waiting = list_ways(city), list_notices(city, arguments.limit)
    if arguments.json:
        print_json({"ways": msgspec.to_builtins(ways), "notices": msgspec.to_builtins(waiting)})
    else:
        rows = [
            (
                one.way,
                "DEAD" if one.dead else "fails" if one.failing_since else "works" if one.last_sent_at else "-",
                str(one.waiting),
                str(one.set_aside),
                _moment(one.failing_since or one.last_sent_at),
                one.last_problem or one.title,
            )
            for one in ways
        ]
        print_table(rows, ("WAY", "STANDS", "WAIT", "ASIDE", "SINCE", ""))
        if waiting:
            print()
            lines = [
                (one.id[:12], one.way, one.kind, one.request_id, one.state, _moment(one.next_try_at), one.last_problem)
                for one in waiting
            ]
            heading = ("ID", "WAY", "TELLS", "REPORT", "STATE", "NEXT TRY", "")
            print_table([tuple(clean_line(cell) for cell in line) for line in lines], heading)
    if dead := [one.way for one in ways if one.dead]:
        raise CallForHelp(f"Nothing leaves by {', '.join(dead)}. Mend it; what waits leaves by itself then.")
    return 0


def retry(arguments: "argparse.Namespace") -> int:
    """Let a notice, or all that have not left, be tried at once."""
    if arguments.all == bool(arguments.id):
        raise CorrectUsage("Name one notice, or say --all.")
    city = existing_city(arguments)
    from crew.backend.notices.listing import retry as try_again

    count = try_again(city, arguments.id or None)
    tell(arguments, {"tried_again": count}, f"{counted(count, 'notice')} will be tried at once by the running backend")
    return 0


def set_aside(arguments: "argparse.Namespace") -> int:
    """Try a notice no more; it is kept."""
    city = existing_city(arguments)
    from crew.backend.notices.listing import set_aside as put_aside

    put_aside(city, arguments.id, arguments.reason)
    tell(arguments, {"set_aside": arguments.id}, f"set aside: {clean_line(arguments.id)}")
    return 0


def _moment(moment: "datetime | None") -> str:
    return f"{moment.astimezone():%m-%d %H:%M}" if moment else "-"
