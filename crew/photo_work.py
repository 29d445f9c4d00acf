"""The photos of one device: looked at before they are kept, then kept with their original.

Above the store, below field work; decides nothing and sends nothing. All of it blocks, on the disk or on a picture, so
the terminal calls it off the event loop.
"""

from contextlib import suppress
from datetime import timedelta, tzinfo
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol

from crew.domain.likeness import NEARLY_THE_SAME_BITS, likeness
from crew.domain.photo_doubts import Earlier, PhotoDoubts, doubts_about
from crew.domain.place import place_of
from crew.domain.value import Value
from crew.domain.work_order import Photo, PhotoHash, PhotoRole, WorkOrder
from crew.store.photo_files import files_in
from crew.store.photo_looks import PhotoLook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from crew.camera import Camera
    from crew.domain.clock import Clock
    from crew.domain.patch import Patch
    from crew.domain.picture_area import Area
    from crew.phone import PhoneDoor
    from crew.photos.prepared import CellPicture, PreparedPhoto, Seen
    from crew.store.store import Store

_INCOMING_SECONDS: Final = 24 * 3600
"""What nobody has kept for a day was not wanted."""

_REMEMBERED: Final = 8
"""Pictures that were looked at last, a quarter of a megabyte each: seen in the list, then taken."""


class Shot(Value):
    """A picture that could become a photo: nothing of it is kept yet.

    Attributes:
        original: The file that it was made from.
        prepared: What would be kept.
    """

    original: Path
    prepared: "PreparedPhoto"


class PictureSources(Value):
    """What gives pictures to this device, beside its files.

    Attributes:
        find_cameras: Names its cameras, the likeliest first; may take a moment.
        open_phone: Makes a door for the worker's phone, given what the photos are for, and on which of the networks,
            counted from the likeliest. None where there is none.
    """

    find_cameras: "Callable[[], Sequence[Camera]]" = tuple
    open_phone: "Callable[[str, int], AbstractAsyncContextManager[PhoneDoor]] | None" = None


class Decoding(Protocol):
    """Whatever decodes pictures from outside; each method raises `CorrectInput` for what is no usable picture."""

    def prepare_file(self, path: Path, *, zone: tzinfo) -> "PreparedPhoto":
        """What a file would become."""

    def warm_up(self) -> None:
        """Be ready for the first picture."""

    def black_out(self, prepared: "PreparedPhoto", areas: "Sequence[Area]") -> "PreparedPhoto":
        """The same with black areas."""

    def cell_picture(self, content: bytes, columns: int, rows: int) -> "CellPicture":
        """A photo in so many terminal cells."""

    def mosaic(
        self, tiles: "Sequence[bytes]", patches: "Sequence[Patch]", columns: int, rows: int
    ) -> "tuple[CellPicture, tuple[int, ...]]":
        """Map tiles put together."""


