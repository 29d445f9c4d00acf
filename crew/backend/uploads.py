"""Takes in photos in pieces, after tus 1.0: a cut costs what was on its way, never what had arrived. Backend layer.

One writer an upload: a device whose connection hangs comes back with a new one, which ends the old one at once instead
of waiting for its time-out (tus servers that lock out the newcomer are the field's commonest stuck queue).
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from crew.backend.photo_intake import take_photo
from crew.backend.problems import Declined
from crew.backend.schema import photos
from crew.backend.upload_files import PartialPhoto, UploadFiles
from crew.domain.errors import CorrectInput
from crew.domain.value import Value

if TYPE_CHECKING:
    from crew.backend.city import City
    from crew.backend.endpoint import Caller

CHECKSUM_MISMATCH: Final = 460
"""The status that tus has for bytes that are not those that were sent."""


class WrongOffset(Declined):
    """The piece does not begin where the upload ends; nothing was changed.

    Attributes:
        offset: Where the next piece must begin.
    """

    def __init__(self, offset: int) -> None:
        super().__init__(HTTPStatus.CONFLICT, "offset", f"{offset} bytes are here: go on from there.")
        self.offset: Final = offset


class Piece(Value):
    """A part of a photo on its way in.

    Attributes:
        offset: Where it begins.
        body: Its bytes as they arrive.
        checksum: The SHA-256 of the piece, or None where none was sent.
    """

    offset: int
    body: AsyncIterator[bytes]
    checksum: bytes | None = None


@dataclass(slots=True)
class _Writer:
    """Whoever writes to an upload at the moment."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)


class Uploads:
    """The uploads of a city's devices. Lives on one event loop."""

    def __init__(self, city: "City") -> None:
        self._city: Final = city
        self._files: Final = UploadFiles(city.data_dir / "uploads")
        self._writers: Final[dict[tuple[str, str], _Writer]] = {}

    def sweep(self) -> None:
        """Forget uploads that nobody has gone on with for a month."""
        self._files.sweep(self._city.clock())

    async def begin(self, caller: "Caller", sha256: str, length: int, body: AsyncIterator[bytes] | None) -> int:
        """Begin an upload, or find it again, and return how many bytes are here.

        Args:
            caller: The device.
            sha256: The photo's name.
            length: Bytes of the whole photo.
            body: Its beginning; taken only where nothing of it is here yet.

        Raises:
            CorrectInput: The photo became whole, and is none that can be kept.
            FreeSpace: The disk is full.
            Declined: It became whole and its bytes are not those that its name stands for.
        """
        if await run_in_threadpool(self._is_whole, sha256):
            return length
        async with self._alone(caller, sha256) as writer:
            partial = await run_in_threadpool(self._files.begin, caller.device_id, sha256, length)
            if partial.offset == 0 and body is not None:
                return await self._receive(caller, sha256, partial, Piece(0, body), writer)
            return partial.offset

    async def standing(self, caller: "Caller", sha256: str) -> tuple[int, int]:
        """How many bytes of how many are here.

        Raises:
            CorrectInput: This device has begun no such upload.
        """
        async with self._alone(caller, sha256):
            partial = await run_in_threadpool(self._files.find, caller.device_id, sha256)
        if partial is None:
            raise _unknown()
        return partial.offset, partial.length

    async def append(self, caller: "Caller", sha256: str, piece: Piece) -> int:
        """Take in a piece and return how many bytes are here now. What arrived of a broken piece stays.

        Raises:
            WrongOffset: It does not begin where the upload ends.
            Declined: Its bytes are not those that were sent, or those of the whole are not; or it is too long.
            CorrectInput: The photo became whole, and is none that can be kept.
            FreeSpace: The disk is full.
        """
        async with self._alone(caller, sha256) as writer:
            partial = await run_in_threadpool(self._files.find, caller.device_id, sha256)
            if partial is None:
                raise _unknown()
            if partial.offset != piece.offset:
                raise WrongOffset(partial.offset)
            return await self._receive(caller, sha256, partial, piece, writer)

    @asynccontextmanager
    async def _alone(self, caller: "Caller", sha256: str) -> AsyncIterator[_Writer]:
        """Be the only one at this upload: whoever was, ends first, and what it had written counts."""
        key = (caller.device_id, sha256)
        writer, before = _Writer(), self._writers.get(key)
        self._writers[key] = writer
        try:
            if before is not None:
                before.stop.set()
                await before.stopped.wait()
            yield writer
        finally:
            writer.stopped.set()
            if self._writers.get(key) is writer:
                del self._writers[key]

    async def _receive(
        self, caller: "Caller", sha256: str, partial: PartialPhoto, piece: Piece, writer: _Writer
    ) -> int:
        digest = hashlib.sha256()
        count = piece.offset
        try:
            async for chunk in _until(piece.body, writer.stop):
                count += len(chunk)
                if count > partial.length:
                    raise Declined(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_long", "More bytes came than announced.")
                digest.update(chunk)
                await run_in_threadpool(partial.append, chunk)
        finally:
            await run_in_threadpool(partial.settle)
        if piece.checksum is not None and digest.digest() != piece.checksum:
            await run_in_threadpool(partial.cut_to, piece.offset)
            raise Declined(CHECKSUM_MISMATCH, "checksum", "The piece arrived damaged. Send it again.")
        if writer.stop.is_set():
            raise WrongOffset(count)
        if count == partial.length:
            await run_in_threadpool(self._take_whole, caller, sha256, partial)
        return count

    def _take_whole(self, caller: "Caller", sha256: str, partial: PartialPhoto) -> None:
        """Keep the photo, or forget it: a whole one that cannot be kept would never become another."""
        content = partial.path.read_bytes()
        try:
            if hashlib.sha256(content).hexdigest() != sha256:
                raise Declined(
                    CHECKSUM_MISMATCH, "checksum", "The photo arrived damaged. Send it again from its beginning."
                )
            take_photo(self._city, caller, sha256, content)
        except (CorrectInput, Declined):
            partial.forget()
            raise
        partial.forget()

    def _is_whole(self, sha256: str) -> bool:
        with self._city.database.reading() as connection:
            return connection.execute(select(photos.c.sha256).where(photos.c.sha256 == sha256)).first() is not None


def _unknown() -> Declined:
    return Declined(HTTPStatus.NOT_FOUND, "unknown_upload", "Nothing of this photo is here: begin it.")


async def _until(body: AsyncIterator[bytes], stop: asyncio.Event) -> AsyncIterator[bytes]:
    """The chunks of a body, until somebody else needs its place; what is under way is then left where it is."""
    stopping = asyncio.ensure_future(stop.wait())
    try:
        while True:
            chunk = asyncio.ensure_future(anext(body, b""))
            await asyncio.wait({chunk, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not chunk.done():
                chunk.cancel()
                return
            if not (received := chunk.result()):
                return
            yield received
    finally:
        stopping.cancel()
