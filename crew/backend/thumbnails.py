"""Thumbnails of photos, many in one answer. Backend layer; decides who may see them as for the photos themselves.

Each is made when it is first asked for and kept in a folder that may be deleted at any time.
"""

import os
import tempfile
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from crew import thumbnail_wire
from crew.backend import crew_http
from crew.backend.endpoint import EVERY_ROLE, Endpoint, caller_of, city_of
from crew.backend.photo_intake import may_see
from crew.domain.errors import CorrectInput
from crew.photos.thumbnails import thumbnail

if TYPE_CHECKING:
    from starlette.requests import Request

    from crew.backend.city import City
    from crew.backend.endpoint import Caller

_FOLDER: Final = "thumbnails"


async def show_thumbnails(request: "Request") -> "Response":
    """Thumbnails of photos that the caller may see; those that there are not, or not for the caller, are left out."""
    city, caller = city_of(request), caller_of(request)
    names = dict.fromkeys(name for name in request.query_params.get("of", "").split(",") if name)
    if len(names) > thumbnail_wire.AT_ONCE:
        raise CorrectInput(f"At most {thumbnail_wire.AT_ONCE} thumbnails come at once: ask for fewer.")

    def read() -> "Response":
        found = {sha256: content for sha256 in names if (content := _thumbnail(city, caller, sha256)) is not None}
        return Response(
            thumbnail_wire.encode_thumbnails(found), HTTPStatus.OK, crew_http.HEADERS, thumbnail_wire.MEDIA_TYPE
        )

    return await run_in_threadpool(read)


def _thumbnail(city: "City", caller: "Caller", sha256: str) -> bytes | None:
    with city.database.reading() as connection:
        if not may_see(connection, caller, sha256):
            return None
    kept = city.data_dir / _FOLDER / sha256[:2] / f"{sha256}.jpg"
    with suppress(OSError):  # not made yet, or not to be read: it is made anew
        return kept.read_bytes()
    try:
        content = thumbnail(city.photo_files.read(sha256))
    except CorrectInput:  # the photo is lost or damaged: `crew backend check` says so
        return None
    with suppress(OSError):  # no room: it is made anew the next time
        _keep(kept, content)
    return content


def _keep(path: Path, content: bytes) -> None:
    """Write it whole or not at all; after a power cut it may be gone, and is made anew."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    Path(unfinished).replace(path)


ENDPOINT: Final = Endpoint(
    "GET",
    f"{crew_http.ROOT}/thumbnails",
    show_thumbnails,
    EVERY_ROLE,
    "Fetch thumbnails of photos",
    answers=thumbnail_wire.MEDIA_TYPE,
    query=(("of", f"The SHA-256 of the photos, separated by commas; at most {thumbnail_wire.AT_ONCE}"),),
)
