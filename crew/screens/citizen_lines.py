"""What the citizen will read, exactly, and what to look at twice before they do. Screen layer; decides nothing."""

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from crew.domain.public_warnings import warnings
from crew.domain.wording import PUBLIC_NOTE_LIMIT
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_lines import quoted

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crew.domain.wording import Wording
    from crew.look import Look


class CitizenLines(Vertical):
    """The sentence, and under it a line for each warning. A warning hinders nobody."""

    DEFAULT_CSS = """
    CitizenLines { height: auto; }
    CitizenLines > .warned { width: 100%; color: $late; text-style: bold; }
    """

    def __init__(self, look: "Look", wording: "Wording") -> None:
        super().__init__()
        self._look = look
        self._wording = wording

    def compose(self) -> "ComposeResult":
        """Nothing, until there is something to say."""
        for name in ("citizen", "warned"):
            line = LiteralText(classes=name)
            line.display = False
            yield line

    def show(self, sentence: str, typed: str) -> None:
        """Show a sentence; empty where the citizen will read nothing.

        Args:
            sentence: All that they will read.
            typed: What of it somebody wrote by hand, which is looked at.
        """
        words = Content.assemble(("The citizen will read  ", "$muted"), quoted(sentence, self._look.marks))
        found = warnings(typed, self._wording)
        self._say("citizen", words if sentence else "")
        self._say("warned", "\n".join(found))

    def _say(self, name: str, words: Content | str) -> None:
        line = self.query_one(f".{name}", LiteralText)
        line.show(words)
        line.display = bool(words)


def words_line(words: str) -> Input:
    """The line for what the crew adds to the sentence."""
    return Input(
        words,
        placeholder="t: more for the citizen to read",
        max_length=PUBLIC_NOTE_LIMIT,
        select_on_focus=False,
        compact=True,
        classes="note words",
    )
