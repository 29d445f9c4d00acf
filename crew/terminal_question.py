"""Asks the terminal once which pictures it can draw. Stands alone: file descriptors in, plain values out.

One round trip: the question about kitty graphics, then the one that every terminal answers. Must be over before
Textual reads the keyboard; what a slow terminal answers late is read and dropped, not taken for keys.
"""

import os
import re
import select
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

_QUESTION: Final = b"\x1b_Gi=4711,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c"
_WIPE: Final = b"\r\x1b[K"  # a terminal that knows no such question may have printed it
_LAST_ANSWER: Final = re.compile(rb"\x1b\[\?([0-9;]*)c")
_KITTY: Final = re.compile(rb"\x1b_Gi=4711;OK\x1b\\")
_SIXEL: Final = b"4"
_MOST_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class TerminalAnswer:
    """What the terminal said.

    Attributes:
        sixel: It draws sixel graphics.
        kitty: It draws kitty graphics.
    """

    sixel: bool
    kitty: bool


def ask_terminal(
    input_descriptor: int, output_descriptor: int, *, patience_seconds: float, late_seconds: float
) -> TerminalAnswer | None:
    """Ask, and wait for the answer.

    Args:
        input_descriptor: Where the terminal's answers are read.
        output_descriptor: Where the question is written.
        patience_seconds: How long an answer counts.
        late_seconds: How much longer a late answer is waited for, only to keep it away from the keyboard.

    Returns:
        The answer, or None where none came in time.
    """
    with _unbuffered(input_descriptor):
        os.write(output_descriptor, _QUESTION)
        asked_at = time.monotonic()
        heard = _read_until_last(input_descriptor, b"", asked_at + patience_seconds)
        in_time = _LAST_ANSWER.search(heard) is not None
        if not in_time:
            _read_until_last(input_descriptor, heard, asked_at + patience_seconds + late_seconds)
        os.write(output_descriptor, _WIPE)
        termios.tcflush(input_descriptor, termios.TCIFLUSH)
    return _understood(heard) if in_time else None


def _read_until_last(descriptor: int, heard: bytes, deadline: float) -> bytes:
    while not _LAST_ANSWER.search(heard) and len(heard) < _MOST_BYTES:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return heard
        more = os.read(descriptor, 1024)
        if not more:
            return heard
        heard += more
    return heard


def _understood(heard: bytes) -> TerminalAnswer:
    last = _LAST_ANSWER.search(heard)
    return TerminalAnswer(
        sixel=last is not None and _SIXEL in last[1].split(b";")[1:],
        kitty=_KITTY.search(heard) is not None,
    )


@contextmanager
def _unbuffered(descriptor: int) -> Iterator[None]:
    """Read answers byte by byte and unseen; the terminal's settings are put back whatever happens."""
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSANOW)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
