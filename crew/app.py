"""The terminal program: assembles screens, carries messages between them and sync. Knows no store and no network.

First paint comes from the day that is handed in; sync, and with it everything heavy, is built after it.
"""

import asyncio
import logging
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.message import Message
from textual.reactive import reactive
from textual.worker import Worker, WorkerState

from crew.domain.errors import CrewError
from crew.domain.person import Person, Role
from crew.domain.value import replace
from crew.painted_app import NARROW
from crew.screens.messages import MinutePassed, SendNow, StoreMoved
from crew.screens.my_day import MyDay
from crew.screens.small_terminal import LEAST_COLUMNS, LEAST_ROWS, SmallTerminal
from crew.shared_app import SharedApp
from crew.terminal_gone import TerminalWatch
from crew.widgets.lamp import LampWords, lamp_words
from crew.widgets.literal_text import say
from crew.widgets.top_row import Lamp, TopWords

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.command import Provider
    from textual.screen import Screen

    from crew.field_work import Day, FieldWork
    from crew.look import Look
    from crew.pictures import Graphics
    from crew.sign_in_roads import SignInRoads
    from crew.sync import LinkState, Sync, SyncEvent
    from crew.widgets.photo_view import PhotoView

_log: Final = logging.getLogger(__name__)
_SYNC_AGAIN_SECONDS: Final = 60
_STORE_SECONDS: Final = 1
_NOBODY: Final = "Nobody is signed in on this device, so nothing is asked. Press i to sign in."
_STOPPED: Final = LampWords("Sending stopped: see the log", trouble=True)


def _command_provider() -> "type[Provider]":
    from crew.screens.palette import CommandProvider

    return CommandProvider


class SyncTold(Message):
    """Sync said something."""

    def __init__(self, event: "SyncEvent") -> None:
        self.event: Final = event
        super().__init__()


class CrewApp(SharedApp):
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
        super().__init__(look, field_work)
        self.graphics: Final = graphics
        self._start_sync: Final = start_sync
        self._first_day: Final = None if field_work.sharing.locked else first_day
        device = field_work.signed_in()
        self._person = device.person if device else None
        self._sync: Sync | None = None
        self._link: LinkState | None = None
        self._sync_stopped = False
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

    def on_unmount(self) -> None:
        """Let no search keep the program from ending."""
        self.field_work.driving.search_no_more()

    def _begin(self) -> None:
        self._run_sync()
        self.set_interval(_STORE_SECONDS, self._look_around)
        if self._person is None:
            self.action_sign_in()
        self.begin_locked()

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
        from crew.sync.events import (
            LinkState,
            PersonChanged,
            StoreChanged,
        )  # the package of sync is there by now, not at the start

        match message.event:
            case LinkState() as link:
                self._link = link
                self._say_top()
            case StoreChanged(order_ids=order_ids):
                self._tell_screens(order_ids)
            case PersonChanged():
                self._hear_of_person()

    def wake_sync(self) -> None:
        """Let what may leave leave now."""
        if self._sync is not None:
            self._sync.wake()

    @on(SendNow)
    def action_sync(self, message: SendNow | None = None) -> None:
        """Send and fetch now; who asked for it is answered."""
        if self._person is not None:
            self.wake_sync()
        if message is None or message.asked_for:
            say(self, "Looking for the backend now." if self._person is not None else _NOBODY)

    def on_photo_view_not_fetched(self, message: "PhotoView.NotFetched") -> None:
        """Let sync fetch the picture that somebody looks at."""
        if self._sync is not None:
            self._sync.want_photo(message.key)

    # What is on disk

    def _tell_screens(self, order_ids: frozenset[str] = frozenset()) -> None:
        for screen in self.screen_stack:
            screen.post_message(StoreMoved(order_ids))

    def _tell_minute(self) -> None:
        for screen in self.screen_stack:
            screen.post_message(MinutePassed())

    def _look_around(self) -> None:
        """Once a second: has the minute passed, has another process written?"""
        if self._say_top():
            self._tell_minute()
        self._look_at_store()
        self.use_the_pause()

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
            await self.follow_lock()

    @work(group="person", exclusive=True)
    async def _hear_of_person(self) -> None:
        await self._read_person()
        self._tell_screens()

    async def _read_person(self) -> None:
        device = await asyncio.to_thread(self.field_work.signed_in)
        self._person = device.person if device else None
        self._say_top()

    def store_changed(self, order_ids: frozenset[str]) -> None:
        """A person has acted: screens read again, and the lamp counts again without waiting for a round."""
        self._tell_screens(order_ids)
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

    # Other screens, loaded when they are first needed

    def action_help(self) -> None:
        """Every key with a sentence."""
        from crew.screens.help import Help

        self.push_screen(Help(self._person or Person("", Role.CREW)))

    @on(Lamp.Tapped)
    def action_outbox(self) -> None:
        """What waits to be sent."""
        from crew.screens.outbox import OutboxScreen

        if not isinstance(self.screen, OutboxScreen):
            self.push_screen(OutboxScreen(self.field_work, self.look, lambda: self._link))

    def action_decide(self) -> None:
        """What waits for a person."""
        from crew.screens.decisions import Decisions

        self.push_screen(Decisions(self.field_work, self.look, self._person))

    def action_week(self) -> None:
        """What was done in seven days, and what citizens said of it."""
        from crew.screens.week_sheet import WeekSheet

        self.push_screen(WeekSheet(self.field_work, self.look), self._leave_week)

    def _leave_week(self, order_id: str | None) -> None:
        """Show the order that was chosen there; what was read is no news any more."""
        from crew.screens.order_detail import OrderDetail

        self._tell_screens()
        if order_id is not None:
            self.push_screen(OrderDetail(self.field_work, self.look, self._person, order_id, None))

    async def person_changed(self) -> None:
        """Say who works now, let screens show their day, and begin with their sign-in."""
        await self._read_person()
        self._tell_screens()
        if self._sync is not None:
            self._sync.begin_anew()

    @property
    def sign_in_road(self) -> "SignInRoads":
        """How somebody is signed in: over the sync worker's road, as soon as that is there."""
        from crew.sign_in_roads import SignInRoads

        return SignInRoads(lambda: self._sync)


def _who(person: "Person | None", dot: str) -> str:
    if person is None:
        return "Crew"
    place = person.crew_title or person.crew or person.district or person.called.capitalize()
    return f"{place} {dot} {person.name}"
