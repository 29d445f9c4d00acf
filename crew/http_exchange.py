"""One HTTP exchange at a time: bounded in bytes and seconds, believed only when our backend speaks. Imports httpx.

Below the crew API, which says what is asked. Knows no work order, never tries twice, never follows a redirect. What
answers without our protocol is a hotspot, a server in front of ours or a stranger; each is told by its own sentence.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

import httpx

from crew import thumbnail_wire, wire
from crew.domain.errors import (
    AwaitLink,
    CallForHelp,
    CorrectInput,
    LetOthersSend,
    Refused,
    SignInAgain,
    TryLater,
    UpdateNeeded,
)
from crew.domain.plain_text import clean_line
from crew.domain.value import Value

Transport = httpx.AsyncBaseTransport
"""The edge of the network, as tests replace it."""

_OURS: Final = (wire.MEDIA_TYPE, wire.EVENTS_MEDIA_TYPE, thumbnail_wire.MEDIA_TYPE, wire.MAP_MEDIA_TYPE)
_CONNECT_SECONDS: Final = 10.0
_POOL_SECONDS: Final = 5.0
_SILENCE_SECONDS: Final = 20.0
_LOGIN_NEEDED: Final = 511
"""What an honest hotspot answers before somebody logs in (RFC 6585, section 6)."""
_NO_CONNECTION: Final = {
    "All connection attempts failed": "nobody answers there, or there is no link",
    "Name or service not known": "its name is not known, or there is no link",
    "Temporary failure in name resolution": "its name cannot be looked up: there is no link",
}
"""What libraries and systems say where no connection comes about, for a person."""


class Bounds(Value):
    """How far an exchange may go.

    Attributes:
        seconds: For all of it, however slowly it drips.
        silence_seconds: Between two bytes of the answer. None while a body is sent: httpx begins to count when the
            kernel has the bytes, long before a thin link has carried them.
        answer_bytes: Of the answer, unpacked.
    """

    seconds: float = 120.0
    silence_seconds: float | None = _SILENCE_SECONDS
    answer_bytes: int = 32_000_000

    @property
    def timeout(self) -> httpx.Timeout:
        """The same in the client's own terms."""
        silence = self.silence_seconds
        return httpx.Timeout(connect=_CONNECT_SECONDS, read=silence, write=silence, pool=_POOL_SECONDS)


