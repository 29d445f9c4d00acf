"""A phone's photo, from the code on the screen to the completion: the real door on loopback, the real sheets."""

import pytest
from httpx import AsyncClient

from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.phone import Limits, PhoneDoor, Surroundings, Way
from crew.photo_work import PictureSources
from crew.screens.done_sheet import DoneSheet
from crew.screens.phone_sheet import PhoneSheet
from crew.screens.review_photos import ReviewPhotos
from tests.phone.phone import Phone, a_photo
from tests.terminal.camera_card import press, said
from tests.terminal.truck import Truck, a_days_work
from tests.terminal.waiting import until

pytestmark = pytest.mark.anyio

POTHOLE = a_days_work()[0]
NEARBY = Surroundings(ways=lambda: (Way("127.0.0.1", "wlan0"),))


async def test_a_photo_of_the_phone_ends_the_order(truck: Truck) -> None:
    doors: list[PhoneDoor] = []

    def open_phone(words: str, way: int) -> PhoneDoor:
        assert words == "Pothole, 412 Centre St, Jamaica Plain"
        photos = truck.field_work.photos
        doors.append(PhoneDoor(photos.incoming, words, Limits(photo_bytes=2_000_000), way, NEARBY))
        return doors[-1]

    truck.field_work.photos.sources = replace(PictureSources(), open_phone=open_phone)
    async with truck.running() as pilot, AsyncClient() as client:
        await pilot.press("d", "f")
        await until(pilot, lambda: doors and doors[-1].url, "the address is shown")
        phone = Phone(client, doors[-1].url)
        assert (await phone.hello()).status_code == 204
        assert (await phone.send(a_photo())).is_success
        await until(pilot, lambda: "1 photo" in said(pilot), "it has arrived")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReviewPhotos), "it is shown")
        assert "640 by 480" in said(pilot)
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DoneSheet), "it is kept")
        await press(pilot, "enter")
        assert truck.status_of(POTHOLE) is WorkStatus.DONE
    [entry] = truck.field_work.unsent_of(POTHOLE.id)
    assert len(entry.change.photos) == 1


async def test_where_no_phone_can_be_used_the_others_are_said(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "d", "f")
        assert not isinstance(pilot.app.screen, PhoneSheet)
        assert "Use the camera (c), or a card or file (p)." in said(pilot)
