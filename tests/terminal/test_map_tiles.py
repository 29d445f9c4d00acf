"""The city's tiles under the stops: drawn as they come, kept for the next time, and never in the way of the map."""

from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crew.app import CrewApp
from crew.map_tiles import MapTiles
from crew.map_work import NO_MAP, NO_TILES
from crew.maps.tile_address import TileAddress
from crew.pictures import Graphics
from crew.screens.map_screen import MapScreen
from crew.store.tile_files import TileFiles
from crew.sync.tile_fetching import TileFetching
from crew.tile_client import TileServer
from crew.widgets.map_view import MapView
from tests.maps.tile_server import Answer, Colour, TileCity, colour_of, good, tile_city
from tests.maps.town import make_town
from tests.terminal.camera_card import press
from tests.terminal.frames import reads_as, screen_text, segments
from tests.terminal.truck import Truck
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.app import App
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

WHOSE = "© City of Example"


@pytest.fixture
def city() -> Iterator[TileCity]:
    with tile_city() as running:
        yield running


def equip(truck: Truck, address: TileAddress) -> MapTiles:
    """Do with a truck what the settings do with a device."""
    files = TileFiles(truck.store.folder / "tiles", 10_000_000, lambda: truck.now)
    tiles = MapTiles(address, files, truck.field_work.photos.mosaic, lambda: truck.now)
    truck.field_work.map.tiles = tiles
    truck.field_work.map.attribution = WHOSE
    return tiles


@asynccontextmanager
async def on_the_map(
    truck: Truck, tiles: MapTiles, size: tuple[int, int] = (80, 24), **look: Any
) -> "AsyncIterator[Pilot[None]]":
    async with truck.running(size, **look) as pilot:
        app = pilot.app
        assert isinstance(app, CrewApp)
        app.bring_tiles = TileFetching(tiles, TileServer, lambda: 0.0).run
        app._bring()
        await press(pilot, "m")
        assert isinstance(pilot.app.screen, MapScreen)
        yield pilot


def colours(app: "App[None]") -> set[Colour]:
    """Of the ground, as it goes to the terminal."""
    found: set[Colour] = set()
    for line in segments(app):
        for part in line:
            if "▀" in part.text and part.style is not None and part.style.color is not None:
                triplet = part.style.color.triplet
                if triplet is not None:
                    found.add((triplet.red, triplet.green, triplet.blue))
    return found


async def test_tiles_are_drawn_as_they_come_and_their_attribution_stands_on_the_map(
    truck: Truck, city: TileCity
) -> None:
    tiles = equip(truck, city.address)
    async with on_the_map(truck, tiles) as pilot:
        await until(pilot, lambda: WHOSE in screen_text(pilot.app), "the picture is there")
        await settled(pilot)
        seen = {colour_of(tile) for tile in city.asked}
        assert colours(pilot.app) & seen
        assert "1!" in screen_text(pilot.app) or "1▸" in screen_text(pilot.app)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_map_on_tiles_reads_as_its_frame(truck: Truck, city: TileCity, size: tuple[int, int]) -> None:
    tiles = equip(truck, city.address)
    async with on_the_map(truck, tiles, size) as pilot:
        await until(pilot, lambda: WHOSE in screen_text(pilot.app), "the picture is there")
        await reads_as(pilot, f"map-tiles-{size[0]}x{size[1]}")


async def test_what_was_seen_is_drawn_without_any_network(truck: Truck, city: TileCity) -> None:
    address = city.address
    tiles = equip(truck, address)
    async with on_the_map(truck, tiles) as pilot:
        await until(pilot, lambda: city.asked and tiles.next_wanted(9) == (), "all has come")
        await settled(pilot)
        before = colours(pilot.app)
    city.close()
    async with on_the_map(truck, equip(truck, address)) as pilot:
        await until(pilot, lambda: colours(pilot.app) == before, "the same picture")
        assert WHOSE in screen_text(pilot.app)


async def test_with_no_network_at_all_the_stops_stand_and_the_line_says_why(truck: Truck) -> None:
    tiles = equip(truck, TileAddress.read("http://127.0.0.1:1/{z}/{x}/{y}.png"))
    async with on_the_map(truck, tiles) as pilot:
        await until(pilot, lambda: "127.0.0.1:1 cannot be reached" in screen_text(pilot.app), "it is said")
        assert "├" in screen_text(pilot.app)
        await press(pilot, "right", "plus")
        assert "├" in screen_text(pilot.app)


async def test_a_web_page_with_200_is_no_map(truck: Truck, city: TileCity) -> None:
    city.answer = lambda tile: Answer(b"<html>log in</html>", kind="text/html")
    async with on_the_map(truck, equip(truck, city.address)) as pilot:
        await until(pilot, lambda: "A web page answers at" in screen_text(pilot.app), "it is said")
        assert not colours(pilot.app)


