"""Finding a place on the map by words: keys alone, without a network, orders and streets."""

from typing import TYPE_CHECKING

import pytest

from crew.domain.place import distance_metres
from crew.screens.find_place_sheet import FindPlaceSheet
from crew.screens.map_screen import MapScreen
from crew.widgets.map_view import MapView
from tests.maps.town import make_town
from tests.terminal.camera_card import press
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import Truck, a_days_work
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crew.domain.place import Point

pytestmark = pytest.mark.anyio


@pytest.fixture
def in_town(truck: Truck) -> Truck:
    """A truck with the map of the town."""
    make_town(truck.store.map_file.path)
    return truck


async def look_for(pilot: "Pilot[None]", words: str) -> None:
    await press(pilot, "m", "slash")
    assert isinstance(pilot.app.screen, FindPlaceSheet)
    await press(pilot, *("space" if letter == " " else letter for letter in words))
    await settled(pilot)


def middle(pilot: "Pilot[None]") -> "Point":
    assert isinstance(pilot.app.screen, MapScreen)
    view = pilot.app.screen.query_one(MapView).view
    assert view is not None
    return view.centre


async def test_the_streets_of_the_map_are_found(in_town: Truck) -> None:
    async with in_town.running() as pilot:
        await look_for(pilot, "moss hill")
        assert "Moss Hill Rd" in screen_text(pilot.app)
        await reads_as(pilot, "find-place-80x24")
        await press(pilot, "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, MapScreen), "back on the map")
        assert distance_metres(middle(pilot), (42.3153, -71.1215)) < 700
        await until(pilot, lambda: " Moss Hill Rd is in the middle" in screen_text(pilot.app))


async def test_an_order_is_found_by_its_address_and_chosen(in_town: Truck) -> None:
    order = a_days_work()[3]
    async with in_town.running() as pilot:
        await look_for(pilot, order.address.partition(",")[0].lower())
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, MapScreen), "back on the map")
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MapScreen)
        assert screen.chosen_id == order.id
        assert middle(pilot) == pytest.approx((order.lat, order.long), abs=1e-6)


async def test_a_number_that_no_order_has_leads_to_the_nearest_that_is_known(truck: Truck) -> None:
    async with truck.running() as pilot:
        await look_for(pilot, "411 centre")
        assert "the nearest number known" in screen_text(pilot.app)


async def test_what_is_not_known_is_said_and_nothing_moves(truck: Truck) -> None:
    async with truck.running() as pilot:
        await look_for(pilot, "zzyzx")
        assert "No order on this device and no street of its map" in screen_text(pilot.app)
        await press(pilot, "enter")
        assert "Type a street first" in screen_text(pilot.app)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, MapScreen)
