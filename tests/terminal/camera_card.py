"""A camera's card with real pictures on it, and hands that tap."""

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PIL import Image
from textual.content import Content

from crew.screens.choices import Choice
from crew.widgets.button_bar import CommandButton
from crew.widgets.literal_text import LiteralText
from tests.terminal.truck import NOW
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot


class CameraCard:
    """A folder that a camera fills; each picture is a minute older than the one before."""

    def __init__(self, folder: "Path") -> None:
        folder.mkdir()
        self.folder = folder
        self._count = 0

    def shoot(self, name: str, colour: str = "dimgray") -> "Path":
        """Leave a real JPEG."""
        path = self.folder / name
        Image.new("RGB", (640, 480), colour).save(path, "JPEG")
        return self._dated(path)

    def leave(self, name: str, content: bytes) -> "Path":
        """Leave a file that only looks like a picture."""
        path = self.folder / name
        path.write_bytes(content)
        return self._dated(path)

    def _dated(self, path: "Path") -> "Path":
        moment = (NOW - timedelta(minutes=self._count)).timestamp()
        os.utime(path, (moment, moment))
        self._count += 1
        return path


async def press(pilot: "Pilot[Any]", *keys: str) -> None:
    """Press keys, each after what the one before it started has ended."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def write(pilot: "Pilot[Any]", words: str) -> None:
    """Type words."""
    await pilot.press(*(_KEYS.get(character, character) for character in words))
    await settled(pilot)


async def tap(pilot: "Pilot[Any]", label: str) -> None:
    """Tap the button or the choice with this label."""
    await until(pilot, lambda: _tappable(pilot, label), f"there is a button {label}")
    await pilot.click(_tappable(pilot, label)[0])
    await settled(pilot)


def _tappable(pilot: "Pilot[Any]", label: str) -> list[CommandButton | Choice]:
    screen = pilot.app.screen
    buttons = [button for button in screen.query(CommandButton) if button.command and button.command.label == label]
    return [*buttons, *(choice for choice in screen.query(Choice) if choice.label == label)]


def said(pilot: "Pilot[Any]") -> str:
    """Every text that the screen on top shows, one after the other, wherever its lines break."""
    shown = [text.content for text in pilot.app.screen.query(LiteralText) if text.display]
    return " ".join(content.plain if isinstance(content, Content) else str(content) for content in shown)


_KEYS = {" ": "space"}
