"""Every screen as plain text at three sizes, in black and white, and with the symbols of poor fonts."""

from typing import TYPE_CHECKING

import pytest

from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import A_SUPERVISOR, NOW, Truck, my_day
from tests.terminal.waiting import settled

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))
SCREENS = {
    "my-day": [],
    "second-stop": ["down"],
    "order": ["enter"],
    "acted": ["w"],
    "find": ["slash", "c", "e", "n"],
    "finished": ["f"],
    "more": ["full_stop"],
    "help": ["question_mark"],
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_reads_as_its_frame(truck: Truck, name: str, size: tuple[int, int]) -> None:
    async with truck.running(size) as pilot:
        for key in SCREENS[name]:
            await pilot.press(key)
            await settled(pilot)
        await reads_as(pilot, f"{name}-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_an_empty_day_says_what_to_do(tmp_path: "Path", size: tuple[int, int]) -> None:
    truck = Truck(tmp_path / "device")
    truck.store.device.last_success_at = NOW
    async with truck.running(size) as pilot:
        await reads_as(pilot, f"empty-{size[0]}x{size[1]}")


async def test_before_anything_was_fetched_nobody_is_told_that_nothing_is_left(tmp_path: "Path") -> None:
    async with Truck(tmp_path / "device").running() as pilot:
        assert "Your work has not come yet." in screen_text(pilot.app)
        assert "0 stops" not in screen_text(pilot.app)


async def test_a_supervisor_sees_whose_order_it_is(tmp_path: "Path", truck: Truck) -> None:
    truck.sign_in(A_SUPERVISOR)
    async with truck.running((120, 40)) as pilot:
        await reads_as(pilot, "supervisor-120x40")
    async with truck.running((80, 24)) as pilot:
        await reads_as(pilot, "supervisor-80x24")


async def test_without_colours_words_and_symbols_say_everything(truck: Truck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with truck.running() as pilot:
        await reads_as(pilot, "no-colour-80x24")


async def test_poor_fonts_get_plain_symbols(truck: Truck) -> None:
    async with truck.running(symbols="ascii") as pilot:
        await pilot.press("down")
        await reads_as(pilot, "ascii-80x24")


async def test_a_window_that_is_too_small_is_asked_for_more_room(truck: Truck) -> None:
    async with truck.running((50, 12)) as pilot:
        await reads_as(pilot, "too-small-50x12")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        await reads_as(pilot, "my-day-80x24")


async def test_a_crew_is_helped_with_what_is_theirs_alone(truck: Truck) -> None:
    async with truck.running((80, 150)) as pilot:
        await pilot.press("question_mark")
        await settled(pilot)
        text = screen_text(pilot.app)
        assert "On the map" in text
        assert "shift+tab Before" in text, "a key is never broken in two"
        assert "On the board" not in text
        assert "In the queue" not in text
    truck.sign_in(A_SUPERVISOR)
    async with truck.running((80, 150)) as pilot:
        await pilot.press("question_mark")
        await settled(pilot)
        text = screen_text(pilot.app)
        assert "On the board" in text
        assert "In the queue" in text


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_whoever_has_a_mouse_alone_leaves_what_fills_the_screen(truck: Truck, size: tuple[int, int]) -> None:
    truck.sign_in(A_SUPERVISOR)  # with more buttons than a small terminal has room for
    async with truck.running(size) as pilot:
        await pilot.press("full_stop")
        await settled(pilot)
        edge = screen_text(pilot.app).splitlines()
        row = next(number for number, line in enumerate(edge) if "a tap here closes" in line)
        await pilot.click(offset=(edge[row].index("a tap here"), row))
        await settled(pilot)
        assert pilot.app.screen is my_day(pilot)
