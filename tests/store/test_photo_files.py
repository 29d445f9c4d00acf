"""A photo on disk is whole or absent, and its name is its content."""

import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from crew.domain.change import PhotosAdded
from crew.domain.errors import FreeSpace
from crew.domain.work_order import PhotoHash
from tests.builders import a_change, a_photo
from tests.trucks import Truck

CONTENT = b"\xff\xd8 a repaired road \xff\xd9"
NAME = hashlib.sha256(CONTENT).hexdigest()


def files(truck: Truck) -> list[str]:
    return sorted(path.name for path in (truck.folder / "photos").iterdir())


def test_a_photo_is_named_by_its_content_and_its_owners_alone(truck: Truck) -> None:
    assert truck.store.photos.write(CONTENT) == NAME
    assert files(truck) == [f"{NAME}.jpg"]
    assert stat.S_IMODE((truck.folder / "photos").stat().st_mode) == 0o700
    assert stat.S_IMODE(truck.store.photos.path(PhotoHash(NAME)).stat().st_mode) == 0o600
    again = truck.reopened()
    assert again.store.photos.has(PhotoHash(NAME))
    assert again.store.photos.read(PhotoHash(NAME)) == CONTENT


def test_the_same_bytes_twice_are_one_file(truck: Truck) -> None:
    truck.store.photos.write(CONTENT)
    before = truck.store.photos.path(PhotoHash(NAME)).stat()
    truck.store.photos.write(CONTENT)
    assert truck.store.photos.path(PhotoHash(NAME)).stat() == before
    assert files(truck) == [f"{NAME}.jpg"]


def test_a_photo_that_is_not_here_is_none(truck: Truck) -> None:
    assert truck.store.photos.read(PhotoHash(NAME)) is None
    assert not truck.store.photos.has(PhotoHash(NAME))


@pytest.mark.parametrize("name", ["../crew.sqlite", "", "a" * 63, "a" * 60 + "/../", "A" * 64, "g" * 64, "\u0663" * 64])
def test_no_name_steers_the_path_out_of_the_folder(truck: Truck, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        truck.store.photos.path(PhotoHash(name))


def test_a_photo_that_the_disk_has_damaged_is_neither_shown_nor_sent_but_kept(truck: Truck) -> None:
    path = truck.store.photos.path(truck.store.photos.write(CONTENT))
    rotten = CONTENT.replace(b"road", b"roaf")
    path.write_bytes(rotten)
    assert truck.store.photos.read(PhotoHash(NAME)) is None
    assert not truck.store.photos.has(PhotoHash(NAME)), "so the next pull fetches it"
    assert (truck.folder / "photos" / f"{NAME}.jpg.damaged").read_bytes() == rotten


def test_a_photo_that_the_disk_has_damaged_is_whole_again_when_it_is_added_again(truck: Truck) -> None:
    path = truck.store.photos.path(truck.store.photos.write(CONTENT))
    path.write_bytes(CONTENT[:-5])
    truck.store.photos.write(CONTENT)
    assert truck.store.photos.read(PhotoHash(NAME)) == CONTENT


def test_what_a_power_cut_left_is_swept_but_not_what_another_program_is_writing(truck: Truck) -> None:
    truck.store.photos.write(CONTENT)
    for name, age_seconds in (("old.part", 601), ("young.part", 599)):
        part = truck.folder / "photos" / name
        part.write_bytes(b"half")
        written_at = truck.clock().timestamp() - age_seconds
        os.utime(part, (written_at, written_at))
    assert files(truck.reopened()) == [f"{NAME}.jpg", "young.part"]


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(truck: Truck) -> None:
    (truck.folder / "photos").write_text("a file in the way")
    with pytest.raises(FreeSpace, match=r"photo was not saved.*add the photo again"):
        truck.store.photos.write(CONTENT)


def test_a_full_disk_leaves_no_half_photo(truck: Truck) -> None:
    """In a process of its own, where no file may grow beyond 1,000 bytes."""
    program = (
        "import resource, sys; from pathlib import Path; from tests.trucks import Truck\n"
        "truck = Truck(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "truck.store.photos.write(b'x' * 5000)"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, truck.folder], cwd=root, capture_output=True, text=True, check=False
    )
    assert "FreeSpace: The photo was not saved: File too large" in done.stderr
    assert files(truck) == []


def test_a_photo_made_here_is_unsent_until_the_backend_has_it(truck: Truck) -> None:
    photo = truck.keeps_photo()
    change = a_change(PhotosAdded((photo,)))
    photos = truck.store.photos
    assert photos.unsent_of(change) == [photo]
    photos.mark_sent(photo.sha256, truck.clock())
    photos.add(photo, truck.clock())
    assert photos.unsent_of(change) == [], "the same photo added again is still sent"
    photos.mark_unsent(photo.sha256)
    assert photos.unsent_of(change) == [photo]


def test_a_photo_that_was_not_made_here_need_not_be_sent(truck: Truck) -> None:
    assert truck.store.photos.unsent_of(a_change(PhotosAdded((a_photo(),)))) == []
