"""A road of TCP that breaks as it is told: between a real client and a real backend, below HTTP."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Fault:
    """What becomes of one connection.

    Attributes:
        sent: Bytes that reach the backend before the connection breaks; None for all.
        answered: Bytes that reach the device before the connection breaks; None for all.
        quietly: The end of the stream instead of a reset, for the device. The backend hears nothing of either: a dead
            carrier says no farewell, so its side hangs until somebody goes away.
        swallows: Bytes beyond the limit disappear and the connection stays open: a dead zone.
        instead: Somebody else's answer to whatever is asked; the backend hears nothing.
        drips: The answer comes a byte at a time, for ever.
    """

    sent: int | None = None
    answered: int | None = None
    quietly: bool = False
    swallows: bool = False
    instead: bytes | None = None
    drips: bool = False


PASS = Fault()


def page(status: str, body: str = "", **headers: str) -> bytes:
    """An answer of somebody who is not our backend."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, "", body])).encode()


@dataclass
class Proxy:
    """Connections meet the faults that lie ready, one each, and then `usual`."""

    backend_url: str
    usual: Fault = PASS
    bytes_per_second: float | None = None
    """Towards the backend; None for as fast as it goes."""
    faults: list[Fault] = field(default_factory=list)
    packet_bytes: int = 2048
    """What is under way when a connection breaks, at most."""
    shut: bool = False
    """Connections are refused by a reset at once."""
    connections: int = 0
    sent: int = 0
    """Bytes that came from the device, whatever became of them."""
    passed: int = 0
    """Bytes that reached the backend."""
    heads: int = 0
    """How many of those were the heads of requests."""
    answered: int = 0
    """Bytes that came from the backend, whatever became of them."""
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _port: int = 0
    _connections: set[asyncio.Task[object]] = field(default_factory=set)

    def breaks(self, *faults: Fault) -> None:
        """Let the next connections meet these."""
        self.faults += faults

    def heals(self) -> None:
        """Every connection from now on goes through."""
        self.faults.clear()
        self.usual, self.shut, self.bytes_per_second = PASS, False, None

    async def returns(self) -> None:
        """The way is there, at the same address as before."""
        self._server = await asyncio.start_server(self.serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def goes_away(self) -> None:
        """Nobody listens any more, and whatever was open is reset."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._open):
            _reset(writer)
        self._server = None
        if self._connections:
            await asyncio.wait(self._connections)

    @property
    def url(self) -> str:
        """Where the device finds the backend."""
        return f"http://127.0.0.1:{self._port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the device."""
        self.connections += 1
        this = asyncio.current_task()
        assert this is not None
        self._connections.add(this)
        this.add_done_callback(self._connections.discard)
        fault = self.faults.pop(0) if self.faults else self.usual
        self._open.add(writer)
        try:
            if self.shut:
                _reset(writer)
            elif fault.instead is not None or fault.drips:
                await self._stranger(reader, writer, fault)
            else:
                await self._through(reader, writer, fault)
        except (ConnectionError, asyncio.IncompleteReadError):
            _reset(writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _stranger(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if fault.instead is not None:
            writer.write(fault.instead)
            await writer.drain()
            return
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X")
            await writer.drain()
            await asyncio.sleep(0.01)

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> None:
        parts = urlsplit(self.backend_url)
        backend_reader, backend_writer = await asyncio.open_connection(parts.hostname, parts.port)
        self._open.add(backend_writer)
        up = asyncio.create_task(self._up(reader, backend_writer, fault))
        down = asyncio.create_task(self._down(backend_reader, writer, fault))
        try:
            done, _ = await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            broke = any(task.result() for task in done if task.exception() is None)
            if broke and not fault.quietly:
                _reset(writer)
            elif up in done and not broke:
                await down
            if not broke:
                self._open.discard(backend_writer)
                backend_writer.close()
        finally:
            up.cancel()
            down.cancel()
            await asyncio.wait({up, down})

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> bool:
        """Carry the device's bytes; True where the fault struck."""
        left = fault.sent
        while chunk := await reader.read(self.packet_bytes):
            self.sent += len(chunk)
            through = chunk if left is None else chunk[:left]
            left = None if left is None else left - len(through)
            writer.write(through)
            await writer.drain()
            self.passed += len(through)
            if through.startswith((b"GET ", b"POST ", b"PATCH ", b"HEAD ")):
                self.heads += through.find(b"\r\n\r\n") + 4
            if len(through) < len(chunk) and not fault.swallows:
                return True
            if self.bytes_per_second is not None:
                await asyncio.sleep(len(chunk) / self.bytes_per_second)
        return False

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> bool:
        left = fault.answered
        while chunk := await reader.read(self.packet_bytes):
            self.answered += len(chunk)
            through = chunk if left is None else chunk[:left]
            left = None if left is None else left - len(through)
            writer.write(through)
            await writer.drain()
            if len(through) < len(chunk) and not fault.swallows:
                return True
        return False


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection as a dead carrier does: without a farewell."""
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        raw.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def between(backend_url: str) -> AsyncIterator[Proxy]:
    """A proxy before a backend, until the block ends."""
    proxy = Proxy(backend_url)
    await proxy.returns()
    try:
        yield proxy
    finally:
        await proxy.goes_away()
