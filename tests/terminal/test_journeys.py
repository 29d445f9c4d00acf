"""What each role does all day, at three sizes: by keys alone, and by the mouse alone where nothing is to be typed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widget import Widget

from crew.domain.change import Acceptance, Act, Assignment, Contact, Escalation, Intake, StatusChange, Triage
from crew.domain.value import replace
from crew.domain.work_order import OrderId, Priority, WorkOrder, WorkStatus
from crew.screens.board import Board
from crew.screens.choices import Choice
from crew.screens.choose_file import ChooseFile
from crew.screens.decisions import Decisions
from crew.screens.my_day import MyDay
from crew.screens.queue import Queue
from crew.screens.review_photos import ReviewPhotos
from crew.widgets.board_grid import BoardGrid
from crew.widgets.board_lines import HEAD_LINES
from crew.widgets.button_bar import CommandButton
from crew.widgets.queue_table import QueueTable
from crew.widgets.row_list import RowList
from crew.wire import CrewLoad, ServiceOffer
from tests.terminal.camera_card import CameraCard, press, said, tap, write
from tests.terminal.frames import screen_text
from tests.terminal.truck import A_DISPATCHER, A_SUPERVISOR, NOW, Truck, a_days_work
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.screen import Screen

pytestmark = pytest.mark.anyio

SIZES = pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
CREWS = (
    CrewLoad("D2", "Public Works D2 · Jamaica Plain", open=7, seen_at=NOW),
    CrewLoad("D7", "Public Works D7 · Roxbury", open=50),
    CrewLoad("LIGHTS", "Street Lights"),
)
SERVICES = (
    ServiceOffer("pothole", "Pothole", "Streets", ("road", "hole")),
    ServiceOffer("graffiti", "Graffiti", "Walls", ("paint",)),
    ServiceOffer("street-light", "Street light out", "Lights", ("dark",)),
)
POTHOLE = a_days_work()[0]
KEYS_A_SECOND = 5
"""What an unhurried hand types."""


@dataclass
class Hand:
    """Presses keys and counts them, or taps what it sees."""

    pilot: "Pilot[None]"
    pressed: int = 0

    @property
    def screen(self) -> "Screen[object]":
        """The one on top."""
        return self.pilot.app.screen

    async def keys(self, *keys: str) -> None:
        """Press keys."""
        self.pressed += len(keys)
        await press(self.pilot, *keys)

    async def types(self, words: str) -> None:
        """Type words."""
        self.pressed += len(words)
        await write(self.pilot, words)

    async def taps(self, *labels: str) -> None:
        """Tap a button; what has none of its own on a screen stands under "More"."""
        for label in labels:
            if not self._shown(label):
                await tap(self.pilot, "More")
            self._shown(label)[0].scroll_visible(animate=False)  # as the wheel does
            await tap(self.pilot, label)

    def _shown(self, label: str) -> list[Widget]:
        offered = (*self.screen.query(CommandButton), *self.screen.query(Choice))
        return [one for one in offered if one.display and label in _labels(one)]

    async def clicks(self, widget: type[Widget], x: int, y: int) -> None:
        """Click into a widget."""
        await self.pilot.click(widget, offset=(x, y))
        await settled(self.pilot)

    async def taps_row(self, words: str) -> None:
        """Tap the row of a list that has these words."""
        rows = self.screen.query_one(RowList)
        await self.clicks(RowList, 4, next(y for y in range(rows.size.height) if words in rows.render_line(y).text))

    async def drags(self, widget: type[Widget], start: tuple[int, int], end: tuple[int, int]) -> None:
        """Take hold at a place and let go at another."""
        await self.pilot.mouse_down(widget, offset=start)
        await self.pilot.hover(widget, offset=end)
        await self.pilot.mouse_up(widget, offset=end)
        await settled(self.pilot)

    async def reads(self, words: str) -> None:
        """Wait until the screen says so, wherever its lines break."""
        await until(self.pilot, lambda: words in screen_text(self.pilot.app) or words in said(self.pilot), words)


def _labels(one: Widget) -> tuple[str, ...]:
    if isinstance(one, Choice):
        return (one.label,)
    return (one.command.label,) if isinstance(one, CommandButton) and one.command else ()


def on_top(hand: Hand) -> type:
    return type(hand.screen)


def acts(truck: Truck) -> list[Act]:
    return [entry.change.act for entry in truck.store.outbox.unsettled()]


def numbered(order: WorkOrder, count: int, **values: Any) -> list[WorkOrder]:
    return [replace(order, id=OrderId(f"31200000{place:04}"), **values) for place in range(count)]


# A crew


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CameraCard:
    """The camera's card with one picture on it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    card = CameraCard(tmp_path / "card")
    card.shoot("IMG_1.JPG")
    return card


