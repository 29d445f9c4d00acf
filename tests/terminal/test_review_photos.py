"""A picture is shown before it is kept: what is odd about it, what should not be seen on it, and the way back."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import ExifTags, Image, ImageDraw
from textual.screen import Screen

from crew.screens.choose_file import ChooseFile
from crew.screens.done_sheet import DoneSheet
from crew.screens.review_photos import ReviewPhotos
from crew.widgets.blackout import Blackout
from tests.terminal.camera_card import CameraCard, press, said, tap
from tests.terminal.frames import reads_as
from tests.terminal.truck import Truck, a_days_work

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

POTHOLE, BRANCH = a_days_work()[:2]


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CameraCard:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return CameraCard(tmp_path / "card")


def a_scene(shift: int = 0) -> Image.Image:
    """A picture with something on it, by which it can be known."""
    image = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(image)
    for number in range(12):
        left = number * 67 + shift
        draw.rectangle(
            (left, 40 * (number % 5), left + 40, 300 + 20 * number), fill=(20 * number, 90, 200 - 15 * number)
        )
    return image


def taken(place: tuple[float, float], at: str) -> Image.Exif:
    """What a camera writes: latitude and longitude in degrees, its local time."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = at
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitude: (abs(place[0]), 0.0, 0.0),
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLongitude: (abs(place[1]), 0.0, 0.0),
            ExifTags.GPS.GPSLongitudeRef: "W",
        }
    )
    return exif


def picture(card: CameraCard, name: str, image: Image.Image, **options: Any) -> None:
    file = BytesIO()
    image.save(file, "JPEG", quality=95, **options)
    card.leave(name, file.getvalue())


def photos_of(truck: Truck) -> list[Image.Image]:
    """The photos of the pothole's completion, as they would be sent."""
    photos = [photo for entry in truck.field_work.unsent_of(POTHOLE.id) for photo in entry.change.photos]
    contents = [truck.store.photos.read(photo.sha256) for photo in photos]
    return [Image.open(BytesIO(content)).convert("RGB") for content in contents if content is not None]


def tones(image: Image.Image, *places: tuple[int, int]) -> list[int]:
    """How bright a picture is at some places, from 0 to 255."""
    grey = image.convert("L")
    return [grey.crop((x, y, x + 1, y + 1)).tobytes()[0] for x, y in places]


def is_on_top(pilot: "Pilot[None]", screen: type[Screen[Any]]) -> bool:
    return isinstance(pilot.app.screen, screen)


def areas(pilot: "Pilot[None]") -> int:
    return len(pilot.app.screen.query_one(Blackout).areas)


async def test_a_picture_from_elsewhere_and_of_another_day_says_so_and_can_be_used(
    truck: Truck, card: CameraCard
) -> None:
    picture(card, "IMG_1.JPG", a_scene(), exif=taken((42.3188, -71.1139), "2026:05:03 16:02:00"))
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter")
        assert "Taken 410 m from this place. Use it?" in said(pilot)
        assert "Taken 3 May 16:02." in said(pilot)
        await press(pilot, "enter", "enter")
    [entry] = truck.field_work.unsent_of(POTHOLE.id)
    [photo] = entry.change.photos
    assert (photo.lat, photo.long) == (42.3188, -71.1139)
    assert len(photos_of(truck)) == 1


async def test_a_picture_of_here_and_now_raises_no_doubt(truck: Truck, card: CameraCard) -> None:
    picture(card, "IMG_1.JPG", a_scene(), exif=taken((42.3151, -71.1139), "2026:05:04 14:30:00"))
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter")
        assert is_on_top(pilot, ReviewPhotos)
        assert "!" not in said(pilot)
        assert "taken 14:30" in said(pilot)


async def test_the_same_picture_and_nearly_the_same_are_noticed(truck: Truck, card: CameraCard) -> None:
    picture(card, "IMG_1.JPG", a_scene())
    picture(card, "IMG_2.JPG", a_scene(shift=3).resize((640, 480)))
    picture(card, "IMG_3.JPG", a_scene().rotate(180))
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter", "enter")
        await press(pilot, "p", "enter")
        assert "This photo was kept before for 311000000001, 14:32." in said(pilot)
        await press(pilot, "escape", "p", "down", "enter")
        assert "Nearly the same photo was kept before" in said(pilot)
        await press(pilot, "escape", "p", "down", "down", "enter")
        assert "kept before" not in said(pilot)


