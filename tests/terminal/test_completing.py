"""Finishing an order with its photo: with keys alone, with taps alone, and when things go wrong."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from crew.domain.change import StatusChange
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.screens.choose_file import ChooseFile
from crew.screens.done_sheet import DoneSheet
from crew.screens.photos_sheet import Invitation
from crew.widgets.row_list import RowList
from tests.hostile import FORBIDDEN, HOSTILE
from tests.terminal.camera_card import CameraCard, press, said, tap, write
from tests.terminal.frames import screen_text
from tests.terminal.truck import NOW, Truck, a_days_work, my_day
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

POTHOLE = a_days_work()[0]


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CameraCard:
    """A card, on a device without any other picture."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return CameraCard(tmp_path / "card")


def the_completion(truck: Truck) -> StatusChange:
    entries = truck.field_work.unsent_of(POTHOLE.id)
    acts = [entry.change.act for entry in entries]
    assert len(acts) == 1
    assert isinstance(acts[0], StatusChange)
    return acts[0]


def photos_on(screen: object) -> int:
    assert isinstance(screen, DoneSheet)
    return len(screen.chosen.photos)


async def test_five_keys_finish_the_order_with_the_newest_photo(truck: Truck, card: CameraCard) -> None:
    card.shoot("IMG_0412.JPG")
    card.shoot("IMG_0411.JPG")
    keys = ["d", "p", "enter", "enter", "enter"]
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, *keys)
        assert truck.status_of(POTHOLE) is WorkStatus.DONE
        assert pilot.app.screen is my_day(pilot)
        assert "Done, 1 photo: 412 Centre St" in said(pilot)
    photo = the_completion(truck).photos[0]
    content = truck.store.photos.read(photo.sha256)
    assert content is not None
    assert content.startswith(b"\xff\xd8")
    assert (photo.width, photo.height) == (640, 480)
    assert len(keys) <= 5


async def test_taps_alone_finish_the_order_with_a_photo(truck: Truck, card: CameraCard) -> None:
    card.shoot("IMG_0412.JPG")
    truck.receive([replace(POTHOLE, work_status=WorkStatus.WORKING)])
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await tap(pilot, "Done")
        await until(pilot, lambda: pilot.app.screen.query(Invitation), "the sheet invites to a photo")
        await pilot.click(Invitation)
        await settled(pilot)
        await tap(pilot, "Take it")
        await tap(pilot, "Keep it")
        await tap(pilot, "Done")
        assert truck.status_of(POTHOLE) is WorkStatus.DONE
    assert len(the_completion(truck).photos) == 1


async def test_the_sheet_says_that_a_photo_is_needed_before_anything_is_tried(truck: Truck, card: CameraCard) -> None:
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d")
        assert "needs a photo of the finished work" in said(pilot)


async def test_without_the_needed_photo_the_rule_refuses_and_the_note_stays(truck: Truck, card: CameraCard) -> None:
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "n")
        await write(pilot, "two bags")
        await press(pilot, "enter", "enter")
        assert "asks for a photo of the finished work" in said(pilot)
        assert pilot.app.screen.query_one(Input).value == "two bags"
        assert truck.status_of(POTHOLE) is WorkStatus.ON_THE_WAY


async def test_photo_and_note_are_there_again_after_a_restart(truck: Truck, card: CameraCard) -> None:
    card.shoot("IMG_0412.JPG")
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter", "enter", "n")
        await write(pilot, "two bags [/]")
        await press(pilot, "escape", "escape")
        assert pilot.app.screen is my_day(pilot)
    (card.folder / "IMG_0412.JPG").unlink()
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d")
        assert pilot.app.screen.query_one(Input).value == "two bags [/]"
        await press(pilot, "enter")
        assert truck.status_of(POTHOLE) is WorkStatus.DONE
    done = the_completion(truck)
    assert (len(done.photos), done.note) == (1, "two bags [/]")
    assert truck.field_work.draft(POTHOLE.id, "done") == ""


async def test_typed_words_are_on_disk_without_leaving_the_sheet(truck: Truck, card: CameraCard) -> None:
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "n")
        await write(pilot, "two")
        await until(pilot, lambda: "two" in truck.field_work.draft(POTHOLE.id, "done"), "the draft is kept")


async def test_an_undone_completion_keeps_its_photos_for_the_next_try(truck: Truck, card: CameraCard) -> None:
    card.shoot("IMG_0412.JPG")
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter", "enter", "enter", "u", "home", "d")
        assert photos_on(pilot.app.screen) == 1


