"""The crew API's habits in HTTP: its media type and protocol on every answer, bounded bodies. Backend layer."""

import gzip
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from crew import wire
from crew.backend.problems import Declined, declined

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Scope

    from crew.backend.georeport.address_limits import AddressLimits
    from crew.domain.errors import CrewError

ROOT: Final = "/crew/v1"
_UNDER_ROOT: Final = f"{ROOT}/"
_WORTH_COMPRESSING_BYTES: Final = 1400  # below it, the answer is one packet on the road anyway
_GZIP_LEVEL: Final = 5
_UNSENT_DIGITS: Final = 8
HEADERS: Final = {
    wire.PROTOCOL_HEADER: wire.PROTOCOL,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def is_crew_api(scope: "Scope") -> bool:
    """Whether a request is to the crew API, and so must be answered in its way."""
    path: str = scope["path"]
    return path.startswith(_UNDER_ROOT)


def answer(request: "Request", value: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A value as an answer, compressed where the client takes it; encodes at once, so call it in a thread."""
    body = wire.encode(value)
    headers = {**HEADERS, "Vary": "Accept-Encoding"}
    if len(body) >= _WORTH_COMPRESSING_BYTES and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, wire.MEDIA_TYPE)


def photo_answer(content: bytes) -> Response:
    """A photo's bytes; what a hash names never changes, so the device may keep it."""
    headers = {**HEADERS, "Cache-Control": "private, max-age=31536000, immutable"}
    return Response(content, HTTPStatus.OK, headers, "image/jpeg")


def problem(error: "CrewError") -> Response:
    """An error as an answer: a sentence for the person and a code for the program."""
    refusal = declined(error)
    headers = dict(HEADERS)
    if refusal.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if refusal.after_seconds is not None:
        headers["Retry-After"] = str(refusal.after_seconds)
    body = wire.encode(wire.Problem(refusal.code, refusal.sentence))
    return Response(body, refusal.status, headers, wire.MEDIA_TYPE)


def check_protocol(request: "Request") -> None:
    """Turn away a client of another version; one that names none is taken for this version.

    Raises:
        Declined: The client speaks another version.
    """
    asked = request.headers.get(wire.PROTOCOL_HEADER, wire.PROTOCOL)
    if asked != wire.PROTOCOL:
        raise Declined(
            HTTPStatus.UPGRADE_REQUIRED,
            "protocol",
            f"This backend speaks version {wire.PROTOCOL} of the crew API. Update the older side.",
        )


def take_sign_in_turn(request: "Request") -> None:
    """Keep one address from trying codes without end.

    Raises:
        Declined: It has tried too many.
    """
    limits: AddressLimits = request.app.state.sign_in_limits
    seconds = limits.seconds_to_wait(request.client.host if request.client else "")
    if seconds:
        raise Declined(
            HTTPStatus.TOO_MANY_REQUESTS, "slower", "Too many codes were tried. Wait a little.", int(seconds) + 1
        )


def unsent_of(request: "Request") -> int | None:
    """How many changes wait on the device, where it says so."""
    told = request.query_params.get("unsent", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < _UNSENT_DIGITS else None


async def read_body(request: "Request", limit_bytes: int, media_type: str) -> bytes:
    """Read a body of the right type, and stop as soon as it is too long.

    Raises:
        Declined: It is of another type or too long.
    """
    given = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if given != media_type:
        raise Declined(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media_type", f"Send this as {media_type}.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit_bytes:
            raise too_long(limit_bytes)
    return bytes(body)


def too_long(limit_bytes: int) -> Declined:
    """The refusal of a body that has more bytes than are read."""
    return Declined(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_long", f"At most {limit_bytes / 1e6:g} MB can be sent at once."
    )
