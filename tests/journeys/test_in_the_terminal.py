"""The crew's part of the day in the terminal itself, with the real backend behind it."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from textual.pilot import Pilot

from crew.app import CrewApp
from crew.domain.value import replace
from crew.domain.work_order import WorkStatus
from crew.look import Look
from crew.pictures import Graphics
from crew.wiring import Device, make_sync, open_device
from tests.journeys.test_a_working_day import CREW_NAME, a_photo_file, enrol, report_a_pothole
from tests.running import crew, served
from tests.terminal.frames import screen_text

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def an_app(device: Device) -> CrewApp:
    """The program as the wiring builds it, with no time to undo."""
    look = Look(grace_seconds=0, graphics="half")
    return CrewApp(device.field_work, lambda: make_sync(device), look, device.field_work.day(), Graphics.HALF)


async def until(pilot: Pilot[None], condition: Callable[[], bool], what: str) -> None:
    """Let the program run until something is so, or fail after a bounded time."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen: {what}"
        await pilot.pause(0.02)


def screen_name(pilot: Pilot[None]) -> str:
    return type(pilot.app.screen).__name__


async def test_the_common_day_in_keys_alone(home: Path, tmp_path: Path) -> None:
    backend_dir, folder = tmp_path / "backend", tmp_path / "truck"
    with served(backend_dir, home) as url:
        order_id = report_a_pothole(url, a_photo_file(tmp_path / "hole.jpg", "saddlebrown"))
        enrol(url, backend_dir, folder, home)
        assert crew("sync", "--data", folder, home=home).code == 0
        after = a_photo_file(tmp_path / "filled.jpg", "dimgray")
        device = open_device(folder)
        work = device.field_work
        async with an_app(device).run_test(size=(100, 34), notifications=True, tooltips=True) as pilot:
            await until(pilot, lambda: screen_name(pilot) == "MyDay", "the list is there")
            await pilot.press("g")
            await until(pilot, lambda: work.order(order_id).work_status is WorkStatus.ON_THE_WAY, "on the way")
            await pilot.press("w")
            await until(pilot, lambda: work.order(order_id).work_status is WorkStatus.WORKING, "working")
            await pilot.press("d")
            await until(pilot, lambda: screen_name(pilot) == "DoneSheet", "the sheet is open")
            await pilot.press("p")
            await until(pilot, lambda: screen_name(pilot) == "ChooseFile", "the file choice is open")
            await pilot.press(*str(after))
            await pilot.press("enter")
            await until(pilot, lambda: screen_name(pilot) == "ReviewPhotos", "the photo is shown")
            await pilot.press("enter")
            await until(pilot, lambda: screen_name(pilot) == "DoneSheet", "the photo is kept")
            await until(pilot, lambda: bool(list((folder / "photos").glob("*.jpg"))), "the photo is kept")
            await pilot.press("enter")
            await until(pilot, lambda: work.order(order_id).work_status is WorkStatus.DONE, "done")
            await until(pilot, lambda: not work.outbox().entries, "all is sent")
        device.store.close()
        async with httpx.AsyncClient() as citizen:
            public = (await citizen.get(f"{url}/open311/v2/requests/{order_id}.json")).json()[0]
        assert public["status"] == "closed"


async def test_a_link_that_comes_back_is_noticed_without_a_key(home: Path, tmp_path: Path) -> None:
    backend_dir, folder = tmp_path / "backend", tmp_path / "truck"
    with served(backend_dir, home) as url:
        order_id = report_a_pothole(url, a_photo_file(tmp_path / "hole.jpg", "saddlebrown"))
        enrol(url, backend_dir, folder, home)
        assert crew("sync", "--data", folder, home=home).code == 0
    port = urlsplit(url).port
    assert port is not None
    device = open_device(folder)
    work = device.field_work
    async with an_app(device).run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
        await until(pilot, lambda: screen_name(pilot) == "MyDay", "the list is there")
        await pilot.press("g")
        await until(pilot, lambda: work.order(order_id).work_status is WorkStatus.ON_THE_WAY, "on the way")
        assert len(work.outbox().entries) == 1
        with served(backend_dir, home, port=port):
            await until(pilot, lambda: not work.outbox().entries, "it is sent when the link is back")
    device.store.close()


async def test_work_goes_on_while_a_sign_in_has_lapsed_and_leaves_after_the_next(home: Path, tmp_path: Path) -> None:
    backend_dir, folder = tmp_path / "backend", tmp_path / "truck"
    with served(backend_dir, home) as url:
        order_id = report_a_pothole(url, a_photo_file(tmp_path / "hole.jpg", "saddlebrown"))
        enrol(url, backend_dir, folder, home)
        assert crew("sync", "--data", folder, home=home).code == 0
        person = ("Ana", "--role", "crew", "--crew", CREW_NAME)
        code = crew("backend", "add-person", *person, "--data", backend_dir, "--json", home=home).json["code"]
        device = open_device(folder)
        work = device.field_work
        signed_in = work.signed_in()
        assert signed_in is not None
        device.store.device.sign_in(replace(signed_in, token="one that the backend does not know"))
        async with an_app(device).run_test(size=(80, 24), notifications=True, tooltips=True) as pilot:
            await pilot.press("g")
            await until(pilot, lambda: "Sign in again · 1 to send" in screen_text(pilot.app), "the lamp says it")
            await pilot.press("w")
            await until(pilot, lambda: work.order(order_id).work_status is WorkStatus.WORKING, "work goes on")
            await pilot.press("i")
            await until(pilot, lambda: screen_name(pilot) == "SignIn", "the sheet is open")
            await pilot.press(*code, "enter")
            await until(pilot, lambda: screen_name(pilot) == "MyDay", "the list is back")
            await until(pilot, lambda: not work.outbox().entries, "all is sent")
        device.store.close()
