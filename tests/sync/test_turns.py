"""How one round follows another, and where each begins: nothing is half taken in, forgotten or asked without end."""

import asyncio
import hashlib
from contextlib import closing

import apsw
import pytest

from crew.domain.errors import CallForHelp
from crew.domain.work_order import PhotoHash
from crew.store.store import STORE_FILE
from crew.sync.pictures import PICTURES_A_ROUND
from crew.wire import FeedPage
from tests.builders import a_photo, an_order
from tests.sync.conftest import Road
from tests.sync.lamp import rests, running

pytestmark = pytest.mark.anyio


def here(road: Road) -> list[str]:
    return sorted(stop.order_id for stop in road.truck.store.orders.stops(ended=False))


async def test_a_page_is_not_taken_in_without_its_cursor(road: Road) -> None:
    """The disk takes the orders and fails at the cursor."""
    road.has(an_order(id="old"))
    road.backend.pages.append(FeedPage("9", more=False, orders=(an_order(id="new"),)))
    with closing(apsw.Connection(str(road.truck.folder / STORE_FILE))) as disk:
        disk.execute(
            "CREATE TRIGGER broken BEFORE UPDATE ON device WHEN new.name = 'cursor' "
            "BEGIN SELECT RAISE(ABORT, 'broken sector'); END"
        )
        with pytest.raises(CallForHelp, match="broken sector"):
            await road.sync.run_once()
        disk.execute("DROP TRIGGER broken")
    assert (here(road), road.truck.store.device.cursor) == (["old"], "start")


async def test_a_copy_that_starts_without_a_cursor_is_whole_whatever_the_backend_calls_it(road: Road) -> None:
    road.has(an_order(id="of another crew"))
    road.truck.store.device.cursor = ""
    road.backend.pages.append(FeedPage("1", more=False, orders=(an_order(id="new"),), reset=False))
    await road.sync.run_once()
    assert here(road) == ["new"]


async def test_pictures_beyond_one_portion_come_without_a_pause(road: Road) -> None:
    contents = {hashlib.sha256(b"%d" % number).hexdigest(): b"%d" % number for number in range(PICTURES_A_ROUND + 3)}
    road.backend.photos |= contents
    road.has(an_order(photos=tuple(a_photo(sha256) for sha256 in contents)))
    async with running(road.sync) as lamp:
        for _ in range(2):
            await lamp.until(rests)
    assert all(road.truck.store.photos.read(PhotoHash(sha256)) for sha256 in contents)


async def test_one_waking_is_one_round(road: Road) -> None:
    async with running(road.sync) as lamp:
        await lamp.until(rests)
        road.sync.wake()
        await lamp.until(rests)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lamp.heard.get(), 0.3)
    assert road.backend.requests == ["GET feed"] * 2
