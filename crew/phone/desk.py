"""What each request to an open door gets: the page, a piece of a photo taken, or nothing. The worker's phone.

It knows no socket. Whoever does not know the address gets an empty 404, whatever was asked. The first phone whose page
says hello is the only one from then on; a page that is only fetched, as messengers and scanners do, says nothing.
"""

import asyncio
import re
from functools import partial
from hmac import compare_digest
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CrewError, FreeSpace, NotAllowed
from crew.domain.value import Value
from crew.phone.http import Answer, Request
from crew.phone.inbox import TooLarge, Upload

if TYPE_CHECKING:
    from crew.phone.disk_thread import DiskThread
    from crew.phone.inbox import Inbox

OTHER_PHONE: Final = (
    "Another phone or browser has opened this address already, and it is for one only. "
    "Press n on the laptop, then scan the new code."
)
CLOSED: Final = "The screen on the laptop was closed."
_NO_OFFSET: Final = "Say how many bytes are there already, as a number."
_NO_LENGTH: Final = "Say how long the photo is, as a number of bytes."
_WORDS: Final = "text/plain; charset=utf-8"
_COOKIE: Final = "crew_phone"
_COOKIE_SECONDS: Final = 12 * 3600
_PIECE: Final = "application/offset+octet-stream"
_NUMBER: Final = re.compile("[0-9]{1,12}")

Pages = dict[str, Answer]
"""What is shown, by its path under the address."""


class Keys(Value):
    """What opens a door.

    Attributes:
        authority: Address and port, as a browser names them.
        token: What the path begins with.
        secret: What the one phone is known by.
    """

    authority: str
    token: str
    secret: str


def read_pages(words: str) -> Pages:
    """Read the page from its files; blocks on the disk.

    Args:
        words: What the photos are for.
    """
    folder = files("crew.phone") / "page"

    def filled(name: str, words: str) -> bytes:
        return Template((folder / name).read_text(encoding="utf-8")).substitute(words=escape(words)).encode()

    html = "text/html; charset=utf-8"
    return {
        "/": Answer(200, filled("index.html", words), html),
        "refused": Answer(403, filled("refused.html", OTHER_PHONE), html),
        "/page.css": Answer(200, (folder / "page.css").read_bytes(), "text/css; charset=utf-8"),
        "/page.js": Answer(200, (folder / "page.js").read_bytes(), "text/javascript; charset=utf-8"),
    }


