"""The part of the terminal program that takes back what was done last. Program layer; knows no store and no network.

For a grace time the act waits and the undo line stands; after it the act may leave, and is taken back by its opposite.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on, work

from crew.domain.errors import CrewError
from crew.domain.value import Value
from crew.mapped_app import MappedApp
from crew.screens.messages import Acted, UndoOffered
from crew.widgets.literal_text import say

if TYPE_CHECKING:
    from crew.domain.change import Change
    from crew.field_work import FieldWork
    from crew.look import Look


_NOTHING_TO_UNDO: Final = (
    "There is nothing to undo: this key takes back your last act since Crew was started, once. "
    "The outbox (o) undoes what has not left."
)


class _Undoable(Value):
    changes: "tuple[Change, ...]"
    words: str

    @property
    def order_ids(self) -> frozenset[str]:
        """The orders that it was done to."""
        return frozenset(change.order_id for change in self.changes)


class UndoingApp(MappedApp):
    """A program that remembers its latest act. Who inherits carries what is told to screens and to sync."""

    def __init__(self, look: "Look", field_work: "FieldWork") -> None:
        super().__init__(look)
        self.field_work = field_work
        self._undoable: _Undoable | None = None

    def wake_sync(self) -> None:
        """Let what may leave leave now."""
        raise NotImplementedError

    def store_changed(self, order_ids: frozenset[str]) -> None:
        """A person has acted on these orders."""
        raise NotImplementedError

    @on(Acted)
    def offer_undo(self, message: Acted) -> None:
        """Show for a while how the latest act is taken back, then let it leave."""
        self._undoable = undoable = _Undoable(message.changes, message.words)
        self.store_changed(undoable.order_ids)
        self._say_undoable(message.words)
        grace = self.look.grace_seconds if message.grace_seconds is None else message.grace_seconds
        grace_seconds = max(grace, 0.01)  # Textual cannot wait for no time
        self.set_timer(grace_seconds, partial(self._end_grace, undoable))

    def forget_undoable(self) -> None:
        """Let nobody take back what somebody else did."""
        self._undoable = None
        self._say_undoable("")
        self.wake_sync()

    def _end_grace(self, undoable: _Undoable) -> None:
        if self._undoable is undoable:
            self._say_undoable("")
        self.wake_sync()

    def _say_undoable(self, words: str) -> None:
        for screen in self.screen_stack:
            screen.post_message(UndoOffered(words))

    @work(group="undo")
    async def action_undo(self) -> None:
        """Take back the latest act; what has left already, by its opposite, which can be undone in turn."""
        undoable, self._undoable = self._undoable, None
        self._say_undoable("")
        if undoable is None:
            say(self, _NOTHING_TO_UNDO, "warning")
            return
        change_ids, grace_seconds = [change.id for change in undoable.changes], self.look.grace_seconds
        try:
            taken = await asyncio.to_thread(self.field_work.take_back_all, change_ids, grace_seconds)
        except CrewError as error:
            self._undoable = self._undoable or undoable  # asked again, it says the same again
            say(self, error.sentence, "error")
            return
        if taken.refused:
            say(self, f"Not taken back: {len(taken.refused)} of {len(change_ids)}. {taken.refused[0]}", "warning")
        if taken.opposites:
            self.offer_undo(Acted(f"Taken back. {undoable.words}", *taken.opposites))
        else:
            say(self, f"Undone. {undoable.words}")
            self.store_changed(undoable.order_ids)
