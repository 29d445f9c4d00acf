"""A gpsd as a receiver: its JSON reports over TCP (protocol 3, `man gpsd_json`). Edge; reads, and asks to be told.

Whatever answers is bounded: in the length of a line, in seconds until it speaks. What is no gpsd is said to be none.
"""

import asyncio
import math
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Final

import msgspec

from crew.domain.place import believable
from crew.domain.position import Position, PositionSource
from crew.position.receiver import Heard, NoPosition, Quiet

if TYPE_CHECKING:
    from crew.domain.clock import Clock

PORT: Final = 2947
THIS_DEVICE: Final = "127.0.0.1"
_WATCH: Final = b'?WATCH={"enable":true,"json":true};\n'
_LINE_BYTES: Final = 65_536
"""A report of all satellites takes some 10 kB."""
_CONNECT_SECONDS: Final = 2.0
_SILENCE_SECONDS: Final = 15.0
_HAS_FIX: Final = 2
"""From this mode on there is a place (2D, 3D)."""


class _Report(msgspec.Struct, frozen=True, rename={"kind": "class", "long": "lon"}):
    """What is read of a report; a TPV has the place."""

    kind: str
    mode: int = 0
    lat: float | None = None
    long: float | None = None
    eph: float | None = None
    epx: float | None = None
    epy: float | None = None

    @property
    def accuracy_metres(self) -> float | None:
        """The estimated error over the ground: newer gpsd sends `eph`, older ones both directions."""
        if self.eph is not None:
            return self.eph
        return math.hypot(self.epx, self.epy) if self.epx is not None and self.epy is not None else None


class Gpsd:
    """The gpsd of this device, or the one that the settings name."""

    def __init__(
        self,
        clock: "Clock",
        host: str = THIS_DEVICE,
        port: int = PORT,
        silence_seconds: float = _SILENCE_SECONDS,
    ) -> None:
        self._clock: Final = clock
        self._host: Final = host
        self._port: Final = port
        self._silence_seconds: Final = silence_seconds

    @property
    def name(self) -> str:
        """With the host where it is another one."""
        return "gpsd" if self._host == THIS_DEVICE else f"gpsd on {self._host}"

    async def listen(self) -> AsyncGenerator[Heard, None]:
        """Everything that it reports. Raises as `Receiver.listen`."""
        reader, writer = await self._connected()
        try:
            await self._greet(reader, writer)
            while True:
                heard = await self._next(reader)
                if heard is not None:
                    yield heard
        except (OSError, EOFError) as error:
            raise NoPosition(f"{self.name} ended the connection. It is tried again by itself.") from error
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                return await asyncio.open_connection(self._host, self._port, limit=_LINE_BYTES)
        except (OSError, TimeoutError):
            raise NoPosition(
                f"No gpsd answers on {self._host}, port {self._port}. Start it, or name another source "
                "under [position] in the settings."
            ) from None

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """It introduces itself first; somebody else gets no word from us."""
        try:
            async with asyncio.timeout(self._silence_seconds):
                report = _read(await self._line(reader))
        except TimeoutError:
            report = None
        if report is None or report.kind != "VERSION":
            raise NoPosition(f"What answers on {self._host}, port {self._port}, is no gpsd. Correct [position] source.")
        writer.write(_WATCH)
        await writer.drain()

    async def _next(self, reader: asyncio.StreamReader) -> Heard | None:
        """What the next report says; None where it is of something else, or cannot be read."""
        try:
            async with asyncio.timeout(self._silence_seconds):
                line = await self._line(reader)
        except TimeoutError:
            return Quiet(f"{self.name} says nothing: no receiver is plugged in, or it is switched off.")
        report = _read(line)
        return self._heard(report) if report is not None and report.kind == "TPV" else None

    def _heard(self, report: _Report) -> Heard:
        if report.mode < _HAS_FIX:
            return Quiet(f"{self.name} does not know the place yet: the receiver must see the sky.")
        if report.lat is None or report.long is None or not believable(report.lat, report.long):
            return Quiet(f"{self.name} sends places that cannot be. Restart the receiver.")
        accuracy = report.accuracy_metres
        return Position(report.lat, report.long, self._clock(), PositionSource.RECEIVER, accuracy, self.name)

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        try:
            line = await reader.readline()
        except ValueError:
            raise NoPosition(f"What answers on {self._host}, port {self._port}, sends lines without end.") from None
        if not line:
            raise EOFError
        return line


def _read(line: bytes) -> _Report | None:
    """A report, or None where it is none: half a line, NaN, words in the place of a number."""
    try:
        return msgspec.json.decode(line, type=_Report)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
