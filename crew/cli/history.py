"""`crew backend audit` and `crew backend history`: whether what happened is whole, and a copy of it. CLI layer.

What is written for others has no reporter's name, mail or phone: the history never held one.
"""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from crew.cli.backend import backend_dir, existing_city
from crew.cli.output import counted, tell
from crew.cli.tables import write_table
from crew.domain.errors import CallForHelp, CorrectInput, CorrectUsage
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    import argparse

_HASH: Final = re.compile("[0-9a-f]{64}")


def audit(arguments: "argparse.Namespace") -> int:
    """Follow the chain of the whole history, beside a running server too."""
    city = existing_city(arguments)
    from crew.backend.history_chain import audit as follow

    seen = arguments.against.strip().lower()
    if seen and not _HASH.fullmatch(seen):
        raise CorrectUsage("--against is a head that an earlier audit printed: 64 letters and digits.")
    with city.database.reading() as connection:
        found = follow(connection, seen)
    values = {"sound": not found.broken and found.has_seen, "lines": found.lines, "head": found.head}
    verdict = "" if found.broken or not found.has_seen else ", each as it was written"
    words = f"{counted(found.lines, 'line')} of history{verdict}; head {found.head}"
    tell(arguments, {**values, "broken": found.broken, "has_seen": found.has_seen}, words)
    if found.broken:
        raise CallForHelp(f"{found.broken} Keep {backend_dir(arguments)} as it is, and compare it with a backup.")
    if not found.has_seen:
        raise CallForHelp(
            "The head that was written down is not in this history: it was cut off at its end and written anew, or is "
            "another city's. After a restore from a backup that is older than the note, this is to be expected."
        )
    return 0


def export(arguments: "argparse.Namespace") -> int:
    """Write the history for a records request."""
    city = existing_city(arguments)
    from crew.backend.history_lines import COLUMNS, has_order, history_lines

    since, until = _day(arguments.since, "--since"), _day(arguments.until, "--until")
    rows = history_lines(city, arguments.order, since, until)
    if arguments.order and not has_order(city, arguments.order):
        raise CorrectInput(f"There is no order {clean_line(arguments.order)} in this city. Look at its number again.")
    return write_table(arguments, rows, COLUMNS, "line", " of history")


def _day(word: str, option: str) -> datetime | None:
    if not word:
        return None
    try:
        moment = datetime.fromisoformat(word)
    except ValueError as error:
        raise CorrectUsage(f'{option} "{clean_line(word)}" is no day or time. Write it as 2026-11-24.') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