async def by_keys_to_the_photo(hand: Hand) -> None:
    await hand.keys("g", "w", "d", "p", "enter")
    assert on_top(hand) is ReviewPhotos
    await hand.keys("enter", "enter")


async def by_taps_to_the_photo(hand: Hand) -> None:
    await hand.taps("Go", "Start work", "Done", "Photo")
    assert on_top(hand) is ChooseFile
    await hand.taps_row("IMG_1.JPG")
    if on_top(hand) is ChooseFile:
        await hand.taps("Take it")
    await hand.taps("Keep it", "Done")


@SIZES
@pytest.mark.parametrize("way", [by_keys_to_the_photo, by_taps_to_the_photo])
async def test_a_crew_goes_starts_and_is_done_with_a_photo(
    truck: Truck, card: CameraCard, size: tuple[int, int], way: Callable[[Hand], Awaitable[None]]
) -> None:
    truck.receive([replace(POTHOLE, work_status=WorkStatus.ASSIGNED, due_at=NOW.replace(year=2025))])
    async with truck.running(size, photo_folder=str(card.folder)) as pilot:
        hand = Hand(pilot)
        await way(hand)
        await until(pilot, lambda: len(acts(truck)) == 3, "all is saved")
        await until(pilot, lambda: on_top(hand) is MyDay, "the list is there again")
    statuses = [act.status for act in acts(truck) if isinstance(act, StatusChange)]
    assert statuses == [WorkStatus.ON_THE_WAY, WorkStatus.WORKING, WorkStatus.DONE]
    assert hand.pressed <= 7


# A supervisor


@pytest.fixture
def office(truck: Truck) -> Truck:
    """A supervisor's device: D2's day, fifty orders of D7, and finished work to look at."""
    truck.sign_in(A_SUPERVISOR)
    truck.store.device.keep_crews(CREWS)
    truck.receive(numbered(a_days_work()[1], 50, crew="D7", crew_title="Public Works D7 · Roxbury"))
    return truck


def column_of(hand: Hand, crew: str) -> int:
    return next(place for place, day in enumerate(hand.screen.query_one(BoardGrid).state.days) if day.name == crew)


@SIZES
async def test_a_supervisor_assigns_fifty_orders_with_eight_keys(office: Truck, size: tuple[int, int]) -> None:
    async with office.running(size) as pilot:
        hand = Hand(pilot)
        await hand.keys("2", "right", "asterisk", "a", "s", "t", "enter", "enter")
        assert on_top(hand) is Board
        await hand.reads("Moved to Street Lights: 50 orders")
    assert hand.pressed <= 8
    assert {act.crew for act in acts(office) if isinstance(act, Assignment)} == {"LIGHTS"}
    assert len(acts(office)) == 50


@SIZES
async def test_a_supervisor_assigns_fifty_orders_by_taps(office: Truck, size: tuple[int, int]) -> None:
    async with office.running(size) as pilot:
        hand = Hand(pilot)
        await hand.taps("Board")
        for _ in range(column_of(hand, "D7")):
            await hand.taps("Next crew")
        await hand.taps("All", "Assign")
        await hand.taps_row("Street Lights")
        await hand.taps("Assign")
        await hand.taps_row("their truck")
        await hand.taps("Assign")
        await hand.reads("Moved to Street Lights: 50 orders")
        await hand.taps("Back")
        assert on_top(hand) is MyDay
    assert acts(office) == [Assignment("LIGHTS", "their truck is out of service")] * 50


async def test_a_supervisor_drags_an_order_to_another_crew(office: Truck) -> None:
    async with office.running((120, 40)) as pilot:
        hand = Hand(pilot)
        await hand.taps("Board")
        assert on_top(hand) is Board
        width = hand.screen.query_one(BoardGrid).size.width // 3
        start, end = column_of(hand, "D7") * width + 5, column_of(hand, "D2") * width + 5
        await hand.drags(BoardGrid, (start, HEAD_LINES + 1), (end, 8))
        await hand.taps("Assign")
        await hand.reads("Moved to Public Works D2")
    assert [act.crew for act in acts(office) if isinstance(act, Assignment)] == ["D2"]


def looked_at(hand: Hand) -> None:
    assert on_top(hand) is Decisions
    assert "2 things wait for you" in screen_text(hand.pilot.app)


@SIZES
@pytest.mark.parametrize("way", ["keys", "mouse"])
async def test_a_supervisor_accepts_work_and_sends_work_back(office: Truck, size: tuple[int, int], way: str) -> None:
    two = numbered(POTHOLE, 2, work_status=WorkStatus.DONE, needs_look=True)
    office.receive(two)
    async with office.running(size) as pilot:
        hand = Hand(pilot)
        await (hand.keys("4") if way == "keys" else hand.taps("Decide"))
        looked_at(hand)
        await (hand.keys("3") if way == "keys" else hand.taps("Accept"))
        await hand.reads("1 thing waits for you")
        if way == "keys":
            await hand.keys("b")
            await hand.types("no photo")
            await hand.keys("enter")
        else:
            await hand.taps("Send back", "the photo does not show the finished work", "Send back")
        await hand.reads("Nothing waits for you")
        await (hand.keys("escape") if way == "keys" else hand.taps("Back"))
        assert on_top(hand) is MyDay
    words = "no photo" if way == "keys" else "the photo does not show the finished work"
    assert acts(office) == [Acceptance(), StatusChange(WorkStatus.SENT_BACK, note=words)]


