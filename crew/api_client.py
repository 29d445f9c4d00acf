"""The crew API over HTTP: one method a call, errors named by the next move.

Beside the store and below sync. Never retries (the outbox does, in one place), and believes an answer only when it
echoes what was asked; that it is our backend's at all, the exchange below has checked.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import urlsplit

from crew import thumbnail_wire, wire
from crew.account_wire import AccountCode, AskSignIn, BeginSignIn, SignInStanding, SignInWays
from crew.domain.change import Change
from crew.domain.errors import CallForHelp, CorrectInput, PullFirst, SendAgain, TryLater
from crew.domain.plain_text import clean_line
from crew.domain.this_machine import is_this_machine
from crew.domain.work_order import PhotoHash
from crew.http_exchange import Bounds, Exchanges, Transport

_T = TypeVar("_T")
_WORDS: Final = Bounds()
_PHOTO: Final = Bounds(answer_bytes=20_000_000)
_EVENTS: Final = Bounds(seconds=30.0, silence_seconds=45.0, answer_bytes=64_000)
"""The backend's heart beats every 15 seconds: after three that were missed, nobody speaks there any more."""

_HASH: Final = re.compile("[0-9a-f]{64}")
_LARGEST_MAP_BYTES: Final = 4_000_000_000
"""A whole country's; a city's has 20 to 80 MB."""

_TUS: Final = {"Tus-Resumable": "1.0.0"}
_NOT_FOUND, _CONFLICT, _DAMAGED = 404, 409, 460


def backend_address(raw: str, *, allow_plain_http: bool = False) -> str:
    """Make a backend's address out of what a person typed: https unless it is this machine.

    Raises:
        CorrectInput: It is no web address, or plain http to another machine.
    """
    text = clean_line(raw)
    host = _host(text if "://" in text else f"//{text}")
    local = is_this_machine(host)
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


_NOTHING_ASKED: Final = wire.Known()


