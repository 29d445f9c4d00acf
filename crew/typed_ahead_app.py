"""An app that gives to a screen what was typed for it while it was opening. Just below the app; knows no work.

A sheet is read off the event loop, and over a slow line several keys come at once. Without this the letters of a note
would be commands of the list beneath: `w` starts work, and the city reads it. Where nothing opened they do nothing.
"""

import asyncio
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from textual import events, work
from textual.worker import WorkerError

from crew.painted_app import PaintedApp

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget
    from textual.worker import Worker

    from crew.look import Look

_OPENS: Final = "sheet"
"""The group of the workers that read what a sheet shows, and then open it."""
_LONGEST_SECONDS: Final = 1.0
"""A screen that has gone meanwhile never says that it is ready."""


class TypedAheadApp(PaintedApp):
    """An app in which each key reaches what it was typed for."""

    def __init__(self, look: "Look") -> None:
        super().__init__(look)
        self._ahead: tuple[events.Key | events.Paste, ...] = ()
        self._typed_into: Final[WeakKeyDictionary[events.Event, Widget | Screen[Any]]] = WeakKeyDictionary()

    async def on_event(self, event: events.Event) -> None:
        """Keep what is typed until that has opened which it was typed for."""
        if isinstance(event, events.Key | events.Paste):
            if self._ahead or self._is_opening or self._is_late(event):
                self._keep(event)
                return
            if not event.is_forwarded:
                self._typed_into[event] = self.focused or self.screen
        await super().on_event(event)

    @property
    def _openers(self) -> "list[Worker[Any]]":
        """What will open something over what is seen now, or not."""
        return [one for one in self.workers if one.group == _OPENS and not one.is_finished and one.node is self.screen]

    @property
    def _is_opening(self) -> bool:
        return not self.screen._is_mounted or bool(self._openers)

    def _is_late(self, event: "events.Key | events.Paste") -> bool:
        """Whether a key comes back from where the focus is no more: the key before it has moved it."""
        receiver = self._typed_into.get(event)
        return receiver is not None and receiver is not (self.focused or self.screen)

    def _keep(self, event: "events.Key | events.Paste") -> None:
        first, self._ahead = not self._ahead, (*self._ahead, event)
        if first:
            self._wait_until_open()

    @work(group="typed ahead")
    async def _wait_until_open(self) -> None:
        """Hand on what was typed as soon as what opens has its focus."""
        before, openers = self.screen, self._openers
        for opener in openers:
            with suppress(WorkerError):
                await opener.wait()
        opened, ready = self.screen, asyncio.Event()
        if opened.call_later(ready.set):  # behind the message on which it chooses its focus
            with suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST_SECONDS):
                    await ready.wait()
        self.call_later(self._hand_on, nothing_opened=bool(openers) and opened is before)

    async def _hand_on(self, *, nothing_opened: bool) -> None:
        ahead, self._ahead = sorted(self._ahead, key=attrgetter("time")), ()
        if nothing_opened:
            return
        for event in ahead:
            await self.on_event(_fresh(event))


def _fresh(event: events.Key | events.Paste) -> events.Key | events.Paste:
    """The same, as if it came now: one that came back once goes to nobody again."""
    return events.Paste(event.text) if isinstance(event, events.Paste) else events.Key(event.key, event.character)
