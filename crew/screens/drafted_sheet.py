"""A sheet about one order that keeps what is half done: over esc, a lock, a crash, a flat battery. Screen layer."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.widgets import Input

from crew.domain.errors import CrewError
from crew.domain.plain_text import TEXT_LIMIT
from crew.screens.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from crew.domain.change import Change
    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork
    from crew.look import Look

_STAYS: Final = "What you wrote stays here; going back twice leaves it."
_PAUSE_SECONDS: Final = 0.3
"""A draft is written when the person pauses for so long."""


class DraftedSheet(Sheet["Change"]):
    """Keeps `draft_body()` on disk while the person works, and forgets it when the act is done."""

    draft_kind: ClassVar[str]
    """Tells this sheet's drafts from those of others on the same order."""

    def __init__(self, field_work: "FieldWork", look: "Look", order: "WorkOrder", draft: str) -> None:
        """Begin with a draft, which may be empty; reading it is the opener's affair (see `sheet_actions`)."""
        super().__init__()
        self.field_work: Final = field_work
        self.look: Final = look
        self.order: Final = order
        self.draft: Final = draft
        self._pause: Timer | None = None
        self._one_at_a_time: Final = asyncio.Lock()
        self._done = False
        self._may_be_lost = False

    def read(self) -> None:
        """Read what else the sheet shows at once; called before it opens, off the event loop."""

    def draft_body(self) -> str:
        """What is to be kept now; empty where there is nothing."""
        raise NotImplementedError

    def draft_changed(self) -> None:
        """Keep the draft soon."""
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE_SECONDS, self.keep_draft_now)

    @work(group="draft")
    async def keep_draft_now(self) -> None:
        """Keep the draft at once."""
        await self._keep()

    async def _keep(self) -> bool:
        async with self._one_at_a_time:
            if self._done:
                return True
            try:
                await asyncio.to_thread(self.field_work.keep_draft, self.order.id, self.draft_kind, self.draft_body())
            except CrewError as error:
                self.refuse(f"{error.sentence} {_STAYS}")
                return False
            return True

    @work(group="leave", exclusive=True)
    async def _keep_and_leave(self) -> None:
        """What cannot be kept stays on the screen, until the person says a second time that it may go."""
        if await self._keep() or self._may_be_lost:
            self.dismiss(None)
        self._may_be_lost = True

    async def action_leave(self) -> None:
        """Out of the note first, then out of the sheet; what was begun is kept."""
        if isinstance(self.focused, Input):
            self.set_focus(None)
        else:
            self._keep_and_leave()

    # The note, on sheets that have a line for it

    def note_line(self, note: str) -> Input:
        """The line for an optional note."""
        return Input(
            note,
            placeholder="n: a note, it stays inside the city",
            max_length=TEXT_LIMIT,
            select_on_focus=False,
            compact=True,
            classes="note",
        )

    def action_note(self) -> None:
        """Write a note."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _note_changed(self) -> None:
        self.draft_changed()

    @on(Input.Submitted)
    def _note_ended(self) -> None:
        self.set_focus(None)

    # The act

    @work(group="act")
    async def act_and_forget(self, do: "Callable[[], Change]") -> None:
        """Do it; when it is done the draft is forgotten."""

        def done() -> "Change":
            result = self.field_work.act_and_forget_draft(self.order.id, self.draft_kind, do)
            self._done = True
            return result

        async with self._one_at_a_time:
            await self.perform(done)
