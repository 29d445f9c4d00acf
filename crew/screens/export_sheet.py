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
_ALL: Final = Command(name="export_all", key="f2", label="All", help="Write also what was sent.")


class ExportSheet(Sheet[Exported]):
    """Gives back what was written."""

    AUTO_FOCUS = "Input"
    BINDINGS = sheet_bindings(_EXPORT, _ALL, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_EXPORT, _ALL, BACK)

    def __init__(self, field_work: "FieldWork") -> None:
        """Ask for a folder, the home folder at first."""
        super().__init__()
        self._field_work: Final = field_work

    def title_words(self) -> "Content":
        """What this is."""
        return titled("Export", "readable without Crew")

    def body(self) -> "ComposeResult":
        """The folder."""
        yield LiteralText("Folder, such as that of a stick; a new one is made in it", classes="heading")
        yield Input(str(Path.home()), max_length=300)
        yield LiteralText("Enter writes what is unsent, f2 also what was sent.", classes="hint")

    @on(Input.Submitted)
    def action_export(self) -> None:
        """Write what is unsent."""
        self._export(everything=False)

    def action_export_all(self) -> None:
        """Write what was sent, too."""
        self._export(everything=True)

    def _export(self, *, everything: bool) -> None:
        folder = self.query_one(Input).value.strip()
        if not folder:
            self.refuse("Name a folder.")
            return
        try:
            path = Path(folder).expanduser()
        except RuntimeError:  # "~somebody" who is not known here
            self.refuse("There is no such home folder here. Name the folder whole.")
            return
        self.act(lambda: self._field_work.export(path, everything=everything))
