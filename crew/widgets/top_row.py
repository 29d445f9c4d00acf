"""The one row at the top of every screen: whose device, the lamp, the clock. Widget layer; told what to say."""

from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal
from textual.message import Message

from crew.domain.value import Value
from crew.widgets.lamp import LampWords
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


_SILENT: Final = LampWords("")


class TopWords(Value):
    """What the row says; the app keeps it in its reactive `top_words`."""

    who: str = ""
    lamp: LampWords = _SILENT
    clock: str = ""


class Lamp(LiteralText):
    """How the link stands. A tap asks for the outbox."""

    class Tapped(Message):
        """The lamp was tapped."""

    def on_click(self, event: "events.Click") -> None:
        """Ask for what is behind the words."""
        event.stop()
        self.post_message(self.Tapped())


class TopRow(Horizontal):
    """Follows the app's `top_words`."""

    def compose(self) -> "ComposeResult":
        """The three parts, from left to right."""
        yield LiteralText(classes="who")
        yield Lamp(classes="lamp")
        yield LiteralText(classes="clock")

    def on_mount(self) -> None:
        """Say what the app knows, now and whenever it changes."""
        self.watch(self.app, "top_words", self.show)

    def show(self, words: TopWords) -> None:
        """Say other words."""
        who, lamp, clock = self.query(LiteralText)
        who.show(words.who)
        lamp.show(words.lamp.words)
        lamp.set_class(words.lamp.trouble, "late")
        clock.show(words.clock)