class Answered(Value):
    """An answer that came whole."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def is_success(self) -> bool:
        """Whether it was done."""
        return httpx.codes.is_success(self.status)


class Exchanges:
    """A server's address, with what every request says to it."""

    def __init__(
        self, url: str, headers: Mapping[str, str], transport: Transport | None = None, *, below: str = "/crew/v1/"
    ) -> None:
        self._url: Final = url
        try:
            client = httpx.AsyncClient(base_url=f"{url}{below}", headers=headers, transport=transport)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise CorrectInput(f"{url} cannot be asked ({clean_line(str(error))}). Sign in again.") from error
        except OSError as error:
            raise CallForHelp(
                f"This device cannot read its list of certificates ({error.strerror}). Ask for help; work is kept."
            ) from error
        self._client: Final = client

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        bounds: Bounds,
        *,
        body: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """Exchange a request for a whole answer; whose it is, `check_ours` says.

        Raises:
            AwaitLink: No connection came about.
            TryLater: No whole answer within the bounds.
            CorrectInput: The address cannot be one.
        """
        with self._sentences():
            request = self._client.build_request(
                method, path, content=body, params=params, headers=headers, timeout=bounds.timeout
            )
            async with asyncio.timeout(bounds.seconds):
                return await self._whole(await self._client.send(request, stream=True), bounds.answer_bytes)

    @asynccontextmanager
    async def stream(self, path: str, bounds: Bounds, headers: Mapping[str, str]) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of an answer without an end, as they come; only its silences are bounded, and its lines.

        Raises:
            TryLater: It was cut, or fell silent.
            SignInAgain, UpdateNeeded, CallForHelp: As `check_status`.
        """
        with self._sentences():
            request = self._client.build_request("GET", path, headers=headers, timeout=bounds.timeout)
            async with asyncio.timeout(bounds.seconds):
                response = await self._client.send(request, stream=True)
            try:
                if not response.is_success:
                    self.check_status(await self._whole(response, bounds.answer_bytes), path)
                self.check_ours(Answered(response.status_code, response.headers, b""))
                yield self._lines(response, bounds.answer_bytes)
            finally:
                await response.aclose()

    async def _lines(self, response: httpx.Response, longest: int) -> AsyncIterator[str]:
        rest = b""
        async for chunk in response.aiter_bytes():
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > longest:
                raise self._without_end()
            for line in lines:
                yield line.decode(errors="replace").rstrip("\r")

    async def _whole(self, response: httpx.Response, most_bytes: int) -> Answered:
        content = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > most_bytes:
                    raise self._without_end()
        finally:
            await response.aclose()
        return Answered(response.status_code, response.headers, bytes(content))

    def _without_end(self) -> TryLater:
        return TryLater(f"{self._url} answers without end. Tell its administrator.")

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Name whatever goes wrong on the way by the next move."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise AwaitLink(self._no_connection(clean_line(str(error)))) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TryLater(f"{self._url} did not answer in time.") from error
        except (httpx.TransportError, httpx.DecodingError, OSError) as error:
            raise TryLater(f"{self._url} cannot be reached ({clean_line(str(error)) or 'it was cut'}).") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise CorrectInput(f"{self._url} is no backend address.") from error

    def _no_connection(self, reason: str) -> str:
        if "CERTIFICATE_VERIFY_FAILED" in reason:
            return (
                f"What answers at {self._url} cannot prove to be it ({reason}). On a hotspot, log in there first; "
                "otherwise check this device's clock."
            )
        told = next((words for part, words in _NO_CONNECTION.items() if part in reason), reason or "no link")
        return f"{self._url} cannot be reached ({told})."

    def check_ours(self, answer: Answered) -> None:
        """Believe an answer only when a Crew backend of our version gave it.

        Raises:
            UpdateNeeded: Another version did.
            TryLater: Somebody else did; the sentence says who it looks like.
        """
        protocol = answer.headers.get(wire.PROTOCOL_HEADER)
        if protocol is not None and protocol != wire.PROTOCOL:
            raise UpdateNeeded(
                f"The backend speaks version {clean_line(protocol, 20)} of the crew API, this Crew speaks "
                f"{wire.PROTOCOL}. Update the older one."
            )
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if protocol is None or not (media_type in _OURS or media_type.startswith("image/")):
            raise TryLater(self._stranger(answer, media_type), retry_after(answer))

    def _stranger(self, answer: Answered, media_type: str) -> str:
        if httpx.codes.is_redirect(answer.status):
            place = clean_line(urlsplit(answer.headers.get("Location", "")).netloc, 80) or "another page"
            return f"A hotspot answers instead of {self._url} and leads to {place}: log in there first."
        if answer.status == _LOGIN_NEEDED or (answer.is_success and media_type in ("text/html", "")):
            return (
                f"A web page answers at {self._url} instead of the backend: on a hotspot, log in there first; "
                "otherwise check the address."
            )
        if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            return f"The server in front of {self._url} answers {answer.status}: the backend is not there now."
        return f"Something answered {answer.status} at {self._url}, but it is no Crew backend. Check the address."

    def check_status(self, answer: Answered, asked: str) -> None:
        """Name a refusal of ours by the next move.

        Raises:
            SignInAgain: The device is not known, or its sign-in has lapsed.
            LetOthersSend: An administrator has ended it.
            UpdateNeeded: The versions do not fit.
            TryLater: Not now.
            Refused: What was sent is refused, now and later.
            CallForHelp: This device may not, or the address has no such thing: nothing about what was sent.
        """
        if answer.is_success:
            return
        self.check_ours(answer)
        problem = wire.decode(answer.content, wire.Problem) if answer.content else wire.Problem("", "")
        sentence = clean_line(problem.sentence) or f"The backend answered {answer.status} to {asked}."
        match answer.status:
            case httpx.codes.UNAUTHORIZED:
                raise LetOthersSend(sentence) if problem.code == wire.ENDED else SignInAgain(sentence)
            case httpx.codes.UPGRADE_REQUIRED:
                raise UpdateNeeded(sentence)
            case httpx.codes.TOO_MANY_REQUESTS | httpx.codes.REQUEST_TIMEOUT | httpx.codes.TOO_EARLY:
                raise TryLater(sentence, retry_after(answer))
            case status if status >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise TryLater(sentence, retry_after(answer))
            case httpx.codes.FORBIDDEN | httpx.codes.NOT_FOUND | httpx.codes.METHOD_NOT_ALLOWED | httpx.codes.GONE:
                raise CallForHelp(sentence)
            case _:
                raise Refused(sentence)


def retry_after(answer: Answered) -> float | None:
    """Seconds that a server asks for: a number, or a moment by its own clock (RFC 9110, section 10.2.3)."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        until, now = parsedate_to_datetime(value), parsedate_to_datetime(answer.headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None
