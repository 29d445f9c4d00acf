"""Takes pictures with a camera of this device: what it sees, and one large shutter. Screen layer.

The camera looks and takes off the event loop; a picture that comes late is dropped, so that keys never wait for it.
"""

import asyncio
import threading
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work

from crew.commands import Command
from crew.domain.errors import CrewError
from crew.screens.photo_sources import PHONE, PHOTO
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.widgets.button_bar import ButtonBar
from crew.widgets.literal_text import LiteralText
from crew.widgets.viewfinder import NOTHING, Viewfinder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.content import Content

    from crew.camera import Camera, OpenCamera
    from crew.look import Look

_SHOOT: Final = Command(name="shoot", key="space", more_keys=("enter",), label="Take it", help="Take the picture.")
_NEXT: Final = Command(name="next_camera", key="c", label="Camera", help="Use the next camera.")
_PAUSE_SECONDS: Final = 0.15
"""Six pictures a second: enough to aim by, little to draw."""
_SHARE: Final = 3
"""How many times longer than it takes to make a picture the sheet rests: on a slow device keys come first."""

_BLIND: Final = "This camera shows nothing before the picture is taken. Aim it, then press space."
_TAKING: Final = "Taking the picture ..."
NO_CAMERA: Final = "This device has no camera. The phone (f), a card or a file (p) do as well; c looks for one again."
_WITHOUT: Final = (PHONE, PHOTO, _NEXT, BACK)
"""The buttons where no camera can be used: nothing there is to be taken."""


class CameraSheet(Sheet["Path | Command"]):
    """Gives back the file of the picture that was taken, or which command is to bring one instead."""

    CSS_PATH = ["sheet.tcss", "camera_sheet.tcss"]
    full: ClassVar[bool] = True
    BINDINGS = sheet_bindings(_SHOOT, _NEXT, PHONE, PHOTO, BACK)
    buttons: ClassVar[tuple[Command, ...]] = (_SHOOT, _NEXT, BACK)

    def __init__(self, find: "Callable[[], Sequence[Camera]]", folder: "Path", words: str, look: "Look") -> None:
        """Look through the first camera that can be used.

        Args:
            find: The cameras, the likeliest first; called off the event loop.
            folder: Where the picture is written.
            words: What it is for.
            look: The look.
        """
        super().__init__()
        self._find: Final = find
        self._folder: Final = folder
        self._words: Final = words
        self._cameras: Sequence[Camera] = ()
        self._place = 0
        self._open: OpenCamera | None = None
        self._shooting = False
        self._finder: Final = Viewfinder(plain=look.symbols == "ascii")
        self._hint: Final = LiteralText(classes="hint")

    def title_words(self) -> "Content":
        """What the pictures are for."""
        return titled("Take a photo", self._words)

    def body(self) -> "ComposeResult":
        """What the camera sees, above a line of words."""
        yield self._finder
        yield self._hint

    def on_mount(self) -> None:
        """Look for a camera."""
        self._look_through()

    # Looking

    @work(group="camera", exclusive=True)
    async def _look_through(self) -> None:
        """Show what the chosen camera sees, until another is chosen; where it cannot be used, the next one.

        Where none can, the sentence of the first one stays: it is the one that somebody would mend.
        """
        if not self._cameras:
            self._cameras = await asyncio.to_thread(self._find)
        for failed in range(len(self._cameras)):
            camera = self._cameras[self._place]
            self._say(f"{camera.name} ...")
            try:
                await self._see(camera)
            except CrewError as error:
                if not failed:
                    self.refuse(error.sentence)
                self._finder.show(NOTHING)
                self._place = (self._place + 1) % len(self._cameras)
        if not self._cameras:
            self.refuse(NO_CAMERA)
        self._say("")
        self.query_one(ButtonBar).show(_WITHOUT)

    async def _see(self, camera: "Camera") -> None:
        clock = asyncio.get_running_loop().time
        async with self._opened(camera) as seen:
            while True:
                began = clock()
                if not await self._see_once(seen, camera.name):
                    await asyncio.Event().wait()  # it never shows anything: nothing is to be done until a key comes
                await asyncio.sleep(max(_PAUSE_SECONDS, _SHARE * (clock() - began)))

    @asynccontextmanager
    async def _opened(self, camera: "Camera") -> "AsyncIterator[OpenCamera]":
        """Open and close it in threads; nobody waits for its closing, nor for an opening that came too late."""
        opening = camera.open()
        entering = asyncio.ensure_future(asyncio.to_thread(opening.__enter__))

        def close(entered: "asyncio.Future[OpenCamera]") -> None:
            if not entered.cancelled() and entered.exception() is None:
                threading.Thread(target=opening.__exit__, args=(None, None, None), daemon=True).start()

        try:
            self._open = await asyncio.shield(entering)
            yield self._open
        finally:
            self._open = None
            entering.add_done_callback(close)

    async def _see_once(self, seen: "OpenCamera", name: str) -> bool:
        """Show one picture; False where this camera shows none. Only what is ready reaches the event loop."""
        view = await asyncio.to_thread(self._finder.view_of, partial(seen.look, *self._finder.room))
        self._finder.show(view)
        if not self._shooting:
            self._say(name if view.lines else _BLIND)
        return bool(view.lines)

    def _say(self, words: str) -> None:
        self._hint.show(words)

    def action_next_camera(self) -> None:
        """Look through the next camera; not while this one takes a picture."""
        if self._shooting:
            return
        if len(self._cameras) > 1:
            self._place = (self._place + 1) % len(self._cameras)
        self.refuse("")
        self.query_one(ButtonBar).show(self.buttons)
        self._look_through()

    def action_phone(self) -> None:
        """The phone instead."""
        self.dismiss(PHONE)

    def action_photo(self) -> None:
        """A card or a file instead."""
        self.dismiss(PHOTO)

    # Taking

    @on(Viewfinder.Tapped)
    def action_shoot(self) -> None:
        """Take the picture."""
        if self._open is not None and not self._shooting:
            self._shoot(self._open)

    @work(group="shoot")
    async def _shoot(self, camera: "OpenCamera") -> None:
        self._shooting = True
        self.refuse("")
        self._say(_TAKING)
        try:
            self.dismiss(await asyncio.to_thread(camera.take, self._folder))
        except CrewError as error:
            self._say("")
            self.refuse(error.sentence)
        finally:
            self._shooting = False
