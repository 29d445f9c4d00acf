"""People take turns at one terminal; a lock hides everything and loses nothing."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from crew.app import CrewApp
from crew.domain.change import Change
from crew.domain.person import Person, Role
from crew.domain.work_order import WorkStatus
from crew.screens.note_sheet import NoteSheet
from crew.screens.order_detail import OrderDetail
from crew.screens.people_sheet import LockSheet, PeopleSheet, PinSheet
from crew.screens.sign_in import SignIn
from crew.sharing import Sharing
from crew.store.device import SignedInDevice
from crew.store.store import open_store
from tests.builders import an_order
from tests.terminal.camera_card import press, said, tap, write
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import NOW, Truck, a_days_work, my_day
from tests.terminal.waiting import settled, until

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.anyio

ADDRESS = "https://311.example.org"
BEN = Person("Ben", Role.CREW, "D5", "Public Works D5")
SAM = Person("Sam", Role.SUPERVISOR)
SIZES = ((60, 20), (80, 24), (120, 40))
POTHOLE = a_days_work()[0]


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Truck]:
    """Ana works; Ben and Sam have signed in before, and all have a PIN."""
    device = Truck(tmp_path / "device", SAM)
    for person, pin in ((SAM, "5555"), (BEN, "2468"), (device_person(), "1234")):
        device.store.people.enrol(SignedInDevice(ADDRESS, f"token of {person.name}", person, "Boston"))
        device.field_work.sharing.choose_pin(pin)
    device.receive([*a_days_work(), an_order(id="5", crew="D5", address="Ben's street", service_name="Ben's order")])
    yield device
    device.store.close()


def device_person() -> Person:
    return Person("Ana", Role.CREW, "D2", "Public Works D2")


async def shows(pilot: "Pilot[Any]", kind: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, kind), f"{kind.__name__} is there")
    await settled(pilot)


class Passing:
    """The time that passes, as a test says."""

    def __init__(self, app: Any) -> None:
        assert isinstance(app, CrewApp)
        self.seconds = 0.0
        app.running = lambda: self.seconds
        app._touched_at = 0.0
        app.lock_minutes = 5


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize(("name", "keys"), [("people", ["5"]), ("lock", ["6"]), ("pin", ["5", "f3"])])
async def test_the_sheets_read_as_their_frames(
    shared: Truck, name: str, keys: list[str], size: tuple[int, int]
) -> None:
    async with shared.running(size) as pilot:
        await press(pilot, *keys)
        await reads_as(pilot, f"{name}-{size[0]}x{size[1]}")


async def test_a_colleague_takes_over_and_sees_their_own_day(shared: Truck) -> None:
    async with shared.running() as pilot:
        assert "412 Centre St" in screen_text(pilot.app)
        assert "Ben's street" not in screen_text(pilot.app)
        await press(pilot, "enter", "5")
        await press(pilot, "up", "up", "down")
        await write(pilot, "9999")
        await press(pilot, "enter")
        await until(pilot, lambda: "not the PIN of Ben: 4 more" in said(pilot), "it is said")
        assert pilot.app.screen.query_one(Input).value == ""
        await write(pilot, "2468")
        await press(pilot, "enter")
        await until(pilot, lambda: pilot.app.screen is my_day(pilot), "Ben is at home, not on Ana's order")
        await until(pilot, lambda: "Public Works D5 · Ben" in screen_text(pilot.app), "the top row says so")
        await until(pilot, lambda: "Ben's street" in screen_text(pilot.app), "it is his list")
        assert "412 Centre St" not in screen_text(pilot.app)
        await press(pilot, "w")
        assert shared.field_work.outbox().entries[-1].change.person == "Ben"
    assert shared.sync.begun_anew == 1


async def test_nobody_takes_back_what_another_did(shared: Truck) -> None:
    async with shared.running(grace_seconds=60) as pilot:
        await press(pilot, "w", "5", "up", "up")
        await write(pilot, "5555")
        await press(pilot, "enter")
        await until(pilot, lambda: "Supervisor · Sam" in screen_text(pilot.app), "Sam is there")
        await until(pilot, lambda: "Ben's street" in screen_text(pilot.app), "and sees every crew's work")
        await press(pilot, "u")
        assert shared.status_of(POTHOLE) is WorkStatus.WORKING


async def test_a_lock_hides_everything_and_keeps_what_is_begun(shared: Truck) -> None:
    async with shared.running() as pilot:
        passing = Passing(pilot.app)
        await press(pilot, "enter", "n")
        await write(pilot, "the gate is")
        passing.seconds = 299
        await pilot.pause(1.1)
        assert isinstance(pilot.app.screen, NoteSheet)
        passing.seconds = 300
        await shows(pilot, LockSheet)
        assert "Centre St" not in screen_text(pilot.app)
        assert "the gate" not in screen_text(pilot.app)
        for key in ("escape", "q", "question_mark", "ctrl+p", "f3", "x"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, LockSheet), key
        await write(pilot, "1234")
        await press(pilot, "enter")
        await shows(pilot, NoteSheet)
        await write(pilot, " open")
        assert "the gate is open" in screen_text(pilot.app)
    assert shared.sync.begun_anew == 1


async def test_an_act_that_ends_behind_the_lock_does_not_open_it(
    shared: Truck, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, act_and_forget = threading.Event(), shared.field_work.act_and_forget_draft

    def slow(order_id: str, kind: str, act: Callable[[], Change]) -> Change:
        change = act_and_forget(order_id, kind, act)
        assert may_end.wait(timeout=20)
        return change

    monkeypatch.setattr(shared.field_work, "act_and_forget_draft", slow)
    async with shared.running() as pilot:
        await press(pilot, "enter", "n")
        await write(pilot, "the gate is open")
        await pilot.press("f2")
        Passing(pilot.app).seconds = 300
        await until(pilot, lambda: isinstance(pilot.app.screen, LockSheet), "it is locked")
        may_end.set()
        await settled(pilot)
        assert [entry.change.kind for entry in shared.field_work.outbox().entries] == ["note"]
        assert isinstance(pilot.app.screen, LockSheet)
        await write(pilot, "1234")
        await press(pilot, "enter")
        await shows(pilot, OrderDetail)


async def test_another_person_who_opens_the_lock_finds_their_own_home(shared: Truck) -> None:
    async with shared.running() as pilot:
        await press(pilot, "enter", "n")
        await write(pilot, "the gate is")
        await until(pilot, lambda: shared.field_work.draft(POTHOLE.id, "note") == "the gate is", "it is on disk")
        Passing(pilot.app).seconds = 300
        await shows(pilot, LockSheet)
        await press(pilot, "up")
        await write(pilot, "2468")
        await press(pilot, "enter")
        await until(pilot, lambda: pilot.app.screen is my_day(pilot), "the list is there")
        await until(pilot, lambda: "Public Works D5 · Ben" in screen_text(pilot.app))
    assert shared.field_work.draft(POTHOLE.id, "note") == ""
    shared.field_work.sharing.let_work("Ana", "1234")
    assert shared.field_work.draft(POTHOLE.id, "note") == "the gate is"


async def test_a_lock_lasts_over_a_restart(shared: Truck) -> None:
    async with shared.running() as pilot:
        await press(pilot, "6")
        await shows(pilot, LockSheet)
    async with shared.running() as pilot:
        await shows(pilot, LockSheet)
        assert "Centre St" not in screen_text(pilot.app)
        assert my_day(pilot).day_view.day is None, "not even in the first frame"
        await write(pilot, "1234")
        await press(pilot, "enter")
        await until(pilot, lambda: "412 Centre St" in screen_text(pilot.app), "the day is there")


async def test_a_lock_reaches_a_second_terminal_on_the_same_store(shared: Truck) -> None:
    beside = open_store(shared.store.folder, NOW)
    async with shared.running() as pilot:
        Sharing(beside).lock()
        await shows(pilot, LockSheet)
        assert "Centre St" not in screen_text(pilot.app)
        await write(pilot, "1234")
        await press(pilot, "enter")
        await until(pilot, lambda: "412 Centre St" in screen_text(pilot.app), "the day is there")
    beside.close()


async def test_who_forgot_the_pin_comes_in_with_a_code(shared: Truck) -> None:
    shared.sync.answers["K7-42"] = SignedInDevice(ADDRESS, "fresh", device_person(), "Boston")
    async with shared.running() as pilot:
        await press(pilot, "6")
        await shows(pilot, LockSheet)
        await tap(pilot, "New code")
        await shows(pilot, SignIn)
        assert "Centre St" not in screen_text(pilot.app)
        await press(pilot, "escape")
        await shows(pilot, LockSheet)
        await press(pilot, "f2")
        await shows(pilot, SignIn)
        await pilot.press(*"K7-42", "enter")
        await shows(pilot, PinSheet)
        assert "the PIN that you have" not in screen_text(pilot.app)
        await write(pilot, "4321")
        await press(pilot, "enter")
        await write(pilot, "4312")
        await press(pilot, "enter")
        await until(pilot, lambda: "The two new PINs differ" in said(pilot), "it is said")
        for _ in range(2):  # nobody sees which of the two was wrong: both are typed anew
            await write(pilot, "4321")
            await press(pilot, "enter")
        await until(pilot, lambda: pilot.app.screen is my_day(pilot), "the list is there")
    shared.field_work.sharing.let_work("Ana", "4321")
    assert not shared.field_work.sharing.locked


async def test_the_first_of_several_is_asked_for_a_pin_before_a_colleague_signs_in(truck: Truck) -> None:
    truck.sync.answers["K7-42"] = SignedInDevice(ADDRESS, "fresh", BEN, "Boston")
    async with truck.running() as pilot:
        await press(pilot, "6")
        await until(pilot, lambda: "You have no PIN yet" in screen_text(pilot.app), "a lock that nobody opens is none")
        await press(pilot, "5")
        await shows(pilot, PeopleSheet)
        await press(pilot, "enter")
        assert "You work here now. A PIN is for coming back later: f3 chooses one." in said(pilot)
        await press(pilot, "f2")
        await shows(pilot, PinSheet)
        for _ in range(2):
            await write(pilot, "1234")
            await press(pilot, "enter")
        await shows(pilot, SignIn)
        await pilot.press(*"K7-42", "enter")
        await shows(pilot, PinSheet)
        await press(pilot, "escape")
        await until(pilot, lambda: "Public Works D5 · Ben" in screen_text(pilot.app))
    assert [(one.name, one.has_pin) for one in truck.field_work.sharing.people()] == [("Ana", True), ("Ben", False)]