class Desk:
    """Answers the requests of one open door."""

    def __init__(
        self,
        keys: Keys,
        pages: Pages,
        inbox: "Inbox",
        disk: "DiskThread",
        wait_seconds: float,
    ) -> None:
        """Answer for one address.

        Args:
            keys: The address, and what the one phone is known by.
            pages: What is shown.
            inbox: Takes the photos.
            disk: Runs what touches the disk.
            wait_seconds: How long the page waits for the news that the door has closed, before it asks again.
        """
        self._authority: Final = keys.authority
        self._token: Final = keys.token
        self._secret: Final = keys.secret
        self._pages: Final = pages
        self._inbox: Final = inbox
        self._disk: Final = disk
        self._wait_seconds: Final = wait_seconds
        self.phone_here = False
        self.trouble = ""
        self.closing: Final = asyncio.Event()
        self.moved: Final = asyncio.Event()
        """Set when there is something new to tell."""

    async def answer(self, request: Request) -> Answer:
        """What a request gets."""
        place = self._place(request)
        if place is None:
            return _NOTHING
        request.known = True
        match request.method, place:
            case "GET", "":
                return Answer(308, headers=(("Location", f"/{self._token}/"),))
            case "GET", "/":
                return self._page(request)
            case "GET", "/page.css" | "/page.js":
                return self._pages[place]
            case "POST", "/hello":
                return self._hello(request)
        if place == "/open" or place == "/photos" or place.startswith("/photos/"):
            return await self._for_the_phone(request, place)
        return _NOTHING

    def _place(self, request: Request) -> str | None:
        """The path behind the token; None for whoever does not know it, or was lured here by another name."""
        root, _, rest = request.path.removeprefix("/").partition("/")
        knows = compare_digest(root.encode(), self._token.encode())
        if not (knows and request.path.startswith("/") and request.headers.get("host") == self._authority):
            return None
        return f"/{rest}" if request.path.count("/") > 1 else ""

    # The page

    def _page(self, request: Request) -> Answer:
        if self.phone_here and not self._is_the_phone(request):
            return self._pages["refused"]
        return self._pages["/"]

    def _hello(self, request: Request) -> Answer:
        if not self._is_from_the_page(request):
            return _FOREIGN
        if self._is_the_phone(request):
            return Answer(204)
        if self.phone_here:
            return _said(403, OTHER_PHONE)
        self.phone_here = True
        self.moved.set()
        cookie = f"{_COOKIE}={self._secret}; Path=/{self._token}/; Max-Age={_COOKIE_SECONDS}; HttpOnly; SameSite=Strict"
        return Answer(204, headers=(("Set-Cookie", cookie),))

    def _is_the_phone(self, request: Request) -> bool:
        pairs = (pair.strip().partition("=") for pair in request.headers.get("cookie", "").split(";"))
        given = [value for name, _, value in pairs if name == _COOKIE]
        return any(compare_digest(value.encode(), self._secret.encode()) for value in given)

    def _is_from_the_page(self, request: Request) -> bool:
        return request.headers.get("origin") == f"http://{self._authority}"

    # The one phone

    async def _for_the_phone(self, request: Request, place: str) -> Answer:
        if not self._is_the_phone(request):
            return _said(403, OTHER_PHONE, ends=True)
        if request.method in ("POST", "PATCH") and not self._is_from_the_page(request):
            return _FOREIGN
        match request.method, place:
            case "GET", "/open":
                return await self._until_closed(request)
            case "POST", "/photos":
                return await self._begin(request)
            case "HEAD" | "PATCH", _:
                upload = self._upload(place.removeprefix("/photos/"))
                if upload is not None:
                    return await self._go_on(request, upload)
        return _NOTHING

    async def _until_closed(self, request: Request) -> Answer:
        """Let the page hear at once when the door closes; until then it asks again and again."""
        request.lingers = True
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self.closing.wait()
        except TimeoutError:
            return Answer(204)
        return _said(410, CLOSED, ends=True)

    async def _begin(self, request: Request) -> Answer:
        length = _number(request.headers.get("upload-length"))
        if not length:
            return _said(400, _NO_LENGTH)
        try:
            upload: Upload = await self._disk.run(partial(self._inbox.begin, length))
        except CrewError as error:
            return self._refusal(error)
        return Answer(201, headers=(*_offset(upload), ("Location", f"/{self._token}/photos/{upload.number}")))

    def _upload(self, number: str) -> Upload | None:
        return self._inbox.find(int(number)) if _NUMBER.fullmatch(number) else None

    async def _go_on(self, request: Request, upload: Upload) -> Answer:
        """Say where a photo stands, or take a piece of it. Whoever asks last goes on; an older connection may not."""
        upload.turn += 1
        turn = upload.turn
        await self._disk.run(_nothing)  # what an older connection has brought is on disk before the offset is told
        if upload.dropped:
            return _said(410 if request.method == "HEAD" else 415, upload.dropped)
        if request.method == "HEAD":
            return Answer(200, headers=_offset(upload))
        if request.headers.get("content-type") != _PIECE:
            return _said(415, f"Pieces come as {_PIECE}.")
        said = _number(request.headers.get("upload-offset"))
        if said is None:
            return _said(400, _NO_OFFSET)
        if said != upload.offset:
            return Answer(409, headers=_offset(upload))
        try:
            return await self._take(request, upload, turn)
        except CrewError as error:
            return self._refusal(error)

    async def _take(self, request: Request, upload: Upload, turn: int) -> Answer:
        async for piece in request.body:
            if turn == upload.turn and len(piece) > upload.length - upload.offset:
                return _said(413, "There are more bytes than the photo was said to have.")
            if not await self._disk.run(partial(self._inbox.append, upload, turn, piece)):
                return Answer(409, headers=_offset(upload))
            self.trouble = ""
            self.moved.set()
        return Answer(204, headers=_offset(upload))

    def _refusal(self, error: CrewError) -> Answer:
        """Tell both sides: the phone, and whoever stands at the laptop."""
        self.trouble = error.sentence
        self.moved.set()
        match error:
            case TooLarge():
                status = 413
            case FreeSpace():
                status = 507
            case NotAllowed():
                status = 403
            case _:
                status = 415
        return _said(status, error.sentence)


def _nothing() -> None:
    """Takes its place in the queue of the thread."""


def _said(status: int, sentence: str, *, ends: bool = False) -> Answer:
    return Answer(status, sentence.encode(), _WORDS, ends=ends)


def _offset(upload: Upload) -> tuple[tuple[str, str], ...]:
    return (
        ("Tus-Resumable", "1.0.0"),
        ("Upload-Offset", str(upload.offset)),
        ("Upload-Length", str(upload.length)),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None


_NOTHING: Final = Answer(404, ends=True)
_FOREIGN: Final = _said(403, "This did not come from the page of this address.", ends=True)