class CrewApi:
    """A connection to one backend, for one device. Use it as an asynchronous context manager.

    `transport` is the edge of the network: tests hand in the backend itself.
    """

    def __init__(self, url: str, token: str = "", transport: Transport | None = None) -> None:
        headers = {wire.PROTOCOL_HEADER: wire.PROTOCOL, "Accept": wire.MEDIA_TYPE}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._exchanges: Final = Exchanges(url, headers, transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exchanges.close()

    async def sign_in(self, code: str, device_id: str, device_name: str) -> wire.SignedIn:
        """Exchange a one-time code for this device's token.

        Raises:
            SignInAgain: The code is wrong, used or too old; the sentence is the backend's.
            TryLater: The backend cannot be reached.
            UpdateNeeded: The backend speaks another version.
        """
        body = wire.encode(wire.SignIn(code=code, device_id=device_id, device_name=device_name))
        return await self._ask("POST", "sign-in", wire.SignedIn, body)

    async def sign_in_ways(self) -> SignInWays:
        """How people can sign in there; a backend that knows no accounts has none. Raises as `sign_in`."""
        try:
            return await self._ask("GET", "sign-in", SignInWays)
        except CallForHelp:
            return SignInWays()

    async def begin_account_sign_in(self, device_id: str, device_name: str) -> AccountCode:
        """Begin to sign somebody in with an account of the city.

        Raises:
            TryLater: The backend or the provider of accounts cannot be reached.
            CallForHelp: The city has no accounts, or they do not work.
        """
        body = wire.encode(BeginSignIn(device_id, device_name))
        return await self._ask("POST", "sign-in/device", AccountCode, body)

    async def ask_account_sign_in(self, sign_in: str, device_id: str) -> SignInStanding:
        """Whether they have by now. Raises as above, SignInAgain where it has ended, TryLater where to ask again."""
        body = wire.encode(AskSignIn(sign_in, device_id))
        return await self._ask("POST", "sign-in/device/ask", SignInStanding, body)

    async def me(self) -> wire.Me:
        """Who the backend takes this device for. Raises as `sign_in`."""
        return await self._ask("GET", "me", wire.Me)

    async def pull(self, cursor: str, limit: int, unsent: int = 0, known: wire.Known = _NOTHING_ASKED) -> wire.FeedPage:
        """The next page of the change feed.

        Args:
            cursor: How far this device has pulled.
            limit: Orders in the page.
            unsent: How many changes wait here; told in passing.
            known: What this device knows beside its orders; where the backend knows more, the page has it.

        Raises as `sign_in`.
        """
        params = {"cursor": cursor, "limit": str(limit), "unsent": str(unsent)}
        if known.time_rules is not None:
            params["time"] = known.time_rules
        if known.posting is not None:
            params["posting"] = known.posting
        if known.person:
            params["me"] = known.person
        if known.wording:
            params["wording"] = known.wording
        return await self._ask("GET", "feed", wire.FeedPage, params=params)

    async def listen(self, heard: Callable[[str], None]) -> None:
        """Tell of every growth of the feed, with the cursor of its end, until the connection is cut.

        Raises:
            TryLater: It was cut, or the backend's heart beat no more.
            SignInAgain: The device is not known any more.
            CallForHelp: The backend has no events.
        """
        async with self._exchanges.stream("events", _EVENTS, {"Accept": wire.EVENTS_MEDIA_TYPE}) as lines:
            async for line in lines:
                field, _, value = line.partition(":")
                if field == "data":
                    heard(wire.decode(value.encode(), wire.FeedGrown).cursor)
        raise TryLater("The backend stopped to tell of changes; it is asked again.")

    async def push(self, changes: tuple[Change, ...], cursor: str, patience: Callable[[int], float]) -> wire.Answers:
        """Send changes and return the answers, one each in the same order.

        Args:
            changes: What to send.
            cursor: How far this device has pulled.
            patience: How many seconds to wait for the answer to so many bytes.

        Raises:
            Refused: The backend would not look at the batch.
            PullFirst: The backend took nothing, as it was restored.
            TryLater: No answer, or one that does not echo what was sent.
            SignInAgain: The device is not known any more.
            CallForHelp: The device may send nothing, or the backend takes nothing there.
        """
        body = wire.encode_changes(changes, cursor)
        bounds = Bounds(patience(len(body)), silence_seconds=None)
        answers = await self._ask("POST", "changes", wire.Answers, body, bounds=bounds)
        if answers.pull_first:
            raise PullFirst("The backend was restored from a backup; what it forgot is sent again first.")
        if [answer.id for answer in answers.answers] != [change.id for change in changes]:
            raise TryLater("The answer does not belong to what was sent; it will be sent again.")
        return answers

    async def begin_upload(self, sha256: PhotoHash, length: int, first: bytes, seconds: float) -> int:
        """Begin to send a photo with its first piece, or find it again; returns how much of it the backend has.

        Args:
            sha256: The photo's name.
            length: Bytes of the whole.
            first: Its beginning, taken only where the backend has nothing of it; empty to ask alone.
            seconds: How long the whole exchange may take.

        Raises:
            TryLater: No answer.
            SendAgain: It became whole, and its bytes are not those that its name stands for.
            Refused: The backend will not have this photo.
            SignInAgain: The device is not known any more.
        """
        metadata = f"sha256 {base64.b64encode(sha256.encode()).decode()}"
        headers = {**_TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
        return await self._upload("POST", sha256, first, headers, seconds)

    async def send_piece(self, sha256: PhotoHash, offset: int, piece: bytes, seconds: float) -> int:
        """Send the next piece of a photo; returns how much of it the backend has, whether it took the piece or not.

        Raises as `begin_upload`.
        """
        return await self._upload("PATCH", sha256, piece, {**_TUS, "Upload-Offset": str(offset)}, seconds)

    async def _upload(
        self, method: str, sha256: PhotoHash, body: bytes, headers: dict[str, str], seconds: float
    ) -> int:
        path = "uploads" if method == "POST" else f"uploads/{sha256}"
        if body:
            headers = {**headers, "Content-Type": wire.PIECE_MEDIA_TYPE}
        bounds = Bounds(seconds, silence_seconds=None)
        answer = await self._exchanges.ask(method, path, bounds, body=body, headers=headers)
        self._exchanges.check_ours(answer)
        if answer.status == _DAMAGED:
            raise SendAgain("The photo arrived damaged; it will be sent again.")
        if method == "PATCH" and answer.status == _NOT_FOUND:
            return 0  # the backend has forgotten the upload
        if answer.status != _CONFLICT:
            self._exchanges.check_status(answer, "the photo")
        offset = answer.headers.get("Upload-Offset", "")
        if answer.headers.get(wire.UPLOAD_ECHO_HEADER) != sha256 or not (offset.isascii() and offset.isdecimal()):
            raise TryLater("The answer does not belong to the photo; it will be sent again.")
        return int(offset)

    async def fetch_photo(self, sha256: PhotoHash) -> bytes:
        """A photo's bytes, checked against its name.

        Raises:
            TryLater: No answer from a backend.
            CorrectInput: The backend does not give this photo to this device, or only a damaged one.
        """
        answer = await self._exchanges.ask("GET", f"photos/{sha256}", _PHOTO)
        self._exchanges.check_ours(answer)
        try:
            self._exchanges.check_status(answer, "the photo")
        except CallForHelp as error:
            raise CorrectInput(f"The backend does not give this photo: {error.sentence}") from error
        if hashlib.sha256(answer.content).hexdigest() != sha256:
            raise CorrectInput("The backend has only a damaged copy of this photo.")
        return answer.content

    async def fetch_thumbnails(self, names: Sequence[PhotoHash]) -> dict[PhotoHash, bytes]:
        """Thumbnails by the names of their photos; those that the backend has not, or not for this device, are absent.

        Args:
            names: At most `thumbnail_wire.AT_ONCE`.

        Raises:
            TryLater: No answer from a backend.
            CallForHelp: The backend has no thumbnails, or none that can be read.
        """
        answer = await self._exchanges.ask("GET", "thumbnails", _PHOTO, params={"of": ",".join(names)})
        self._exchanges.check_ours(answer)
        self._exchanges.check_status(answer, "the thumbnails")
        try:
            found = thumbnail_wire.decode_thumbnails(answer.content)
        except wire.Malformed as error:
            raise CallForHelp(error.sentence) from error
        return {name: found[name] for name in names if name in found}

    async def map_offer(self) -> wire.MapOffer:
        """Which map the city offers.

        Raises:
            TryLater: No answer from a backend.
            CallForHelp: It offers none.
        """
        offer = await self._ask("GET", "map", wire.MapOffer)
        if not (_HASH.fullmatch(offer.sha256) and 0 < offer.byte_count <= _LARGEST_MAP_BYTES):
            raise CallForHelp("What the city offers is no map. Tell its administrator.")
        return offer

    async def fetch_map_piece(self, sha256: str, offset: int, count: int, seconds: float) -> bytes:
        """A piece of the map.

        Args:
            sha256: The map's hash.
            offset: Where the piece begins.
            count: Its length in bytes.
            seconds: How long it may take.

        Raises:
            TryLater: It did not come, or not all of it.
            CallForHelp: The city offers another map by now.
        """
        wanted = f"bytes {offset}-{offset + count - 1}/"
        bounds = Bounds(seconds=seconds, answer_bytes=count)
        headers = {"Range": f"bytes={offset}-{offset + count - 1}", "Accept-Encoding": "identity"}
        answer = await self._exchanges.ask("GET", f"map/{sha256}", bounds, headers=headers)
        self._exchanges.check_ours(answer)
        self._exchanges.check_status(answer, "the map")
        if not answer.headers.get("Content-Range", "").startswith(wanted) or len(answer.content) != count:
            raise TryLater("The piece of the map that came is another one; it is asked for again.")
        return answer.content

    async def _ask(
        self,
        method: str,
        path: str,
        shape: type[_T],
        body: bytes | None = None,
        params: dict[str, str] | None = None,
        bounds: Bounds = _WORDS,
    ) -> _T:
        headers = {"Content-Type": wire.MEDIA_TYPE} if body is not None else None
        answer = await self._exchanges.ask(method, path, bounds, body=body, params=params, headers=headers)
        self._exchanges.check_ours(answer)
        self._exchanges.check_status(answer, path)
        return wire.decode(answer.content, shape)
