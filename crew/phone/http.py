"""HTTP on one connection: requests in, answers out, every wait and every size bounded. The worker's phone; knows h11.

It decides nothing about who asks for what, and never answers what is no HTTP: such a connection is closed.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import h11

from crew.domain.value import Value
from crew.phone.limits import Limits

_CHUNK_BYTES: Final = 64 * 1024
_PATIENT_BYTES: Final = 1024 * 1024
"""How much of an unwanted body is read from a known phone, so that it hears the answer."""

_NO_CONTENT: Final = 204

_ALWAYS: Final = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)  # fmt: skip


class Answer(Value):
    """What is said to a request.

    Attributes:
        status: The HTTP status.
        body: The body.
        kind: Its media type; empty where there is no body.
        headers: What is said beside what is always said.
        ends: The connection is closed after it.
    """

    status: int
    body: bytes = b""
    kind: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    ends: bool = False


@dataclass(slots=True)
class Request:
    """What somebody asks for.

    Attributes:
        method: GET, HEAD, POST, PATCH or whatever was sent.
        path: The target as it was sent.
        headers: By their names in small letters; of several with one name the last.
        body: The bytes that follow, as they come.
        known: The asker knows the address of the page; set by whoever answers.
        lingers: The answer is waited for, and worth it when the door closes; set by whoever answers.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: AsyncIterator[bytes]
    known: bool = field(default=False)
    lingers: bool = field(default=False)


class Conversation:
    """One connection, from the first byte to the last."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        limits: Limits,
        answer: Callable[[Request], Awaitable[Answer]],
    ) -> None:
        self._reader: Final = reader
        self._writer: Final = writer
        self._limits: Final = limits
        self._answer: Final = answer
        self._h11: Final = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.head_bytes)
        self.known = False
        """Whether it has ever asked with the right address."""
        self._request: Request | None = None

    @property
    def lingers(self) -> bool:
        """Whether the other side waits for an answer that it should still get when the door closes."""
        return self._request is not None and self._request.lingers

    async def run(self) -> None:
        """Answer until either side ends it."""
        try:
            while await self._exchange():
                self._h11.start_next_cycle()
        except (OSError, TimeoutError, h11.RemoteProtocolError):
            return  # somebody went away, was too slow, or speaks no HTTP: there is nobody to tell
        finally:
            self._writer.close()

    async def _exchange(self) -> bool:
        async with asyncio.timeout(self._limits.head_seconds):
            event = await self._event()
        if not isinstance(event, h11.Request):
            return False
        headers = {bytes(name).decode("latin-1"): bytes(value).decode("latin-1") for name, value in event.headers}
        method, path = bytes(event.method).decode("latin-1"), bytes(event.target).decode("latin-1")
        request = self._request = Request(method, path, headers, self._body())
        try:
            answer = await self._answer(request)
            self.known = self.known or request.known
            ends = answer.ends or not await self._has_heard_all(patiently=request.known)
            await self._send(answer, silently=method == "HEAD", ends=ends)
        finally:
            self._request = None
        return not ends and self._h11.our_state is h11.DONE

    async def _event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while True:
            event = self._h11.next_event()
            if event is not h11.NEED_DATA:
                return event
            self._h11.receive_data(await self._reader.read(_CHUNK_BYTES))

    async def _body(self) -> AsyncIterator[bytes]:
        if self._h11.they_are_waiting_for_100_continue:
            self._writer.write(self._h11.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
        while True:
            async with asyncio.timeout(self._limits.piece_seconds):
                event = await self._event()
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)

    async def _has_heard_all(self, *, patiently: bool) -> bool:
        """Whether the request has been read to its end; a known phone gets some patience, a stranger none."""
        left = _PATIENT_BYTES if patiently and not self._h11.they_are_waiting_for_100_continue else 0
        while self._h11.their_state is h11.SEND_BODY:
            event = self._h11.next_event()
            if event is h11.NEED_DATA:
                if left <= 0:
                    return False
                async with asyncio.timeout(self._limits.piece_seconds):
                    self._h11.receive_data(await self._reader.read(_CHUNK_BYTES))
            elif isinstance(event, h11.Data):
                left -= len(event.data)
        return self._h11.their_state is h11.DONE

    async def _send(self, answer: Answer, *, silently: bool, ends: bool) -> None:
        headers = [*_ALWAYS, *answer.headers]
        if answer.status != _NO_CONTENT:
            headers.append(("Content-Length", str(len(answer.body))))
        if answer.kind:
            headers.append(("Content-Type", answer.kind))
        if ends:
            headers.append(("Connection", "close"))
        parts = [h11.Response(status_code=answer.status, headers=headers), h11.EndOfMessage()]
        if answer.body and not silently:
            parts.insert(1, h11.Data(data=answer.body))
        async with asyncio.timeout(self._limits.piece_seconds):
            for part in parts:
                self._writer.write(self._h11.send(part) or b"")
            await self._writer.drain()
