"""A sheet on which one thing is chosen by its letter or a tap, with words beside it. Screen layer."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Grid
from textual.content import Content
from textual.widgets import Input

from crew.domain.change import Change
from crew.screens.choices import Choice, letters_for
from crew.screens.drafted_sheet import DraftedSheet
from crew.screens.sheet import titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.order_lines import quoted

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


class ChoiceSheet(DraftedSheet):
    """Chooses one of `options()`; enter does the act with what is chosen and the words in the line."""

    heading: ClassVar[str]
    taken: ClassVar[str] = "n"
    """Letters that mean something else on this sheet."""

    _chosen: str | None = None

    def options(self) -> dict[str, tuple[str, ...]]:
        """What can be chosen: headings, each with labels that differ from all others."""
        raise NotImplementedError

    def do(self, label: str, words: str) -> Change:
        """The act. Raises as `FieldWork.set_status`."""
        raise NotImplementedError

    def public_words(self, label: str) -> str:
        """What the citizen will read where this is chosen; empty where nothing."""
        return ""

    def title_words(self) -> Content:
        """What it is about."""
        return titled(f"{self.heading}: {self.order.service_name}", self.order.address)

    def body(self) -> "ComposeResult":
        """The choices in groups, the line for words, what the citizen will read."""
        groups = self.options()
        labels = [label for group in groups.values() for label in group]
        letters = dict(zip(labels, letters_for(labels, self.taken), strict=True))
        for heading, group in groups.items():
            yield LiteralText(heading, classes="heading")
            with Grid(classes="choices"):
                for label in group:
                    yield Choice(label, letters[label], self.look.marks.chosen)
        yield self.note_line(self.draft)
        yield LiteralText(classes="citizen")

    def on_mount(self) -> None:
        """Nothing is chosen yet."""
        self._show_chosen()

    def on_key(self, event: "events.Key") -> None:
        """A letter chooses."""
        for choice in self.query(Choice):
            if choice.letter and event.key == choice.letter:
                event.stop()
                self.choose(choice.label)
                return

    @on(Choice.Chosen)
    def _tapped(self, message: Choice.Chosen) -> None:
        self.choose(message.label)

    def choose(self, label: str) -> None:
        """Choose one."""
        self._chosen = label
        self.refuse("")
        self._show_chosen()

    def _show_chosen(self) -> None:
        for choice in self.query(Choice):
            choice.choose(chosen=choice.label == self._chosen)
        text = self.public_words(self._chosen) if self._chosen else ""
        words = Content.assemble(("The citizen will read  ", "$muted"), quoted(text, self.look.marks)) if text else ""
        citizen = self.query_one(".citizen", LiteralText)
        citizen.show(words)
        citizen.display = bool(text)

    def draft_body(self) -> str:
        """The words so far."""
        return self.query_one(Input).value

    def action_save(self) -> None:
        """Do what is chosen."""
        label, words = self._chosen, self.draft_body()
        if label is None:
            self.refuse("Choose one first: press its underlined letter, or tap it.")
            return
        self.act_and_forget(lambda: self.do(label, words))
