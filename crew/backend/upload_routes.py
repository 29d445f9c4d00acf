"""The routes of resumable uploads: tus 1.0 in HTTP, with creation, creation-with-upload and checksum. Backend layer.

Translates headers; uploads.py knows what follows from them. An answer echoes the photo's name, so that a hotspot's page
is never taken for one.
"""

import base64
import binascii
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from crew import wire
from crew.backend import crew_http
from crew.backend.crew_http import ROOT
from crew.backend.endpoint import EVERY_ROLE, Endpoint, caller_of, city_of
from crew.backend.problems import Declined
from crew.backend.uploads import Piece, Uploads, WrongOffset
from crew.domain.errors import CorrectInput

if TYPE_CHECKING:
    from starlette.requests import Request

_VERSION: Final = "1.0.0"
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_NUMBER: Final = re.compile(r"[0-9]{1,12}")


async def begin_upload(request: "Request") -> Response:
    """Begin a photo, or find it again; a first piece may come along."""
    length = _number(request, "Upload-Length")
    limit = city_of(request).settings.photo_limit_bytes
    if length > limit:
        raise crew_http.too_long(limit)
    if length == 0:
        raise CorrectInput("The photo is empty, so it is no JPEG.")
    sha256 = _announced_name(request)
    body = request.stream() if _is_piece(request) else None
    offset = await _uploads(request).begin(caller_of(request), sha256, length, body)
    headers = {"Location": f"{ROOT}/uploads/{sha256}"}
    return _answer(HTTPStatus.CREATED, sha256, offset, headers)


async def show_upload(request: "Request") -> Response:
    """How much of a photo is here."""
    sha256 = _name(request.path_params["sha256"])
    offset, length = await _uploads(request).standing(caller_of(request), sha256)
    return _answer(HTTPStatus.OK, sha256, offset, {"Upload-Length": str(length)})


async def append_piece(request: "Request") -> Response:
    """Take in the next piece of a photo."""
    sha256 = _name(request.path_params["sha256"])
    if not _is_piece(request):
        raise Declined(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media_type", f"Send a piece of a photo as {wire.PIECE_MEDIA_TYPE}."
        )
    piece = Piece(_number(request, "Upload-Offset"), request.stream(), _checksum(request))
    try:
        offset = await _uploads(request).append(caller_of(request), sha256, piece)
    except WrongOffset as error:
        return _answer(HTTPStatus.CONFLICT, sha256, error.offset)
    return _answer(HTTPStatus.NO_CONTENT, sha256, offset)


def _answer(status: HTTPStatus, sha256: str, offset: int, more: dict[str, str] | None = None) -> Response:
    headers = {
        **crew_http.HEADERS,
        "Content-Type": wire.MEDIA_TYPE,
        "Tus-Resumable": _VERSION,
        "Upload-Offset": str(offset),
        wire.UPLOAD_ECHO_HEADER: sha256,
        **(more or {}),
    }
    return Response(None, status, headers)


def _uploads(request: "Request") -> Uploads:
    asked = request.headers.get("Tus-Resumable")
    if asked != _VERSION:
        raise Declined(HTTPStatus.PRECONDITION_FAILED, "tus", f"Uploads follow version {_VERSION} of tus.")
    uploads: Uploads = request.app.state.uploads
    return uploads


def _is_piece(request: "Request") -> bool:
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower() == wire.PIECE_MEDIA_TYPE


def _number(request: "Request", header: str) -> int:
    raw = request.headers.get(header, "")
    if not _NUMBER.fullmatch(raw):
        raise Declined(HTTPStatus.BAD_REQUEST, "header", f"{header} must be a number of bytes.")
    return int(raw)


def _name(raw: str) -> str:
    if not _HASH.fullmatch(raw):
        raise Declined(HTTPStatus.NOT_FOUND, "not_found", "A photo is named by its SHA-256 in hex.")
    return raw


def _announced_name(request: "Request") -> str:
    """The photo's name, as `Upload-Metadata` has it: `sha256 <base64>`, among others perhaps."""
    pairs = (pair.strip().partition(" ") for pair in request.headers.get("Upload-Metadata", "").split(","))
    encoded = next((value for key, _, value in pairs if key == "sha256"), "")
    name = _decoded(encoded).decode("ascii", errors="replace")
    if not _HASH.fullmatch(name):
        raise Declined(
            HTTPStatus.BAD_REQUEST, "header", "Upload-Metadata must name the photo: sha256 and its hex in base64."
        )
    return name


def _checksum(request: "Request") -> bytes | None:
    raw = request.headers.get("Upload-Checksum")
    if raw is None:
        return None
    algorithm, _, encoded = raw.partition(" ")
    if algorithm != "sha256":
        raise Declined(HTTPStatus.BAD_REQUEST, "header", "Upload-Checksum must be of sha256.")
    return _decoded(encoded)


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Declined(HTTPStatus.BAD_REQUEST, "header", "A header is no base64.") from error


_TUS: Final = (("Tus-Resumable", f"The version of tus: {_VERSION}"),)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Endpoint(
        "POST",
        f"{ROOT}/uploads",
        begin_upload,
        EVERY_ROLE,
        "Begin a photo, or find it again; its first piece may come along",
        reads=wire.PIECE_MEDIA_TYPE,
        status=HTTPStatus.CREATED,
        headers=(
            *_TUS,
            ("Upload-Length", "Bytes of the whole photo"),
            ("Upload-Metadata", "sha256 and the photo's SHA-256 in hex, as base64"),
        ),
    ),
    Endpoint(
        "HEAD",
        f"{ROOT}/uploads/{{sha256}}",
        show_upload,
        EVERY_ROLE,
        "How much of a photo is here",
        status=HTTPStatus.OK,
        headers=_TUS,
    ),
    Endpoint(
        "PATCH",
        f"{ROOT}/uploads/{{sha256}}",
        append_piece,
        EVERY_ROLE,
        "Send the next piece of a photo",
        reads=wire.PIECE_MEDIA_TYPE,
        headers=(
            *_TUS,
            ("Upload-Offset", "Where the piece begins; 409 tells where it must"),
            ("Upload-Checksum", "sha256 and the piece's SHA-256 as base64; may be left out"),
        ),
    ),
)
