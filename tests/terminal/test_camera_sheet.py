"""Taking a photo with a camera: what it sees is shown, one key takes it, and what fails says what else there is."""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from crew.camera import Camera, NoPicture, OpenCamera
from crew.camera_device import DeviceCamera
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.photo_work import PictureSources
from crew.photos.prepared import CellPicture
from crew.screens.camera_sheet import CameraSheet
from crew.screens.choose_file import ChooseFile
from crew.screens.done_sheet import DoneSheet
from crew.screens.photo_sources import PHONE
from crew.screens.review_photos import ReviewPhotos
from tests.terminal.camera_card import press, said, tap
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import Truck, a_days_work
from tests.terminal.waiting import until

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

POTHOLE = a_days_work()[0]
REAL = "testsrc2=size=1280x720:rate=30,realtime"


@dataclass
class Still:
    """The edge of the world: a camera that always sees the same."""

    name: str = "the dashboard camera"
    obstacle: str = ""
    trouble: str = ""
    colour: str = "sienna"
    opened: int = 0
    looked: int = 0
    blind: bool = False

    kept: list[AbstractContextManager[OpenCamera]] = field(default_factory=list)
    """Nothing is closed by being forgotten, as a real device is not."""

    def open(self) -> AbstractContextManager[OpenCamera]:
        self.kept.append(self._opening())
        return self.kept[-1]

    @contextmanager
    def _opening(self) -> Iterator[OpenCamera]:
        if self.obstacle:
            raise NoPicture(self.obstacle)
        self.opened += 1
        try:
            yield self
        finally:
            self.opened -= 1

    def look(self, columns: int, rows: int) -> CellPicture | None:
        if self.trouble:
            raise NoPicture(self.trouble)
        self.looked += 1
        height = max(1, min(rows, columns * 9 // 32))
        return None if self.blind else CellPicture(columns, height, bytes((160, 90, 40)) * (columns * height * 2))

    def take(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        path = folder / "shot.jpg"
        Image.new("RGB", (640, 360), self.colour).save(path, "JPEG")
        return path


@dataclass
class Stuck(Still):
    """Shows nothing until it is let go."""

    released: Event = field(default_factory=Event)
    waiting: bool = False

    def look(self, columns: int, rows: int) -> CellPicture | None:
        self.waiting = True
        self.released.wait(30)
        self.waiting = False
        return super().look(columns, rows)


@dataclass
class Failing(Still):
    """Takes nothing while it is shut, and nothing before it is let go."""

    shut: bool = True
    takes: int = 0
    released: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        if not self.blind:
            self.released.set()

    def take(self, folder: Path) -> Path:
        self.takes += 1
        self.released.wait(30)
        if self.shut:
            raise NoPicture("The lens is shut.")
        return super().take(folder)


def with_cameras(truck: Truck, *cameras: Camera) -> None:
    def find() -> Sequence[Camera]:
        return cameras

    truck.field_work.photos.sources = replace(PictureSources(), find_cameras=find)


def on_top(pilot: "Pilot[None]") -> object:
    return pilot.app.screen


async def sees(pilot: "Pilot[None]", camera: Still) -> None:
    await until(pilot, lambda: camera.looked > 1, "the camera is looking")


async def test_five_keys_finish_the_order_with_a_photo_of_the_camera(truck: Truck) -> None:
    camera = Still()
    with_cameras(truck, camera)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await sees(pilot, camera)
        await pilot.press("space")
        await until(pilot, lambda: isinstance(on_top(pilot), ReviewPhotos), "the photo is shown")
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(on_top(pilot), DoneSheet), "the photo is kept")
        await press(pilot, "enter")
        assert truck.status_of(POTHOLE) is WorkStatus.DONE
        await until(pilot, lambda: camera.opened == 0, "nobody looks through the camera any more")
    [entry] = truck.field_work.unsent_of(POTHOLE.id)
    assert len(entry.change.photos) == 1


async def test_taps_alone_take_a_photo(truck: Truck) -> None:
    camera = Still()
    with_cameras(truck, camera)
    async with truck.running() as pilot:
        await press(pilot, "d")
        await tap(pilot, "Camera")
        await sees(pilot, camera)
        await pilot.click("Viewfinder")
        await until(pilot, lambda: isinstance(on_top(pilot), ReviewPhotos), "the photo is shown")


async def test_a_photo_that_is_not_wanted_leads_back_to_the_camera(truck: Truck) -> None:
    camera = Still()
    with_cameras(truck, camera)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await sees(pilot, camera)
        await pilot.press("space")
        await until(pilot, lambda: isinstance(on_top(pilot), ReviewPhotos))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(on_top(pilot), CameraSheet), "another can be taken")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(on_top(pilot), DoneSheet))
        assert "needs a photo" in said(pilot)


async def test_a_camera_that_fails_says_why_and_the_next_one_looks(truck: Truck) -> None:
    broken, good = Still("the first", trouble="Another program uses the camera. Close it."), Still("the second")
    with_cameras(truck, broken, good)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await sees(pilot, good)
        assert "Another program uses the camera. Close it." in said(pilot)
        assert "the second" in said(pilot)


async def test_keys_turn_to_the_next_camera_and_the_first_one_closes(truck: Truck) -> None:
    first, second = Still("the first"), Still("the second")
    with_cameras(truck, first, second)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await sees(pilot, first)
        await pilot.press("c")
        await sees(pilot, second)
        await until(pilot, lambda: (first.opened, second.opened) == (0, 1), "one camera is open")


