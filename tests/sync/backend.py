"""A backend in the test's hands, at the edge of the network: it applies changes once, and fails as it is told to."""

import asyncio
import base64
import hashlib
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from crew import thumbnail_wire, wire
from crew.domain.change import Change, ChangeId
from crew.domain.person import Person
from crew.domain.rules import apply
from crew.domain.work_order import OrderId, WorkOrder
from tests.builders import a_person

HEADERS = {wire.PROTOCOL_HEADER: wire.PROTOCOL, "Content-Type": wire.MEDIA_TYPE}

Proper = Callable[[httpx.Request], httpx.Response]
Fault = Callable[[httpx.Request, Proper], httpx.Response | Awaitable[httpx.Response]]
"""What happens to one request instead of its proper answer, which it may ask for."""


@dataclass
class ScriptedBackend:
    """Answers as a proper backend would, except for the faults lying ready for a request."""

    person: Person = field(default_factory=a_person)
    orders: dict[OrderId, WorkOrder] = field(default_factory=dict)
    applied: dict[ChangeId, Change] = field(default_factory=dict)
    effects: Counter[ChangeId] = field(default_factory=Counter)
    photos: dict[str, bytes] = field(default_factory=dict)
    thumbnails: dict[str, bytes] = field(default_factory=dict)
    pages: deque[wire.FeedPage] = field(default_factory=deque)
    verdicts: dict[ChangeId, wire.Answer] = field(default_factory=dict)
    """Answers other than "applied"; such a change has no effect."""
    batches: list[list[ChangeId]] = field(default_factory=list)
    """The ids of each batch that arrived."""
    requests: list[str] = field(default_factory=list)
    """Method and last part of the path of every request, "POST changes" for one; listeners are not counted."""
    uploads: dict[str, bytes] = field(default_factory=dict)
    """The beginnings of photos that have not all arrived."""
    lengths: dict[str, int] = field(default_factory=dict)
    tells: asyncio.Queue[str] | None = None
    """The cursors to tell listeners of; None where this backend has no events."""
    _faults: list[tuple[str, Fault]] = field(default_factory=list)
    _lasting: tuple[str, Fault] | None = None

    def fails(self, request: str, *faults: Fault) -> None:
        """Let the next requests that start so meet these faults, one each."""
        self._faults += [(request, fault) for fault in faults]

    def keeps_failing(self, request: str, fault: Fault) -> None:
        """Let every request that starts so meet this fault, until `mends`."""
        self._lasting = (request, fault)

    def mends(self) -> None:
        """What kept failing works again."""
        self._lasting = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/crew/v1/")
        name = f"{request.method} {path}"
        if name == "POST uploads":
            name = f"{name}/{announced(request)}"
        if name != "GET events":
            self.requests.append(name)
        for place, (start, fault) in enumerate(self._faults):
            if name.startswith(start):
                del self._faults[place]
                response = fault(request, self._proper)
                return response if isinstance(response, httpx.Response) else await response
        if self._lasting is not None and name.startswith(self._lasting[0]):
            response = self._lasting[1](request, self._proper)
            return response if isinstance(response, httpx.Response) else await response
        return self._proper(request)

    def _proper(self, request: httpx.Request) -> httpx.Response:
        kind, _, name = request.url.path.removeprefix("/crew/v1/").partition("/")
        match (request.method, kind):
            case ("POST", "changes"):
                return ours(self._answers(wire.decode_changes(request.content).changes))
            case ("GET", "feed"):
                cursor = request.url.params["cursor"]
                return ours(self.pages.popleft() if self.pages else wire.FeedPage(cursor=cursor or "start", more=False))
            case ("GET", "me"):
                return ours(wire.Me(self.person, "Boston", (wire.CrewLoad("D2", "Public Works D2", 14, 3),)))
            case ("POST", "sign-in"):
                return ours(wire.SignedIn("fresh token", self.person, "Boston"))
            case ("POST", "uploads"):
                sha256 = announced(request)
                had = self.photos.get(sha256, self.uploads.setdefault(sha256, b""))
                return self._taken(sha256, had or request.content, int(request.headers["Upload-Length"]), 201)
            case ("PATCH", "uploads") if name in self.uploads:
                had = self.uploads[name]
                if int(request.headers["Upload-Offset"]) != len(had):
                    return upload_answer(409, name, len(had))
                return self._taken(name, had + request.content, None, 204)
            case ("GET", "events") if self.tells is not None:
                events = {**HEADERS, "Content-Type": wire.EVENTS_MEDIA_TYPE}
                return httpx.Response(200, headers=events, content=_told(self.tells))
            case ("GET", "thumbnails"):
                asked = request.url.params["of"].split(",")
                found = {name: self.thumbnails[name] for name in asked if name in self.thumbnails}
                headers = {**HEADERS, "Content-Type": thumbnail_wire.MEDIA_TYPE}
                return httpx.Response(200, headers=headers, content=thumbnail_wire.encode_thumbnails(found))
            case _:
                return self._photo(name) if (request.method, kind) == ("GET", "photos") else nothing_here()

    def _photo(self, name: str) -> httpx.Response:
        if name not in self.photos:
            return nothing_here()
        return httpx.Response(200, headers={**HEADERS, "Content-Type": "image/jpeg"}, content=self.photos[name])

    def _taken(self, sha256: str, content: bytes, length: int | None, status: int) -> httpx.Response:
        self.lengths.setdefault(sha256, length or 0)
        self.uploads[sha256] = content
        if len(content) == self.lengths[sha256]:
            del self.uploads[sha256]
            if hashlib.sha256(content).hexdigest() != sha256:
                return problem(460, "The photo arrived damaged.")
            self.photos[sha256] = content
        return upload_answer(status, sha256, len(content))

    def _answers(self, changes: tuple[Change, ...]) -> wire.Answers:
        self.batches.append([change.id for change in changes])
        return wire.Answers(tuple(self._answer(change) for change in changes))

    def _answer(self, change: Change) -> wire.Answer:
        if change.id in self.verdicts:
            return self.verdicts[change.id]
        missing = tuple(photo.sha256 for photo in change.photos if photo.sha256 not in self.photos)
        if missing:
            return wire.Answer(change.id, "photos_missing", "Its photos have to come first.", missing=missing)
        if change.id not in self.applied:
            self.applied[change.id] = change
            self.effects[change.id] += 1
            order = self.orders[change.order_id]
            self.orders[order.id] = apply(order, change)
        return wire.Answer(change.id, "applied", order=self.orders[change.order_id])


