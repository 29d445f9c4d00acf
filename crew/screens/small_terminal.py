"""What stands on a terminal that is too small for the list. Screen layer."""

from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.screen import ModalScreen

from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual.app import ComposeResult

LEAST_COLUMNS: Final = 60
LEAST_ROWS: Final = 20


class SmallTerminal(ModalScreen[None]):
    """Asks for a larger window; goes away by itself when it gets one. Nothing is lost meanwhile."""

    BINDINGS = [Binding("q", "app.quit", "Quit", show=False)]

    def compose(self) -> "ComposeResult":
        """One sentence."""
        yield LiteralText(
            f"Crew needs {LEAST_COLUMNS} columns and {LEAST_ROWS} rows.\n"
            "Please make the window larger, or the letters smaller.\nNothing is lost. q quits."
        )
