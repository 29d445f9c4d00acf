"""The sheet that chooses how an order ends: letters narrow the reasons, enter takes one. Screen layer."""

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input

from crew.commands import Command
from crew.screens.list_sheet import ListSheet
from crew.screens.sheet import BACK, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.look import Look

_TAKE: Final = Command(name="take_row", key="enter", label="Choose", help="Choose this one.")
_NO_MATCH: Final = "No reason has these letters."


class ReasonSheet(ListSheet[str]):
    """Gives back the code that was chosen, which is empty for what needs none."""

    BINDINGS = sheet_bindings(_TAKE, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_TAKE, BACK)

    def __init__(self, look: "Look", heading: str, what: str, rows: "Sequence[Row]") -> None:
        """Choose among rows, whose keys are codes."""
        super().__init__()
        self._look: Final = look
        self._heading: Final = heading
        self._what: Final = what
        self._rows: Final = rows

    def title_words(self) -> "Content":
        """What is asked."""
        return titled(self._heading, self._what)

    def body(self) -> "ComposeResult":
        """The line to type, the reasons with what the citizen will read."""
        yield Input(placeholder="letters of a reason")
        yield RowList(self._look.marks)
        yield LiteralText(classes="hint")

    def on_mount(self) -> None:
        """Show them all."""
        self._narrow()

    @on(Input.Changed)
    def _narrow(self) -> None:
        rows = matching(self._rows, self.query_one(Input).value)
        self.rows.show(rows)
        self.query_one(".hint", LiteralText).show("" if rows else _NO_MATCH)

    @on(Input.Submitted)
    @on(RowList.Tapped)
    def action_take_row(self) -> None:
        """Choose the row under the cursor."""
        row = self.rows.chosen
        if row is None:
            self.refuse("Choose a reason first.")
        else:
            self.dismiss(str(row.key))


def matching(rows: "Sequence[Row]", letters: str) -> "Sequence[Row]":
    """The rows whose names have every word; those that begin with the letters come first."""
    words = letters.casefold().split()
    found = [row for row in rows if all(word in row.name.casefold() for word in words)]
    return sorted(found, key=lambda row: not row.name.casefold().startswith(" ".join(words)))
