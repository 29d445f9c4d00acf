"""Full, read-only and foreign disks: nothing is said to be saved that is not, and nothing typed goes away."""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from textual.pilot import Pilot

from crew.domain.errors import FreeSpace
from crew.domain.work_order import PhotoRole, WorkStatus
from crew.screens.done_sheet import DoneSheet
from crew.screens.note_sheet import NoteSheet
from crew.store.store import STORE_FILE, open_store
from tests.builders import NOON
from tests.running import crew
from tests.small_disk import SmallDisk, small_disk
from tests.terminal.camera_card import CameraCard, press, said, write
from tests.terminal.frames import screen_text
from tests.terminal.truck import Truck, a_days_work, my_day

POTHOLE = a_days_work()[0]
FULL = re.compile("full or cannot be written|Make room")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of one megabyte."""
    with small_disk(tmp_path / "disk", "1200k") as mounted:
        yield mounted


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CameraCard:
    """A camera's card, and no other pictures to be found."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return CameraCard(tmp_path / "card")


@contextmanager
def truck_on(disk: SmallDisk) -> Iterator[Truck]:
    """A truck whose store lies on the disk."""
    truck = Truck(disk.folder / "device")
    truck.receive(a_days_work())
    with closing(truck.store):
        yield truck


def notes_in(folder: Path) -> list[str]:
    with closing(open_store(folder, NOON)) as store:
        return [getattr(entry.change.act, "text", "") for entry in store.outbox.unsettled()]


# The command line


@pytest.mark.parametrize("leaving", range(0, 80_001, 8_000))
def test_a_command_on_a_full_disk_saves_or_says_why_not(disk: SmallDisk, tmp_path: Path, leaving: int) -> None:
    """With room for the start and not for the act, with room for a part of it, with room for none."""
    with truck_on(disk):
        pass
    folder = disk.folder / "device"
    disk.fill(leaving=leaving)
    done = crew("note", POTHOLE.id, "the valve box is loose", "--data", folder, home=tmp_path)
    disk.make_room()
    if done.code == 0:
        assert "Saved" in done.out
    else:
        assert (done.code, done.out) == (8, "")
        assert FULL.search(done.err), done.err
    assert notes_in(folder) == ["the valve box is loose"] * (done.code == 0)


def test_notes_on_a_disk_that_fills_up_are_all_there_that_were_said_to_be_saved(disk: SmallDisk) -> None:
    with truck_on(disk) as truck:
        disk.fill(leaving=200_000)
        saved = []
        with pytest.raises(FreeSpace, match="Make room"):
            for number in range(1000):
                truck.field_work.add_note(POTHOLE.id, f"note {number} " * 50)
                saved.append(number)
    assert saved
    disk.make_room()
    assert [int(text.split()[1]) for text in notes_in(disk.folder / "device")] == saved


def test_a_photo_that_does_not_fit_is_not_kept_and_no_act_names_it(disk: SmallDisk, tmp_path: Path) -> None:
    picture = tmp_path / "after.jpg"
    Image.effect_noise((1600, 1200), 100).convert("RGB").save(picture)
    with truck_on(disk):
        pass
    folder = disk.folder / "device"
    disk.fill(leaving=100_000)
    done = crew("status", POTHOLE.id, "done", "--photo", picture, "--data", folder, home=tmp_path)
    assert (done.code, done.out) == (8, "")
    assert "photo was not saved" in done.err
    assert notes_in(folder) == []
    assert not list((folder / "photos").glob("*")), "nothing half-written stays in the way"


def test_a_disk_that_cannot_be_written_is_told_in_a_sentence(disk: SmallDisk, tmp_path: Path) -> None:
    with truck_on(disk):
        pass
    disk.turn("ro")
    done = crew("note", POTHOLE.id, "the valve box is loose", "--data", disk.folder / "device", home=tmp_path)
    assert (done.code, done.out) == (8, "")
    assert FULL.search(done.err), done.err
    new = crew("list", "--data", disk.folder / "new", home=tmp_path)
    assert (new.code, new.out) == (8, "")
    assert "Choose another with --data DIR" in new.err
    disk.turn("rw")
    assert notes_in(disk.folder / "device") == []