async def test_without_a_camera_the_next_best_is_said_and_is_a_key_or_a_tap_away(truck: Truck) -> None:
    with_cameras(truck)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: "This device has no camera. The phone (f)" in said(pilot))
        assert "Take it" not in screen_text(pilot.app), "there is nothing to take"
        await pilot.press("space", "c", "escape")
        await until(pilot, lambda: isinstance(on_top(pilot), DoneSheet))
        await press(pilot, "c", "p")
        await until(pilot, lambda: isinstance(on_top(pilot), ChooseFile))
        await pilot.press("escape", "c")
        await until(pilot, lambda: isinstance(on_top(pilot), CameraSheet))
        await tap(pilot, PHONE.label)
        await until(pilot, lambda: "No phone can be used here." in said(pilot))
        assert isinstance(on_top(pilot), DoneSheet)


async def test_where_every_camera_fails_the_sentence_of_the_likeliest_stays(truck: Truck) -> None:
    last = Still("the last", obstacle="The camera program is not installed.")
    with_cameras(truck, Still("the first", trouble="Another program uses the camera."), last)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: "Another program uses the camera." in said(pilot))
        await until(pilot, lambda: "..." not in said(pilot), "all of them were tried")
        assert "is not installed" not in said(pilot)


async def test_a_camera_that_shows_nothing_before_says_how_to_use_it(truck: Truck) -> None:
    camera = Still("snap", blind=True)
    with_cameras(truck, camera)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: "shows nothing before the picture is taken" in said(pilot))


async def test_a_photo_of_a_real_source_has_its_full_size(truck: Truck) -> None:
    with_cameras(truck, DeviceCamera(REAL, "lavfi"))
    async with truck.running((120, 40)) as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: "testsrc2" in said(pilot) and "..." not in said(pilot), "it is looking")
        await pilot.press("space")
        await until(pilot, lambda: isinstance(on_top(pilot), ReviewPhotos), "the photo is shown")
        assert "1280 by 720" in said(pilot)


async def test_keys_are_answered_while_a_camera_gives_no_picture(truck: Truck) -> None:
    released = Event()
    stuck = Stuck("the stuck one", released=released)
    with_cameras(truck, stuck)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: stuck.waiting, "it waits for a picture")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(on_top(pilot), DoneSheet), "the sheet is left")
        assert stuck.waiting
        released.set()
        await until(pilot, lambda: stuck.opened == 0, "it is closed")


async def test_a_key_turns_away_from_a_camera_that_never_opens(truck: Truck, tmp_path: Path) -> None:
    pipe = tmp_path / "video"
    os.mkfifo(pipe)
    descriptor = os.open(pipe, os.O_RDWR)
    good = Still("the good one")
    with_cameras(truck, DeviceCamera(str(pipe), "mjpeg", name="silent", patience_seconds=2), good)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: "silent ..." in said(pilot), "it is being opened")
        await pilot.press("c")
        await sees(pilot, good)
        assert "does not answer" not in said(pilot)
    os.close(descriptor)


async def test_a_picture_that_was_not_taken_can_be_tried_again(truck: Truck) -> None:
    camera = Failing()
    with_cameras(truck, camera)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await sees(pilot, camera)
        await pilot.press("space")
        await until(pilot, lambda: "The lens is shut." in said(pilot))
        camera.shut = False
        await pilot.press("space")
        await until(pilot, lambda: isinstance(on_top(pilot), ReviewPhotos), "the photo is shown")


async def test_a_camera_may_take_its_time_and_says_so(truck: Truck) -> None:
    camera, other = Failing("snap", blind=True, shut=False, released=Event()), Still("the other")
    with_cameras(truck, camera, other)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: "shows nothing before" in said(pilot))
        await pilot.press("space")
        await until(pilot, lambda: "Taking the picture ..." in said(pilot))
        await pilot.press("space", "c")
        assert "Taking the picture ..." in said(pilot)
        camera.released.set()
        await until(pilot, lambda: isinstance(on_top(pilot), ReviewPhotos), "the photo is shown")
    assert (camera.takes, len(other.kept)) == (1, 0), "one picture at a time, and no other camera meanwhile"


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_camera_reads_as_its_frame(truck: Truck, size: tuple[int, int]) -> None:
    camera = Still()
    with_cameras(truck, camera)
    async with truck.running(size) as pilot:
        await pilot.press("d", "c")
        await sees(pilot, camera)
        await reads_as(pilot, f"camera-{size[0]}x{size[1]}")


@pytest.mark.parametrize(("no_colour", "symbols"), [(True, "unicode"), (True, "ascii"), (False, "ascii")])
async def test_the_picture_is_drawn_with_what_the_terminal_has(
    truck: Truck, no_colour: bool, symbols: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    camera = Still()
    with_cameras(truck, camera)
    async with truck.running(symbols=symbols) as pilot:
        await pilot.press("d", "c")
        await sees(pilot, camera)
        drawn = {"unicode": "░▒▓█", "ascii": ".:-=+*#%@" if no_colour else " "}[symbols]
        row = screen_text(pilot.app).splitlines()[6]
        if symbols == "ascii":
            assert row.isascii()
        if no_colour:
            assert set(row.strip()) <= set(drawn)
            assert row.strip()