class PhotoWork:
    """What is done with pictures before they are a work order's photos."""

    def __init__(self, store: "Store", clock: "Clock", zone: tzinfo) -> None:
        """Decode in this process, until `decode_apart`: a command that a picture brings down takes nobody with it."""
        self._store: Final = store
        self._clock: Final = clock
        self._zone: Final = zone
        self.sources = PictureSources()
        """What gives pictures; the wiring says what there is."""
        self._make_decoder: Callable[[], Decoding] = _in_this_process
        self._decoding: Decoding | None = None
        self._turn: Final = Lock()
        self._looked_at: dict[tuple[Path, int, int], Shot] = {}

    def decode_apart(self, make_decoder: "Callable[[], Decoding]") -> None:
        """Decode elsewhere, so that no picture can bring down this process; made when the first one comes."""
        self._make_decoder, self._decoding = make_decoder, None

    @property
    def _decoder(self) -> Decoding:
        with self._turn:  # photos and map tiles may be the first at once
            if self._decoding is None:
                self._decoding = self._make_decoder()
            return self._decoding

    def warm_up(self) -> None:
        """Be ready for the first picture: somebody is about to choose one."""
        self._decoder.warm_up()

    @property
    def incoming(self) -> Path:
        """The folder for pictures that a camera or a phone gives to this device; what is not kept goes with time."""
        return self._store.folder / "incoming"

    def look_at(self, path: Path) -> Shot:
        """See what a file would become: upright, small, without metadata. A file that did not change is seen at once.

        Raises:
            CorrectInput: It is no usable picture; the sentence says why.
        """
        key = _state_of(path)
        with self._turn:
            shot = self._looked_at.pop(key, None) if key else None
        if shot is None:
            shot = Shot(path, self._decoder.prepare_file(path, zone=self._zone))
        if key is not None:
            with self._turn:
                self._looked_at[key] = shot
                while len(self._looked_at) > _REMEMBERED:
                    del self._looked_at[next(iter(self._looked_at))]
        return shot

    def mosaic(
        self, tiles: "Sequence[bytes]", patches: "Sequence[Patch]", columns: int, rows: int
    ) -> "tuple[CellPicture, tuple[int, ...]]":
        """Map tiles put together, by the same process as photos: see `crew.photos.mosaic.mosaic`.

        Raises:
            CorrectInput: A tile needs too much memory or time.
        """
        return self._decoder.mosaic(tiles, patches, columns, rows)

    def black_out(self, shot: Shot, areas: "Sequence[Area]") -> Shot:
        """The same with black areas; time and place stay."""
        return Shot(shot.original, self._decoder.black_out(shot.prepared, areas))

    def see(self, sha256: PhotoHash, columns: int, rows: int) -> "Seen | None":
        """A photo of an order in so many terminal cells, or its thumbnail while it has not been fetched.

        Returns:
            None where neither is on this device.

        Raises:
            CorrectInput: It cannot be shown.
        """
        from crew.photos.prepared import Seen  # with the first photo

        self._store.photos.note_seen(sha256)
        content = self._store.photos.read(sha256)
        if content is not None:
            return Seen(self._decoder.cell_picture(content, columns, rows), whole=True)
        content = self._store.thumbnails.read(sha256)
        return Seen(self._decoder.cell_picture(content, columns, rows), whole=False) if content else None

    def see_shot(self, shot: Shot, columns: int, rows: int) -> "Seen":
        """A picture before it is kept, in so many terminal cells. Raises CorrectInput where it cannot be shown."""
        from crew.photos.prepared import Seen

        return Seen(self._decoder.cell_picture(shot.prepared.content, columns, rows), whole=True)

    def doubts(self, order: WorkOrder, shot: Shot) -> PhotoDoubts:
        """What is odd about a picture for an order."""
        prepared = shot.prepared
        return doubts_about(order, place_of(prepared), prepared.taken_at, self._clock(), self._earlier(prepared))

    def _earlier(self, prepared: "PreparedPhoto") -> Earlier | None:
        """The picture of this device that looks most like it, if one does."""
        found = [
            (likeness(look.near_hash, prepared.near_hash), look.sha256 != prepared.sha256, look)
            for look in self._store.photo_looks.latest()
        ]
        bits, differs, look = min(found, default=(NEARLY_THE_SAME_BITS + 1, True, None), key=lambda one: one[:2])
        if look is None or bits > NEARLY_THE_SAME_BITS:
            return None
        return Earlier(look.order_id, look.kept_at, same=not differs)

    def keep(self, shot: Shot, role: PhotoRole, order_id: str = "") -> Photo:
        """Keep a picture as a photo, with its original. On disk when it returns.

        Raises:
            FreeSpace: The disk is full; nothing was kept.
        """
        prepared, now = shot.prepared, self._clock()
        sha256 = self._store.photos.write(prepared.content)
        photo = Photo(
            sha256,
            role,
            len(prepared.content),
            prepared.width,
            prepared.height,
            prepared.taken_at,
            prepared.lat,
            prepared.long,
        )
        self._store.originals.keep(shot.original, sha256)
        with self._store.transaction():
            self._store.photos.add(photo, now)
            self._store.photo_looks.add(PhotoLook(sha256, now, prepared.near_hash, order_id))
        return photo

    def tidy(self, keep_originals_for: timedelta, limit_bytes: int) -> None:
        """Let go of old originals, and of the photos that nobody has looked at for longest where room is short."""
        self._store.originals.sweep(self._clock(), keep_originals_for)
        for path in files_in(self.incoming, "*"):
            with suppress(OSError):  # another program was faster, or the disk cannot be written: then it stays
                if self._clock().timestamp() - path.stat().st_mtime > _INCOMING_SECONDS:
                    path.unlink()
        self._store.photos.trim(limit_bytes, self._store.orders.wanted_photos)


def _state_of(path: Path) -> tuple[Path, int, int] | None:
    """What changes when a file does; None where there is none to look at."""
    try:
        status = path.stat()
    except OSError:
        return None
    return path, status.st_mtime_ns, status.st_size


def _in_this_process() -> Decoding:
    from crew.photos import here  # Pillow loads only when the first photo is taken

    return here
