"""Which kind of pictures this terminal gets. Stands beside the widgets; asks the terminal at most once, before the app.

Half blocks work everywhere and are the floor. Sixel and kitty are for terminals that say so themselves, and whose
cells have a known size; nothing is ever guessed upwards.
"""

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from crew.domain.value import Value


class Graphics(StrEnum):
    """How photos are drawn."""

    HALF = "half"
    SIXEL = "sixel"
    KITTY = "kitty"
    OFF = "off"


_PATIENCE_SECONDS: Final = 2.0
"""For a window that still opens on a slow machine; almost all answer in a millisecond, and silence is remembered."""
_PATIENCE_OVER_SSH_SECONDS: Final = 3.0
_UNABLE: Final = ("dumb", "linux", "vt", "ansi", "screen", "tmux", "cons")
"""Beginnings of TERM for terminals that draw no pictures, or lose them while scrolling."""
_ANYBODY: Final = ("xterm", "xterm-color", "xterm-256color")
"""Values of TERM that half of all terminals claim: such an answer is not remembered."""


class Surroundings(Value):
    """What the choice depends on.

    Attributes:
        environment: The process's variables.
        input_descriptor: Where the terminal's answers are read.
        output_descriptor: Where questions are written.
        cache_file: Where earlier answers are remembered.
    """

    environment: Mapping[str, str]
    input_descriptor: int
    output_descriptor: int
    cache_file: Path


def choose_graphics(wanted: str, around: Surroundings | None = None) -> Graphics:
    """Choose how photos are drawn. Waits for the terminal's answer, so call it before the app runs.

    Args:
        wanted: The person's setting: auto, or one of the kinds, which is taken at its word.
        around: For tests; this process's own by default.
    """
    if wanted != "auto":
        return Graphics(wanted)
    around = around or _own_surroundings()
    if around is None or not _may_be_asked(around):
        return Graphics.HALF
    name = _terminal_name(around.environment)
    remembered = _remembered(around.cache_file)
    if name in remembered:
        return remembered[name]
    return _ask(around, name, remembered)


def _own_surroundings() -> Surroundings | None:
    import platformdirs

    if sys.__stdin__ is None or sys.__stdout__ is None:
        return None
    cache_file = platformdirs.user_cache_path("crew") / "graphics.json"
    return Surroundings(os.environ, sys.__stdin__.fileno(), sys.__stdout__.fileno(), cache_file)


def _may_be_asked(around: Surroundings) -> bool:
    names = around.environment
    if names.get("NO_COLOR") or "TMUX" in names or "STY" in names or "VTE_VERSION" in names:
        return False
    if not names.get("TERM") or names["TERM"].startswith(_UNABLE) or sys.platform == "win32":
        return False
    descriptors = (around.input_descriptor, around.output_descriptor)
    if not all(os.isatty(descriptor) for descriptor in descriptors):
        return False
    size = os.get_terminal_size(around.output_descriptor)
    return size.columns > 0 and size.lines > 0


def _ask(around: Surroundings, name: str, remembered: dict[str, Graphics]) -> Graphics:
    from crew.terminal_question import ask_terminal  # has no Windows

    far = "SSH_CONNECTION" in around.environment
    answer = ask_terminal(
        around.input_descriptor,
        around.output_descriptor,
        patience_seconds=_PATIENCE_OVER_SSH_SECONDS if far else _PATIENCE_SECONDS,
    )
    chosen = Graphics.HALF
    if answer is not None and answer.sixel and cell_pixels(around.output_descriptor) is not None:
        chosen = Graphics.SIXEL
    elif answer is not None and answer.kitty:
        chosen = Graphics.KITTY
    known = around.environment["TERM"] not in _ANYBODY or "TERM_PROGRAM" in around.environment
    if answer is None or (far and known):  # what answers at once may be asked again: it may be a newer one by then
        _remember(around.cache_file, remembered | {name: chosen})
    return chosen


def cell_pixels(descriptor: int) -> tuple[int, int] | None:
    """Width and height of one cell in pixels as the terminal's own driver knows it; None where it does not."""
    if sys.platform == "win32":
        return None
    import fcntl
    import struct
    import termios

    try:
        answer = fcntl.ioctl(descriptor, termios.TIOCGWINSZ, b"\0" * 8)
    except OSError:
        return None
    rows, columns, width, height = struct.unpack("HHHH", answer)
    if not (rows and columns and width >= columns and height >= rows):
        return None
    return width // columns, height // rows


def _terminal_name(names: Mapping[str, str]) -> str:
    """What tells this terminal from others; a session's own id does not."""
    parts = [names.get(name, "") for name in ("TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "XTERM_VERSION")]
    return "/".join([*parts, *(name for name in ("WT_SESSION", "SSH_CONNECTION") if name in names)])


def _remembered(path: Path) -> dict[str, Graphics]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Graphics])
    except (OSError, msgspec.DecodeError):
        return {}  # a cache: without it the terminal is asked again


def _remember(path: Path, answers: dict[str, Graphics]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(answers))
    except OSError:
        return  # as above
