"""Every sheet, the outbox and the photos as plain text at three sizes."""

from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from crew.domain.change import SendingStatus
from crew.domain.work_order import PhotoRole, WorkStatus
from crew.screens.sign_in import SignIn
from crew.sync.events import LinkState
from crew.wire import CrewLoad, OtherValue
from tests.terminal.camera_card import CameraCard, press
from tests.terminal.frames import reads_as
from tests.terminal.truck import A_SUPERVISOR, NOW, Truck, a_days_work
from tests.terminal.waiting import settled, until

pytestmark = pytest.mark.anyio

SIZES = ((60, 20), (80, 24), (120, 40))
POTHOLE, BRANCH, LIGHT, GRAFFITI = a_days_work()[:4]
SHEETS = {
    "done": ["d"],
    "choose-file": ["d", "p"],
    "done-with-photo": ["d", "p", "enter", "enter"],
    "add-photos": ["p", "enter", "enter"],
    "review": ["d", "p", "enter"],
    "zoom": ["d", "p", "enter", "enter", "z", "right"],
    "cant": ["c", "o"],
    "status": ["s", "p"],
    "note": ["n", "o", "k"],
}
CREWS = tuple(CrewLoad(f"D{number}", f"Public Works D{number}", number * 3, number % 3) for number in range(1, 8))


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CameraCard:
    """A card at a path that is the same in every run."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    card = CameraCard(tmp_path / "card")
    for number in range(3):
        card.shoot(f"IMG_041{number}.JPG", ("dimgray", "sienna", "olive")[number])
    return card


def shown(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", SIZES, ids=shown)
@pytest.mark.parametrize("name", SHEETS)
async def test_the_sheet_reads_as_its_frame(truck: Truck, card: CameraCard, name: str, size: tuple[int, int]) -> None:
    async with truck.running(size, photo_folder="card") as pilot:
        await press(pilot, *SHEETS[name])
        await reads_as(pilot, f"{name}-{shown(size)}")


@pytest.mark.parametrize("size", SIZES, ids=shown)
async def test_the_outbox_reads_as_its_frame(truck: Truck, size: tuple[int, int]) -> None:
    fill_the_outbox(truck)
    async with truck.running(size) as pilot:
        next_try_at = NOW + timedelta(seconds=20)
        truck.sync.tell(
            LinkState(online=False, since=NOW, to_send=3, next_try_at=next_try_at, problem="No answer. It is kept.")
        )
        await press(pilot, "o")
        await reads_as(pilot, f"outbox-{shown(size)}")
        await press(pilot, "end")
        await reads_as(pilot, f"outbox-decision-{shown(size)}")


@pytest.mark.parametrize("size", SIZES, ids=shown)
@pytest.mark.parametrize("key", ["a", "e"])
async def test_a_supervisors_sheets_read_as_their_frames(truck: Truck, key: str, size: tuple[int, int]) -> None:
    truck.sign_in(A_SUPERVISOR)
    truck.store.device.keep_crews(CREWS)
    async with truck.running(size) as pilot:
        await press(pilot, key)
        await reads_as(pilot, f"{ {'a': 'assign', 'e': 'escalate'}[key] }-{shown(size)}")


@pytest.mark.parametrize("size", SIZES, ids=shown)
async def test_signing_in_reads_as_its_frame(truck: Truck, size: tuple[int, int]) -> None:
    async with truck.running(size) as pilot:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn), "the sheet is there")
        await pilot.press(*"WRONG", "enter")
        await settled(pilot)
        await reads_as(pilot, f"sign-in-{shown(size)}")


async def test_without_colours_the_photos_are_shades(
    truck: Truck, card: CameraCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with truck.running(photo_folder="card") as pilot:
        await press(pilot, "d", "p", "enter", "enter")
        await reads_as(pilot, "done-no-colour-80x24")


async def test_poor_fonts_get_plain_sheets(truck: Truck, card: CameraCard) -> None:
    async with truck.running(photo_folder="card", symbols="ascii") as pilot:
        await press(pilot, "d", "p", "enter", "enter")
        await reads_as(pilot, "done-ascii-80x24")


def fill_the_outbox(truck: Truck) -> None:
    """Something of everything: waiting, with a photo, refused, held, undecided, sent."""
    field_work, outbox = truck.field_work, truck.store.outbox
    sent = field_work.add_note(GRAFFITI.id, "paint ordered")
    outbox.settle(sent.id, SendingStatus.ACKNOWLEDGED, NOW)
    field_work.set_status(LIGHT.id, WorkStatus.ON_THE_WAY)
    photo = field_work.keep_photo(a_picture(truck), PhotoRole.BEFORE)
    field_work.add_photos(LIGHT.id, [photo])
    refused = field_work.set_status(POTHOLE.id, WorkStatus.WORKING)
    field_work.add_note(POTHOLE.id, "cones are out")
    words = "The order was closed by D5 at 13:50. A supervisor can send it back."
    outbox.settle(refused.id, SendingStatus.REFUSED, NOW, reason=words)
    undecided = field_work.set_status(BRANCH.id, WorkStatus.WAITING, reason="weather")
    at = (NOW - timedelta(minutes=20)).isoformat()
    other = OtherValue("work_status", "waiting for weather", "accepted", "Dee", at)
    outbox.settle(undecided.id, SendingStatus.NEEDS_DECISION, NOW, other=other)
    truck.store.device.last_success_at = NOW - timedelta(minutes=34)


def a_picture(truck: Truck) -> Path:
    path = truck.store.folder / "taken.jpg"
    Image.new("RGB", (640, 480), "dimgray").save(path, "JPEG")
    return path
