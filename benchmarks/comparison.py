"""The shape of a measurement: one thing and its baseline, taken by turns, and how they are told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row of the table.

    Attributes:
        what: The thing that is measured.
        against: Its baseline.
        aim: The ratio that should not be passed.
        unit: What the numbers count: s, ms or MiB.
        measured: The thing, run by run.
        baseline: The baseline, run by run, taken by turns with the thing.
    """

    what: str
    against: str
    aim: float
    unit: str
    measured: Sequence[float]
    baseline: Sequence[float]

    @property
    def best_ratio(self) -> float:
        """The least disturbed run of each."""
        return min(self.measured) / min(self.baseline)

    @property
    def median_ratio(self) -> float:
        """The ordinary run of each."""
        return median(self.measured) / median(self.baseline)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a row may use.

    Attributes:
        folder: An empty folder of its own.
        runs: How often to measure what takes about a second; rows scale it to what they do.
        herd: How many terminals come back at once.
        say: Tells the person who waits.
        remark: Says something below the table, such as why a row is left out.
    """

    folder: Path
    runs: int
    herd: int
    say: Callable[[str], None]
    remark: Callable[[str], None]


class Row(Protocol):
    """Measures one thing; gives one comparison or several that share their runs."""

    def __call__(self, bench: Bench) -> Iterator[Comparison]:
        """Measure."""
        ...


HEADINGS = ("what", "against", "min", "median", "ratio of min", "ratio of medians", "aim")


def cells(row: Comparison) -> tuple[str, ...]:
    """A comparison as the cells of a table."""
    return (
        row.what,
        row.against,
        f"{min(row.measured):.3g} / {min(row.baseline):.3g} {row.unit}",
        f"{median(row.measured):.3g} / {median(row.baseline):.3g} {row.unit}",
        f"{row.best_ratio:.2f}x",
        f"{row.median_ratio:.2f}x",
        f"{row.aim:g}x",
    )


def as_markdown(rows: Sequence[Comparison]) -> str:
    """A Markdown table."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(cells(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_text(rows: Sequence[Comparison]) -> str:
    """A table for a terminal."""
    lines = [HEADINGS, *(cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
