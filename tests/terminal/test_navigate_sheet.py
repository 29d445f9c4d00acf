"""The sheet that helps to get to an order: what stands on it, what its keys do, what it never does."""

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crew.domain.position import Position, PositionSource
from crew.domain.value import replace
from crew.map_program import MapProgram
from crew.screens.messages import YouMoved
from crew.screens.navigate_sheet import NavigateSheet
from crew.widgets.qr_code import QrCode, qr_lines, qr_modules
from tests.hostile import HOSTILE
from tests.terminal.camera_card import press, said
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import NOW, Truck, a_days_work
from tests.terminal.waiting import settled, until
from tests.waits import eventually

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))
POTHOLE = a_days_work()[0]


def shown(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.fixture
def at_station(truck: Truck) -> Truck:
    """The truck stands at Green Street Station."""
    truck.field_work.whereabouts.hear(Position(42.3104, -71.1074, NOW, PositionSource.RECEIVER, 8.0, "gpsd"))
    return truck


@pytest.fixture
def viewer(tmp_path: Path) -> Path:
    """A map program that notes what it is asked for."""
    program = tmp_path / "viewer"
    program.write_text(f'#!/bin/sh\ncd "{tmp_path}"\nprintf "%s\\n" "$#" "$@" > asked.part\nmv asked.part asked\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def asked(viewer: Path) -> list[str]:
    """The number of words, and the words."""
    note = viewer.parent / "asked"
    return eventually(lambda: note.read_text().splitlines() if note.exists() else None)


async def opened(pilot: "Pilot[None]") -> NavigateSheet:
    await press(pilot, "v")
    screen = pilot.app.screen
    assert isinstance(screen, NavigateSheet)
    return screen


def only(truck: Truck, **changes: object) -> None:
    """The pothole alone, changed."""
    truck.receive([replace(POTHOLE, **changes)])  # type: ignore[arg-type]  # the names are those of the order


@pytest.mark.parametrize("size", SIZES, ids=shown)
async def test_the_sheet_reads_as_its_frame(at_station: Truck, size: tuple[int, int]) -> None:
    async with at_station.running(size) as pilot:
        await opened(pilot)
        await reads_as(pilot, f"navigate-{shown(size)}")


@pytest.mark.parametrize("size", SIZES, ids=shown)
async def test_an_order_with_an_address_only_reads_as_its_frame(truck: Truck, size: tuple[int, int]) -> None:
    only(truck, lat=None, long=None)
    async with truck.running(size) as pilot:
        await opened(pilot)
        await reads_as(pilot, f"navigate-address-{shown(size)}")


async def test_the_code_on_the_screen_is_the_link(truck: Truck) -> None:
    async with truck.running() as pilot:
        sheet = await opened(pilot)
        drawn = sheet.query_one(QrCode).drawn
        link = qr_modules("geo:42.315100,-71.113900")
    assert any(list(drawn) == qr_lines(link, quiet, plain=False) for quiet in (2, 3, 4))


@pytest.mark.parametrize(
    ("key", "words"),
    [("a", "412 Centre St, Jamaica Plain"), ("c", "87JC8V8P+2C"), ("l", "geo:42.315100,-71.113900")],
)
async def test_a_key_copies_and_says_so(truck: Truck, key: str, words: str) -> None:
    async with truck.running() as pilot:
        await opened(pilot)
        assert pilot.app.clipboard == "", "nothing is copied but by a key"
        await press(pilot, key)
        assert pilot.app.clipboard == words
        assert f"Copied: {words}" in screen_text(pilot.app).replace("\n", " ") or "Copied" in screen_text(pilot.app)


async def test_without_a_place_there_is_no_plus_code_and_the_key_says_why(truck: Truck) -> None:
    only(truck, lat=None, long=None)
    async with truck.running() as pilot:
        await opened(pilot)
        await press(pilot, "c")
        assert "no plus code: copy the address instead" in said(pilot)
        assert pilot.app.clipboard == ""


async def test_enter_opens_the_map_program_with_the_link_as_one_word(truck: Truck, viewer: Path) -> None:
    truck.field_work.map_program = MapProgram((str(viewer), "--at", "{geo}"))
    async with truck.running() as pilot:
        await opened(pilot)
        await press(pilot, "enter")
        assert asked(viewer) == ["2", "--at", "geo:42.315100,-71.113900"]
        assert "asked to show it" in screen_text(pilot.app)


async def test_a_map_program_that_is_not_there_is_said_in_the_sheet(truck: Truck) -> None:
    truck.field_work.map_program = MapProgram(("no-such-viewer", "{geo}"))
    async with truck.running() as pilot:
        await opened(pilot)
        await press(pilot, "enter")
        assert "The map program no-such-viewer is not installed. Scan the code" in said(pilot)


@pytest.mark.parametrize("words", HOSTILE)
async def test_a_hostile_address_stays_words(truck: Truck, viewer: Path, words: str) -> None:
    truck.field_work.map_program = MapProgram((str(viewer), "{geo}"))
    only(truck, lat=None, long=None, address=words)
    async with truck.running() as pilot:
        await opened(pilot)
        await press(pilot, "a")
        assert not set(pilot.app.clipboard) & set(map(chr, range(32)))
        await press(pilot, "enter")
        count, link = asked(viewer)
    assert count == "1"
    assert link.startswith("geo:0,0?q=")
    assert link[10:].isascii()
    assert not set(link[10:]) & set(" &;|<>\"'`$()\\/?#=-[]{}")


async def test_the_way_follows_the_device_in_an_open_order(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "enter")
        whereabouts = truck.field_work.whereabouts
        whereabouts.set_here((42.3104, -71.1074))
        pilot.app.screen.post_message(YouMoved())
        await until(pilot, lambda: "750 m north-west of you" in said(pilot), "the way is told from here")
        whereabouts.set_here((42.3151, -71.1139))
        pilot.app.screen.post_message(YouMoved())
        await until(pilot, lambda: "at the same place as you" in said(pilot), "the way follows")
        await settled(pilot)
