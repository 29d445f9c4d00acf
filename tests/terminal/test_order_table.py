"""The list itself: only what can be seen is built, whatever its length."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, overload

import pytest
from rich.cells import cell_len
from textual.app import App
from textual.containers import Container, Horizontal

from crew.domain.work_order import OrderId, WorkStatus
from crew.field_work import Stop
from crew.look import UNICODE
from crew.themes import themes
from crew.widgets.order_lines import columns, fitted, opened_line, stop_lines
from crew.widgets.order_table import OrderTable
from tests.terminal.frames import screen_text, segments
from tests.terminal.truck import BOSTON, NOW, Truck
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.app import ComposeResult

LOCAL = NOW.astimezone(BOSTON)


def a_stop(number: int = 1, **fields: object) -> Stop:
    values: dict[str, object] = {
        "order_id": OrderId(f"{number}"),
        "crew": "D2",
        "service_name": "Pothole",
        "address": f"{number} Centre St",
        "headline": "Deep hole",
        "work_status": WorkStatus.ASSIGNED,
        "waiting_reason": "",
        "escalation": "",
        "due_at": NOW + timedelta(hours=number),
        "updated_at": NOW,
        "lat": 42.3,
        "long": -71.1,
        "photo_count": 0,
        "request_count": 1,
        "unsent": 0,
        "trouble": 0,
    }
    return Stop(**{**values, **fields})  # type: ignore[arg-type]  # the fields are named by the caller


class CountedStops(Sequence[Stop]):
    """Makes stops when they are asked for, and counts how often."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.asked = 0

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Stop: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Stop]: ...
    def __getitem__(self, place: int | slice) -> Stop | Sequence[Stop]:
        assert isinstance(place, int)
        self.asked += 1
        return a_stop(place + 1)

    def __iter__(self) -> Iterator[Stop]:
        raise AssertionError("nobody walks through the whole list")


class TableApp(App[None]):
    """The list alone."""

    CSS = "OrderTable { height: 1fr; }"

    def __init__(self, stops: Sequence[Stop]) -> None:
        super().__init__()
        self.table = OrderTable(UNICODE, LOCAL, stops)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes()[0].variables

    def compose(self) -> "ComposeResult":
        yield self.table


@pytest.mark.anyio
@pytest.mark.parametrize("count", [10_000, 100_000])
async def test_a_long_list_builds_only_the_lines_in_sight(count: int) -> None:
    stops = CountedStops(count)
    app = TableApp(stops)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert stops.asked < 400
        stops.asked = 0
        await pilot.press("end")
        await pilot.pause()
        chosen = app.table.chosen
        assert chosen is not None
        assert chosen.order_id == f"{count}"
        assert stops.asked < 400


@pytest.mark.anyio
async def test_a_step_of_the_cursor_paints_its_own_lines_only() -> None:
    stops = CountedStops(1000)
    app = TableApp(stops)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down")
        await pilot.pause()
        stops.asked = 0
        await pilot.press("down")
        await pilot.pause()
        assert stops.asked <= 12


@pytest.mark.parametrize("width", range(59, 161))
@pytest.mark.parametrize("with_crew", [False, True])
def test_every_line_fills_its_width_exactly(width: int, with_crew: bool) -> None:
    cols = columns(width, with_crew=with_crew)
    stop = a_stop(
        service_name="漢字 very long name of a service that goes on",
        address="Massachusetts Avenue at the corner of Commonwealth Avenue",
        headline="“quoted” " * 20,
        work_status=WorkStatus.WAITING,
        waiting_reason="other_agency",
        photo_count=12,
        request_count=140,
        unsent=3,
        trouble=1,
    )
    lines = [*stop_lines(stop, 1000, cols, LOCAL, UNICODE), opened_line(stop, cols, UNICODE)]
    assert {sum(cell_len(text) for text, _ in line) for line in lines} == {width - 1}


def test_what_has_ended_stands_by_when_it_ended_and_not_by_when_it_was_due() -> None:
    ended_at, due_at = NOW - timedelta(hours=2), NOW - timedelta(days=3)
    stop = a_stop(work_status=WorkStatus.DONE, updated_at=ended_at, due_at=due_at)
    [line] = stop_lines(stop, 1, columns(120, with_crew=False), LOCAL, UNICODE, left=True)
    when, tone = line[1]
    assert when.split() == ["today", f"{ended_at.astimezone(BOSTON):%H:%M}"]
    assert tone == "text"


def test_a_text_is_cut_by_cells_not_by_letters() -> None:
    assert fitted("漢字漢字", 5, "…") == "漢字…"
    assert fitted("ab", 4, "…", right=True) == "  ab"


class SideApp(TableApp):
    """The list, with room taken from it by what stands beside it."""

    CSS = "OrderTable { width: 1fr; height: 1fr; } #side { width: 50; display: none; }"

    def compose(self) -> "ComposeResult":
        with Horizontal():
            yield self.table
            yield Container(id="side")


@pytest.mark.anyio
async def test_columns_follow_a_size_of_which_no_message_tells() -> None:
    app = SideApp(CountedStops(100))
    async with app.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: "1 Centre St" in screen_text(app))
        side = app.query_one("#side")
        app.screen._refresh_layout(scroll=True)  # as a scroll does on its own, in its own time
        side.display = True
        assert side.region.width == 50, "the layout was asked for before it was drawn"
        await until(pilot, lambda: app.table.size.width == 70)
        await until(pilot, lambda: "Centre St" not in screen_text(app).splitlines()[2], "the columns are those of 70")


@pytest.mark.anyio
async def test_every_cell_of_the_list_has_the_themes_ground(truck: Truck) -> None:
    async with truck.running((120, 40)) as pilot:
        await settled(pilot)
        bare = [part for line in segments(pilot.app) for part in line if not (part.style and part.style.bgcolor)]
        assert [part.text for part in bare if part.text.strip("\n")] == []
