"""Originals stay until the city has the photo and some time has passed; old photos make room for new ones."""

import hashlib
import os
import shutil
import stat
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from crew.domain.errors import FreeSpace
from crew.domain.work_order import PhotoHash
from tests.builders import a_photo, an_order
from tests.trucks import Truck

MONTH = timedelta(days=30)


def an_original(folder: Path, content: bytes = b"\xff\xd8 with all that the camera wrote") -> Path:
    path = folder / "IMG_0412.JPG"
    path.write_bytes(content)
    return path


def originals(truck: Truck) -> list[str]:
    return sorted(path.name for path in (truck.folder / "originals").iterdir())


def test_an_original_is_kept_to_the_byte_and_is_its_owners_alone(truck: Truck, tmp_path: Path) -> None:
    source, photo = an_original(tmp_path), truck.keeps_photo()
    truck.store.originals.keep(source, photo.sha256)
    source.unlink()
    kept = truck.reopened().store.originals.find(photo.sha256)
    assert kept is not None
    assert kept.name == f"{photo.sha256}.jpg"
    assert kept.read_bytes() == b"\xff\xd8 with all that the camera wrote"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_it_stays_until_the_backend_has_had_the_photo_for_its_time(truck: Truck, tmp_path: Path) -> None:
    photo = truck.keeps_photo()
    truck.store.originals.keep(an_original(tmp_path), photo.sha256)
    truck.store.originals.sweep(truck.clock.now + 3 * MONTH, MONTH)
    assert originals(truck), "the backend does not have the photo"
    truck.store.photos.mark_sent(photo.sha256, truck.clock.now)
    truck.store.originals.sweep(truck.clock.now + MONTH, MONTH)
    assert originals(truck)
    truck.store.originals.sweep(truck.clock.now + MONTH + timedelta(minutes=1), MONTH)
    assert not originals(truck)


def test_what_belongs_to_no_photo_goes_after_a_day(truck: Truck, tmp_path: Path) -> None:
    truck.store.originals.keep(an_original(tmp_path), a_photo().sha256)
    [path] = (truck.folder / "originals").iterdir()
    now = truck.clock.now
    for age, there in ((timedelta(hours=23), True), (timedelta(hours=25), False)):
        os.utime(path, ((now - age).timestamp(),) * 2)
        truck.store.originals.sweep(now, MONTH)
        assert path.exists() is there


def test_a_name_from_outside_gives_no_strange_suffix(truck: Truck, tmp_path: Path) -> None:
    odd = tmp_path / "a.j p\u202eg"
    odd.write_bytes(b"x")
    truck.store.originals.keep(odd, a_photo().sha256)
    assert originals(truck) == [f"{a_photo().sha256}.bin"]


def test_a_source_that_is_gone_is_said_and_leaves_nothing(truck: Truck, tmp_path: Path) -> None:
    with pytest.raises(FreeSpace, match="original of the photo was not kept"):
        truck.store.originals.keep(tmp_path / "gone.jpg", a_photo().sha256)
    assert originals(truck) == []


class Room(NamedTuple):
    total: int
    used: int
    free: int


def test_on_a_disk_that_is_nearly_full_the_room_is_for_photos(
    truck: Truck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Room(2**30, 2**30 - 2**27, 2**27))
    truck.store.originals.keep(an_original(tmp_path), a_photo().sha256)
    assert truck.store.originals.find(a_photo().sha256) is None


# Room for photos


def fetched(truck: Truck, number: int, days_ago: int) -> PhotoHash:
    """A photo of a thousand bytes that came from the backend, and when somebody looked at it last."""
    sha256 = truck.store.photos.write(b"%d" % number + bytes(999))
    path = truck.store.photos.path(sha256)
    moment = (truck.clock.now - timedelta(days=days_ago)).timestamp()
    os.utime(path, (moment, moment))
    return sha256


def test_the_longest_unseen_photos_make_room(truck: Truck) -> None:
    photos = [fetched(truck, number, days_ago=9 - number) for number in range(6)]
    truck.store.photos.trim(6000, list)
    assert all(truck.store.photos.has(sha256) for sha256 in photos)
    truck.store.photos.note_seen(photos[0])
    truck.store.photos.trim(3500, list)
    assert [truck.store.photos.has(sha256) for sha256 in photos] == [True, False, False, False, True, True]


def test_unsent_photos_and_those_of_open_orders_stay_whatever_room_they_take(truck: Truck) -> None:
    unsent = truck.keeps_photo(b"a repaired road")
    os.utime(truck.store.photos.path(unsent.sha256), (0, 0))
    of_order, other = fetched(truck, 1, days_ago=9), fetched(truck, 2, days_ago=1)
    truck.gets(an_order(photos=(a_photo(of_order),)))
    truck.field_work.photos.tidy(MONTH, 0)
    has = truck.store.photos.has
    assert (has(unsent.sha256), has(of_order), has(other)) == (True, True, False)
    assert hashlib.sha256(b"a repaired road").hexdigest() == unsent.sha256
