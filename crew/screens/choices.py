"""Things to choose by one letter or one tap. Screen layer; the letters stand in the words and are underlined there."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from crew.widgets.literal_text import LiteralText, literal

if TYPE_CHECKING:
    from textual import events

_NO_LETTER: Final = -1


def letters_for(labels: Iterable[str], taken: str = "") -> list[int]:
    """Find a letter for each label: where it stands in the label, the beginnings of words first; -1 where none is left.

    Args:
        labels: The words, in the order of importance.
        taken: Letters that mean something else here.
    """
    used = set(taken)
    places = []
    for label in labels:
        place = next((place for place in _in_order(label) if label[place].lower() not in used), _NO_LETTER)
        if place != _NO_LETTER:
            used.add(label[place].lower())
        places.append(place)
    return places


def _in_order(label: str) -> list[int]:
    """The places of a label's letters, the most telling first."""
    letters = [place for place, character in enumerate(label) if character.isascii() and character.isalpha()]
    starts = [place for place in letters if place == 0 or not label[place - 1].isalpha()]
    return starts + [place for place in letters if place not in starts]


def phrases(offered: Iterable[str], mark: str) -> "Vertical":
    """Words that a tap writes, a line each: a mouse types nothing."""
    return Vertical(*(Choice(words, _NO_LETTER, mark) for words in offered), classes="phrases")


class Choice(LiteralText):
    """One line that can be chosen; the chosen one carries a mark and is told by words of the sheet."""

    class Chosen(Message):
        """The line was tapped."""

        def __init__(self, label: str) -> None:
            self.label: Final = label
            super().__init__()

    def __init__(self, label: str, letter_at: int, mark: str) -> None:
        """Stand for one thing.

        Args:
            label: Its words.
            letter_at: Where its letter stands in the label; -1 for none.
            mark: Stands before the line while it is chosen.
        """
        words = literal(label)
        if letter_at != _NO_LETTER:
            words = words.stylize("underline", letter_at, letter_at + 1)
        self._words: Final = words
        self._mark: Final = mark
        self.label: Final = label
        self.letter: Final = label[letter_at].lower() if letter_at != _NO_LETTER else ""
        super().__init__(self._line(chosen=False))

    def choose(self, *, chosen: bool) -> None:
        """Show whether this one is chosen."""
        self.set_class(chosen, "-chosen")
        self.show(self._line(chosen=chosen))

    def _line(self, *, chosen: bool) -> Content:
        return Content.assemble(self._mark if chosen else " ", self._words)

    def on_click(self, event: "events.Click") -> None:
        """Say that it was tapped."""
        event.stop()
        self.post_message(self.Chosen(self.label))