@contextmanager
def somebody_else() -> Iterator[None]:
    """Nobody's rights, while the block runs; where this is no root, one's own, which are few enough."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


@pytest.mark.parametrize("what", [".", STORE_FILE, "store.lock", f"{STORE_FILE}-wal"])
def test_what_belongs_to_another_person_is_told_in_a_sentence(tmp_path: Path, what: str) -> None:
    folder = foreign_store(tmp_path, what) if os.geteuid() == 0 else Path("/usr/share/crew")
    with somebody_else(), pytest.raises(FreeSpace, match=r"cannot be (made|written|read).*(--data DIR|Make room)"):
        open_store(folder, NOON)


def foreign_store(tmp_path: Path, what: str) -> Path:
    """A store that is everybody's but for one thing."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    with closing(open_store(tmp_path / "device", NOON)):
        (tmp_path / "device" / f"{STORE_FILE}-wal").touch()
    for path in ((tmp_path / "device"), *(tmp_path / "device").iterdir()):
        path.chmod(0o777)
    (tmp_path / "device" / what).touch()
    (tmp_path / "device" / what).chmod(0o700)
    return tmp_path / "device"


# The terminal


def on_top(pilot: Pilot[Any]) -> object:
    """The screen that the person sees."""
    return pilot.app.screen


@pytest.mark.anyio
async def test_a_note_that_cannot_be_saved_stays_on_the_screen_and_is_saved_when_there_is_room(disk: SmallDisk) -> None:
    with truck_on(disk) as truck:
        async with truck.running() as pilot:
            await press(pilot, "n")
            await write(pilot, "the valve box is loose")
            disk.fill()
            await press(pilot, "enter")
            assert isinstance(on_top(pilot), NoteSheet)
            assert "Make room" in said(pilot)
            assert "the valve box is loose" in screen_text(pilot.app)
            disk.make_room()
            await press(pilot, "enter")
            assert on_top(pilot) is my_day(pilot)
    assert notes_in(disk.folder / "device") == ["the valve box is loose"]


@pytest.mark.anyio
async def test_words_that_cannot_be_kept_are_left_only_by_saying_so_twice(disk: SmallDisk) -> None:
    with truck_on(disk) as truck:
        async with truck.running() as pilot:
            disk.fill()
            await press(pilot, "n")
            await write(pilot, "half a sentence")
            await press(pilot, "escape")
            assert isinstance(on_top(pilot), NoteSheet)
            assert "half a sentence" in screen_text(pilot.app)
            assert "going back twice leaves it" in said(pilot)
            await press(pilot, "escape")
            assert on_top(pilot) is my_day(pilot)


@pytest.mark.anyio
async def test_a_completion_that_cannot_be_saved_keeps_its_photos_on_the_screen(
    disk: SmallDisk, card: CameraCard
) -> None:
    card.shoot("IMG_0412.JPG")
    with truck_on(disk) as truck:
        async with truck.running(photo_folder=str(card.folder)) as pilot:
            await press(pilot, "d", "p", "enter", "enter")
            sheet = on_top(pilot)
            assert isinstance(sheet, DoneSheet)
            disk.fill()
            await press(pilot, "enter")
            assert on_top(pilot) is sheet
            assert "Make room" in said(pilot)
            assert len(sheet.chosen.photos) == 1
            assert truck.status_of(POTHOLE) is not WorkStatus.DONE
            disk.make_room()
            await press(pilot, "enter")
            assert truck.status_of(POTHOLE) is WorkStatus.DONE


@pytest.mark.anyio
async def test_a_photo_that_cannot_be_kept_leaves_the_sheet_as_it_was(disk: SmallDisk, card: CameraCard) -> None:
    Image.effect_noise((1600, 1200), 100).convert("RGB").save(card.folder / "IMG_0412.JPG")
    with truck_on(disk) as truck:
        async with truck.running(photo_folder=str(card.folder)) as pilot:
            disk.fill(leaving=60_000)
            await press(pilot, "d", "p", "enter", "enter")
            assert "photo was not saved" in said(pilot)
            disk.make_room()
            await press(pilot, "enter", "enter")
            assert truck.status_of(POTHOLE) is WorkStatus.DONE
            assert [photo.role for photo in truck.field_work.order(POTHOLE.id).photos].count(PhotoRole.AFTER) == 1
