"""The terminal program: assembles screens, carries messages between them and sync. Knows no store and no network.

First paint comes from the day that is handed in; sync, and with it everything heavy, is built after it.
"""

import asyncio
import logging
import signal
import sys
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.message import Message
from textual.reactive import reactive
from textual.worker import Worker, WorkerState

from crew.domain.errors import CrewError, TryLater
from crew.domain.person import Role
from crew.mapped_app import MappedApp
from crew.painted_app import NARROW
from crew.screens.messages import Acted, SendNow, StoreMoved, UndoOffered
from crew.screens.my_day import MyDay
from crew.screens.small_terminal import LEAST_COLUMNS, LEAST_ROWS, SmallTerminal
from crew.terminal_gone import TerminalWatch
from crew.widgets.lamp import LampWords, lamp_words
from crew.widgets.literal_text import say
from crew.widgets.top_row import Lamp, TopWords

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.command import Provider
    from textual.screen import Screen

    from crew.domain.change import Change
    from crew.domain.person import Person
    from crew.field_work import Day, FieldWork
    from crew.look import Look
    from crew.pictures import Graphics
    from crew.sync import LinkState, Sync, SyncEvent
    from crew.widgets.photo_view import PhotoView

_log: Final = logging.getLogger(__name__)
_SYNC_AGAIN_SECONDS: Final = 60
_STORE_SECONDS: Final = 1
_STOPPED: Final = LampWords("Sending stopped: see the log", trouble=True)


def _command_provider() -> "type[Provider]":
    from crew.screens.palette import CommandProvider

    return CommandProvider


@dataclass(frozen=True, slots=True)
class _Undoable:
    change: "Change"
    words: str


class SyncTold(Message):
    """Sync said something."""

    def __init__(self, event: "SyncEvent") -> None:
        self.event: Final = event
        super().__init__()


