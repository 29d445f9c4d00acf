"""The page in a real browser: a photo is taken, cut in the middle, goes on and arrives once; nobody else gets in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from crew.phone import Limits, PhoneDoor
from crew.phone.desk import CLOSED, OTHER_PHONE
from tests.faults.proxy import Proxy, between
from tests.phone.chromium import Chromium, chromium
from tests.phone.conftest import NEARBY
from tests.phone.phone import a_photo, left_in

pytestmark = pytest.mark.anyio

ROOMY = Limits(photo_bytes=30_000_000)
HOSTILE = '412 Centre St <img src=x onerror="document.title=1"> </h1>'
RATE = 600_000
"""Bytes in a second, so that there is a middle to be cut in."""
PIECE_BYTES = 256 * 1024
HEAD_BYTES = 1500


@asynccontextmanager
async def a_phone_beside(door: PhoneDoor, profile: Path) -> AsyncIterator[tuple[Chromium, Proxy]]:
    """A browser, and the way between it and the door; the door's own address leads over it."""
    authority = door.url.split("/")[2]
    async with between(f"http://{authority}") as way:
        rule = f"--host-resolver-rules=MAP {authority} {way.url.removeprefix('http://')}"
        async with chromium(profile, rule) as browser:
            yield browser, way


def picture_file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


async def test_a_photo_that_is_cut_in_the_middle_goes_on_and_arrives_once(folder: Path, tmp_path: Path) -> None:
    content = a_photo((1600, 1200), quality=95)
    assert len(content) > 3 * PIECE_BYTES
    file = picture_file(tmp_path, "IMG_1.JPG", content)
    async with (
        PhoneDoor(folder, HOSTILE, ROOMY, surroundings=NEARBY) as door,
        a_phone_beside(door, tmp_path / "profile") as (browser, way),
    ):
        page = await browser.open(door.url)
        await page.until(lambda text: "Take a photo" in text, "the page is there")
        assert door.standing.phone_here
        assert await page.run("document.querySelector('h1').innerText") == HOSTILE
        assert await page.run("document.title") == "Photos for Crew"
        way.bytes_per_second = RATE
        await page.choose("camera", file)
        await until_percent(door, 30)
        await way.goes_away()
        await page.until(lambda text: "does not answer" in text, "the page says that the link is cut")
        assert not door.arrived
        sent_before = way.sent
        await way.returns()
        await page.until(lambda text: "1 photo arrived on the laptop" in text, "the photo has arrived")
        sent_again = way.sent - sent_before
        assert [photo.path.read_bytes() for photo in door.arrived] == [content]
        assert sent_again < 0.7 * len(content) + PIECE_BYTES + 20 * HEAD_BYTES, "it went on where it was cut"
    assert left_in(folder) == [photo.path for photo in door.arrived]


async def test_another_browser_with_the_old_address_is_refused(folder: Path, tmp_path: Path) -> None:
    async with (
        PhoneDoor(folder, HOSTILE, ROOMY, surroundings=NEARBY) as door,
        chromium(tmp_path / "profile") as browser,
    ):
        first = await browser.open(door.url)
        await first.until(lambda text: "Take a photo" in text, "the page is there")
        second = await browser.open(door.url)
        assert OTHER_PHONE in await second.until(lambda text: "Another phone" in text, "it is refused")
        await first.go("about:blank")
        await first.until(lambda text: not text, "the first one has left")
        await first.go(door.url)
        await first.until(lambda text: "Take a photo" in text, "the first one may come back")


async def test_several_photos_come_one_after_the_other_and_what_is_none_says_so(folder: Path, tmp_path: Path) -> None:
    photos = [a_photo((320, 240)) for _ in range(3)]
    files = [picture_file(tmp_path, f"IMG_{number}.JPG", content) for number, content in enumerate(photos)]
    fake = picture_file(tmp_path, "fake.jpg", b"<html>no picture</html>")
    empty = picture_file(tmp_path, "empty.jpg", b"")
    async with (
        PhoneDoor(folder, HOSTILE, ROOMY, surroundings=NEARBY) as door,
        chromium(tmp_path / "profile") as browser,
    ):
        page = await browser.open(door.url)
        await page.until(lambda text: "Take a photo" in text, "the page is there")
        await page.choose("album", files[0], fake, empty, *files[1:])
        text = await page.until(lambda text: "3 photos arrived on the laptop" in text, "they have arrived")
        assert "Photo 2: This is no photo." in text
        assert "Photo 3: It is empty." in text
        assert [photo.path.read_bytes() for photo in door.arrived] == photos


async def test_the_page_says_that_the_screen_was_closed(folder: Path, tmp_path: Path) -> None:
    content = a_photo((1600, 1200), quality=95)
    file = picture_file(tmp_path, "IMG_1.JPG", content)
    async with AsyncExitStack() as screen:
        door = await screen.enter_async_context(PhoneDoor(folder, HOSTILE, ROOMY, surroundings=NEARBY))
        async with a_phone_beside(door, tmp_path / "profile") as (browser, way):
            page = await browser.open(door.url)
            await page.until(lambda text: "Take a photo" in text, "the page is there")
            way.bytes_per_second = RATE
            await page.choose("camera", file)
            await until_percent(door, 10)
            await screen.aclose()
            text = await page.until(lambda text: CLOSED in text, "the page has heard of it")
            assert "1 photo did not arrive" in text
            assert "Take a photo" not in text
    assert left_in(folder) == []


async def until_percent(door: PhoneDoor, percent: int) -> None:
    """Wait until so much of a photo is there."""
    async with asyncio.timeout(60):
        async for standing in door.changes():
            if standing.percent is not None and standing.percent >= percent:
                return
