"""What waits to be sent, and what a person must decide. Screen layer; shows what is on disk, sync does the sending."""

import asyncio
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.binding import Binding
from textual.screen import Screen

from crew.commands import OUTBOX, SYNC, Command
from crew.domain.change import SendingStatus
from crew.domain.errors import CorrectInput, CrewError
from crew.screens.messages import Acted, SendNow, StoreMoved
from crew.screens.sheet import BACK, sheet_bindings
from crew.widgets.button_bar import ButtonBar, CommandButton
from crew.widgets.literal_text import LiteralText, say
from crew.widgets.outbox_table import OutboxTable
from crew.widgets.outbox_text import Outbox, moments, problem, totals
from crew.widgets.top_row import TopRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult

    from crew.domain.change import Change
    from crew.domain.work_order import WorkOrder
    from crew.field_work import FieldWork, OutboxEntry
    from crew.look import Look
    from crew.outbox_export import Exported
    from crew.sync.events import LinkState

_AGAIN: Final = Command(name="again", key="s", label="Send again", help="Try the refused change once more.")
_ASIDE: Final = Command(name="aside", key="a", label="Set aside", help="Stop sending it; it stays readable here.")
_MEND: Final = Command(name="mend", key="e", label="Mend", help="Add what was missing, then it is sent once more.")
_TAKE_UP: Final = Command(name="take_up", key="u", label="Take up", help="Do once more what was set aside.")
_EXPORT: Final = Command(name="export", key="x", label="Export", help="Write everything unsent into a folder.")
_SEEN: Final = Command(name="seen", key="n", label="Seen", help="I have read what became of the damaged store.")
_MINE: Final = Command(name="mine", key="m", label="Keep mine", help="Your value counts.")
_THEIRS: Final = Command(name="theirs", key="t", label="Keep theirs", help="The other value counts.")
_DECISIONS: Final[dict[SendingStatus, tuple[Command, ...]]] = {
    SendingStatus.REFUSED: (_AGAIN, _MEND, _ASIDE),
    SendingStatus.NEEDS_DECISION: (_MINE, _THEIRS),
    SendingStatus.SET_ASIDE: (_TAKE_UP,),
}
_NOTHING: Final = "Nothing waits. Everything you did has reached the backend."
_LATELY: Final = 30
_SECOND: Final = 1.0
_MOST_BUTTONS: Final = 5


