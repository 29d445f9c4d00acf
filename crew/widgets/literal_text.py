"""The one road for text to the screen. Widget layer; never parses markup, never lets a control character through.

A citizen's "[/]" ends a program that parses it, and an escape sequence in a description writes the crew's clipboard.
Text is cleaned where it enters (crew/domain/plain_text.py); what is here is the last door.
"""

import re
from typing import TYPE_CHECKING, Final, Literal

from rich.segment import Segment
from rich.text import Text
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import Static  # noqa: TID251 - the one home of Static

from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from textual.color import Color
    from textual.message_pump import MessagePump

Severity = Literal["information", "warning", "error"]

_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_LINE_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def literal(text: str | Text | Content) -> Content:
    """The text as it stands, without any meaning: a bracket is a bracket. Line breaks stay."""
    if isinstance(text, Content):
        return text
    if isinstance(text, Text):
        return Content.from_rich_text(text)
    return Content(_CONTROL.sub("", text))


class LiteralText(Static):
    """Text on the screen, shown exactly as given."""

    def __init__(
        self,
        text: str | Text | Content = "",
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(literal(text), markup=False, name=name, id=id, classes=classes)

    def show(self, text: str | Text | Content) -> None:
        """Show another text; costs nothing where it is the same, and no layout where it takes the same room."""
        new, old = literal(text), self.content
        if isinstance(old, Content) and old.is_same(new):
            return
        self.update(new, layout=not (isinstance(old, Content) and self._takes_as_much_room(old, new)))

    def _takes_as_much_room(self, old: Content, new: Content) -> bool:
        height, width = self.styles.height, self.styles.width
        fixed = height is not None and height.is_cells
        return fixed and (width is None or not width.is_auto or old.cell_length == new.cell_length)


def say(node: "MessagePump", sentence: str, severity: Severity = "information") -> None:
    """Tell the person something in passing: the only way to a toast. What stood there before makes room.

    Args:
        node: The app, a screen or a widget.
        sentence: What happened and what to do; outside text in it does no harm.
        severity: How it looks.
    """
    node.app.clear_notifications()
    node.app.notify(clean_line(sentence), severity=severity, markup=False)


class ControlFilter(LineFilter):
    """Drops control characters from every line on its way to the terminal, whichever widget made it."""

    def apply(self, segments: list[Segment], background: "Color") -> list[Segment]:
        """Return the segments without control characters; their width stays, since such characters have none."""
        if not _LINE_CONTROL.search("".join([segment.text for segment in segments])):
            return segments
        return [Segment(_LINE_CONTROL.sub("", text), style, control) for text, style, control in segments]
