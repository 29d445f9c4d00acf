"""The board: crews with their load, many orders moved with few keys or dragged with the mouse, and taken back."""

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.change import Assignment, SendingStatus
from crew.domain.crew_day import CrewDay
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkOrder, WorkStatus
from crew.field_work import Stop
from crew.look import Look
from crew.screens.board import Board
from crew.screens.move_sheet import MoveSheet
from crew.screens.my_day import MyDay
from crew.screens.order_detail import OrderDetail
from crew.widgets.board_grid import BoardGrid
from crew.widgets.board_lines import CARD_LINES, HEAD_LINES
from crew.widgets.board_state import BoardState
from crew.widgets.order_table import OrderTable
from crew.wire import CrewLoad, ServiceOffer
from tests.terminal.camera_card import press, said
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import A_SUPERVISOR, NOW, Truck, a_days_work
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))
CREWS = (
    CrewLoad("D2", "Public Works D2 · Jamaica Plain", open=7, overdue=1, seen_at=NOW, unsent=2),
    CrewLoad("D5", "Public Works D5 · South Boston", open=1),
    CrewLoad("LIGHTS", "Street Lights"),
)


def fifty() -> list[WorkOrder]:
    return [replace(a_days_work()[1], id=OrderId(f"31100000{place:04}"), crew="D7") for place in range(50)]


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A supervisor's device: D2's day, one order of D5, one of nobody."""
    truck.sign_in(A_SUPERVISOR)
    truck.store.device.keep_crews(CREWS)
    truck.store.device.keep_services((ServiceOffer("pothole", "Pothole", work_hours=0.5),))
    other = replace(a_days_work()[1], id=OrderId("311000000801"), crew="D5", crew_title="")
    nobodys = replace(a_days_work()[2], id=OrderId("311000000802"), crew="", work_status=WorkStatus.NEW)
    truck.receive([other, nobodys])
    return truck


async def opened(pilot: "Pilot[None]") -> Board:
    await press(pilot, "2")
    screen = pilot.app.screen
    assert isinstance(screen, Board)
    await settled(pilot)
    return screen


def on_top(pilot: "Pilot[None]") -> type:
    return type(pilot.app.screen)


def grid(screen: Board) -> BoardGrid:
    return screen.query_one(BoardGrid)


def column_of(screen: Board, crew: str) -> int:
    return next(place for place, day in enumerate(grid(screen).state.days) if day.name == crew)


async def go_to(pilot: "Pilot[None]", screen: Board, crew: str) -> None:
    state = grid(screen).state
    by = column_of(screen, crew) - state.crew
    await press(pilot, *(["right"] * by if by > 0 else ["left"] * -by))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_board_reads_as_its_frame(office: Truck, size: tuple[int, int]) -> None:
    async with office.running(size) as pilot:
        await opened(pilot)
        await reads_as(pilot, f"board-{size[0]}x{size[1]}")


async def test_the_board_without_colours_and_with_a_poor_font(office: Truck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with office.running(symbols="ascii") as pilot:
        await opened(pilot)
        await press(pilot, "right", "space")
        await reads_as(pilot, "board-ascii-80x24")


async def test_fifty_orders_are_moved_with_eight_keys_and_taken_back_with_one(office: Truck) -> None:
    office.receive(fifty())
    async with office.running() as pilot:
        screen = await opened(pilot)
        assert grid(screen).state.day is not None
        await go_to(pilot, screen, "D7")
        keys = ("asterisk", "a", "l", "i", "g", "enter", "down", "enter")
        for key in keys:
            await press(pilot, key)
            await settled(pilot)
        assert isinstance(pilot.app.screen, Board)
        acts = [entry.change.act for entry in office.store.outbox.unsettled()]
        assert acts == [Assignment("LIGHTS", "too much for one crew today")] * 50
        assert "Moved to Street Lights: 50 orders" in screen_text(pilot.app)
        assert grid(screen).state.marked == frozenset()
        await press(pilot, "u")
        await until(pilot, lambda: "Undone" in screen_text(pilot.app), "it is undone")
        assert {office.field_work.order(order.id).crew for order in fifty()} == {"D7"}


async def test_a_board_that_is_still_being_read_marks_all_once_all_is_there(
    office: Truck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crew.screens.board._FIRST_ORDERS", 3)
    office.receive(fifty())
    async with office.running((120, 40)) as pilot:
        await pilot.press("2", "right", "asterisk")
        screen = pilot.app.screen
        assert isinstance(screen, Board)
        await settled(pilot)
        state = grid(screen).state
        assert state.day is not None
        assert len(state.marked) == len(state.day.orders) == state.day.open > 3
        there = {order.id for order in (*fifty(), *a_days_work())}
        assert sum(len(day.orders) for day in state.days) == len(there) + 2


async def test_before_they_move_it_is_told_what_will_happen(office: Truck) -> None:
    ended = replace(a_days_work()[2], work_status=WorkStatus.DONE)
    async with office.running((120, 40)) as pilot:
        screen = await opened(pilot)
        await go_to(pilot, screen, "D2")
        await press(pilot, "asterisk", "a", "d", "5")
        office.receive([ended])
        await press(pilot, "enter")
        await settled(pilot)
        text = said(pilot)
        assert "go from Public Works D2" in text
        assert "under way: that begins anew" in text
        assert "send it back before it is moved" in text
        assert not office.store.outbox.unsettled()
        await press(pilot, "escape")
        assert not office.store.outbox.unsettled(), "looking moves nothing"


async def test_own_words_are_a_reason_too(office: Truck) -> None:
    async with office.running() as pilot:
        screen = await opened(pilot)
        await go_to(pilot, screen, "D5")
        await press(pilot, "a", "l", "i", "g", "enter")
        await settled(pilot)
        await press(pilot, *"xyz", "enter")
        await settled(pilot)
    [entry] = office.store.outbox.unsettled()
    assert entry.change.act == Assignment("LIGHTS", "xyz")


async def test_work_goes_back_to_the_pool(office: Truck) -> None:
    async with office.running() as pilot:
        screen = await opened(pilot)
        await go_to(pilot, screen, "D5")
        await press(pilot, "a", *"pool", "enter")
        await settled(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        assert office.field_work.order("311000000801").crew == ""


async def test_words_narrow_every_crew_and_all_that_match_are_marked(office: Truck) -> None:
    async with office.running((120, 40)) as pilot:
        screen = await opened(pilot)
        word = a_days_work()[1].service_name.split()[0].lower()
        await press(pilot, "slash", *word, "enter")
        await settled(pilot)
        shown = {stop.order_id for day in grid(screen).state.days for stop in day.orders}
        assert 1 < len(shown) < len(a_days_work()) + 2
        await press(pilot, "asterisk")
        assert grid(screen).state.marked == shown
        await press(pilot, "escape")
        assert grid(screen).state.marked == shown, "leaving the search lets go of nothing"
        await press(pilot, "escape")
        assert grid(screen).state.marked == frozenset()
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, MyDay)


async def test_an_order_is_dragged_to_another_crew(office: Truck) -> None:
    async with office.running((120, 40)) as pilot:
        screen = await opened(pilot)
        width = grid(screen).size.width // 3
        start, end = column_of(screen, "D2"), column_of(screen, "D5")
        order = grid(screen).state.days[start].orders[1]
        spot = (start * width + 5, HEAD_LINES + 1 + CARD_LINES)
        await pilot.mouse_down(BoardGrid, offset=spot)
        await pilot.hover(BoardGrid, offset=(end * width + 5, 8))
        await pilot.mouse_up(BoardGrid, offset=(end * width + 5, 8))
        await settled(pilot)
        assert isinstance(pilot.app.screen, MoveSheet)
        assert "to Public Works D5" in said(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        assert office.field_work.order(order.order_id).crew == "D5"


async def test_what_is_marked_is_dragged_together(office: Truck) -> None:
    async with office.running((120, 40)) as pilot:
        screen = await opened(pilot)
        await go_to(pilot, screen, "D2")
        await press(pilot, "space", "shift+down")
        marked = grid(screen).state.marked
        assert len(marked) > 1
        width = grid(screen).size.width // 3
        start, end = column_of(screen, "D2"), column_of(screen, "")
        await pilot.mouse_down(BoardGrid, offset=(start * width + 5, HEAD_LINES + 1))
        await pilot.hover(BoardGrid, offset=(end * width + 5, 2))
        await pilot.mouse_up(BoardGrid, offset=(end * width + 5, 2))
        await settled(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        assert {office.field_work.order(order_id).crew for order_id in marked} == {""}


async def test_a_tap_chooses_and_a_second_one_opens(office: Truck) -> None:
    async with office.running((120, 40)) as pilot:
        screen = await opened(pilot)
        width = grid(screen).size.width // 3
        spot = (column_of(screen, "D2") * width + 5, HEAD_LINES + 1 + CARD_LINES)
        await pilot.click(BoardGrid, offset=spot)
        await settled(pilot)
        assert on_top(pilot) is Board
        await pilot.click(BoardGrid, offset=spot)
        await settled(pilot)
        assert on_top(pilot) is OrderDetail


async def test_a_column_stays_where_it_is_while_work_is_moved(office: Truck) -> None:
    async with office.running((120, 40)) as pilot:
        screen = await opened(pilot)
        before = [day.name for day in grid(screen).state.days]
        await go_to(pilot, screen, "D2")
        await press(pilot, "asterisk", "a", "d", "5", "enter")
        await settled(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        assert [day.name for day in grid(screen).state.days if day.name in before] == before


async def test_a_crew_has_no_board(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "2")
        assert isinstance(pilot.app.screen, MyDay)
        await until(pilot, lambda: "a crew cannot do this" in screen_text(pilot.app))


# What is chosen and marked, whatever is pressed

STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["moved", "turned", "extended"]), st.integers(-3, 3)),
        st.sampled_from([("toggled",), ("all",), ("everywhere",), ("let_go",)]),
        st.tuples(st.just("showing"), st.lists(st.lists(st.integers(0, 9), unique=True, max_size=4), max_size=4)),
    ),
    max_size=30,
)


def a_stop() -> Stop:
    return Stop(OrderId("1"), "D2", "Pothole", "", "", WorkStatus.ASSIGNED, "", "", None, NOW, None, None, 0, 1, 0, 0)


def columns(crews: list[list[int]], stop: Stop) -> list[CrewDay[Stop]]:
    return [
        CrewDay(
            str(place), str(place), tuple(msgspec.structs.replace(stop, order_id=OrderId(str(one))) for one in orders)
        )
        for place, orders in enumerate(crews)
    ]


@given(STEPS)
def test_the_cursor_is_always_on_an_order_and_only_what_is_there_is_marked(steps: list[tuple[object, ...]]) -> None:
    stop = a_stop()
    state = BoardState(columns([[1, 2], [], [3]], stop))
    for name, *rest in steps:
        match name, rest:
            case (("moved" | "turned" | "extended"), [int(by)]):
                state = getattr(state, str(name))(by)
            case (("toggled" | "let_go"), []):
                state = getattr(state, str(name))()
            case "all", []:
                state = state.all_marked(everywhere=False)
            case "everywhere", []:
                state = state.all_marked(everywhere=True)
            case "showing", [list(crews)]:
                before, days = state.chosen, columns(crews, stop)
                state = state.showing(days)
                if before is not None and any(one.order_id == before.order_id for day in days for one in day.orders):
                    assert state.chosen is not None
                    assert state.chosen.order_id == before.order_id
        ids = {one.order_id for day in state.days for one in day.orders}
        assert state.marked <= ids
        assert set(state.taken) <= ids
        assert not state.days or 0 <= state.crew < len(state.days)
        if state.day is not None and state.day.orders:
            assert state.chosen is not None


def test_what_a_filter_hides_stays_marked() -> None:
    days = columns([[1, 2]], a_stop())
    state = BoardState(days).all_marked(everywhere=False)
    hidden = state.showing([replace(days[0], orders=days[0].orders[:1])], frozenset({"1", "2"}))
    assert hidden.marked == {"1", "2"}
    assert hidden.showing([replace(days[0], orders=())], frozenset({"1"})).marked == {"1"}


async def test_a_crew_is_read_by_its_title_in_the_history_the_outbox_and_what_waits(office: Truck) -> None:
    order = a_days_work()[0]
    assigned = office.field_work.move([order.id], "LIGHTS", "wrong crew").changes[0]
    office.store.outbox.settle(assigned.id, SendingStatus.REFUSED, NOW, reason="It was withdrawn.")
    later = office.field_work.move([a_days_work()[2].id], "LIGHTS", "wrong crew").changes[0]
    async with office.running((120, 40)) as pilot:
        await press(pilot, "4")
        assert "Moved to Street Lights: wrong crew: Pothole, 412 Centre St" in screen_text(pilot.app)
        await press(pilot, "escape", "o")
        assert screen_text(pilot.app).count("moved to Street Lights: wrong crew") == 2
        await press(pilot, "escape")
        pilot.app.screen.query_one(OrderTable).choose(later.order_id)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, OrderDetail)
        await until(pilot, lambda: "moved to Street Lights: wrong crew" in said(pilot), "the history is there")
        assert "LIGHTS" not in said(pilot)


def test_an_order_that_was_moved_here_stands_in_the_list_with_its_crews_title(office: Truck) -> None:
    """A title comes with the backend's copy, and that may take a day without a link."""
    moved = [a_days_work()[0].id, *(order.id for order in fifty())]
    office.receive(fifty())
    office.field_work.move(moved, "LIGHTS", "wrong crew")
    for _ in range(2):
        titles = {stop.order_id: stop.crew_title for stop in office.field_work.home().stops}
        assert {titles[order_id] for order_id in moved} == {"Street Lights"}
        office.receive([a_days_work()[0], *fifty()])


async def test_who_reads_why_an_order_moves_is_told_as_it_is(office: Truck) -> None:
    """An order from the pool comes from no crew, and many marked ones may come from three."""
    ours, nobodys, other = a_days_work()[0].id, "311000000802", "311000000801"
    told: dict[str, list[str]] = {
        "The crew reads why.": [str(nobodys)],
        "Both crews read why.": [ours],
        "All these crews read why.": [ours, other, nobodys],
    }
    for words, order_ids in told.items():
        async with office.running() as pilot:
            pilot.app.push_screen(MoveSheet(office.field_work, Look(), order_ids, "orders", "LIGHTS"))
            await until(pilot, lambda: " reads why." in _flat(pilot) or " read why." in _flat(pilot))
            assert words in _flat(pilot)


def _flat(pilot: "Pilot[None]") -> str:
    return " ".join(said(pilot).split())