class OutboxScreen(Screen[None]):
    """The outbox."""

    CSS_PATH = ["outbox.tcss"]
    AUTO_FOCUS = "OutboxTable"
    BINDINGS = [
        *sheet_bindings(SYNC, _AGAIN, _MEND, _ASIDE, _MINE, _THEIRS, _TAKE_UP, _EXPORT, _SEEN),
        Binding(f"escape,q,{OUTBOX.key}", "leave", show=False),
    ]

    def __init__(self, field_work: "FieldWork", look: "Look", link: "Callable[[], LinkState | None]") -> None:
        """Show the outbox; `link` says how the link stands now."""
        super().__init__()
        self.field_work: Final = field_work
        self._look: Final = look
        self._link: Final = link
        self._outbox: Outbox | None = None

    def compose(self) -> "ComposeResult":
        """Top row, totals, the list, the buttons."""
        yield TopRow()
        yield LiteralText(classes="totals")
        yield LiteralText(classes="moments")
        yield LiteralText(classes="problem")
        yield LiteralText(classes="recovered")
        yield OutboxTable(self._look.marks)
        yield LiteralText(_NOTHING, classes="empty")
        yield ButtonBar((SYNC, BACK))

    def on_mount(self) -> None:
        """Read, and count the seconds to the next try."""
        self.read_outbox()
        self.set_interval(_SECOND, self.read_outbox)

    @on(StoreMoved)
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
        orders = self._orders({entry.change.order_id for entry in (*view.entries, *view.aside, *settled)})
        recovery = self.field_work.recovery()
        return Outbox(
            view,
            [entry for entry in settled if entry not in view.aside],
            orders,
            self._link(),
            self.field_work.now.replace(microsecond=0),
            recovery.sentence if recovery else "",
        )

    def _orders(self, order_ids: "Iterable[str]") -> "dict[str, WorkOrder]":
        known = {}
        for order_id in order_ids:
            try:
                known[order_id] = self.field_work.order(order_id)
            except CorrectInput:
                continue  # no longer on this device: its number stands in its place
        return known

    def _show(self, outbox: Outbox) -> None:
        dot = self._look.marks.dot
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

    @on(OutboxTable.Chosen)
    def _follow(self) -> None:
        """Let the buttons follow the chosen change."""
        seen = (_SEEN,) if self._outbox is not None and self._outbox.recovered else ()
        deciding = self._deciding()
        sync = () if _AGAIN in deciding else (SYNC,)  # sending again is a sync too
        exporting = (_EXPORT,) if self.query_one(OutboxTable).chosen is not None else ()
        self.query_one(ButtonBar).show((*(*seen, *deciding, *sync, *exporting)[: _MOST_BUTTONS - 1], BACK))

    def _deciding(self) -> tuple[Command, ...]:
        chosen = self.query_one(OutboxTable).chosen
        if chosen is None:
            return ()
        return _DECISIONS.get(chosen.sending_status, ())

    @on(CommandButton.Tapped)
    async def run_tapped(self, message: CommandButton.Tapped) -> None:
        """Do what the button stands for."""
        message.stop()
        await self.run_action(message.command.name)

    # Acting

    def action_sync(self) -> None:
        """Send now."""
        self.post_message(SendNow())

    def action_again(self) -> None:
        """Send the refused change once more."""
        self._decide(_AGAIN, lambda entry: self.field_work.send_again(entry.change.id), "It is sent again.")

    def action_aside(self) -> None:
        """Stop sending it."""
        self._decide(
            _ASIDE, lambda entry: self.field_work.set_aside(entry.change.id), "Set aside. It stays readable here."
        )

    def action_take_up(self) -> None:
        """Do once more what was set aside."""
        self._decide(_TAKE_UP, lambda entry: self.field_work.take_up(entry.change.id), "Taken up again.")

    @work(group="sheet", exclusive=True)
    async def action_mend(self) -> None:
        """Open the sheet on which the refused change was made."""
        entry = self._decided_entry(_MEND)
        if entry is None:
            return
        from crew.screens.mending import mending_sheet

        try:
            sheet = await asyncio.to_thread(mending_sheet, self.field_work, self._look, entry.change)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self.app.push_screen(sheet, self._mended)

    def _mended(self, change: "Change | None") -> None:
        if change is not None:
            self._acted(change, "Mended. It is sent again.")

    def action_export(self) -> None:
        """Ask where to write it."""
        from crew.screens.export_sheet import ExportSheet

        self.app.push_screen(ExportSheet(self.field_work), self._exported)

    def _exported(self, done: "Exported | None") -> None:
        if done is not None:
            say(self, done.words)

    @work(group="act")
    async def action_seen(self) -> None:
        """The person has read what became of the damaged store."""
        try:
            await asyncio.to_thread(self.field_work.forget_recovery)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self._tell_screens()

    def action_mine(self) -> None:
        """One's own value counts."""
        self._decide(_MINE, lambda entry: self.field_work.keep_mine(entry.change.id), "Yours holds now.")

    def action_theirs(self) -> None:
        """The other value counts."""
        self._decide(_THEIRS, lambda entry: self.field_work.keep_theirs(entry.change.id), "Theirs holds.")

    @work(group="act")
    async def _decide(self, command: Command, decide: "Callable[[OutboxEntry], Change | None]", words: str) -> None:
        entry = self._decided_entry(command)
        if entry is None:
            return
        try:
            change = await asyncio.to_thread(decide, entry)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        self._acted(change, words)

    def _decided_entry(self, command: Command) -> "OutboxEntry | None":
        """The chosen change where the command is for it; otherwise the person is told why not."""
        entry = self.query_one(OutboxTable).chosen
        if entry is not None and command in self._deciding():
            return entry
        why = f"This change is {entry.sending_status.words}" if entry else "Nothing waits"
        say(self, f"{command.label}: {why}, there is nothing to decide.", "warning")
        return None

    def _acted(self, change: "Change | None", words: str) -> None:
        say(self, words)
        if change is not None:
            self.post_message(Acted(change, words))
        self.post_message(SendNow())
        self._tell_screens()

    def _tell_screens(self) -> None:
        """What was decided changes the day and the order too."""
        for screen in self.app.screen_stack:
            screen.post_message(StoreMoved(frozenset()))

    def action_leave(self) -> None:
        """Back to where the person was."""
        self.dismiss()
