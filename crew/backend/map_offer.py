"""The city's map that devices fetch: one file, put here by an administrator. Backend layer; looks at no tile.

The file lies under its hash, so that a device which is half-way through one map never gets the rest of another.
"""

import hashlib
import os
import re
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from crew import wire
from crew.backend import crew_http
from crew.backend.endpoint import EVERY_ROLE, Endpoint, city_of
from crew.backend.problems import Declined
from crew.domain.errors import CorrectInput, FreeSpace
from crew.durable import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

_FOLDER: Final = "map"
_NAME: Final = re.compile(r"(?P<sha256>[0-9a-f]{64})\.pmtiles")
_PIECE: Final = 1 << 20
_NONE: Final = "The city offers no map. Its administrator can: crew backend map FILE"


def put_map(data_dir: Path, file: Path, on_progress: "Callable[[int, int | None], None]") -> wire.MapOffer:
    """Offer a map to every device from now on, in place of the one before; beside a running server too.

    Args:
        data_dir: The backend's folder.
        file: The map; whoever calls has looked whether it is one.
        on_progress: Called with the bytes that are copied, and all of them.

    Raises:
        CorrectInput: The file cannot be read.
        FreeSpace: The folder cannot be written; the map before stays.
    """
    try:
        size = file.stat().st_size
    except OSError as error:
        raise CorrectInput(f"The map {file} cannot be read: {error.strerror}.") from error
    folder = data_dir / _FOLDER
    part = folder / f"{os.urandom(6).hex()}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sha256 = _copy(file, part, lambda done: on_progress(done, size))
        offered = folder / f"{sha256}.pmtiles"
        part.replace(offered)
        os.utime(offered)  # the newest is the one that is offered
        sync_folder(folder)
        sync_folder(data_dir)
    except OSError as error:
        raise FreeSpace(f"The map was not put into {folder}: {error.strerror or error}. Make room.") from error
    finally:
        with suppress(OSError):  # it has its name, or was never written
            part.unlink()
    for other in folder.glob("*.pmtiles"):
        if other != offered:
            other.unlink(missing_ok=True)
    return wire.MapOffer(sha256, size)


def _copy(source: Path, copy: Path, on_progress: "Callable[[int], None]") -> str:
    digest, done = hashlib.sha256(), 0
    with source.open("rb") as original, copy.open("xb") as file:
        while piece := original.read(_PIECE):
            digest.update(piece)
            done += file.write(piece)
            on_progress(done)
        sync_file(file)
    return digest.hexdigest()


def offered_map(data_dir: Path) -> wire.MapOffer | None:
    """The map that is offered; None where there is none."""
    found = []
    for path in (data_dir / _FOLDER).glob("*.pmtiles"):
        name = _NAME.fullmatch(path.name)
        with suppress(FileNotFoundError):  # another map has just taken its place
            status = path.stat()
            if name is not None:
                found.append((status.st_mtime_ns, wire.MapOffer(name["sha256"], status.st_size)))
    return max(found, key=lambda one: one[0])[1] if found else None


def path_of_map(data_dir: Path, sha256: str) -> Path:
    """Where the map of this hash lies, as long as it is offered."""
    return data_dir / _FOLDER / f"{sha256}.pmtiles"


async def show_offer(request: "Request") -> "Response":
    """Which map there is, if there is one."""
    offer = await run_in_threadpool(offered_map, city_of(request).data_dir)
    if offer is None:
        raise Declined(HTTPStatus.NOT_FOUND, "no_map", _NONE)
    return await run_in_threadpool(crew_http.answer, request, offer)


async def show_map(request: "Request") -> "Response":
    """The map, or the piece of it that the Range header names."""
    sha256 = request.path_params["sha256"]
    path = path_of_map(city_of(request).data_dir, sha256)
    if _NAME.fullmatch(path.name) is None or not await run_in_threadpool(path.is_file):
        raise Declined(HTTPStatus.NOT_FOUND, "no_map", "The city offers another map by now.")
    return FileResponse(path, headers=crew_http.HEADERS, media_type=wire.MAP_MEDIA_TYPE)


ENDPOINTS: Final = (
    Endpoint("GET", f"{crew_http.ROOT}/map", show_offer, EVERY_ROLE, "Which map there is", answers=wire.MapOffer),
    Endpoint(
        "GET",
        f"{crew_http.ROOT}/map/{{sha256}}",
        show_map,
        EVERY_ROLE,
        "Fetch the map, whole or a piece of it",
        answers=wire.MAP_MEDIA_TYPE,
        headers=(("Range", "The piece, such as bytes=0-262143"),),
    ),
)
