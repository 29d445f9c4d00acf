"""The stops on a map: the same stop is chosen in the list and here, keys and mouse move what is seen, acts work."""

from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from crew.map_work import NO_MAP
from crew.screens.map_screen import MapScreen
from crew.screens.my_day import MyDay
from crew.screens.order_detail import OrderDetail
from crew.widgets.map_view import MapView
from tests.maps.town import make_town
from tests.terminal.camera_card import press, said
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import Truck, a_days_work, my_day
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from crew.map_work import DrawnMap
    from crew.maps.view import View

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))


@pytest.fixture
def in_town(truck: Truck) -> Truck:
    """A truck with the map of the town."""
    make_town(truck.store.map_file.path)
    return truck


async def opened(pilot: "Pilot[None]") -> MapScreen:
    await press(pilot, "m")
    screen = pilot.app.screen
    assert isinstance(screen, MapScreen)
    await until(pilot, lambda: "├" in screen_text(pilot.app) or "|-" in screen_text(pilot.app), "the map is drawn")
    await settled(pilot)
    return screen


def on_top(pilot: "Pilot[None]") -> type:
    return type(pilot.app.screen)


def inks(view: MapView) -> set[str]:
    assert view._text is not None
    return {run.ink for row in view._text.rows for run in row}


def view_of(screen: MapScreen) -> "View":
    view = screen.query_one(MapView).view
    assert view is not None
    return view


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_map_reads_as_its_frame(in_town: Truck, size: tuple[int, int]) -> None:
    async with in_town.running(size) as pilot:
        await opened(pilot)
        await reads_as(pilot, f"map-{size[0]}x{size[1]}")


async def test_without_a_map_the_stops_stand_on_empty_ground_and_how_to_get_one_is_said(truck: Truck) -> None:
    async with truck.running() as pilot:
        await opened(pilot)
        assert NO_MAP in screen_text(pilot.app)
        await reads_as(pilot, "map-none-80x24")


async def test_a_broken_map_says_so_and_the_stops_stand(truck: Truck) -> None:
    truck.store.map_file.path.parent.mkdir(parents=True)
    truck.store.map_file.path.write_bytes(b"no map at all")
    async with truck.running() as pilot:
        await opened(pilot)
        assert "not a map that can be used" in screen_text(pilot.app)


async def test_a_map_that_comes_while_it_is_looked_at_is_shown(truck: Truck) -> None:
    async with truck.running() as pilot:
        screen = await opened(pilot)
        make_town(truck.store.map_file.path)
        await press(pilot, "plus")
        await until(pilot, lambda: "Made up for tests" in screen_text(pilot.app), "the map is shown")
        assert screen.is_active


async def test_the_chosen_stop_is_the_lists_and_stays_it_on_the_way_back(in_town: Truck) -> None:
    async with in_town.running() as pilot:
        await press(pilot, "down")
        screen = await opened(pilot)
        first = screen.chosen_id
        assert first == a_days_work()[1].id
        await press(pilot, "tab")
        second = screen.chosen_id
        assert second != first
        await press(pilot, "shift+tab")
        assert screen.chosen_id == first
        await press(pilot, "tab", "escape")
        day = pilot.app.screen
        assert isinstance(day, MyDay)
        assert day.chosen_id == second


async def test_arrows_move_the_map_and_plus_and_minus_zoom_it(in_town: Truck) -> None:
    async with in_town.running() as pilot:
        screen = await opened(pilot)
        before = view_of(screen)
        await press(pilot, "right")
        assert view_of(screen).x > before.x
        await press(pilot, "left", "down")
        assert view_of(screen).x == pytest.approx(before.x)
        assert view_of(screen).y > before.y
        await press(pilot, "plus", "plus", "minus")
        assert view_of(screen).zoom == pytest.approx(before.zoom + 0.5)
        await press(pilot, "l")
        assert view_of(screen).zoom == pytest.approx(before.zoom)


