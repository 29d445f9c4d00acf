"""Words on a map: each stands on free cells, or does not stand at all. The map's drawing code; pure."""

import unicodedata
from functools import lru_cache
from typing import Final

from crew.domain.value import Value

_MARKS: Final = ("Mn", "Me", "Mc", "Cf")
_WIDE: Final = ("W", "F")


class Label(Value):
    """Words and where they begin.

    Attributes:
        cells: What stands in each cell.
        ink: What they are written with.
        column: The first cell from the left.
        row: The cell from above.
    """

    cells: tuple[str, ...]
    ink: str
    column: int
    row: int


@lru_cache(maxsize=4096)
def cells_of(text: str) -> tuple[str, ...]:
    """What stands in each cell: nothing behind a wide letter (UAX 11); marks stand with their letter."""
    cells: list[str] = []
    for letter in text:
        if cells and unicodedata.category(letter) in _MARKS:
            cells[-1] += letter
        else:
            cells.append(letter)
            if unicodedata.east_asian_width(letter) in _WIDE:
                cells.append("")
    return tuple(cells)


class LabelBoard:
    """The words of a map so far."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns: Final = columns
        self.rows: Final = rows
        self._taken: Final = [0] * rows  # a bit for each cell
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
        cells = cells_of(text)
        if not (0 <= row < self.rows and column >= 0 and column + len(cells) <= self.columns):
            return False
        around = (1 << len(cells) + 2 * apart) - 1
        if self._taken[row] & around << column >> apart:
            return False
        self._taken[row] |= ((1 << len(cells)) - 1) << column
        self.labels.append(Label(cells, ink, column, row))
        return True
