"""Asks the terminal once which pictures it can draw. Stands alone: file descriptors in, plain values out.

One round trip: the question about kitty graphics, then the one that every terminal answers. Only a terminal that says
yes is asked on, how well it draws. Must be over before Textual reads the keyboard, or answers would be taken for keys.
"""

import os
import re
import select
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from crew.domain.value import Value

_END_OF_QUESTION: Final = b"\x1b[c"
_QUESTION: Final = b"\x1b_Gi=4711,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_HOW_MANY_COLOURS: Final = b"\x1b[?1;1;0S"
_MORE_COLOURS: Final = b"\x1b[?1;3;256S"
_WHO: Final = b"\x1b[>q"
_WIPE: Final = b"\r\x1b[K"  # a terminal that knows no such question may have printed it
_LAST_ANSWER: Final = re.compile(rb"\x1b\[\?([0-9;]*)c")
_KITTY: Final = re.compile(rb"\x1b_Gi=4711;OK\x1b\\")
_SIXEL: Final = b"4"
_COLOURS: Final = re.compile(rb"\x1b\[\?1;0;(\d+)S")
_NAME: Final = re.compile(rb"\x1bP>\|([a-z]+)[ (]?(\d+)?\.?(\d+)?")
_ENOUGH_COLOURS: Final = 128
"""A picture's own; with fewer places for them some terminals give two colours the same place."""
_IN_CELLS: Final = {b"kitty": (0, 28), b"ghostty": (0, 0)}
"""Terminals, and since which version a kitty picture stands in their cells, where what is drawn next replaces it."""
_MOST_BYTES: Final = 4096


class TerminalAnswer(Value):
    """What the terminal said.

    Attributes:
        sixel: It draws sixel graphics, in colours enough for a photo.
        kitty: It draws kitty graphics that stand in cells, as characters do.
    """

    sixel: bool
    kitty: bool


def ask_terminal(input_descriptor: int, output_descriptor: int, *, patience_seconds: float) -> TerminalAnswer | None:
    """Ask, and wait for the answer.

    Args:
        input_descriptor: Where the terminal's answers are read.
        output_descriptor: Where the question is written.
        patience_seconds: How long an answer is waited for; what comes later is taken for keys.

    Returns:
        The answer, or None where none came in time.
    """
    talk = _Talk(input_descriptor, output_descriptor, patience_seconds)
    with _unbuffered(input_descriptor):
        try:
            answer = _drawn_by(talk)
        except TimeoutError:
            answer = None
        os.write(output_descriptor, _WIPE)
        termios.tcflush(input_descriptor, termios.TCIFLUSH)
    return answer


class _Talk(Value):
    input_descriptor: int
    output_descriptor: int
    patience_seconds: float

    def ask(self, question: bytes) -> bytes:
        """All that the terminal said.

        Raises:
            TimeoutError: It did not answer in time.
        """
        os.write(self.output_descriptor, question + _END_OF_QUESTION)
        heard = _read_until_last(self.input_descriptor, time.monotonic() + self.patience_seconds)
        if not _LAST_ANSWER.search(heard):
            raise TimeoutError
        return heard


def _drawn_by(talk: _Talk) -> TerminalAnswer:
    heard = talk.ask(_QUESTION)
    last = _LAST_ANSWER.search(heard)
    sixel = last is not None and _SIXEL in last[1].split(b";")[1:]
    kitty = _KITTY.search(heard) is not None
    return TerminalAnswer(
        sixel=sixel and _has_colours(talk),
        kitty=kitty and not sixel and _puts_into_cells(talk.ask(_WHO)),  # some that claim kitty draw only sixel
    )


def _has_colours(talk: _Talk) -> bool:
    """Whether sixel has places for a photo's colours; a terminal that has too few is asked to make more."""
    colours = _COLOURS.search(talk.ask(_HOW_MANY_COLOURS))
    if colours is None:
        return True  # it speaks of no limit
    if int(colours[1]) < _ENOUGH_COLOURS:
        colours = _COLOURS.search(talk.ask(_MORE_COLOURS))
    return colours is not None and int(colours[1]) >= _ENOUGH_COLOURS


def _puts_into_cells(heard: bytes) -> bool:
    """Whether this is known; no terminal can be asked."""
    name = _NAME.search(heard)
    return name is not None and name[1] in _IN_CELLS and (int(name[2] or 0), int(name[3] or 0)) >= _IN_CELLS[name[1]]


def _read_until_last(descriptor: int, deadline: float) -> bytes:
    heard = b""
    while not _LAST_ANSWER.search(heard) and len(heard) < _MOST_BYTES:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return heard
        more = os.read(descriptor, 1024)
        if not more:
            return heard
        heard += more
    return heard


@contextmanager
def _unbuffered(descriptor: int) -> Iterator[None]:
    """Read answers byte by byte and unseen; the terminal's settings are put back whatever happens."""
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSANOW)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