async def test_several_photos_are_marked_and_one_is_taken_away_again(truck: Truck, card: CameraCard) -> None:
    for number in range(3):
        card.shoot(f"IMG_{number}.JPG", ("red", "green", "blue")[number])
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "space", "down", "space", "down", "space", "enter", *["enter"] * 3)
        assert photos_on(pilot.app.screen) == 3
        await press(pilot, "x")
        assert photos_on(pilot.app.screen) == 2
        await press(pilot, "enter")
    assert len(the_completion(truck).photos) == 2


async def test_a_file_that_is_no_picture_is_refused_with_a_sentence_and_the_list_stays(
    truck: Truck, card: CameraCard
) -> None:
    card.leave("IMG_0413.JPG", b"\xff\xd8\xff half of a picture")
    card.shoot("IMG_0412.JPG")
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p", "enter")
        assert isinstance(pilot.app.screen, ChooseFile)
        assert "IMG_0413.JPG is not a JPEG" in said(pilot)
        await press(pilot, "down", "enter", "enter", "enter")
    assert len(the_completion(truck).photos) == 1


async def test_a_new_picture_is_offered_as_soon_as_it_is_there(truck: Truck, card: CameraCard) -> None:
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p")
        assert "Put in the camera's card" in said(pilot)
        card.shoot("IMG_0411.JPG")
        await until(pilot, lambda: chosen_file(pilot) == "IMG_0411.JPG", "it is offered")
        newer = card.shoot("IMG_0412.JPG")
        os.utime(newer, (NOW.timestamp() + 60,) * 2)
        await until(pilot, lambda: chosen_file(pilot) == "IMG_0412.JPG", "the cursor goes to the newest")
        await press(pilot, "down")
        newest = card.shoot("IMG_0413.JPG")
        os.utime(newest, (NOW.timestamp() + 120,) * 2)
        await until(pilot, lambda: "IMG_0413.JPG" in screen_text(pilot.app), "it is in the list")
        assert chosen_file(pilot) == "IMG_0411.JPG", "a cursor that somebody moved stays"


def chosen_file(pilot: "Pilot[None]") -> str:
    row = pilot.app.screen.query_one(RowList).chosen
    return row.name if row else ""


async def test_letters_narrow_the_list_and_the_newest_match_is_taken(truck: Truck, card: CameraCard) -> None:
    card.shoot("IMG_0412.JPG")
    card.shoot("pothole-412.jpg", "red")
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p")
        await write(pilot, "pot")
        row = pilot.app.screen.query_one(RowList).chosen
        assert row is not None
        assert row.name == "pothole-412.jpg"


async def test_a_path_can_be_typed_with_completion(truck: Truck, tmp_path: Path, card: CameraCard) -> None:
    (tmp_path / "my photos").mkdir()
    photo = card.shoot("hole.jpg").rename(tmp_path / "my photos" / "hole.jpg")
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p")
        await write(pilot, "~/my")
        await press(pilot, "tab", "tab")
        assert pilot.app.screen.query_one(Input).value == str(photo)
        await press(pilot, "enter", "enter", "enter")
    assert len(the_completion(truck).photos) == 1


async def test_nothing_to_choose_says_what_to_do(truck: Truck, card: CameraCard) -> None:
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p")
        assert "Put in the camera's card" in said(pilot)
        await press(pilot, "enter")
        assert "Choose a photo first" in said(pilot)


async def test_hostile_file_names_are_harmless_words(truck: Truck, card: CameraCard) -> None:
    for words in HOSTILE:
        name = words.replace("/", "-").replace("\0", "").encode()[:80].decode(errors="ignore")
        card.shoot(f"{name}.jpg")
    async with truck.running((120, 40), photo_folder=str(card.folder)) as pilot:
        await press(pilot, "d", "p")
        for _ in HOSTILE:
            await press(pilot, "down")
            assert not set(screen_text(pilot.app)) & set(FORBIDDEN)
        await press(pilot, "enter", "enter", "enter")
        assert truck.status_of(POTHOLE) is WorkStatus.DONE


async def test_photos_are_added_outside_a_completion_and_show_the_side_that_is_said(
    truck: Truck, card: CameraCard
) -> None:
    card.shoot("IMG_0412.JPG")
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "p", "enter", "enter")
        assert "before the repair" in said(pilot)
        await press(pilot, "b")
        assert "after the repair" in said(pilot)
        await press(pilot, "enter", "d", "enter")
        assert truck.status_of(POTHOLE) is WorkStatus.DONE


async def test_leaving_the_choice_of_photos_to_add_leaves_everything_as_it_was(truck: Truck, card: CameraCard) -> None:
    async with truck.running(photo_folder=str(card.folder)) as pilot:
        await press(pilot, "p", "escape")
        assert pilot.app.screen is my_day(pilot)
    assert truck.field_work.unsent_of(POTHOLE.id) == ()