async def test_under_a_key_that_is_held_down_the_map_moves_and_nothing_piles_up(
    in_town: Truck, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, go_on, draw = list["View"](), Event(), in_town.field_work.map.draw

    def slow(view: "View", *others: Any) -> "DrawnMap":
        drawn.append(view)
        go_on.wait(10)
        return draw(view, *others)

    async with in_town.running() as pilot:
        screen = await opened(pilot)
        monkeypatch.setattr(in_town.field_work.map, "draw", slow)
        pilot.app.simulate_key("right")
        await until(pilot, lambda: len(drawn) == 1, "the first is being drawn")
        for _ in range(4):
            pilot.app.simulate_key("right")  # nobody waits between them
        await until(pilot, lambda: view_of(screen) != drawn[0], "the map is told of them")
        go_on.set()
        await until(pilot, lambda: len(drawn) == 2, "the last is drawn")
        await settled(pilot)
        assert drawn[1] == view_of(screen)
        text = screen.query_one(MapView)._text
        assert text is not None
        assert text.view == view_of(screen)


async def test_in_driving_order_a_line_leads_from_stop_to_stop(in_town: Truck) -> None:
    async with in_town.running() as pilot:
        screen = await opened(pilot)
        view = screen.query_one(MapView)
        assert "way" not in inks(view)
        await press(pilot, "escape", "r")
        await until(pilot, lambda: "driving order" in screen_text(pilot.app), "it is in driving order")
        screen = await opened(pilot)
        assert "way" in inks(screen.query_one(MapView))


async def test_zero_shows_the_chosen_stop_in_the_middle(in_town: Truck) -> None:
    async with in_town.running() as pilot:
        screen = await opened(pilot)
        await press(pilot, "0")
        stop = screen.chosen_order
        assert stop is not None
        assert view_of(screen).centre == pytest.approx((stop.lat, stop.long), abs=1e-6)


async def test_where_nobody_knows_where_you_are_the_middle_of_the_map_can_be_said_to_be_it(in_town: Truck) -> None:
    async with in_town.running((120, 40)) as pilot:
        screen = await opened(pilot)
        await press(pilot, "h")
        await until(pilot, lambda: "Where you are is not known" in screen_text(pilot.app))
        await press(pilot, "0", "right", "at")
        await until(pilot, lambda: in_town.field_work.whereabouts.you is not None, "it is set")
        you = in_town.field_work.whereabouts.you
        assert you is not None
        assert you.point == pytest.approx(view_of(screen).centre, abs=1e-6)
        await until(pilot, lambda: "of you" in screen_text(pilot.app), "the way is told from there")
        assert "◉" in screen_text(pilot.app)
        await press(pilot, "left", "left", "h")
        assert view_of(screen).centre == pytest.approx(you.point, abs=1e-6)


async def test_a_tap_on_a_pin_chooses_its_stop_and_several_come_in_turn(in_town: Truck) -> None:
    twin = replace(a_days_work()[1], id=OrderId("311000000777"))
    in_town.receive([twin])
    async with in_town.running() as pilot:
        screen = await opened(pilot)
        view = screen.query_one(MapView)
        text = view._text
        assert text is not None
        for one in text.stands:
            await pilot.click(MapView, offset=(one.column, one.row))
            await settled(pilot)
            assert screen.chosen_id in one.keys


async def test_dragging_moves_the_map_and_chooses_nothing(in_town: Truck) -> None:
    async with in_town.running() as pilot:
        screen = await opened(pilot)
        before, chosen = view_of(screen), screen.chosen_id
        await pilot.mouse_down(MapView, offset=(30, 8))
        await pilot.hover(MapView, offset=(40, 10))
        await pilot.mouse_up(MapView, offset=(40, 10))
        await settled(pilot)
        after = view_of(screen)
        assert before.dot_of(after.place_at(40 * 2, 10 * 4)) == pytest.approx((30 * 2, 8 * 4), abs=0.01)
        assert screen.chosen_id == chosen


async def test_what_can_be_done_in_the_list_can_be_done_here(in_town: Truck) -> None:
    async with in_town.running() as pilot:
        await press(pilot, "down")
        await opened(pilot)
        order = a_days_work()[1]
        await press(pilot, "g")
        await until(pilot, lambda: in_town.status_of(order) is WorkStatus.ON_THE_WAY, "it is done")
        await press(pilot, "enter")
        assert on_top(pilot) is OrderDetail
        await press(pilot, "escape")
        assert on_top(pilot) is MapScreen
        await press(pilot, "m")
        assert on_top(pilot) is MyDay


async def test_from_110_columns_on_the_list_stands_beside(in_town: Truck) -> None:
    async with in_town.running((120, 40)) as pilot:
        screen = await opened(pilot)
        assert screen.query_one("OrderTable").size.width > 30
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert not screen.query_one("OrderTable").display


async def test_a_stop_without_a_place_is_no_pin_and_says_so(truck: Truck) -> None:
    truck.receive([replace(a_days_work()[0], lat=None, long=None)])
    async with truck.running((120, 40)) as pilot:
        screen = await opened(pilot)
        assert screen.chosen_id == a_days_work()[0].id
        assert "no place on the map" in screen_text(pilot.app)
        await press(pilot, "0")
        await until(pilot, lambda: "This stop has no place" in screen_text(pilot.app))


WRONG_PLACES = ((0.0, 0.0), (-71.1074, 42.3104), (40.7128, -74.006))


@pytest.mark.parametrize("place", WRONG_PLACES, ids=("0/0", "swapped", "another city"))
async def test_a_place_that_is_not_in_the_city_is_no_pin_and_says_why(
    in_town: Truck, place: tuple[float, float]
) -> None:
    wrong = replace(a_days_work()[0], lat=place[0], long=place[1])
    in_town.receive([wrong])
    async with in_town.running((120, 40)) as pilot:
        screen = await opened(pilot)
        text = screen.query_one(MapView)._text
        assert text is not None
        assert wrong.id not in {key for one in text.stands for key in one.keys}
        assert view_of(screen).shows((42.3104, -71.1074))
        assert "no place on the map (" in screen_text(pilot.app)
        await press(pilot, "enter")
        await until(pilot, lambda: "go by the address" in said(pilot), "the order says it too")
        assert "km" not in said(pilot).partition("Reported")[0].partition("go by the address")[2]


async def test_the_map_of_what_was_looked_for_stays_that_when_the_store_moves(in_town: Truck) -> None:
    async with in_town.running() as pilot:
        words = a_days_work()[1].address.split()[-2].lower()
        await press(pilot, "slash", *words, "enter")
        found = [stop.order_id for stop in my_day(pilot).table.stops]
        assert 0 < len(found) < len(a_days_work())
        screen = await opened(pilot)
        in_town.receive([replace(a_days_work()[2], description="Another word from the city.")])
        await press(pilot, "g")
        await until(pilot, lambda: in_town.status_of(a_days_work()[1]) is WorkStatus.ON_THE_WAY, "it is done")
        await settled(pilot)
        assert [stop.order_id for stop in screen.table.stops] == found


async def test_a_stop_can_be_moved_in_the_driving_order_from_the_map(in_town: Truck) -> None:
    async with in_town.running() as pilot:
        screen = await opened(pilot)
        await press(pilot, "r")
        await until(pilot, lambda: screen.in_driving_order, "it is in driving order")
        await until(pilot, lambda: "way" in inks(screen.query_one(MapView)), "the line is drawn")
        await press(pilot, "tab", "tab")
        chosen = OrderId(screen.chosen_id)
        place = [stop.order_id for stop in screen.table.stops].index(chosen)
        await press(pilot, "right_square_bracket")
        await until(
            pilot, lambda: [stop.order_id for stop in screen.table.stops].index(chosen) == place + 1, "it is moved"
        )


async def test_colours_and_poor_fonts(in_town: Truck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with in_town.running(symbols="ascii") as pilot:
        await opened(pilot)
        text = screen_text(pilot.app)
        assert "#" in text
        assert text.isascii()
