"""Reads what a camera wrote beside the pixels: photo work, pure. Never fails; what cannot be believed is absent."""

import math
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from PIL import ExifTags, Image

from crew.domain.value import Value
from crew.photos.opening import DAMAGE

_FIRST_CAMERA_YEAR: Final = 1990  # a camera that lost its clock dates photos to 1970 or 1980


class CameraWords(Value):
    """What the camera wrote beside the pixels, as far as it can be believed."""

    orientation: int = 1
    taken_at: datetime | None = None
    position: tuple[float, float] | None = None


def camera_words(image: Image.Image, zone: tzinfo) -> CameraWords:
    """Read what can be believed of the EXIF; a part that is broken is as good as absent."""
    try:
        exif = image.getexif()
        main: dict[int, Any] = dict(exif)
    except DAMAGE:
        return CameraWords()
    orientation = main.get(ExifTags.Base.Orientation)
    return CameraWords(
        orientation if isinstance(orientation, int) else 1,
        _taken_at(main | _part(exif, ExifTags.IFD.Exif), zone),
        _position(_part(exif, ExifTags.IFD.GPSInfo)),
    )


def _part(exif: Image.Exif, part: ExifTags.IFD) -> dict[int, Any]:
    try:
        return dict(exif.get_ifd(part))
    except DAMAGE:
        return {}


def _taken_at(fields: dict[int, Any], zone: tzinfo) -> datetime | None:
    """The moment of the exposure, else of digitising, else of the last change to the file."""
    for time_field, offset_field in (
        (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
        (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
        (ExifTags.Base.DateTime, ExifTags.Base.OffsetTime),
    ):
        moment = _moment(fields.get(time_field), fields.get(offset_field), zone)
        if moment is not None:
            return moment
    return None


def _moment(time: object, offset: object, zone: tzinfo) -> datetime | None:
    try:
        local = datetime.strptime(str(time).strip(" \0"), "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None
    try:
        local = local.replace(tzinfo=datetime.strptime(str(offset).strip(" \0"), "%z").tzinfo)
    except ValueError:
        local = local.replace(tzinfo=zone)
    try:
        return local.astimezone(UTC) if local.year >= _FIRST_CAMERA_YEAR else None
    except OverflowError:
        return None


def _position(fields: dict[int, Any]) -> tuple[float, float] | None:
    """Latitude and longitude; none for the point (0, 0), which is what a camera without a fix writes."""
    lat = _degrees(fields.get(ExifTags.GPS.GPSLatitude), fields.get(ExifTags.GPS.GPSLatitudeRef), "NS", 90)
    long = _degrees(fields.get(ExifTags.GPS.GPSLongitude), fields.get(ExifTags.GPS.GPSLongitudeRef), "EW", 180)
    if lat is None or long is None or (lat == 0 and long == 0):
        return None
    return lat, long


def _degrees(parts: object, side: object, sides: str, limit: int) -> float | None:
    """Degrees, minutes and seconds as one number; the second of `sides` is the negative one."""
    side_letter = str(side).strip(" \0").upper()
    if not isinstance(parts, tuple) or len(parts) != 3 or side_letter not in tuple(sides):
        return None
    try:
        whole, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ArithmeticError):
        return None
    value = whole + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or min(whole, minutes, seconds) < 0 or value > limit:
        return None
    return round(-value if side_letter == sides[1] else value, 7)
