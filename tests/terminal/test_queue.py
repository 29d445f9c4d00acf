"""The queue: a whole city's orders in windows, narrowed and sorted as somebody types, marked and moved."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkOrder, WorkStatus
from crew.screens.choices import Choice
from crew.screens.escalate_sheet import EscalateSheet
from crew.screens.messages import StoreMoved
from crew.screens.my_day import MyDay
from crew.screens.order_detail import OrderDetail
from crew.screens.queue import Queue
from crew.screens.triage_sheet import TriageSheet
from crew.widgets.button_bar import CommandButton
from crew.widgets.queue_table import QueueTable
from crew.wire import CrewLoad
from tests.terminal.camera_card import press
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import A_DISPATCHER, NOW, Truck, a_days_work, my_day
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))
CREWS = (CrewLoad("D2", "Public Works D2"), CrewLoad("D5", "Public Works D5 · South Boston"))
MANY = 2000


def many() -> list[WorkOrder]:
    """Due one after the other, each at an address of its own; every tenth is nobody's."""
    first = a_days_work()[3]
    return [
        replace(
            first,
            id=OrderId(f"3120000{place:05}"),
            address=f"{10_000 + place} Centre St",
            crew="" if place % 10 == 0 else "D2",
            work_status=WorkStatus.NEW if place % 10 == 0 else WorkStatus.ASSIGNED,
            due_at=NOW + timedelta(hours=100 + place),
            requested_at=NOW - timedelta(hours=place),
        )
        for place in range(MANY)
    ]


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A dispatcher's device with a day's work of D2, one order of nobody, one escalated."""
    truck.sign_in(A_DISPATCHER)
    truck.store.device.keep_crews(CREWS)
    truck.field_work.queue.city_views = {"Late": "due:late", "New, no crew": "crew:none sort:age", "Next": "due:next"}
    nobodys = replace(a_days_work()[2], id=OrderId("311000000802"), crew="", work_status=WorkStatus.NEW)
    raised = replace(a_days_work()[5], id=OrderId("311000000803"), crew="D5", crew_title="", escalation="director")
    truck.receive([nobodys, raised])
    return truck


@pytest.fixture
def city(office: Truck) -> Truck:
    office.receive(many())
    return office


async def opened(pilot: "Pilot[None]") -> Queue:
    await press(pilot, "7")
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, Queue)
    return screen


def table(pilot: "Pilot[None]") -> QueueTable:
    return pilot.app.screen.query_one(QueueTable)


def on_top(pilot: "Pilot[None]") -> type:
    return type(pilot.app.screen)


def shows(pilot: "Pilot[None]", words: str) -> bool:
    return words in screen_text(pilot.app)


async def tap(pilot: "Pilot[None]", label: str, of: str) -> None:
    """Tap a word over the list."""
    [choice] = [one for one in pilot.app.screen.query(f"{of} Choice").results(Choice) if one.label == label]
    await pilot.click(choice)
    await settled(pilot)


async def tap_button(pilot: "Pilot[None]", name: str) -> None:
    [button] = [one for one in pilot.app.screen.query(CommandButton) if one.command and one.command.name == name]
    await pilot.click(button)
    await settled(pilot)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_queue_reads_as_its_frame(city: Truck, size: tuple[int, int]) -> None:
    async with city.running(size) as pilot:
        await opened(pilot)
        await press(pilot, "down", "space")
        await reads_as(pilot, f"queue-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_breaks_next_reads_as_its_frame(office: Truck, size: tuple[int, int]) -> None:
    async with office.running(size) as pilot:
        await opened(pilot)
        await press(pilot, "shift+tab")
        await reads_as(pilot, f"queue-next-{size[0]}x{size[1]}")


async def test_the_queue_without_colours_and_with_a_poor_font(office: Truck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with office.running(symbols="ascii") as pilot:
        await opened(pilot)
        await press(pilot, "slash", *"due", "colon", "l")
        await until(pilot, lambda: len(table(pilot).stops) == 2)
        await press(pilot, "space", *"odd", "colon")
        await reads_as(pilot, "queue-ascii-80x24")


async def test_by_keys_alone_what_is_found_is_marked_and_moved_and_taken_back(city: Truck) -> None:
    nobodys = [order.id for order in many() if not order.crew]
    async with city.running() as pilot:
        await opened(pilot)
        await press(pilot, "slash", *"centre", "space", "c", "r", "e", "w", "colon", *"none", "enter")
        await until(pilot, lambda: shows(pilot, "200 of 2,009 open orders"))
        await press(pilot, "asterisk")
        await until(pilot, lambda: shows(pilot, "200 marked"))
        await press(pilot, "a", "d", "5", "enter")
        await settled(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        assert {city.field_work.order(one).crew for one in nobodys} == {"D5"}
        assert on_top(pilot) is Queue
        await until(pilot, lambda: not table(pilot).marked)
        await press(pilot, "u")
        await settled(pilot)
        assert {city.field_work.order(one).crew for one in nobodys} == {""}


async def test_by_mouse_alone_orders_are_sorted_narrowed_marked_and_moved(office: Truck) -> None:
    async with office.running((120, 40)) as pilot:
        await opened(pilot)
        await tap(pilot, "Street", ".head")
        assert shows(pilot, "by street")
        streets = [stop.address for stop in table(pilot).stops]
        assert streets[:2] == ["Arborway at Murray Cir", "Brookley Rd at Stedman St"]
        await tap(pilot, "New, no crew", ".views")
        assert shows(pilot, "1 of 9 open orders")
        assert shows(pilot, "oldest first")
        await tap(pilot, "All", ".views")
        await pilot.click(QueueTable, offset=(2, 0))
        await pilot.click(QueueTable, offset=(2, 1))
        await settled(pilot)
        marked = tuple(table(pilot).marked)
        assert len(marked) == 2
        await tap_button(pilot, "assign")
        await pilot.click("RowList", offset=(5, 0))
        await tap_button(pilot, "take_row")
        await tap_button(pilot, "take_row")
        assert {office.field_work.order(one).crew for one in marked} == {"D5"}


async def test_a_tap_chooses_and_a_second_one_opens(office: Truck) -> None:
    async with office.running((120, 40)) as pilot:
        await opened(pilot)
        for expected in (Queue, OrderDetail):
            await pilot.click(QueueTable, offset=(40, 4))
            await settled(pilot)
            assert on_top(pilot) is expected


async def test_only_a_window_is_held_and_every_place_can_be_reached(city: Truck) -> None:
    async with city.running() as pilot:
        await opened(pilot)
        seen = []
        for key, address in (("end", f"{10_000 + MANY - 2} Centre St"), ("home", "412 Centre St"), ("end", "")):
            await press(pilot, key)
            await until(pilot, lambda address=address: shows(pilot, address))  # type: ignore[misc]  # bound at once
            seen.append(len(table(pilot)._window.stops))
        assert max(seen) <= 100
        assert len(table(pilot).stops) == MANY + 9
        await until(pilot, lambda: table(pilot).chosen is not None)
        await press(pilot, "enter")
        assert on_top(pilot) is OrderDetail


async def test_scrolling_with_the_wheel_brings_what_comes_into_sight_and_leaves_the_cursor(city: Truck) -> None:
    async with city.running() as pilot:
        await opened(pilot)
        before = table(pilot).chosen
        table(pilot).scroll_to(y=1500, animate=False)
        await until(pilot, lambda: shows(pilot, "10745 Centre St"))
        assert table(pilot).chosen == before
        pilot.app.screen.post_message(StoreMoved())
        await settled(pilot)
        assert shows(pilot, "10745 Centre St"), "a minute that passes does not scroll back"


async def test_each_key_narrows_and_what_is_not_known_is_said(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        await press(pilot, "slash", *"gre")
        await until(pilot, lambda: [stop.address for stop in table(pilot).stops] == ["Green St Station"])
        await press(pilot, "space", *"odd", "colon")
        await until(pilot, lambda: shows(pilot, 'There is no filter "odd:"'))
        assert shows(pilot, "0 of 9"), "what was found before stays"
        await press(pilot, "escape")
        await press(pilot, "escape")
        await until(pilot, lambda: len(table(pilot).stops) == 9)
        await press(pilot, "slash", *"zzz")
        await until(pilot, lambda: shows(pilot, "Nothing fits."))
        await press(pilot, "escape", "escape", "escape")
        assert on_top(pilot) is MyDay


async def test_a_further_key_lays_nothing_out_anew_and_leaves_no_line_of_what_was_found_before(city: Truck) -> None:
    """At a hundred thousand orders, laying out and drawing everything takes most of the time of a key."""
    async with city.running() as pilot:
        screen = await opened(pilot)
        await press(pilot, "slash", "c")
        await until(pilot, lambda: shows(pilot, f" of {screen.page.total:,}"))
        await settled(pilot)
        places = [screen.query_one(selector).region for selector in ("SearchLine", ".sorted", "QueueTable")]
        for key in ("e", "space", "1", "0", "7", "backspace", "backspace"):
            before = screen.query_now
            await press(pilot, key)
            await until(pilot, lambda before=before, key=key: key == "space" or screen.query_now != before)  # type: ignore[misc]  # bound at once
            await settled(pilot)
            drawn = screen_text(pilot.app)
            screen.table.refresh()
            await settled(pilot)
            assert screen_text(pilot.app) == drawn
            assert [screen.query_one(selector).region for selector in ("SearchLine", ".sorted", "QueueTable")] == places


async def test_the_sort_is_changed_with_a_key_and_said(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        for words in ("oldest first", "by service", "by street", "by due time"):
            await press(pilot, "f4")
            await until(pilot, lambda words=words: shows(pilot, words))  # type: ignore[misc]  # bound at once


async def test_a_view_is_kept_under_a_name_and_dropped(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        await press(pilot, "slash", *"arb", "enter", "f4", "f5")
        await press(pilot, *"Trees", "enter")
        await settled(pilot)
        assert office.field_work.queue.view("Trees").line == "arb sort:age"
        await press(pilot, "escape")
        await until(pilot, lambda: shows(pilot, "9 open orders"))
        await press(pilot, "shift+tab")
        await until(pilot, lambda: shows(pilot, "1 of 9 open orders"))
        assert shows(pilot, "▌Trees")
        await press(pilot, "f5", "f2")
        await settled(pilot)
        assert not shows(pilot, "Trees")


async def test_the_time_that_is_left_is_told_anew_each_minute(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        await press(pilot, "shift+tab")
        await until(pilot, lambda: shows(pilot, "in 3 h"))
        office.now += timedelta(minutes=20)
        await until(pilot, lambda: shows(pilot, "in 2 h"))


async def test_a_minute_that_passes_says_deadlines_anew_and_reads_no_list(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        office.receive([replace(a_days_work()[3], id=OrderId("1"), address="1 New St", due_at=NOW)])
        office.now += timedelta(minutes=90)
        await until(pilot, lambda: screen_text(pilot.app).count("late 30 min") == 2)
        await settled(pilot)
        assert not shows(pilot, "1 New St"), "a key that meets the minute would have waited for the reading"


async def test_a_list_of_what_is_late_grows_as_the_minutes_pass(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        await press(pilot, "tab")
        await until(pilot, lambda: shows(pilot, "2 of 9 open orders"))
        office.now += timedelta(minutes=90)
        await until(pilot, lambda: shows(pilot, "4 of 9 open orders") and shows(pilot, "8 Moss Hill Rd"))


async def test_the_chosen_order_stays_under_the_cursor_while_others_come_and_go(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        await press(pilot, "down", "down")
        chosen = table(pilot).chosen
        assert chosen is not None
        first = replace(a_days_work()[3], id=OrderId("1"), due_at=NOW - timedelta(days=9))
        office.receive([first])
        pilot.app.screen.post_message(StoreMoved())
        await until(pilot, lambda: len(table(pilot).stops) == 10)
        assert table(pilot).chosen == chosen


async def test_a_search_that_is_overtaken_or_under_way_hides_nothing_that_comes_later(office: Truck) -> None:
    """By a window that scrolling asks for, and by a store that moves before the search has been read."""
    first = replace(a_days_work()[3], id=OrderId("1"), address="1 New St", due_at=NOW)
    second = replace(first, id=OrderId("2"), address="2 New St")
    async with office.running() as pilot:
        screen = await opened(pilot)
        screen.show_line("st")
        screen.post_message(QueueTable.Wanted(0, 60))
        await settled(pilot)
        office.receive([first])
        screen.post_message(StoreMoved())
        await until(pilot, lambda: shows(pilot, "1 New St"))
        screen.show_line("st new")
        office.receive([second])
        screen.refresh_queue()
        await until(pilot, lambda: shows(pilot, "2 New St"))


async def test_the_list_that_the_queue_hides_is_read_when_it_is_seen_again(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        hidden = my_day(pilot)
        office.receive([replace(a_days_work()[3], id=OrderId("1"), address="1 New St", due_at=NOW)])
        for screen in pilot.app.screen_stack:
            screen.post_message(StoreMoved())
        await until(pilot, lambda: len(table(pilot).stops) == 10)
        await settled(pilot)
        day = hidden.day_view.day
        assert day is not None and "1" not in {stop.order_id for stop in day.stops}, "a key would have waited for it"
        await press(pilot, "escape")
        await until(pilot, lambda: on_top(pilot) is MyDay and shows(pilot, "1 New St"))


async def test_triage_and_escalation_are_one_key_away(office: Truck) -> None:
    async with office.running() as pilot:
        await opened(pilot)
        for key, sheet in (("f3", TriageSheet), ("e", EscalateSheet)):
            await press(pilot, key)
            await settled(pilot)
            assert on_top(pilot) is sheet
            await press(pilot, "escape")
            await settled(pilot)
            assert on_top(pilot) is Queue


async def test_home_lists_what_is_due_first_and_finds_in_the_queue(city: Truck) -> None:
    async with city.running() as pilot:
        assert shows(pilot, "2,009 orders")
        assert shows(pilot, "first 500 by due time")
        assert len(pilot.app.screen.query_one("OrderTable").stops) == 500  # type: ignore[attr-defined]  # by its name
        await press(pilot, "slash")
        await settled(pilot)
        assert on_top(pilot) is Queue
        await press(pilot, *"11999")
        await until(pilot, lambda: shows(pilot, "11999 Centre St"))


async def test_a_crew_has_no_queue(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "7")
        assert isinstance(pilot.app.screen, MyDay)
        await until(pilot, lambda: shows(pilot, "a crew cannot do this"))
