"""Asks where to write the outbox, so that it can be carried away. Screen layer; field work does the writing."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input

from crew.commands import Command
from crew.outbox_export import Exported
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from crew.field_work import FieldWork

_EXPORT: Final = Command(name="export", key="enter", label="Export", help="Write it there.")


class ExportSheet(Sheet[Exported]):
    """Gives back what was written."""

    AUTO_FOCUS = "Input"
    BINDINGS = sheet_bindings(_EXPORT, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_EXPORT, BACK)

    def __init__(self, field_work: "FieldWork") -> None:
        """Ask for a folder, the home folder at first."""
        super().__init__()
        self._field_work: Final = field_work

    def title_words(self) -> "Content":
        """What this is."""
        return titled("Export", "everything unsent, readable without Crew")

    def body(self) -> "ComposeResult":
        """The folder."""
        yield LiteralText("Folder, such as that of a stick; a new one is made in it", classes="heading")
        yield Input(str(Path.home()), max_length=300)

    @on(Input.Submitted)
    def action_export(self) -> None:
        """Write it."""
        folder = self.query_one(Input).value.strip()
        if not folder:
            self.refuse("Name a folder.")
            return
        self.act(lambda: self._field_work.export(Path(folder).expanduser()))
