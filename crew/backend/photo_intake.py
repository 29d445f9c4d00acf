"""Takes in the photos that devices have prepared, and gives them out again. Backend layer.

A photo is kept byte for byte, since its hash is its name; one that a device did not prepare is refused.
"""

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select

from crew.backend.order_writing import keep_photo
from crew.backend.schema import feed, order_photos, photos
from crew.domain.errors import CorrectInput
from crew.domain.work_order import Photo, PhotoHash, PhotoRole
from crew.photos.opening import PIXEL_LIMIT, opened

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crew.backend.city import City
    from crew.backend.endpoint import Caller

_NAME = "The photo"


def take_photo(city: "City", caller: "Caller", sha256: str, content: bytes) -> None:
    """Check a photo, put it on disk and remember who sent it; harmless when it is there.

    Raises:
        CorrectInput: The bytes are not those that the name stands for, no whole JPEG, or carry more than pixels.
        FreeSpace: The disk is full or cannot be written.
    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise CorrectInput("The photo arrived damaged: its bytes do not match its name. Send it again.")
    with city.database.reading() as connection:
        if connection.execute(select(photos.c.sha256).where(photos.c.sha256 == sha256)).first():
            return
    width, height = _measures(content)
    photo = Photo(PhotoHash(sha256), PhotoRole.AFTER, len(content), width, height)
    with city.database.writing() as connection:
        keep_photo(connection, city, photo, content, caller.device_id)


def may_see(connection: "Connection", caller: "Caller", sha256: str) -> bool:
    """Whether the photo is on an order that the caller's audience ever had, or came from the caller's device."""
    on_an_order = exists().where(
        and_(
            order_photos.c.sha256 == sha256,
            feed.c.order_id == order_photos.c.order_id,
            feed.c.audience == caller.audience,
        )
    )
    asked = select(photos.c.sha256).where(
        photos.c.sha256 == sha256, or_(photos.c.device_id == caller.device_id, on_an_order)
    )
    return connection.execute(asked).first() is not None


def _measures(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a whole, anonymous JPEG."""
    with opened(content, _NAME, PIXEL_LIMIT) as image:
        if image.format != "JPEG":
            raise CorrectInput(f"{_NAME} is no JPEG: the device has to prepare it before it is sent.")
        image.load()
        if image.getexif() or "comment" in image.info or "xmp" in image.info:
            raise CorrectInput(f"{_NAME} still tells about its camera: the device has to prepare it first.")
        return image.width, image.height