async def test_a_picture_that_is_not_wanted_leads_back_to_the_choice_and_leaves_nothing(
    truck: Truck, card: CameraCard, tmp_path: Path
) -> None:
    picture(card, "IMG_1.JPG", a_scene())
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter", "r")
        assert is_on_top(pilot, ChooseFile)
        await press(pilot, "escape")
        assert is_on_top(pilot, DoneSheet)
        assert "needs a photo" in said(pilot)
    assert not list(truck.store.folder.glob("photos/*"))
    assert not list(truck.store.folder.glob("originals/*"))


async def test_of_several_pictures_each_is_kept_or_dropped(truck: Truck, card: CameraCard) -> None:
    for number, colour in enumerate(("red", "green", "blue")):
        card.shoot(f"IMG_{number}.JPG", colour)
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "space", "down", "space", "down", "space", "enter")
        assert "1 of 3" in said(pilot)
        await press(pilot, "enter", "r")
        assert "3 of 3" in said(pilot)
        await press(pilot, "enter")
        assert is_on_top(pilot, ChooseFile), "to take the dropped one again"
        await press(pilot, "escape", "enter")
    red, blue = photos_of(truck)
    assert tones(red, (5, 5))[0] > tones(blue, (5, 5))[0] > 0


async def test_what_nobody_should_see_is_blacked_out_with_keys(truck: Truck, card: CameraCard) -> None:
    picture(card, "IMG_1.JPG", Image.new("RGB", (800, 600), "white"))
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter", "b", *["left"] * 40, *["up"] * 40, "plus")
        await press(pilot, "n", *["right"] * 40, *["down"] * 40)
        assert areas(pilot) == 2
        await press(pilot, "enter")
        assert "Keep it" in str(pilot.app.screen.query("CommandButton").first().render())
        await press(pilot, "enter", "enter")
    [image] = photos_of(truck)
    corners = tones(image, (8, 8), (790, 590), (790, 8), (8, 590), (400, 300))
    assert [tone < 30 for tone in corners] == [True, True, False, False, False]


async def test_what_nobody_should_see_is_blacked_out_with_the_mouse(truck: Truck, card: CameraCard) -> None:
    picture(card, "IMG_1.JPG", Image.new("RGB", (800, 600), "white"))
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter")
        await tap(pilot, "Black out")
        view = pilot.app.screen.query_one(Blackout)
        middle = (view.size.width // 2, view.size.height // 2)
        await pilot.mouse_down(Blackout, offset=middle)
        await pilot.hover(Blackout, offset=(view.size.width - 1, view.size.height - 1))
        await pilot.mouse_up(Blackout, offset=(view.size.width - 1, view.size.height - 1))
        assert areas(pilot) == 1
        await tap(pilot, "Black it out")
        await tap(pilot, "Keep it")
        await press(pilot, "enter")
    [image] = photos_of(truck)
    corners = tones(image, (8, 8), (790, 590), (8, 590), (790, 8))
    assert [tone < 30 for tone in corners] == [False, True, False, False]


async def test_marks_that_are_left_change_nothing(truck: Truck, card: CameraCard) -> None:
    picture(card, "IMG_1.JPG", Image.new("RGB", (800, 600), "white"))
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter", "b", "n", "x", "escape", "enter", "enter")
    [image] = photos_of(truck)
    assert image.getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_marking_and_doubting_read_as_their_frames(truck: Truck, card: CameraCard, size: tuple[int, int]) -> None:
    picture(card, "IMG_1.JPG", a_scene(), exif=taken((42.3188, -71.1139), "2026:05:03 16:02:00"))
    async with truck.running(size, photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter")
        await reads_as(pilot, f"review-doubts-{size[0]}x{size[1]}")
        await press(pilot, "b")
        await reads_as(pilot, f"black-out-{size[0]}x{size[1]}")
