"""A sheet in which letters narrow a list and enter takes the row under the cursor. Screen layer."""

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding

from crew.screens.sheet import Sheet
from crew.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual.binding import BindingType

_Result = TypeVar("_Result")


class ListSheet(Sheet[_Result]):
    """The keyboard stays with the line; the arrows move in the list all the same."""

    CSS_PATH = ["sheet.tcss", "list_sheet.tcss"]
    AUTO_FOCUS = "Input"
    full: ClassVar[bool] = True
    BINDINGS: "ClassVar[list[BindingType]]" = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.rows.move(by)

    def action_page(self, by: int) -> None:
        """Move the cursor by what can be seen."""
        self.rows.move(by * self.rows.page)
