"""What waits to be sent, and what a person must decide. Screen layer; shows what is on disk, sync does the sending."""

import asyncio
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.binding import Binding

from crew.commands import HELP, OUTBOX, SIGN_IN, SYNC, UNDO, Command
from crew.domain.errors import CrewError
from crew.place_commands import EXPORT, OUTBOX_COMMANDS, SEEN, SEND_AGAIN
from crew.screens.messages import MinutePassed, StoreMoved
from crew.screens.outbox_acts import OutboxActs
from crew.screens.sheet import BACK, sheet_bindings
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText, say
from crew.widgets.outbox_table import OutboxTable
from crew.widgets.outbox_text import Outbox, moments, problem, totals
from crew.widgets.top_row import TopRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from crew.field_work import FieldWork, OutboxEntry
    from crew.look import Look
    from crew.sync.events import LinkState
    from crew.wire import MovedAway

_NOTHING: Final = "Nothing waits. Everything you did has reached the backend."
_LATELY: Final = 30
_SECOND: Final = 1.0
_MOST_BUTTONS: Final = 5


class OutboxScreen(OutboxActs):
    """The outbox."""

    CSS_PATH = ["outbox.tcss"]
    AUTO_FOCUS = "OutboxTable"
    BINDINGS = [
        *sheet_bindings(SYNC, *(command for command in OUTBOX_COMMANDS if command.key != UNDO.key)),
        Binding(UNDO.key, "reverse", show=False),
        Binding(SIGN_IN.key, f"app.{SIGN_IN.name}", show=False),
        Binding(",".join((HELP.key, *HELP.more_keys)), f"app.{HELP.name}", show=False),
        Binding(f"escape,q,{OUTBOX.key}", "leave", show=False),
    ]

    def __init__(self, field_work: "FieldWork", look: "Look", link: "Callable[[], LinkState | None]") -> None:
        """Show the outbox; `link` says how the link stands now."""
        super().__init__()
        self.field_work = field_work
        self.look = look
        self._link: Final = link
        self._outbox: Outbox | None = None

    def compose(self) -> "ComposeResult":
        """Top row, totals, the list, the buttons."""
        yield TopRow()
        yield LiteralText(classes="totals")
        yield LiteralText(classes="moments")
        yield LiteralText(classes="problem")
        yield LiteralText(classes="recovered")
        yield OutboxTable(self.look.marks)
        yield LiteralText(_NOTHING, classes="empty")
        yield ButtonBar((SYNC, BACK))

    def on_mount(self) -> None:
        """Read, and count the seconds to the next try."""
        self.read_outbox()
        self.set_interval(_SECOND, self.read_outbox)

    @on(StoreMoved)
    @on(MinutePassed)
    def refresh_outbox(self) -> None:
        """Read it again."""
        self.read_outbox()

    @work(group="outbox", exclusive=True)
    async def read_outbox(self) -> None:
        """Read the outbox off the event loop and show it."""
        try:
            outbox = await asyncio.to_thread(self._outbox_now)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        if outbox != self._outbox:
            self._outbox = outbox
            self._show(outbox)

    def _outbox_now(self) -> Outbox:
        view, settled = self.field_work.outbox(), self.field_work.settled(_LATELY)
        orders = self.field_work.orders({entry.change.order_id for entry in (*view.entries, *view.aside, *settled)})
        gone: dict[str, MovedAway] = {move.order_id: move for move in self.field_work.moved_away()}
        recovery = self.field_work.recovery()
        return Outbox(
            view,
            [entry for entry in settled if entry not in view.aside],
            {**gone, **orders},
            self._link(),
            self.field_work.now.replace(microsecond=0),
            recovery.sentence if recovery else "",
            self.field_work.crew_titles(),
        )

    def _show(self, outbox: Outbox) -> None:
        dot = self.look.marks.dot
        self.query_one(".totals", LiteralText).show(f"Outbox   {totals(outbox, dot)}")
        self.query_one(".moments", LiteralText).show(moments(outbox, dot))
        trouble = self.query_one(".problem", LiteralText)
        trouble.show(problem(outbox))
        trouble.display = bool(problem(outbox))
        recovered = self.query_one(".recovered", LiteralText)
        recovered.show(outbox.recovered)
        recovered.display = bool(outbox.recovered)
        self.query_one(OutboxTable).show(outbox)
        self.query_one(".empty").display = not outbox.view.entries
        self._follow()

    @property
    def chosen(self) -> "OutboxEntry | None":
        """The change under the cursor."""
        return self.query_one(OutboxTable).chosen

    @on(OutboxTable.Chosen)
    def _follow(self) -> None:
        """Let the buttons follow the chosen change; what most likely comes next is the first."""
        seen = (SEEN,) if self._outbox is not None and self._outbox.recovered else ()
        deciding, sending = self.deciding(), SIGN_IN if self._must_sign_in else SYNC
        if UNDO in deciding:
            acts: tuple[Command, ...] = (sending, *deciding)
        else:
            acts = deciding if SEND_AGAIN in deciding else (*deciding, sending)  # sending again is a sync too
        self.query_one(ButtonBar).show((*(*seen, *acts, EXPORT)[: _MOST_BUTTONS - 1], BACK))

    @property
    def _must_sign_in(self) -> bool:
        return self._outbox is not None and self._outbox.link is not None and self._outbox.link.sign_in_needed

    def action_leave(self) -> None:
        """Back to where the person was."""
        self.dismiss()
