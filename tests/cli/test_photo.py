"""`crew photo` says what a picture would be sent as, before anything is sent."""

import hashlib
import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from crew.photos.intake import prepare_file
from tests.running import crew


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base.DateTimeOriginal: "2026:05:04 14:31:00", ExifTags.Base.OffsetTimeOriginal: "-04:00"}
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (42.0, 18.0, 0.0), 3: "W", 4: (71.0, 6.0, 0.0)})
    file = BytesIO()
    Image.linear_gradient("L").resize((2000, 1500)).convert("RGB").save(file, "JPEG", exif=exif, comment=b"by Ana")
    path = tmp_path / "IMG_0412.JPG"
    path.write_bytes(file.getvalue())
    return path


def test_it_says_what_would_be_sent(picture: Path, tmp_path: Path) -> None:
    told = json.loads(crew("photo", picture, "--json", home=tmp_path).out)
    photo = prepare_file(picture)
    assert told == {
        "sha256": hashlib.sha256(photo.content).hexdigest(),
        "byte_count": len(photo.content),
        "width": 1600,
        "height": 1200,
        "taken_at": "2026-05-04T18:31:00Z",
        "lat": 42.3,
        "long": -71.1,
        "near_hash": photo.near_hash,
        "original_byte_count": picture.stat().st_size,
    }


def test_it_says_it_in_words_and_keeps_nothing(picture: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    ended = crew("photo", picture, home=tmp_path)
    assert ended.code == 0
    assert "1600 by 1200" in ended.out
    assert "taken 2026-05-04 18:31 UTC; taken at 42.30000, -71.10000." in ended.out
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_bytes(b"<html>")
    ended = crew("photo", tmp_path / "page.jpg", home=tmp_path)
    assert (ended.code, ended.out) == (6, "")
    assert "page.jpg is not a JPEG" in ended.err
