"""Taking a photo with a camera: what it sees is shown, one key takes it, and what fails says what else there is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from crew.camera import Camera, NoPicture, OpenCamera
from crew.camera_device import DeviceCamera
from crew.domain.work_order import WorkStatus
from crew.photo_work import PictureSources
from crew.photos import CellPicture
from crew.screens.camera_sheet import CameraSheet
from crew.screens.done_sheet import DoneSheet
from crew.screens.review_photos import ReviewPhotos
from tests.terminal.camera_card import press, said, tap
from tests.terminal.frames import reads_as
from tests.terminal.truck import Truck, a_days_work
from tests.terminal.waiting import until

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

POTHOLE = a_days_work()[0]


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

    @contextmanager
    def open(self) -> Iterator[OpenCamera]:
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
        height = min(rows, columns * 9 // 32)
        return None if self.blind else CellPicture(columns, height, bytes((160, 90, 40)) * (columns * height * 2))

    def take(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        path = folder / "shot.jpg"
        Image.new("RGB", (640, 360), self.colour).save(path, "JPEG")
        return path


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


async def test_without_a_camera_the_next_best_is_said(truck: Truck) -> None:
    with_cameras(truck)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: "This device has no camera. Use the phone (f)" in said(pilot))
        await pilot.press("space", "c", "escape")
        await until(pilot, lambda: isinstance(on_top(pilot), DoneSheet))


async def test_where_every_camera_fails_the_last_sentence_stays(truck: Truck) -> None:
    with_cameras(truck, Still(obstacle="What reads cameras is not installed."), Still(trouble="It gives no picture."))
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: "It gives no picture." in said(pilot))


async def test_a_camera_that_shows_nothing_before_says_how_to_use_it(truck: Truck) -> None:
    camera = Still("snap", blind=True)
    with_cameras(truck, camera)
    async with truck.running() as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: "shows nothing before the picture is taken" in said(pilot))


async def test_keys_are_answered_between_the_pictures_of_a_real_source(truck: Truck) -> None:
    with_cameras(truck, DeviceCamera("testsrc2=size=1280x720:rate=30", "lavfi"))
    async with truck.running((120, 40)) as pilot:
        await pilot.press("d", "c")
        await until(pilot, lambda: "testsrc2" in said(pilot) and "..." not in said(pilot), "it is looking")
        await pilot.press("space")
        await until(pilot, lambda: isinstance(on_top(pilot), ReviewPhotos), "the photo is shown")
        assert "1280 by 720" in said(pilot)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_camera_reads_as_its_frame(truck: Truck, size: tuple[int, int]) -> None:
    camera = Still()
    with_cameras(truck, camera)
    async with truck.running(size) as pilot:
        await pilot.press("d", "c")
        await sees(pilot, camera)
        await reads_as(pilot, f"camera-{size[0]}x{size[1]}")
