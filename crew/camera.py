"""Cameras that give a picture at the press of a key: one small interface for all of them.

Above the photo work, beside field work; knows no brand, no driver and no store: a file in a folder comes out. All of it
blocks, so the terminal calls it off the event loop. `crew.camera_choice` says which cameras there are.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from crew.domain.errors import CorrectInput

if TYPE_CHECKING:
    from crew.photos.prepared import CellPicture

INSTEAD: Final = "Choose a file, or use the phone."
"""The end of every sentence that says why a camera cannot be used."""


class CameraSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which camera takes the pictures."""

    device: str = ""
    """As FFmpeg names it; empty for whatever camera the system lists."""
    format: str = ""
    """FFmpeg's format for it; empty for the usual one of the system."""
    size: str = ""
    """Width and height of its pictures, such as "1920x1080"; empty for large ones."""
    command: tuple[str, ...] = ()
    """A program that writes a picture to `{file}`."""


class NoPicture(CorrectInput):
    """A camera cannot take a picture; the sentence says why, and what else would."""


class OpenCamera(Protocol):
    """A camera that is looking."""

    def look(self, columns: int, rows: int) -> "CellPicture | None":
        """What it sees now, as large as it fits; None where it shows nothing before the picture is taken.

        Raises:
            NoPicture: It gives no pictures, or not any more.
        """

    def take(self, folder: Path) -> Path:
        """Take a picture at full size and return its file, whole on disk.

        Raises:
            NoPicture: It could not.
            FreeSpace: The folder cannot be written.
        """


class Camera(Protocol):
    """A camera that can be opened."""

    @property
    def name(self) -> str:
        """What a person calls it, clean."""

    @property
    def obstacle(self) -> str:
        """Why it cannot be used, in a sentence that says what would help; empty where it may. Asks no hardware."""

    def open(self) -> AbstractContextManager[OpenCamera]:
        """Let it look until the block ends. Raises NoPicture where it cannot: missing, busy, not allowed."""