async def test_a_city_with_a_map_file_gets_that_in_cells_and_asks_no_tile_server(truck: Truck, city: TileCity) -> None:
    make_town(truck.store.map_file.path)
    async with on_the_map(truck, equip(truck, city.address)) as pilot:
        await until(pilot, lambda: "Made up for tests" in screen_text(pilot.app), "the file is drawn")
        await settled(pilot)
        assert not city.asked


@pytest.mark.parametrize("graphics", [Graphics.OFF, Graphics.HALF])
async def test_without_colours_or_pictures_nothing_is_fetched(
    truck: Truck, city: TileCity, graphics: Graphics, monkeypatch: pytest.MonkeyPatch
) -> None:
    if graphics is Graphics.HALF:
        monkeypatch.setenv("NO_COLOR", "1")
    tiles = equip(truck, city.address)
    async with truck.running(graphics=graphics) as pilot:
        await press(pilot, "m")
        await until(pilot, lambda: NO_MAP in screen_text(pilot.app))
        assert tiles.next_wanted(9) == ()


async def test_until_the_first_tile_comes_the_line_says_so(truck: Truck, city: TileCity) -> None:
    equip(truck, city.address)
    async with truck.running() as pilot:
        await press(pilot, "m")
        await until(pilot, lambda: NO_TILES in screen_text(pilot.app))


async def test_a_server_without_close_tiles_is_asked_for_larger_ones(truck: Truck, city: TileCity) -> None:
    city.answer = lambda tile: good(tile) if tile.zoom <= 11 else Answer(b"none", 404, "text/plain")
    async with on_the_map(truck, equip(truck, city.address)) as pilot:
        await until(pilot, lambda: WHOSE in screen_text(pilot.app) and city.asked, "the picture is there")
        await settled(pilot)
        for _ in range(6):
            await press(pilot, "plus")
        await settled(pilot)
        await until(pilot, lambda: colours(pilot.app) & {colour_of(tile) for tile in city.asked if tile.zoom == 11})


async def test_poor_fonts_get_whole_cells(truck: Truck, city: TileCity) -> None:
    async with on_the_map(truck, equip(truck, city.address), symbols="ascii") as pilot:
        await until(pilot, lambda: "City of Example" in screen_text(pilot.app), "the picture is there")
        await settled(pilot)
        assert "▀" not in screen_text(pilot.app)
        grounds = {part.style.bgcolor for line in segments(pilot.app) for part in line if part.style}
        assert len(grounds) > 3


def characters_of_the_picture(app: "App[None]") -> int:
    """How many cells show a part of a picture that kitty draws."""
    return screen_text(app).count("\U0010eeee")


async def test_a_terminal_with_pixels_gets_the_picture_in_pixels_and_the_pins_stay_text(
    truck: Truck, city: TileCity
) -> None:
    async with on_the_map(truck, equip(truck, city.address), graphics=Graphics.KITTY) as pilot:
        await until(pilot, lambda: characters_of_the_picture(pilot.app), "pixels are there")
        await settled(pilot)
        view = pilot.app.screen.query_one(MapView)
        text = view._text
        assert text is not None
        taken = sum(len(one.text) for one in text.stands)
        assert 0 < characters_of_the_picture(pilot.app) <= view.size.area - taken
        chosen = pilot.app.screen.chosen_id if isinstance(pilot.app.screen, MapScreen) else ""
        await press(pilot, "tab")
        assert isinstance(pilot.app.screen, MapScreen)
        assert pilot.app.screen.chosen_id != chosen
        await press(pilot, "question_mark")
        await until(pilot, lambda: not characters_of_the_picture(pilot.app), "nothing is left under another screen")
        await press(pilot, "escape")
        await until(pilot, lambda: characters_of_the_picture(pilot.app), "it is there again")


async def test_with_pixels_a_map_file_is_drawn_until_the_picture_has_no_holes(truck: Truck, city: TileCity) -> None:
    make_town(truck.store.map_file.path)
    city.answer = lambda tile: Answer(b"", 404, "text/plain")
    async with on_the_map(truck, equip(truck, city.address), graphics=Graphics.KITTY) as pilot:
        await until(pilot, lambda: len(city.asked) > 9 and "Made up for tests" in screen_text(pilot.app))
        assert not characters_of_the_picture(pilot.app)
        assert "Centre St" in screen_text(pilot.app)
        city.answer = good
        truck.now += timedelta(minutes=11)
        await press(pilot, "right")
        await until(pilot, lambda: characters_of_the_picture(pilot.app), "the picture is there")
        assert WHOSE in screen_text(pilot.app)
        assert "Centre St" not in screen_text(pilot.app).partition("1 Pothole")[0]
