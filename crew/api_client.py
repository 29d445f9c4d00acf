"""The crew API over HTTP: one method a call, errors named by the next move. The only importer of httpx.

Beside the store and below sync. Never retries (the outbox does, in one place), never follows a redirect, and believes
an answer only when it carries our media type, our protocol and the echo of what was asked: the 200 of a hotspot's
login page is no answer.
"""

import hashlib
import ipaddress
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from crew import wire
from crew.domain.change import Change
from crew.domain.errors import CallForHelp, CorrectInput, SignInAgain, TryLater, UpdateNeeded
from crew.domain.plain_text import clean_line
from crew.domain.work_order import PhotoHash

_T = TypeVar("_T")
_TIMEOUT: Final = httpx.Timeout(connect=10.0, read=30.0, write=30.0, pool=5.0)
_PHOTO_LIMIT_BYTES: Final = 20_000_000


class Refused(CallForHelp):
    """The backend will not take what was sent, now or later. A batch is then sent one by one, so the culprit shows."""


def backend_address(raw: str, *, allow_plain_http: bool = False) -> str:
    """Make a backend's address out of what a person typed: https unless it is this machine.

    Raises:
        CorrectInput: It is no web address, or plain http to another machine.
    """
    text = clean_line(raw)
    host = _host(text if "://" in text else f"//{text}")
    local = _is_this_machine(host)
    url = text if "://" in text else f"{'http' if local else 'https'}://{text}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or " " in text:
        raise CorrectInput(f'"{text}" is no backend address. It looks like https://311.example.gov or 127.0.0.1:8311.')
    if parts.scheme == "http" and not (local or allow_plain_http):
        raise CorrectInput(
            f"{host} was given with http, which anybody on the way can read. Use https, or set allow_plain_http = true."
        )
    return url.rstrip("/")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class CrewApi:
    """A connection to one backend, for one device. Use it as an asynchronous context manager.

    `transport` is the edge of the network: tests hand in the backend itself.
    """

    def __init__(self, url: str, token: str = "", transport: httpx.AsyncBaseTransport | None = None) -> None:
        headers = {wire.PROTOCOL_HEADER: wire.PROTOCOL, "Accept": wire.MEDIA_TYPE}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._url: Final = url
        self._client: Final = httpx.AsyncClient(
            base_url=f"{url}/crew/v1/", headers=headers, timeout=_TIMEOUT, transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def sign_in(self, code: str, device_id: str, device_name: str) -> wire.SignedIn:
        """Exchange a one-time code for this device's token.

        Raises:
            SignInAgain: The code is wrong, used or too old; the sentence is the backend's.
            TryLater: The backend cannot be reached.
            UpdateNeeded: The backend speaks another version.
        """
        body = wire.encode(wire.SignIn(code=code, device_id=device_id, device_name=device_name))
        return await self._ask("POST", "sign-in", wire.SignedIn, body)

    async def me(self) -> wire.Me:
        """Who the backend takes this device for. Raises as `sign_in`."""
        return await self._ask("GET", "me", wire.Me)

    async def pull(self, cursor: str, limit: int) -> wire.FeedPage:
        """The next page of the change feed. Raises as `sign_in`."""
        return await self._ask("GET", "feed", wire.FeedPage, params={"cursor": cursor, "limit": str(limit)})

    async def push(self, changes: tuple[Change, ...]) -> wire.Answers:
        """Send changes and return the answers, one each in the same order.

        Raises:
            Refused: The backend would not look at the batch.
            TryLater: No answer, or one that does not echo what was sent.
            SignInAgain: The device is not known any more.
        """
        answers = await self._ask("POST", "changes", wire.Answers, wire.encode_changes(changes))
        if [answer.id for answer in answers.answers] != [change.id for change in changes]:
            raise TryLater("The answer does not belong to what was sent; it will be sent again.")
        return answers

    async def send_photo(self, sha256: PhotoHash, content: bytes) -> None:
        """Send a photo; harmless when the backend has it. Raises as `push`."""
        response = await self._exchange("PUT", f"photos/{sha256}", content, {}, "image/jpeg")
        self._check_ours(response)
        self._check_status(response, "the photo")

    async def fetch_photo(self, sha256: PhotoHash) -> bytes:
        """A photo's bytes, checked against its name.

        Raises:
            TryLater: No answer from a backend.
            CorrectInput: The backend does not give this photo to this device, or only a damaged one.
        """
        response = await self._exchange("GET", f"photos/{sha256}", None, {}, "")
        if not response.is_success:
            self._check_ours(response)
            try:
                self._check_status(response, "the photo")
            except Refused as error:
                raise CorrectInput(f"The backend does not give this photo: {error.sentence}") from error
        if len(response.content) > _PHOTO_LIMIT_BYTES or hashlib.sha256(response.content).hexdigest() != sha256:
            self._check_ours(response)
            raise CorrectInput("The backend has only a damaged copy of this photo.")
        return response.content

    async def _ask(
        self, method: str, path: str, shape: type[_T], body: bytes | None = None, params: dict[str, str] | None = None
    ) -> _T:
        response = await self._exchange(method, path, body, params or {}, wire.MEDIA_TYPE)
        self._check_ours(response)
        self._check_status(response, path)
        return wire.decode(response.content, shape)

    async def _exchange(
        self, method: str, path: str, body: bytes | None, params: dict[str, str], media_type: str
    ) -> httpx.Response:
        headers = {"Content-Type": media_type} if body is not None else {}
        try:
            return await self._client.request(method, path, content=body, params=params, headers=headers)
        except httpx.TimeoutException as error:
            raise TryLater(f"{self._url} did not answer in time; it will be tried again.") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise TryLater(f"{self._url} cannot be reached ({clean_line(str(error)) or 'no link'}).") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise CorrectInput(f"{self._url} is no backend address.") from error

    def _check_ours(self, response: httpx.Response) -> None:
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
        protocol = response.headers.get(wire.PROTOCOL_HEADER)
        if protocol is not None and protocol != wire.PROTOCOL:
            raise UpdateNeeded(
                f"The backend speaks version {clean_line(protocol, 20)} of the crew API, this Crew speaks "
                f"{wire.PROTOCOL}. Update the older one."
            )
        if protocol is None or (media_type != wire.MEDIA_TYPE and not media_type.startswith("image/")):
            raise TryLater(
                f"Something answered at {self._url}, but it is no Crew backend. "
                "Check the address; on a hotspot, log in there first."
            )

    def _check_status(self, response: httpx.Response, path: str) -> None:
        if response.is_success:
            return
        problem = wire.decode(response.content, wire.Problem) if response.content else wire.Problem("", "")
        sentence = clean_line(problem.sentence) or f"The backend answered {response.status_code} to {path}."
        match response.status_code:
            case httpx.codes.UNAUTHORIZED:
                raise SignInAgain(sentence)
            case httpx.codes.UPGRADE_REQUIRED:
                raise UpdateNeeded(sentence)
            case httpx.codes.TOO_MANY_REQUESTS | httpx.codes.REQUEST_TIMEOUT | 425:
                raise TryLater(sentence, _retry_after(response))
            case status if status >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise TryLater(sentence, _retry_after(response))
            case _:
                raise Refused(sentence)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else None
