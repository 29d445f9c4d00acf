"""Tiles over a real socket: what is looked at comes, and a bad server or link costs nothing but tiles."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crew.map_tiles import MapTiles
from crew.maps.tile_address import TileAddress
from crew.maps.view import View
from crew.photos.mosaic import mosaic
from crew.store.tile_files import TileFiles
from crew.sync.tile_fetching import LONGEST_SECONDS, TileFetching
from crew.tile_client import TILE_LIMIT_BYTES, TileServer
from tests.maps.tile_server import Answer, TileCity, a_tile, good, tile_city

pytestmark = pytest.mark.anyio

VIEW = View.fitting([(42.3151, -71.1139), (42.3035, -71.1190), (42.3043, -71.1096)], 160, 88)
PATIENCE = 20.0


class Map:
    """A map that somebody looks at, drawn again whenever it may look another way."""

    def __init__(self, folder: Path, address: TileAddress) -> None:
        self.now = datetime(2026, 5, 4, 18, 32, tzinfo=UTC)
        self.folder = folder
        files = TileFiles(folder, 10_000_000, lambda: self.now)
        self.tiles = MapTiles(address, files, mosaic, lambda: self.now)
        self.told = 0
        self.whole = False

    def look(self) -> None:
        found = self.tiles.picture(VIEW, 80, 22, 128)
        self.whole = found is not None and found.whole and not self.tiles.next_wanted(1)

    def hear(self) -> None:
        self.told += 1
        self.look()

    @asynccontextmanager
    async def linked(self, pause_seconds: float = 0.02) -> AsyncIterator[None]:
        fetching = asyncio.create_task(TileFetching(self.tiles, TileServer, lambda: 0.0, pause_seconds).run(self.hear))
        await asyncio.sleep(0)
        self.look()
        yield
        fetching.cancel()
        with suppress(asyncio.CancelledError):
            await fetching

    def kept(self) -> int:
        return len(list(self.folder.glob("*.tile")))


async def until(condition: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while not condition():
        assert loop.time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


@pytest.fixture
def city() -> Iterator[TileCity]:
    with tile_city() as running:
        yield running


@pytest.fixture
def seen(tmp_path: Path, city: TileCity) -> Map:
    return Map(tmp_path / "tiles", city.address)


async def test_what_is_looked_at_comes_once_and_is_kept(seen: Map, city: TileCity) -> None:
    async with seen.linked():
        await until(lambda: seen.whole)
    assert len(city.asked) == len(set(city.asked)) == seen.kept()
    again = len(city.asked)
    async with seen.linked():
        assert seen.whole
    assert len(city.asked) == again


async def test_the_server_hears_nothing_about_the_device(seen: Map, city: TileCity) -> None:
    async with seen.linked():
        await until(lambda: seen.whole)
    for heard in city.heard:
        assert {name.lower() for name in heard} <= {"host", "accept", "accept-encoding", "connection", "user-agent"}
        assert heard["User-Agent"].startswith("Crew/")


async def test_nothing_is_asked_while_nobody_looks(tmp_path: Path, city: TileCity) -> None:
    seen = Map(tmp_path, city.address)
    fetching = asyncio.create_task(TileFetching(seen.tiles, TileServer, lambda: 0.0).run(seen.hear))
    for _ in range(10):
        await asyncio.sleep(0)
    fetching.cancel()
    with suppress(asyncio.CancelledError):
        await fetching
    assert not city.asked


@pytest.mark.parametrize(
    ("age", "asked_again"),
    [(None, timedelta(days=8)), ("max-age=7200", timedelta(hours=3)), ("public, max-age=0", timedelta(hours=2))],
)
async def test_old_tiles_are_shown_and_fetched_again(
    seen: Map, city: TileCity, age: str | None, asked_again: timedelta
) -> None:
    headers = {"Cache-Control": age} if age else {}
    city.answer = lambda tile: Answer(good(tile).content, headers=headers)
    async with seen.linked():
        await until(lambda: seen.whole)
    asked = len(city.asked)
    seen.now += timedelta(minutes=30)
    seen.look()
    assert seen.whole
    seen.now += asked_again
    found = seen.tiles.picture(VIEW, 80, 22, 128)
    assert found is not None
    assert found.whole
    async with seen.linked():
        await until(lambda: seen.whole)
    assert len(city.asked) > asked


BAD = {
    "a web page with 200": (Answer(b"<html>log in</html>", kind="text/html"), "A web page answers at"),
    "a text with 200": (Answer(b"tile", kind="image/png"), "is no PNG, JPEG or WebP"),
    "a PNG without pixels": (Answer(b"\x89PNG\r\n\x1a\n" + bytes(50)), "is no square picture of 256 or 512"),
    "a poster": (Answer(a_tile(side=2000)), "is no square picture of 256 or 512"),
    "more bytes than a tile has": (Answer(b"\x89PNG\r\n\x1a\n" + bytes(TILE_LIMIT_BYTES)), "answers without end"),
    "cut in the middle": (Answer(a_tile()[:100], claimed=5000), "cannot be reached"),
    "broken": (Answer(b"", 500, "text/plain"), "answers 500"),
    "forbidden": (Answer(b"no", 403, "text/plain"), "gives no map tiles (403)"),
    "a way to another server": (
        Answer(b"", 302, headers={"Location": "http://127.0.0.1:9/"}),
        "gives no map tiles (302)",
    ),
}


@pytest.mark.parametrize(("answer", "sentence"), BAD.values(), ids=BAD.keys())
async def test_a_bad_answer_is_a_sentence_and_good_ones_are_used_later(
    seen: Map, city: TileCity, answer: Answer, sentence: str
) -> None:
    city.answer = lambda tile: answer
    async with seen.linked():
        await until(lambda: seen.tiles.trouble)
        assert sentence in seen.tiles.trouble
        assert seen.kept() == 0
        city.answer = good
        seen.now += timedelta(minutes=2)
        seen.look()
        await until(lambda: seen.whole)
        assert seen.tiles.trouble == ""


async def test_a_tile_that_the_server_does_not_have_is_not_asked_for_again_and_a_larger_one_is_shown(
    seen: Map, city: TileCity
) -> None:
    city.answer = lambda tile: good(tile) if tile.zoom <= 8 else Answer(b"", 404, "text/plain")
    async with seen.linked():
        await until(lambda: seen.whole)
        assert seen.tiles.trouble == ""
    assert len(city.asked) == len(set(city.asked))
    assert min(tile.zoom for tile in city.asked) == 8


async def test_one_bad_tile_keeps_no_other_from_coming(seen: Map, city: TileCity) -> None:
    seen.look()
    bad = seen.tiles.next_wanted(99)[-1]
    city.answer = lambda tile: Answer(b"<html>", kind="text/html") if tile == bad else good(tile)
    async with seen.linked():
        await until(lambda: seen.kept() and seen.whole)
    assert bad in city.asked


async def test_where_nothing_answers_there_is_a_sentence_and_no_hurry(tmp_path: Path) -> None:
    seen = Map(tmp_path, TileAddress.read("http://127.0.0.1:1/{z}/{x}/{y}.png"))
    async with seen.linked(LONGEST_SECONDS):
        await until(lambda: seen.told)
        assert "http://127.0.0.1:1 cannot be reached" in seen.tiles.trouble
        assert seen.told == 1


async def test_a_server_that_asks_to_wait_is_left_alone(seen: Map, city: TileCity) -> None:
    city.answer = lambda tile: Answer(b"", 429, "text/plain", {"Retry-After": "3600"})
    async with seen.linked():
        await until(lambda: seen.told)
        asked = len(city.asked)
        for _ in range(5):
            seen.look()
            await asyncio.sleep(0)
        assert len(city.asked) == asked


async def test_tiles_that_the_disk_has_damaged_are_fetched_again(seen: Map, city: TileCity) -> None:
    async with seen.linked():
        await until(lambda: seen.whole)
    for path in seen.folder.glob("*.tile"):
        path.write_bytes(path.read_bytes()[:50])
    seen.look()
    assert not seen.whole
    async with seen.linked():
        await until(lambda: seen.whole)
