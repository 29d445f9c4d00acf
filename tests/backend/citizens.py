"""What a citizen has at hand: a clock to turn, a photo, hostile words, and a form as a phone fills it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Final

import msgspec
from PIL import ExifTags, Image
from sqlalchemy import update

from crew.backend import schema
from crew.backend.city import City
from crew.backend.notices import queueing
from crew.backend.order_writing import Receipt, attach_photos, keep_photo, write_history
from crew.backend.orders import load_order
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, Photo, PhotoHash, PhotoRole, WorkOrder
from crew.photos.intake import prepare
from crew.photos.prepared import PreparedPhoto

NOON: Final = datetime(2026, 3, 11, 16, 0, tzinfo=UTC)
"""Noon in the city's own time zone, three days after its clocks were put forward."""

SECRET_MAIL: Final = "ada.secret@example.org"
SECRET_PHONE: Final = "617-555-0123"
FORM: Final = {
    "service_code": "pothole",
    "address_string": "52 G St, South Boston",
    "lat": "42.33432833",
    "long": "-71.0442055",
    "description": "Deep hole beside the bus stop",
    "email": SECRET_MAIL,
    "first_name": "Ada",
    "last_name": "Quiet-Lastname",
    "phone": SECRET_PHONE,
}

HOSTILE: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a\r\nBcc: everyone@example.org\r\n\r\nbody",
    "nul \x00 esc \x1b[31m vt \x0b ff \x0c del \x7f csi \x9b31m",
    "rtl \u202e evil \u2066 \ufeff \u200b",
    "]]> <!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]> &y; &#0;",
    "{{ 7*7 }} {% raw %} ${7*7} %s {0}",
    "\ufffe \uffff \U0001f525",
    "=?utf-8?q?Bcc=3A_x?= =\r\n",
    "'; DROP TABLE notices; --",
)


@dataclass
class Hands:
    """A clock that stands until it is turned."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **span: float) -> None:
        self.now += timedelta(**span)


def with_settings(city: City, **changes: object) -> City:
    """The same city under other settings."""
    return replace(city, settings=msgspec.structs.replace(city.settings, **changes))


def camera_jpeg(colour: str = "sienna", size: tuple[int, int] = (320, 240)) -> bytes:
    """A photo as a phone makes it, with the place in its metadata."""
    picture = Image.new("RGB", size, colour)
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretCamera"
    file = BytesIO()
    picture.save(file, "JPEG", exif=exif, comment=b"secret comment")
    return file.getvalue()


def prepared(colour: str = "sienna", size: tuple[int, int] = (320, 240)) -> PreparedPhoto:
    return prepare(camera_jpeg(colour, size), "photo.jpg")


def add_photo(city: City, order_id: str, role: PhotoRole, picture: PreparedPhoto, device_id: str = "") -> str:
    """Put a photo on an order; with a device, as if a crew had sent it."""
    photo = Photo(PhotoHash(picture.sha256), role, len(picture.content), picture.width, picture.height)
    with city.database.writing() as connection:
        keep_photo(connection, city, photo, picture.content, device_id)
        attach_photos(connection, order_id, [photo])
    return picture.sha256


def set_order(city: City, order_id: str, history: str = "", **columns: object) -> WorkOrder:
    """Put an order into a state, as the crew API would, with a line of history where one is given."""
    with city.database.writing() as connection:
        order = load_order(connection, city.catalogue, order_id)
        assert order is not None
        now = city.clock()
        values = {"version": order.version + 1, "updated_at": now, **columns}
        connection.execute(update(schema.work_orders).where(schema.work_orders.c.id == order_id).values(**values))
        if history:
            entry = HistoryEntry(now, "Roberta Crewmember", history)
            write_history(connection, order_id, entry, Receipt(order.version + 1, now))
        changed = load_order(connection, city.catalogue, order_id)
        assert changed is not None
        return changed


def close_order(city: City, order_id: str, public_text: str = "The pothole is filled.") -> WorkOrder:
    """End an order as done, and queue what its reporters should hear."""
    order = set_order(
        city, order_id, "done, 1 photo", work_status="done", public_status="closed", public_text=public_text
    )
    with city.database.writing() as connection:
        queueing.queue(connection, city, order, "done")
    return order