# A dispatcher


@pytest.fixture
def hall(truck: Truck) -> Truck:
    """A dispatcher's device: a city with a hundred orders and one that nobody has."""
    truck.sign_in(A_DISPATCHER)
    truck.store.device.keep_crews(CREWS)
    truck.store.device.keep_services(SERVICES)
    others = numbered(a_days_work()[2], 100, crew="D7", work_status=WorkStatus.ACCEPTED, due_at=NOW.replace(year=2027))
    truck.receive(others)
    truck.receive([replace(a_days_work()[3], crew="", crew_title="", work_status=WorkStatus.NEW)])
    return truck


@SIZES
async def test_a_dispatcher_takes_a_call_in_within_a_minute(hall: Truck, size: tuple[int, int]) -> None:
    async with hall.running(size) as pilot:
        hand = Hand(pilot)
        await hand.keys("f2")
        words = "Deep hole in the right lane just before the crossing, two cars have a flat tire already"
        for typed in ("hole", "412 cen", words, "Ada", "Quiet", "617 555 0100", "ada@example.org"):
            await hand.types(typed)
            await hand.keys("enter")
        await hand.reads("Taken in: Pothole, 412 Centre St")
    contact = Contact("Ada", "Quiet", "617 555 0100", "ada@example.org")
    place = (POTHOLE.address, POTHOLE.lat, POTHOLE.long)
    assert acts(hall) == [Intake("pothole", "Pothole", words, *place, contact=contact)]
    assert hand.pressed <= 60 * KEYS_A_SECOND


@SIZES
@pytest.mark.parametrize("way", ["keys", "mouse"])
async def test_a_dispatcher_places_what_is_new(hall: Truck, size: tuple[int, int], way: str) -> None:
    async with hall.running(size) as pilot:
        hand = Hand(pilot)
        if way == "keys":
            await hand.keys("f3")
            for _ in range(8):
                if "Tags by the bike racks" in screen_text(pilot.app):
                    break
                await hand.keys("down")
            await hand.keys("4", "c", "s", "t", "enter", "enter")
        else:
            await hand.taps("Triage")
            await hand.taps_row("no crew")
            await hand.taps("4 urgent", "Crew")
            await hand.taps_row("Street Lights")
            await hand.taps("Next", "Next")
        await until(pilot, lambda: acts(hall), "it is placed")
        await (hand.keys("escape") if way == "keys" else hand.taps("Back"))
        assert on_top(hand) is MyDay
    assert acts(hall) == [Triage(priority=Priority.URGENT, crew="LIGHTS")]


@SIZES
@pytest.mark.parametrize("way", ["keys", "mouse"])
async def test_a_dispatcher_finds_and_moves_from_the_queue(hall: Truck, size: tuple[int, int], way: str) -> None:
    hall.field_work.queue.city_views = {"Nobody's": "crew:none"}
    async with hall.running(size) as pilot:
        hand = Hand(pilot)
        if way == "keys":
            await hand.keys("7", "slash")
            await hand.types("green crew:none")
            await hand.keys("enter", "a", "s", "t", "enter", "enter")
        else:
            await hand.taps("Queue", "Nobody's")
            await hand.clicks(QueueTable, 1, 0)
            await hand.reads("1 marked")
            await hand.taps("Assign")
            await hand.taps_row("Street Lights")
            await hand.taps("Assign", "Assign")
        await hand.reads("Moved to Street Lights")
        assert on_top(hand) is Queue
        if way == "mouse":
            await hand.taps("All")  # the view
            await hand.taps("Back")
            assert on_top(hand) is MyDay
    assert [act.crew for act in acts(hall) if isinstance(act, Assignment)] == ["LIGHTS"]


@SIZES
@pytest.mark.parametrize("way", ["keys", "mouse"])
async def test_a_dispatcher_escalates(hall: Truck, size: tuple[int, int], way: str) -> None:
    async with hall.running(size) as pilot:
        hand = Hand(pilot)
        if way == "keys":
            await hand.keys("e", "d")
            await hand.types("somebody may get hurt")
            await hand.keys("enter", "enter")
        else:
            await hand.taps("Escalate", "Department", "somebody may get hurt", "Escalate")
        await until(pilot, lambda: acts(hall), "it is raised")
    assert acts(hall) == [Escalation("department", "somebody may get hurt")]
