"""The part of the terminal program that lets people take turns, and locks. Program layer; knows no store, no network.

Sync goes on behind the lock, and what was open stays open. Where another person comes in, their own home is shown.
"""

import asyncio
import gc
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from textual import events, work

from crew.domain.errors import CrewError
from crew.undoing_app import UndoingApp
from crew.widgets.literal_text import say

if TYPE_CHECKING:
    from crew.field_work import FieldWork
    from crew.look import Look
    from crew.screens.sign_in import SignIn, SignInRoad
    from crew.sharing import Somebody

_A_MINUTE: Final = 60
_PAUSE_SECONDS: Final = 0.5
_YOUNG_LOOKS: Final = 10
"""After so many looks through what is young Python itself would look through everything."""


class _Here(NamedTuple):
    """Who works now, who else does here, and how somebody new comes in."""

    name: str
    people: "tuple[Somebody, ...]"
    new_sign_in: "Callable[[], SignIn]"


class SharedApp(UndoingApp):
    """A program that several people use. Who inherits shows whose it is now, and signs people in."""

    lock_minutes: float = 0
    """Locked after so long without a key or a tap; 0 for never."""
    running: Callable[[], float] = staticmethod(time.monotonic)
    """The time that has passed, in seconds, whatever any clock says."""

    def __init__(self, look: "Look", field_work: "FieldWork") -> None:
        super().__init__(look, field_work)
        self._touched_at = self.running()
        self._lock_stands = False

    async def person_changed(self) -> None:
        """Somebody else works from now on, or with a new sign-in."""
        raise NotImplementedError

    @property
    def sign_in_road(self) -> "SignInRoad":
        """How somebody is signed in."""
        raise NotImplementedError

    async def on_event(self, event: events.Event) -> None:
        """Notice that somebody is there."""
        if isinstance(event, events.InputEvent):
            self._touched_at = self.running()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No palette over a lock."""
        return not (action == "command_palette" and self._lock_stands) and super().check_action(action, parameters)

    def begin_locked(self) -> None:
        """Ask for a PIN first where it was locked when the program ended."""
        if self.field_work.sharing.locked:
            self._lock(stands=True)

    async def follow_lock(self) -> None:
        """Ask for a PIN too where another terminal on this store has been locked."""
        if not self._lock_stands and await asyncio.to_thread(self._is_locked):
            self._lock(stands=True)

    def _is_locked(self) -> bool:
        return self.field_work.sharing.locked

    def use_the_pause(self) -> None:
        """Look for rubbish while nobody types, and lock after the time of the settings.

        A full look takes 30 ms and more: as much as a key, which must not wait for it.
        """
        rested = self.running() - self._touched_at
        if rested >= _PAUSE_SECONDS and gc.get_count()[-1] >= _YOUNG_LOOKS:
            gc.collect()
        if self.lock_minutes and rested >= self.lock_minutes * _A_MINUTE:
            self._touched_at = self.running()
            self._lock(asked_for=False)

    def action_lock(self) -> None:
        """Ask for a PIN from now on."""
        self._lock()

    @work(group="people", exclusive=True)
    async def action_people(self) -> None:
        """Let somebody else work, choose a PIN, sign somebody in."""
        from crew.screens.people_sheet import PeopleSheet

        here = await asyncio.to_thread(self._here)
        if here.people:
            sheet = PeopleSheet(self.field_work.sharing, self.look, here.people, here.new_sign_in)
            await self._welcome(here, await self.push_screen_wait(sheet))
        else:
            self.action_sign_in()

    @work(group="sign-in", exclusive=True)
    async def action_sign_in(self) -> None:
        """Sign somebody in with a one-time code."""
        here = await asyncio.to_thread(self._here)
        person = await self.push_screen_wait(here.new_sign_in())
        await self._welcome(here, person.name if person else None)

    @work(group="lock")
    async def _lock(self, *, asked_for: bool = True, stands: bool = False) -> None:
        """Stand before everything until somebody comes in. What lies underneath is not touched.

        Args:
            asked_for: Whether a person wants it, and is told why not.
            stands: Whether the store is locked already.
        """
        from crew.screens.people_sheet import LockSheet

        if self._lock_stands:
            return
        try:
            if not stands:
                await asyncio.to_thread(self.field_work.sharing.lock)
        except CrewError as error:
            if asked_for:
                say(self, error.sentence, "warning")
            return
        here = await asyncio.to_thread(self._here)
        self._lock_stands = True
        name = await self.push_screen_wait(LockSheet(self.field_work.sharing, self.look, here.people, here.new_sign_in))
        self._lock_stands = False
        await self._welcome(here, name)

    def _here(self) -> "_Here":
        device = self.field_work.signed_in()
        people = self.field_work.sharing.people() if device else ()

        def new_sign_in() -> "SignIn":
            from crew.screens.sign_in import SignIn

            return SignIn(self.sign_in_road, self.look, device.url if device else "")

        return _Here(device.person.name if device else "", people, new_sign_in)

    async def _welcome(self, before: "_Here", name: str | None) -> None:
        """Show somebody their own home; who shares the device and has no PIN yet is asked for one."""
        if name is None:
            return
        if before.name not in ("", name):
            self.forget_undoable()
            while len(self.screen_stack) > 1:
                await self.screen.dismiss(None)
        await self.person_changed()
        people = await asyncio.to_thread(self.field_work.sharing.people)
        mine = next((one for one in people if one.works_now), None)
        if mine is not None and not mine.has_pin and len(people) > 1:
            from crew.screens.people_sheet import PinSheet

            self.push_screen(PinSheet(self.field_work.sharing, mine))
