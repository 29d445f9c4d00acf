"""Words on a map: each stands on free cells, or does not stand at all. The map's drawing code; pure."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Label:
    """Words and where they begin.

    Attributes:
        text: The words; one cell each letter.
        ink: What they are written with.
        column: The first cell from the left.
        row: The cell from above.
    """

    text: str
    ink: str
    column: int
    row: int


class LabelBoard:
    """The words of a map so far."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns: Final = columns
        self.rows: Final = rows
        self._taken: Final[set[tuple[int, int]]] = set()
        self.labels: Final[list[Label]] = []

    def put(self, text: str, ink: str, column: int, row: int, *, apart: int = 0) -> bool:
        """Write words where all of their cells are free; whether they stand.

        Args:
            text: The words.
            ink: What they are written with.
            column: Where they begin.
            row: The row.
            apart: How many cells before and after have to be free too.
        """
        cells = [(column + place, row) for place in range(-apart, len(text) + apart)]
        if not (0 <= row < self.rows and column >= 0 and column + len(text) <= self.columns):
            return False
        if not self._taken.isdisjoint(cells):
            return False
        self._taken.update(cells[apart : len(cells) - apart])
        self.labels.append(Label(text, ink, column, row))
        return True
