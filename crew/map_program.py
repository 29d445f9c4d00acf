"""Opens a place in the map program of this device. An edge; started as a list of words, never through a shell.

Without a command of the settings the system chooses: xdg-open on Linux, open on macOS, whatever has `geo:` on Windows.
What cannot be opened within two seconds is said; what runs on is left to itself.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from crew.domain.errors import CorrectSettings
from crew.domain.map_link import geo_link, geo_search_link, percent_encoded
from crew.domain.place import Point
from crew.domain.plain_text import clean_line

_FAILS_WITHIN_SECONDS: Final = 2.0
_INSTEAD: Final = "Scan the code with a phone, or name a program under [navigate] in the settings."


class NavigateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which program shows a place."""

    program: tuple[str, ...] = ()
    """The program with its words, in which {geo}, {lat}, {long} and {address} stand; empty for the system's own."""


class NoMapProgram(CorrectSettings):
    """No map program could be started; the sentence says why, and what else would help."""


class MapProgram:
    """The map program of this device."""

    def __init__(self, command: Sequence[str] = (), fails_within_seconds: float = _FAILS_WITHIN_SECONDS) -> None:
        """Open places with a command; without one, as the system does."""
        self._command: Final = tuple(command)
        self._fails_within_seconds: Final = fails_within_seconds

    def open(self, place: Point | None, address: str) -> None:
        """Show a place, or an address where there is no place. Blocks for up to two seconds.

        Args:
            place: Latitude and longitude.
            address: May be empty where there is a place.

        Raises:
            NoMapProgram: It is not there, cannot be started, or ended with an error.
        """
        link = geo_link(*place) if place else geo_search_link(address)
        if not self._command and sys.platform == "win32":
            _open_with_windows(link)
            return
        self._start(self._words(link, place, address))

    def _words(self, link: str, place: Point | None, address: str) -> list[str]:
        command = self._command or (("open" if sys.platform == "darwin" else "xdg-open"), "{geo}")
        if place is None and any("{lat}" in word or "{long}" in word for word in command):
            raise NoMapProgram(
                "This order has only an address, and the map program of the settings wants a place. "
                "Copy the address instead."
            )
        lat, long = (f"{value:.6f}" for value in place) if place else ("", "")
        filling = {"{geo}": link, "{lat}": lat, "{long}": long, "{address}": percent_encoded(address)}
        return [command[0], *(_filled(word, filling) for word in command[1:])]

    def _start(self, words: list[str]) -> None:
        import subprocess  # no start of Crew has to load what starts programs
        import threading

        name = clean_line(Path(words[0]).name, 40)
        quiet = subprocess.DEVNULL
        try:
            process = subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        except FileNotFoundError:
            raise NoMapProgram(f"The map program {name} is not installed. {_INSTEAD}") from None
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "its words cannot be used"
            raise NoMapProgram(f"The map program {name} could not be started: {why}. {_INSTEAD}") from None
        try:
            code = process.wait(self._fails_within_seconds)
        except subprocess.TimeoutExpired:
            threading.Thread(target=process.wait, daemon=True).start()  # so that its end leaves no zombie
            return
        if code != 0:
            raise NoMapProgram(f"{name} opened no map (code {code}): no program takes a place here. {_INSTEAD}")


def _filled(word: str, filling: dict[str, str]) -> str:
    for name, value in filling.items():
        word = word.replace(name, value)
    return word


def _open_with_windows(link: str) -> None:
    if sys.platform == "win32":
        try:
            os.startfile(link)
        except OSError as error:
            raise NoMapProgram(f"Windows opened no map ({error.strerror}). {_INSTEAD}") from error
