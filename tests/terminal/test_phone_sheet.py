"""The sheet that shows a code for the worker's phone: what stands on it, its keys, a photo's way through it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from httpx import AsyncClient
from textual.geometry import Size

from crew.domain.errors import AwaitLink
from crew.look import Look
from crew.phone import ArrivedPhoto, Limits, PhoneDoor, Standing, Surroundings, Way
from crew.phone.door import NO_NETWORK
from crew.screens.phone_sheet import NONE_YET, STILL_COMING, OpenDoor, PhoneSheet
from crew.widgets.qr_code import NO_ROOM, QrCode, qr_lines, qr_modules
from tests.phone.phone import Phone, a_photo
from tests.terminal.camera_card import said, tap
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.scripted_door import URL, ScriptedDoor
from tests.terminal.truck import Truck
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))
WORDS = "Pothole, 412 Centre St, Jamaica Plain"
TWO_PHOTOS = (ArrivedPhoto(Path("one.jpg"), 2_400_000), ArrivedPhoto(Path("two.jpg"), 840_000))
HALF_WAY = Standing(phone_here=True, arrived=TWO_PHOTOS, percent=45)

Result = list[tuple[Path, ...] | None]


def shown(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


async def open_sheet(
    pilot: "Pilot[Any]", open_door: Callable[[int], AbstractAsyncContextManager[OpenDoor]], **look: Any
) -> Result:
    """Show the sheet, and return where its result will be."""
    result: Result = []
    pilot.app.push_screen(PhoneSheet(open_door, WORDS, Look(**look)), result.append)
    await until(pilot, lambda: isinstance(pilot.app.screen, PhoneSheet), "the sheet is there")
    await settled(pilot)
    return result


def is_left(pilot: "Pilot[Any]") -> bool:
    return not isinstance(pilot.app.screen, PhoneSheet)


# What stands on it


@pytest.mark.parametrize("size", SIZES, ids=shown)
async def test_the_sheet_reads_as_its_frames(truck: Truck, size: tuple[int, int]) -> None:
    door = ScriptedDoor(way_count=2)
    async with truck.running(size) as pilot:
        await open_sheet(pilot, lambda _: door)
        await reads_as(pilot, f"phone-{shown(size)}")
        door.tell(HALF_WAY)
        await until(pilot, lambda: "45 %" in said(pilot), "the photo under way is shown")
        await reads_as(pilot, f"phone-arriving-{shown(size)}")


@pytest.mark.parametrize("size", SIZES, ids=shown)
async def test_without_a_network_the_sheet_reads_as_its_frame(truck: Truck, size: tuple[int, int]) -> None:
    async with truck.running(size) as pilot:
        await open_sheet(pilot, lambda _: ScriptedDoor(refusal=AwaitLink(NO_NETWORK)))
        await reads_as(pilot, f"phone-no-network-{shown(size)}")


async def test_poor_fonts_get_a_code_of_plain_characters_where_it_fits(truck: Truck) -> None:
    async with truck.running((120, 40), symbols="ascii") as pilot:
        await open_sheet(pilot, lambda _: ScriptedDoor(), symbols="ascii")
        await reads_as(pilot, "phone-ascii-120x40")


async def test_poor_fonts_get_the_address_where_the_code_does_not_fit(truck: Truck) -> None:
    async with truck.running(symbols="ascii") as pilot:
        await open_sheet(pilot, lambda _: ScriptedDoor(), symbols="ascii")
        assert URL in said(pilot)
        await reads_as(pilot, "phone-ascii-80x24")


async def test_without_colours_the_code_is_drawn_by_its_light_modules(
    truck: Truck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with truck.running() as pilot:
        await open_sheet(pilot, lambda _: ScriptedDoor())
        await reads_as(pilot, "phone-no-colour-80x24")


@pytest.mark.parametrize("theme", ["night", "day", "sun", "terminal"])
async def test_the_code_is_black_on_white_in_every_theme(truck: Truck, theme: str) -> None:
    async with truck.running(theme=theme) as pilot:
        await open_sheet(pilot, lambda _: ScriptedDoor())
        code = pilot.app.screen.query_one(QrCode)
        colours = {
            (segment.text[0], str(segment.style.color.name), str(segment.style.bgcolor.name))
            for y in range(len(code.drawn))
            for segment in code.render_line(y)
            if segment.style and segment.style.color and segment.style.bgcolor
        }
    white, black = "#ffffff", "#000000"
    assert colours == {("█", white, white), (" ", black, black), ("▀", white, black), ("▄", white, black)}


# The code


def light_modules(lines: list[str]) -> list[list[bool]]:
    """What a camera sees of half blocks, a row for each module."""
    rows = []
    for line in lines:
        rows.append([character in "█▀" for character in line])
        rows.append([character in "█▄" for character in line])
    return rows


@pytest.mark.parametrize("quiet", [2, 4])
def test_what_is_drawn_is_the_code_in_its_quiet_zone(quiet: int) -> None:
    import segno

    matrix = [[bool(module) for module in row] for row in segno.make(URL, error="l", micro=False).matrix]
    rows = light_modules(qr_lines(qr_modules(URL), quiet, plain=False))
    inside = [row[quiet:-quiet] for row in rows[quiet : quiet + len(matrix)]]
    assert inside == [[not dark for dark in row] for row in matrix]
    around = [*rows[:quiet], *rows[quiet + len(matrix) :], *(row[:quiet] + row[-quiet:] for row in rows)]
    assert len(rows) >= len(matrix) + 2 * quiet
    assert all(all(row) for row in around)


def test_plain_characters_draw_the_same_code() -> None:
    modules = qr_modules(URL)
    lines = qr_lines(modules, 4, plain=True)
    inside = [[line[2 * at : 2 * at + 2] for at in range(4, 4 + len(modules))] for line in lines[4:-4]]
    assert inside == [["  " if dark else "##" for dark in row] for row in modules]
    assert {len(line) for line in lines} == {2 * (len(modules) + 8)}


async def test_a_code_that_loses_its_room_says_so_and_comes_back(truck: Truck) -> None:
    async with truck.running((80, 24), symbols="ascii") as pilot:
        await open_sheet(pilot, lambda _: ScriptedDoor(), symbols="ascii")
        code = pilot.app.screen.query_one(QrCode)
        assert not code.drawn
        assert NO_ROOM.split(".")[0][:20] in screen_text(pilot.app)
        await pilot.resize_terminal(120, 44)
        await until(pilot, lambda: code.drawn, "the code is drawn")
        assert code.size == Size(2 * (29 + 8), 29 + 8)


# Keys, taps, and what is given back


async def test_enter_gives_what_has_arrived_and_closes_the_door(truck: Truck) -> None:
    door = ScriptedDoor()
    async with truck.running() as pilot:
        result = await open_sheet(pilot, lambda _: door)
        await pilot.press("enter")
        assert NONE_YET in said(pilot)
        door.tell(Standing(phone_here=True, arrived=TWO_PHOTOS))
        await until(pilot, lambda: "2 photos arrived" in said(pilot), "they are listed")
        await pilot.press("enter")
        await until(pilot, lambda: is_left(pilot), "the sheet is left")
    assert result == [(Path("one.jpg"), Path("two.jpg"))]
    assert not door.is_open


async def test_esc_gives_back_what_has_arrived_too(truck: Truck) -> None:
    door = ScriptedDoor()
    async with truck.running() as pilot:
        result = await open_sheet(pilot, lambda _: door)
        door.tell(HALF_WAY)
        await until(pilot, lambda: "45 %" in said(pilot), "the photo under way is shown")
        await tap(pilot, "Back")
        await until(pilot, lambda: is_left(pilot), "the sheet is left")
    assert result == [(Path("one.jpg"), Path("two.jpg"))]


async def test_a_photo_that_is_still_coming_is_left_behind_only_when_asked_twice(truck: Truck) -> None:
    door = ScriptedDoor()
    async with truck.running() as pilot:
        result = await open_sheet(pilot, lambda _: door)
        door.tell(HALF_WAY)
        await until(pilot, lambda: "45 %" in said(pilot), "the photo under way is shown")
        await tap(pilot, "Use them")
        assert STILL_COMING in said(pilot)
        door.tell(Standing(phone_here=True, arrived=TWO_PHOTOS, percent=60))
        await until(pilot, lambda: "60 %" in said(pilot), "it goes on")
        assert STILL_COMING in said(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: is_left(pilot), "the sheet is left")
    assert result == [(Path("one.jpg"), Path("two.jpg"))]


async def test_each_network_has_its_door_and_what_came_through_one_stays(truck: Truck) -> None:
    doors = {0: ScriptedDoor(way_count=2), 1: ScriptedDoor(way_count=2)}
    doors[1].url = "http://10.0.0.2:40000/other/"
    async with truck.running() as pilot:
        result = await open_sheet(pilot, lambda way: doors[way])
        doors[0].tell(Standing(phone_here=True, arrived=TWO_PHOTOS[:1]))
        await until(pilot, lambda: "1 photo arrived" in said(pilot), "it is listed")
        await tap(pilot, "Network")
        await until(pilot, lambda: doors[1].url in said(pilot), "the other address is shown")
        assert (doors[0].is_open, doors[1].is_open) == (False, True)
        doors[1].tell(Standing(phone_here=True, arrived=TWO_PHOTOS[1:]))
        await until(pilot, lambda: "2 photos arrived" in said(pilot), "both are listed")
        await pilot.press("enter")
        await until(pilot, lambda: is_left(pilot), "the sheet is left")
    assert result == [(Path("one.jpg"), Path("two.jpg"))]


async def test_with_one_network_there_is_no_key_for_the_next(truck: Truck) -> None:
    asked: list[int] = []

    def open_door(way: int) -> ScriptedDoor:
        asked.append(way)
        return ScriptedDoor()

    async with truck.running() as pilot:
        await open_sheet(pilot, open_door)
        await pilot.press("w")
        await settled(pilot)
        assert "Network" not in screen_text(pilot.app)
    assert asked == [0]


async def test_a_network_that_comes_later_is_found_with_the_same_key(truck: Truck) -> None:
    doors = [ScriptedDoor(refusal=AwaitLink(NO_NETWORK)), ScriptedDoor()]
    async with truck.running() as pilot:
        result = await open_sheet(pilot, lambda _: doors.pop(0))
        assert NO_NETWORK in said(pilot)
        assert URL not in said(pilot)
        await pilot.press("n")
        await until(pilot, lambda: URL in said(pilot), "the code is there")
        assert NO_NETWORK not in said(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: is_left(pilot), "the sheet is left")
    assert result == [()]


async def test_without_a_network_esc_leads_back(truck: Truck) -> None:
    async with truck.running() as pilot:
        result = await open_sheet(pilot, lambda _: ScriptedDoor(refusal=AwaitLink(NO_NETWORK)))
        await pilot.press("escape")
        await until(pilot, lambda: is_left(pilot), "the sheet is left")
    assert result == [()]


# With a real door


async def test_a_photo_from_a_phone_arrives_and_a_new_code_ends_the_old_address(truck: Truck, tmp_path: Path) -> None:
    nearby = Surroundings(ways=lambda: (Way("127.0.0.1", "wlan0"),))

    def open_door(way: int) -> PhoneDoor:
        return PhoneDoor(tmp_path / "incoming", WORDS, Limits(photo_bytes=10_000_000), way, nearby)

    def address() -> str:
        return next((word for word in said(pilot).split() if word.startswith("http://")), "")

    content = a_photo()
    async with truck.running() as pilot, AsyncClient() as client:
        result = await open_sheet(pilot, open_door)
        await until(pilot, address, "there is an address")
        phone = Phone(client, address())
        assert (await phone.hello()).status_code == 204
        await until(pilot, lambda: "The page is open" in said(pilot), "the phone is noticed")
        assert (await phone.send(b"MZ is no picture")).status_code == 415
        await until(pilot, lambda: "This is no photo" in said(pilot), "the refusal is shown")
        assert (await phone.send(content)).status_code == 204
        await until(pilot, lambda: "1 photo arrived" in said(pilot), "the photo is listed")
        assert "This is no photo" not in said(pilot)
        await tap(pilot, "New code")
        await until(pilot, lambda: address() not in ("", phone.url), "there is another address")
        assert (await Phone(client, address()).hello()).status_code == 204
        await pilot.press("escape")
        await until(pilot, lambda: is_left(pilot), "the sheet is left")
    [paths] = result
    assert paths is not None
    assert [path.read_bytes() for path in paths] == [content]
