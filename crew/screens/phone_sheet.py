"""The worker's phone as a camera: a code to scan, and what has come from the phone since. Screen layer.

The address works only while this sheet is open. The sheet opens no socket: it is handed what does.
"""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from textual import work

from crew.commands import Command
from crew.domain.errors import CrewError
from crew.domain.work_order import WorkStatus
from crew.screens.code_sheet import CodeSheet
from crew.screens.sheet import BACK, sheet_bindings, titled
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText
from crew.widgets.photo_words import size_words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.look import Look
    from crew.phone import ArrivedPhoto, Standing

_USE: Final = Command(name="use", key="enter", label="Use them", help="Go on with the photos that have arrived.")
_NEW: Final = Command(name="new_code", key="n", label="New code", help="Show a new code; the old one ends.")
_NETWORK: Final = Command(name="network", key="w", label="Network", help="Show the code for the next network.")

NONE_YET: Final = "No photo has arrived yet. Take one with the phone, or go back with esc."
STILL_COMING: Final = "A photo is still coming. Wait a moment, or press enter again to go on without it."
_SCAN: Final = "Scan the code with the phone's camera, or type the address. The phone must be in the same network: "
_PHONE_HERE: Final = "The page is open on the phone. Take the photos there."
_OPENING: Final = "One moment ..."


class OpenDoor(Protocol):
    """What the sheet needs of an open `PhoneDoor`."""

    url: str
    network: str
    way_count: int

    @property
    def arrived(self) -> "tuple[ArrivedPhoto, ...]":
        """Photos on disk, also after it has closed."""

    def changes(self) -> "AsyncIterator[Standing]":
        """How it stands, now and after each change, until `end`."""

    def end(self) -> None:
        """Let `changes` end."""


class PhoneSheet(CodeSheet[tuple["Path", ...]]):
    """Gives back the photos that have arrived, however it is left."""

    CSS_PATH = ["sheet.tcss", "code_sheet.tcss", "phone_sheet.tcss"]
    beside_columns: ClassVar[int] = 26
    buttons = (_USE, _NEW, BACK)
    BINDINGS = sheet_bindings(_USE, _NEW, _NETWORK, BACK)

    def __init__(
        self, open_door: "Callable[[int], AbstractAsyncContextManager[OpenDoor]]", words: str, look: "Look"
    ) -> None:
        """Open a door as soon as the sheet is there.

        Args:
            open_door: Makes a door on one of the networks, counted from the likeliest; entering it may raise a
                `CrewError`, whose sentence is shown.
            words: What the photos are for.
            look: The look.
        """
        super().__init__(look)
        self._open_door: Final = open_door
        self._words: Final = words
        self._way = 0
        self._door: OpenDoor | None = None
        self._arrived: tuple[ArrivedPhoto, ...] = ()
        """What came through doors that have closed."""
        self._standing: Standing | None = None
        self._turned: Final = asyncio.Event()
        """Set where the open door is not wanted any more."""
        self._leaving = False
        self._without_the_rest = False

    def title_words(self) -> "Content":
        """What the photos are for."""
        return titled("Photos from your phone", self._words)

    def body(self) -> "ComposeResult":
        """What to do, what has arrived, and the address to type."""
        yield LiteralText(_OPENING, classes="what-to-do")
        for line in ("count", "arrived", "address"):
            yield LiteralText(classes=line)

    def on_mount(self) -> None:
        """Open the door."""
        for words in (".address", ".count", ".arrived"):
            self.say_line(words, "")
        self._serve()

    # The door

    @work(group="phone", exclusive=True)
    async def _serve(self) -> None:
        """One door after the other, until the person leaves."""
        while not self._leaving:
            self._turned.clear()
            await self._serve_once()
        self.dismiss(tuple(photo.path for photo in self._arrived))

    async def _serve_once(self) -> None:
        opening, door = self._open_door(self._way), None
        try:
            async with opening as door:
                self._door = door
                await self._watch(door)
        except CrewError as error:
            self._show_no_door(error.sentence)
            await self._turned.wait()
        finally:
            self._door, self._standing = None, None
            if door is not None:
                self._arrived += door.arrived

    async def _watch(self, door: OpenDoor) -> None:
        self._show_door(door)
        if self._turned.is_set():
            door.end()
        async for standing in door.changes():
            self._show(standing)

    def _turn(self) -> None:
        """Close this door; what comes then is the worker's affair."""
        self._turned.set()
        if self._door is not None:
            self._door.end()

    # What is shown

    def _show_door(self, door: OpenDoor) -> None:
        self.refuse("")
        self.show_code(door.url)
        self.say_line(".address", door.url)
        self.say_line(".what-to-do", f"{_SCAN}{door.network}.")
        more = (_NETWORK,) if door.way_count > 1 else ()
        self.query_one(ButtonBar).show((_USE, _NEW, *more, BACK))

    def _show_no_door(self, sentence: str) -> None:
        self.show_code("")
        self.say_line(".address", "")
        self.say_line(".what-to-do", "")
        self.query_one(ButtonBar).show((_NEW, BACK))
        self._show_photos(self._arrived, None)
        self.refuse(sentence)

    def _show(self, standing: "Standing") -> None:
        if standing.phone_here and not (self._standing and self._standing.phone_here):
            self.say_line(".what-to-do", _PHONE_HERE)
        self._standing = standing
        self._show_photos((*self._arrived, *standing.arrived), standing.percent)
        if standing.percent is None:
            self._without_the_rest = False
        if standing.trouble or not self._without_the_rest:
            self.refuse(standing.trouble)

    def _show_photos(self, photos: "tuple[ArrivedPhoto, ...]", percent: int | None) -> None:
        """Say how many have come, and list them, the latest first."""
        mark = self.look.marks.status[WorkStatus.DONE]
        count = f"{len(photos)} photo{'' if len(photos) == 1 else 's'} arrived" if photos else ""
        lines = [] if percent is None else [f"  Photo {len(photos) + 1}  {percent} %"]
        numbered = list(enumerate(photos, start=1))
        lines += [f"{mark} Photo {number}  {size_words(photo.byte_count)}" for number, photo in reversed(numbered)]
        self.say_line(".count", count)
        self.say_line(".arrived", "\n".join(lines))

    # Acts

    def action_use(self) -> None:
        """Go on with what has arrived; while a photo is coming, the second time."""
        standing = self._standing
        if not self._arrived and not (standing and standing.arrived):
            self.refuse(NONE_YET)
        elif standing and standing.percent is not None and not self._without_the_rest:
            self._without_the_rest = True
            self.refuse(STILL_COMING)
        else:
            self._leave()

    def action_new_code(self) -> None:
        """Close the door and open another."""
        self._turn()

    def action_network(self) -> None:
        """The same on the next network."""
        if self._door is not None and self._door.way_count > 1:
            self._way += 1
            self._turn()

    async def action_leave(self) -> None:
        """Close; what has arrived is given back too."""
        self._leave()

    def _leave(self) -> None:
        self._leaving = True
        self._turn()
