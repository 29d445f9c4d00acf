"""A sheet on which one thing is chosen by its letter or a tap, with words beside it. Screen layer."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Grid
from textual.widgets import Input

from crew.domain.change import Change
from crew.screens.choices import Choice, letters_for
from crew.screens.drafted_sheet import DraftedSheet
from crew.screens.sheet import titled
from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.content import Content


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

    def title_words(self) -> "Content":
        """What it is about."""
        return titled(f"{self.heading}: {self.order.service_name}", self.order.address)

    def body(self) -> "ComposeResult":
        """The choices in groups, the line for words."""
        groups = self.options()
        labels = [label for group in groups.values() for label in group]
        letters = dict(zip(labels, letters_for(labels, self.taken), strict=True))
        for heading, group in groups.items():
            yield LiteralText(heading, classes="heading")
            with Grid(classes="choices"):
                for label in group:
                    yield Choice(label, letters[label], self.look.marks.chosen)
        yield self.note_line(self.note_begun())

    def note_begun(self) -> str:
        """The note as the draft has it."""
        return self.draft

    @property
    def chosen(self) -> str | None:
        """The label that is chosen; None for none."""
        return self._chosen

    def on_mount(self) -> None:
        """Nothing is chosen yet."""
        self.show_chosen()

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
        self.show_chosen()

    def is_chosen(self, label: str) -> bool:
        """Whether the choice with this label is the chosen one."""
        return label == self._chosen

    def show_chosen(self) -> None:
        """Let the choices show which one is chosen."""
        for choice in self.query(Choice):
            choice.choose(chosen=self.is_chosen(choice.label))

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
