"""What an import did, for the person who started it. Backend layer; counts only."""

from dataclasses import dataclass, field
from typing import Final

NAMED_LIMIT: Final = 1000
"""Most skipped records that are named one by one; the others are counted."""


@dataclass(slots=True)
class ImportSummary:
    """What became of the records of a file: read = imported + already there + skipped.

    Attributes:
        read: Records met.
        imported: Records that are now in the database and were not before.
        already_there: Records whose id the database, or an earlier line, had.
        skipped: Line and reason of the first records that could not be used. In a JSON document, which has no
            lines of its own, the number counts records from 1.
        skipped_count: How many could not be used in all.
    """

    read: int = 0
    imported: int = 0
    already_there: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)
    skipped_count: int = 0

    def skip(self, line: int, reason: str) -> None:
        """Count a record that was read and cannot be used."""
        self.read += 1
        self.skipped_count += 1
        if len(self.skipped) < NAMED_LIMIT:
            self.skipped.append((line, reason))
