"""Receivers as they are met in trucks: a port that speaks NMEA, and a server that speaks gpsd's protocol."""

import asyncio
import os
import pty
import tty
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from threading import Event, Thread

from crew.position.receiver import Heard, Receiver

NOW = datetime(2026, 5, 4, 18, 32, tzinfo=UTC)
_PATIENCE_SECONDS = 20
_BEAT_SECONDS = 0.05


def now() -> datetime:
    return NOW


def sentence(body: str) -> bytes:
    """An NMEA sentence with its checksum."""
    return f"${body}*{reduce(xor, body.encode(), 0):02X}\r\n".encode()


GGA = sentence("GPGGA,183200.00,4218.90600,N,07106.83400,W,1,08,0.9,14.2,M,-33.0,M,,")
"""412 Centre Street, with 8 satellites."""
RMC = sentence("GNRMC,183200.00,A,4218.90600,N,07106.83400,W,0.022,,040526,,,A")
SATELLITES = sentence("GPGSV,3,1,11,03,03,111,00,04,15,270,00,06,01,010,00,13,06,292,00")
NO_FIX = sentence("GPGGA,183200.00,,,,,0,00,99.99,,,,,,") + sentence("GNRMC,183200.00,V,,,,,,,040526,,,N")
NULL_ISLAND = sentence("GPGGA,183200.00,0000.00000,N,00000.00000,E,1,04,1.5,0.0,M,0.0,M,,")
CENTRE_STREET = (42.3151, -71.1139)


class Port:
    """A pseudo-terminal in the place of a USB receiver: what is said appears on the port `name`, again and again."""

    def __init__(self) -> None:
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.name = os.ttyname(self._theirs)
        self._saying = b""
        self._ended = Event()
        self._speaking = Thread(target=self._speak)
        self._speaking.start()

    def say(self, *pieces: bytes) -> None:
        """Say this from now on; nothing makes it silent."""
        self._saying = b"".join(pieces)

    def _speak(self) -> None:
        while not self._ended.wait(_BEAT_SECONDS):
            with suppress(BlockingIOError):  # nobody listens, and the port is full
                os.write(self._ours, self._saying)

    def unplug(self) -> None:
        """Pull the plug."""
        if not self._ended.is_set():
            self._ended.set()
            self._speaking.join()
            os.close(self._theirs)
            os.close(self._ours)


VERSION = b'{"class":"VERSION","release":"3.22","rev":"3.22","proto_major":3,"proto_minor":14}\n'
DEVICES = (
    b'{"class":"DEVICES","devices":[{"class":"DEVICE","path":"/dev/ttyACM0","driver":"u-blox","activated":'
    b'"2026-05-04T18:32:00.113Z","flags":1,"native":1,"bps":9600,"parity":"N","stopbits":1,"cycle":1.00}]}\n'
    b'{"class":"WATCH","enable":true,"json":true,"nmea":false,"raw":0,"scaled":false,"timing":false}\n'
)
TPV = (
    b'{"class":"TPV","device":"/dev/ttyACM0","mode":3,"time":"2026-05-04T18:32:00.000Z","ept":0.005,"lat":42.315100000,'
    b'"lon":-71.113900000,"altHAE":-18.800,"altMSL":14.200,"epx":5.421,"epy":6.913,"epv":17.480,"track":0.0000,'
    b'"speed":0.011,"climb":0.000,"eps":13.83,"epc":34.96,"eph":8.740,"sep":19.570}\n'
)
SKY = b'{"class":"SKY","device":"/dev/ttyACM0","hdop":0.9,"nSat":11,"uSat":8,"satellites":[{"PRN":3,"ss":22.0}]}\n'
TPV_NO_FIX = b'{"class":"TPV","device":"/dev/ttyACM0","mode":1}\n'


@asynccontextmanager
async def gpsd_that_says(*lines: bytes, greeting: bytes = VERSION, hangs_up: bool = False) -> AsyncIterator[int]:
    """A server on a port of this machine; it waits for WATCH, and says the rest."""
    ending = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        if greeting == VERSION:
            assert await reader.readline() == b'?WATCH={"enable":true,"json":true};\n'
        for line in lines:
            writer.write(line)
        await writer.drain()
        if not hangs_up:
            await ending.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        ending.set()
        server.close()


async def first(receiver: Receiver, count: int = 1) -> Sequence[Heard]:
    """The first things that a receiver says."""
    heard: list[Heard] = []
    async with asyncio.timeout(_PATIENCE_SECONDS), aclosing(receiver.listen()) as said:
        async for one in said:
            heard.append(one)
            if len(heard) == count:
                break
    return heard
