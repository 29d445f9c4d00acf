"""The sheet that keeps what is looked for in the queue under a name, or keeps it no longer. Screen layer."""

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input

from crew.commands import Command
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from crew.field_work import FieldWork

_KEEP: Final = Command(name="keep", key="enter", label="Keep", help="Keep it under this name.")
_DROP: Final = Command(name="drop", key="f2", label="Drop", help="Keep the view of this name no longer.")


class ViewSheet(Sheet[str]):
    """Gives back the name that was kept or dropped."""

    AUTO_FOCUS = "Input"
    BINDINGS = sheet_bindings(_KEEP, _DROP, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_KEEP, _DROP, BACK)

    def __init__(self, field_work: "FieldWork", line: str, name: str) -> None:
        """Ask for a name.

        Args:
            field_work: What is on this device.
            line: The words and filters to keep.
            name: The view of this device that is shown; empty for none.
        """
        super().__init__()
        self._field_work: Final = field_work
        self._line: Final = line
        self._shown: Final = name

    def title_words(self) -> "Content":
        """What this is."""
        return titled("Keep this view", self._line or "everything")

    def body(self) -> "ComposeResult":
        """The name."""
        yield LiteralText("Name", classes="heading")
        yield Input(self._shown, placeholder="a word or two", max_length=30)
        yield LiteralText("Enter keeps it, f2 drops the view of this name. Tab turns the views over.", classes="hint")

    @on(Input.Submitted)
    def action_keep(self) -> None:
        """Keep it."""
        name = self.query_one(Input).value
        self.act(lambda: self._field_work.queue.keep_view(name, self._line))

    def action_drop(self) -> None:
        """Drop it."""
        name = self.query_one(Input).value.strip()
        self.act(lambda: self._drop(name))

    def _drop(self, name: str) -> str:
        self._field_work.queue.drop_view(name)
        return name
