"""A receiver on a serial port or USB that sends NMEA 0183. Edge; reads only, and writes nothing to the port.

Its library is an extra, loaded when a port is first opened. The usual speeds are tried in turn, unless one is named.
"""

import asyncio
import errno
from collections.abc import AsyncGenerator
from contextlib import suppress
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Final

from crew.position.nmea import NmeaReader
from crew.position.receiver import Heard, NoPosition, Quiet

if TYPE_CHECKING:
    from crew.domain.clock import Clock

_USUAL_SPEEDS: Final = (9600, 4800, 38400, 115200)
"""In baud: of USB receivers, of the standard, of newer chips. USB itself does not care."""
_TURN_SECONDS: Final = 0.25
"""How long one reading lasts, and so the longest wait for a port to be closed."""
_PIECE_BYTES: Final = 4096
_TRIAL_SECONDS: Final = 3.0
"""Receivers speak once a second; a speed at which nothing makes sense for so long is the wrong one."""


class SerialReceiver:
    """One port. It may be unplugged and plugged in again."""

    def __init__(
        self, clock: "Clock", port: str, speed: int | None = None, trial_seconds: float = _TRIAL_SECONDS
    ) -> None:
        """Listen on a port.

        Args:
            clock: Says when a place was heard; a receiver's own date is often decades off.
            port: Such as "/dev/ttyACM0" or "COM3"; clean.
            speed: In baud; None tries the usual ones.
            trial_seconds: How long a speed is tried.
        """
        self._clock: Final = clock
        self._port: Final = port
        self._speeds: Final = (speed,) if speed else _USUAL_SPEEDS
        self._turns: Final = max(1, round(trial_seconds / _TURN_SECONDS))

    @property
    def name(self) -> str:
        """The port."""
        return self._port

    async def listen(self) -> AsyncGenerator[Heard, None]:
        """Everything that it sends. Raises as `Receiver.listen`."""
        if obstacle := missing_library():
            raise NoPosition(obstacle)
        garbled = False
        for speed in self._speeds:
            line = await asyncio.to_thread(_Line, self._port, speed)
            try:
                reader = NmeaReader(self._port)
                silent_turns = turns = 0
                while reader.sentence_count or turns < self._turns:
                    piece = await asyncio.to_thread(line.read)
                    turns, silent_turns = turns + 1, 0 if piece else silent_turns + 1
                    garbled = garbled or bool(piece)
                    for heard in reader.read(piece, self._clock()):
                        yield heard
                    if silent_turns == self._turns and reader.sentence_count:
                        yield Quiet(f"{self._port} has fallen silent. Look at the receiver and its plug.")
            finally:
                await asyncio.to_thread(line.close)
        raise NoPosition(self._nothing_readable(garbled=garbled))

    def _nothing_readable(self, *, garbled: bool) -> str:
        if not garbled:
            return f"{self._port} is silent: is it the receiver's port, and is it switched on?"
        speeds = " or ".join(str(speed) for speed in self._speeds)
        return (
            f"What comes from {self._port} is no NMEA at {speeds} baud. "
            f'Name its speed in the settings: source = "serial:{self._port}@19200".'
        )


def missing_library() -> str:
    """What to install where a serial port cannot be read; empty where it can."""
    if find_spec("serial") is not None and find_spec("pynmeagps") is not None:
        return ""
    return 'Receivers on a serial port need an extra. Install it: pip install "crew[gps]"'


class _Line:
    """The open port. Reading and closing exclude each other, as they happen in threads."""

    def __init__(self, port: str, speed: int) -> None:
        from serial import Serial, SerialException

        self._port: Final = port
        self._turn: Final = Lock()
        try:
            # Alone: of two readers each would get half of every sentence.
            self._serial: Final = Serial(port, speed, timeout=_TURN_SECONDS, exclusive=True)
        except (SerialException, OSError, ValueError) as error:
            raise NoPosition(_why_not(port, getattr(error, "errno", None))) from None

    def read(self) -> bytes:
        """What comes within a quarter of a second; may be nothing. Raises NoPosition where it was unplugged."""
        with self._turn:
            try:
                piece: bytes = self._serial.read(_PIECE_BYTES)
            except (OSError, TypeError):  # a port that is closed meanwhile has no descriptor any more
                raise NoPosition(f"{self._port} was unplugged. It is used again when it is back.") from None
            return piece

    def close(self) -> None:
        """Let the port go."""
        with self._turn, suppress(OSError):  # it is gone already
            self._serial.close()


def _why_not(port: str, number: int | None) -> str:
    if number in (errno.EACCES, errno.EPERM):
        return f"{port} may not be read by this user. Add the user to the group of the port, often dialout."
    if number in (errno.EBUSY, errno.EAGAIN):
        return f"{port} is used by another program, such as Crew's terminal or gpsd. One at a time can read it."
    if number == errno.ENOENT:
        return f"There is no {port}. Plug the receiver in, or correct [position] source in the settings."
    return f"{port} cannot be read as a serial port. Correct [position] source in the settings."
