"""Counts the faults that were tried, promise by promise, over a whole run of the tests.

A test asks for `tally`, names its promise, and tries one fault after the other. The end of the run tells the sums, and
writes them as JSON to the file that CREW_FAULT_TALLY names. `python -m tests.faults.tally FILE` prints them as the
table of docs/reliability.md.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PROPERTY: Final = "faults"
"""The name under which a test's report carries its sums, also from a worker of pytest-xdist."""


@dataclass
class Sum:
    """What was tried for one promise."""

    how: str
    tried: int = 0
    lost: int = 0


@dataclass
class Tally:
    """The sums of one test, or of all."""

    sums: dict[str, Sum] = field(default_factory=dict)

    @contextmanager
    def tries(self, promise: str, how: str) -> Iterator[None]:
        """Count one fault; where the block fails, the promise was broken once.

        Args:
            promise: What holds, as the table tells it.
            how: How it is tested, as the table tells it.
        """
        counted = self.sums.setdefault(promise, Sum(how))
        counted.tried += 1
        counted.lost += 1
        yield
        counted.lost -= 1

    def add(self, rows: Iterable[tuple[str, str, int, int]]) -> None:
        """Take in what another has counted."""
        for promise, how, tried, lost in rows:
            counted = self.sums.setdefault(promise, Sum(how))
            counted.tried += tried
            counted.lost += lost

    def rows(self) -> list[tuple[str, str, int, int]]:
        """Promise, how, tried, lost."""
        return [(promise, counted.how, counted.tried, counted.lost) for promise, counted in sorted(self.sums.items())]

    def write(self, path: Path) -> None:
        """Write the sums as JSON."""
        names = ("promise", "how", "tried", "lost")
        path.write_text(json.dumps([dict(zip(names, row, strict=True)) for row in self.rows()], indent=2) + "\n")


def read(path: Path) -> Tally:
    """The sums of a run."""
    tally = Tally()
    tally.add((row["promise"], row["how"], row["tried"], row["lost"]) for row in json.loads(path.read_text()))
    return tally


def table(tally: Tally) -> str:
    """The sums as Markdown."""
    lines = ["| promise | how it is tested | faults tried | lost |", "|---|---|---|---|"]
    return "\n".join(
        [*lines, *(f"| {promise} | {how} | {tried} | {lost} |" for promise, how, tried, lost in tally.rows())]
    )


if __name__ == "__main__":
    sys.stdout.write(table(read(Path(sys.argv[1]))) + "\n")
