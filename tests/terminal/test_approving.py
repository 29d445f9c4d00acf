"""A supervisor says of photos of finished work whether the city may post them, reading what exactly would be posted."""

from calendar import day_name, month_name

import pytest

from crew.domain.approving import to_approve
from crew.domain.change import Approval, SendingStatus
from crew.domain.posting import Account, DayWords, Posting
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, Photo, PhotoRole, PublicStatus, WorkOrder, WorkStatus
from crew.screens.approve_sheet import ApproveSheet
from crew.screens.decisions import Decisions
from crew.screens.photo_zoom import PhotoZoom
from crew.widgets.order_table import OrderTable
from tests.builders import a_photo
from tests.terminal.camera_card import press
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.test_sheet_frames import a_picture
from tests.terminal.truck import A_DISPATCHER, A_SUPERVISOR, NOW, Truck, a_days_work, my_day
from tests.terminal.waiting import until

pytestmark = pytest.mark.anyio

_DAYS = DayWords("{weekday} {day} {month} {year}", tuple(day_name), tuple(month_name[1:]))
_TOWN = Account(
    "mastodon", "Done on {when}: {service}, {place}. {link}", 280, "https://311.example.gov/requests/", "?", _DAYS
)
POSTING = Posting("America/New_York", (_TOWN,), feeds=replace(_TOWN, name="the feeds"), listed_hours=24)


def finished(order: WorkOrder, *photos: Photo) -> WorkOrder:
    """An order that is done, with photos of it."""
    done = HistoryEntry(NOW, "Ana", "done, 1 photo", change_id="1")
    ended = replace(order, work_status=WorkStatus.DONE, public_status=PublicStatus.CLOSED)
    return replace(ended, photos=(*order.photos, *photos), history=(*order.history, done))


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A supervisor of a city that posts photos: the hole was filled, and two lights were mended."""
    truck.sign_in(A_SUPERVISOR)
    truck.store.posting.keep(POSTING)
    hole, branch, light, *_ = a_days_work()
    here = truck.field_work.keep_photo(a_picture(truck))
    elsewhere = a_photo(sha256="e" * 64)
    truck.receive([finished(hole, here), finished(branch, elsewhere), finished(light)])
    return truck


HOLE, BRANCH, LIGHT = (order.id for order in a_days_work()[:3])


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_one_key_from_the_list_of_what_waits_approves_what_is_shown(office: Truck, size: tuple[int, int]) -> None:
    async with office.running(size) as pilot:
        await until(pilot, lambda: "2 finished orders have photos" in screen_text(pilot.app))
        await press(pilot, "4")
        await until(pilot, lambda: "Photos for the city's posts: 2 finished orders" in screen_text(pilot.app))
        await press(pilot, "enter")
        await until(pilot, lambda: "400–499 Centre St" in screen_text(pilot.app))  # noqa: RUF001 - as it is written
        await reads_as(pilot, f"approve-{size[0]}x{size[1]}")
        await press(pilot, "a")
        await until(pilot, lambda: len(office.field_work.order(HOLE).approved) == 1)
        await until(pilot, lambda: "Arborway" in screen_text(pilot.app))
        await press(pilot, "a")
        await until(pilot, lambda: "not on this device yet" in screen_text(pilot.app))
        await press(pilot, "n")
        await until(pilot, lambda: isinstance(pilot.app.screen, Decisions))
        assert [order.id for order in office.field_work.to_approve()] == []
        acts = [entry.change.act for entry in office.store.outbox.unsettled()]
        assert [act.given for act in acts if isinstance(act, Approval)] == [True, False]
        await until(pilot, lambda: "1 approved for posts, 1 kept out" in screen_text(pilot.app))
        await press(pilot, "u")
        await until(pilot, lambda: "Photos for the city's posts: 2 finished orders" in screen_text(pilot.app))


async def test_where_a_photo_is_shown_large_a_key_takes_an_approval_back_after_it_has_left(office: Truck) -> None:
    photo = to_approve(office.field_work.order(HOLE))[0]
    left = office.field_work.approve(HOLE, photo.sha256)
    office.store.outbox.settle(left.id, SendingStatus.ACKNOWLEDGED, NOW)
    office.receive([replace(office.field_work.order(HOLE), version=9, approved=(photo.sha256,))])
    async with office.running() as pilot:
        table = my_day(pilot).query_one(OrderTable)
        await press(pilot, "f")
        await until(pilot, lambda: table.choose(HOLE))
        await press(pilot, "z", "right")
        await until(pilot, lambda: "approved for posts" in screen_text(pilot.app))
        await press(pilot, "a")
        await until(pilot, lambda: isinstance(pilot.app.screen, ApproveSheet))
        await press(pilot, "n")
        await until(pilot, lambda: office.field_work.order(HOLE).approved == ())
        assert office.field_work.order(HOLE).declined == (photo.sha256,)


async def test_a_photo_from_before_the_work_and_a_desk_that_may_not_are_told_why(office: Truck) -> None:
    async with office.running() as pilot:
        await press(pilot, "4", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ApproveSheet))
        sheet = pilot.app.screen
        assert isinstance(sheet, ApproveSheet)
        assert all(photo.role is PhotoRole.AFTER for _, photo in sheet._asked)
    office.sign_in(A_DISPATCHER)
    assert office.field_work.to_approve() == ()
    async with office.running() as pilot:
        assert "finished orders have photos" not in screen_text(pilot.app)
        table = my_day(pilot).query_one(OrderTable)
        await press(pilot, "f")
        await until(pilot, lambda: table.choose(HOLE))
        await press(pilot, "z", "right", "a")
        await until(pilot, lambda: "dispatcher cannot approve a photo" in screen_text(pilot.app))
        assert isinstance(pilot.app.screen, PhotoZoom)
