"""A photo outlives a power cut: its bytes reach the disk before its name, and its name before anything refers to it."""

import os
from pathlib import Path

import pytest

from tests.trucks import Truck

CONTENT = b"a repaired road " * 50
OPEN = Path("/proc/self/fd")
"""The files that this process has open."""


def test_a_photo_is_on_the_disk_before_it_has_its_name_and_then_the_name_is(
    truck: Truck, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listens where the program ends and the operating system begins."""
    synced: list[tuple[str, int, list[str]]] = []
    fsync = os.fsync
    folder = truck.folder / "photos"

    def listen(descriptor: int) -> None:
        path = (OPEN / str(descriptor)).readlink()
        names = [file.name for file in folder.iterdir() if file.suffix == ".jpg"]
        synced.append((path.suffix, path.stat().st_size if path.is_file() else 0, names))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", listen)
    name = f"{truck.store.photos.write(CONTENT)}.jpg"
    assert synced == [(".part", len(CONTENT), []), ("", 0, [name])]


def test_writing_photos_leaves_no_file_open(truck: Truck) -> None:
    truck.store.photos.write(b"the first makes the folder")
    before = len(list(OPEN.iterdir()))
    for number in range(5):
        truck.store.photos.write(b"photo %d" % number)
    assert len(list(OPEN.iterdir())) == before