def nothing_here() -> httpx.Response:
    """The answer to a request for what this backend has not."""
    return problem(404, "There is no such thing here.")


def announced(request: httpx.Request) -> str:
    """The photo that an upload is begun for."""
    return base64.b64decode(request.headers["Upload-Metadata"].removeprefix("sha256 ")).decode()


def upload_answer(status: int, sha256: str, offset: int) -> httpx.Response:
    """How much of a photo is here."""
    return httpx.Response(status, headers={**HEADERS, "Upload-Offset": str(offset), wire.UPLOAD_ECHO_HEADER: sha256})


async def _told(cursors: asyncio.Queue[str]) -> AsyncIterator[bytes]:
    yield b":\n\n"
    while True:
        yield b'event: feed\ndata: {"cursor":"%s"}\n\n' % (await cursors.get()).encode()
        cursors.task_done()


def ours(value: object) -> httpx.Response:
    """A proper answer."""
    return httpx.Response(200, headers=HEADERS, content=wire.encode(value))


def problem(status: int, sentence: str, **headers: str) -> httpx.Response:
    """A proper refusal."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers={**HEADERS, **more}, content=wire.encode(wire.Problem("code", sentence)))


def answering(response: httpx.Response) -> Fault:
    """Answer so, whatever was asked; the backend never saw it."""
    return lambda _request, _proper: response


def login_page(_request: httpx.Request, _proper: Proper) -> httpx.Response:
    """What a hotspot answers to anything before somebody logs in."""
    return httpx.Response(200, html="<html><body>Welcome to Harbor Coffee. Accept our terms.</body></html>")


def cut(request: httpx.Request, _proper: Proper) -> httpx.Response:
    """The connection breaks before the request arrives."""
    raise httpx.ConnectError("connection refused", request=request)


def slow(request: httpx.Request, _proper: Proper) -> httpx.Response:
    """No answer comes in time."""
    raise httpx.ReadTimeout("timed out", request=request)


def lost_answer(request: httpx.Request, proper: Proper) -> httpx.Response:
    """The backend does what was asked, and its answer is lost."""
    proper(request)
    raise httpx.RemoteProtocolError("peer closed connection", request=request)


def foreign_echo(request: httpx.Request, proper: Proper) -> httpx.Response:
    """A proper answer to something else."""
    answers = wire.decode(proper(request).content, wire.Answers).answers
    return ours(wire.Answers(tuple(wire.Answer("somebody else's", answer.outcome) for answer in answers)))