class CrewApp(MappedApp):
    """Crew in a terminal."""

    TITLE = "Crew"
    CSS_PATH = ["crew.tcss", "screens/my_day.tcss"]  # Textual reads no file of a default screen by itself
    COMMANDS = {_command_provider}

    top_words: reactive[TopWords] = reactive(TopWords)

    def __init__(
        self,
        field_work: "FieldWork",
        start_sync: "Callable[[], Sync]",
        look: "Look",
        first_day: "Day | None",
        graphics: "Graphics",
    ) -> None:
        super().__init__(look)
        self.field_work: Final = field_work
        self.graphics: Final = graphics
        self._start_sync: Final = start_sync
        self._first_day: Final = first_day
        device = field_work.signed_in()
        self._person = device.person if device else None
        self._sync: Sync | None = None
        self._link: LinkState | None = None
        self._sync_stopped = False
        self._undoable: _Undoable | None = None
        self._store_version = field_work.data_version()
        self.set_reactive(CrewApp.top_words, self._words_now())

    # Start and end

    def get_default_screen(self) -> "Screen[None]":
        """Home, from the start with the class of its width: adding it later would paint everything twice."""
        home = MyDay(self.field_work, self.look, self._person, self._first_day)
        return home.add_class(self.width_class)

    def on_mount(self) -> None:
        """Be ready to end; whatever is heavy comes after the first paint."""
        if not self.is_headless and not self.is_web:
            self._be_ready_to_end()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._run_sync()
        self.set_interval(_STORE_SECONDS, self._look_around)
        if self._person is None:
            self.action_sign_in()

    def _be_ready_to_end(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self.exit)
        if sys.__stdin__ is not None:
            TerminalWatch(sys.__stdin__.fileno(), partial(self._end_from_thread, loop)).start()

    def _end_from_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self.exit)

    def on_resize(self, event: "events.Resize") -> None:
        """Ask for a larger window where the list would not fit."""
        small = event.size.width < LEAST_COLUMNS or event.size.height < LEAST_ROWS
        asking = isinstance(self.screen, SmallTerminal)
        if small and not asking:
            self.push_screen(SmallTerminal())
        elif asking and not small:
            self.screen.dismiss()
        self._say_top()

    # Sync

    @work(group="sync", exclusive=True, exit_on_error=False)
    async def _run_sync(self) -> None:
        self._sync_stopped = False
        self._sync = await asyncio.to_thread(self._start_sync)
        await self._sync.run(self._pass_on)

    def _pass_on(self, event: "SyncEvent") -> None:
        self.post_message(SyncTold(event))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Sync that ended with an error is visible, logged, and started again; nothing else depends on it."""
        error = event.worker.error
        if event.worker.group != "sync" or event.state is not WorkerState.ERROR or error is None:
            return
        _log.error("sync ended", exc_info=error)
        self._sync, self._sync_stopped = None, True
        self._say_top()
        sentence = error.sentence if isinstance(error, CrewError) else f"Sending stopped ({type(error).__name__})."
        say(self, f"{sentence} Your work is kept; it is tried again in a minute.", "error")
        self.set_timer(_SYNC_AGAIN_SECONDS, self._run_sync)

    @on(SyncTold)
    def hear_sync(self, message: SyncTold) -> None:
        """Show how the link stands, and let screens read what is new."""
        from crew.sync.events import LinkState, StoreChanged  # the package of sync is there by now, not at the start

        match message.event:
            case LinkState() as link:
                self._link = link
                self._say_top()
            case StoreChanged(order_ids=order_ids):
                self._tell_screens(order_ids)

    def _wake_sync(self) -> None:
        if self._sync is not None:
            self._sync.wake()

    @on(SendNow)
    def action_sync(self, message: SendNow | None = None) -> None:
        """Send and fetch now; who asked for it is answered."""
        self._wake_sync()
        if message is None or message.asked_for:
            say(self, "Looking for the backend now.")

    def on_photo_view_not_fetched(self, message: "PhotoView.NotFetched") -> None:
        """Let sync fetch the picture that somebody looks at."""
        if self._sync is not None:
            self._sync.want_photo(message.key)

    # What is on disk

    def _tell_screens(self, order_ids: frozenset[str] = frozenset()) -> None:
        for screen in self.screen_stack:
            screen.post_message(StoreMoved(order_ids))

    def _look_around(self) -> None:
        """Once a second: has the minute passed, has another process written?"""
        if self._say_top():
            self._tell_screens()
        self._look_at_store()

    @work(group="store", exclusive=True)
    async def _look_at_store(self) -> None:
        try:
            version = await asyncio.to_thread(self.field_work.data_version)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        if version != self._store_version:
            self._store_version = version
            await self._read_person()
            self._tell_screens()

    async def _read_person(self) -> None:
        device = await asyncio.to_thread(self.field_work.signed_in)
        self._person = device.person if device else None
        self._say_top()

    def _store_changed(self, order_id: str) -> None:
        """A person has acted: screens read again, and the lamp counts again without waiting for a round."""
        self._tell_screens(frozenset({order_id}))
        self._count_to_send()

    @work(group="count", exclusive=True)
    async def _count_to_send(self) -> None:
        try:
            outbox = await asyncio.to_thread(self.field_work.outbox)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        if self._link is not None:
            self._link = replace(self._link, to_send=outbox.to_send)
            self._say_top()

    def _say_top(self) -> bool:
        """Say who, link and time in the top row; True where the minute is another."""
        before, self.top_words = self.top_words.clock, self._words_now()
        return self.top_words.clock != before

    def _words_now(self) -> TopWords:
        now, dot = self.field_work.now, self.look.marks.dot
        short = self.size.width < NARROW
        words = lamp_words(self._link, now, dot, short=short, anew=self._person is not None)
        lamp = _STOPPED if self._sync_stopped else words
        return TopWords(_who(self._person, dot), lamp, f"{now:%H:%M}")

    # Undo

    @on(Acted)
    def offer_undo(self, message: Acted) -> None:
        """Show for a while how the latest act is taken back, then let it leave."""
        self._undoable = _Undoable(message.change, message.words)
        self._store_changed(message.change.order_id)
        self._say_undoable(message.words)
        grace_seconds = max(self.look.grace_seconds, 0.01)  # Textual cannot wait for no time
        self.set_timer(grace_seconds, partial(self._end_grace, message.change.id))

    def _end_grace(self, change_id: str) -> None:
        if self._undoable is not None and self._undoable.change.id == change_id:
            self._say_undoable("")
        self._wake_sync()

    def _say_undoable(self, words: str) -> None:
        for screen in self.screen_stack:
            screen.post_message(UndoOffered(words))

    @work(group="undo")
    async def action_undo(self) -> None:
        """Take back the latest act; what has left already, by its opposite, which can be undone in turn."""
        undoable, self._undoable = self._undoable, None
        self._say_undoable("")
        if undoable is None:
            say(self, "There is nothing to undo: nothing was done here since Crew was started.", "warning")
            return
        change, grace_seconds = undoable.change, self.look.grace_seconds
        try:
            opposite = await asyncio.to_thread(self.field_work.take_back, change.id, grace_seconds)
        except CrewError as error:
            say(self, error.sentence, "error")
            return
        if opposite is None:
            say(self, f"Undone. {undoable.words}")
            self._store_changed(change.order_id)
        else:
            self.offer_undo(Acted(opposite, f"Taken back. {undoable.words}"))

    # Other screens, loaded when they are first needed

    def action_help(self) -> None:
        """Every key with a sentence."""
        from crew.screens.help import Help

        self.push_screen(Help(self._person.role if self._person else Role.CREW))

    @on(Lamp.Tapped)
    def action_outbox(self) -> None:
        """What waits to be sent."""
        from crew.screens.outbox import OutboxScreen

        if not isinstance(self.screen, OutboxScreen):
            self.push_screen(OutboxScreen(self.field_work, self.look, lambda: self._link))

    @work(group="sign-in", exclusive=True)
    async def action_sign_in(self) -> None:
        """Sign this device in."""
        from crew.screens.sign_in import SignIn

        device = await asyncio.to_thread(self.field_work.signed_in)
        person = await self.push_screen_wait(SignIn(self._sign_in_with, device.url if device else ""))
        if person is not None:
            await self._read_person()
            self._tell_screens()

    async def _sign_in_with(self, address: str, code: str) -> "Person":
        if self._sync is None:
            raise TryLater("Crew is still starting. Try again in a moment.")
        return (await self._sync.sign_in(address, code)).person


def _who(person: "Person | None", dot: str) -> str:
    if person is None:
        return "Crew"
    place = person.crew_title or person.crew or str(person.role).capitalize()
    return f"{place} {dot} {person.name}"
