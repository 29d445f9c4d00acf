"""A device is killed at its system calls, and its disk breaks and fills up under it: what it said to be saved is there.

Each fault strikes the real command line, or the terminal's sync, on a store of its own. Then a fresh process opens the
store, meets the backend, and what must hold is looked at. CREW_ALL_FAULTS=1 tries every call instead of a sample.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select

from crew.backend import schema
from crew.backend.admin import add_person
from crew.backend.backend_settings import BackendSettings
from crew.backend.city import City, open_city
from crew.backend.serve import EmbeddedBackend
from crew.domain.person import Role
from crew.domain.work_order import OrderId, WorkStatus
from crew.wiring import now, open_device
from tests.backend.crews import PHOTO_SERVICE, ROADS, jpeg, report, stored
from tests.faults import strace
from tests.faults.stage import Stage, stage
from tests.faults.strace import BROKEN_DISK, FULL_DISK, KILL
from tests.faults.tally import Tally
from tests.running import Ended, crew, environment

ORDERS: Final = 700
"""One for each fault, with room for all of them."""

TROUBLE_WITH_THE_DISK: Final = (6, 8, 9, 10)
TROUBLE_ON_THE_ROAD: Final = (4, 8, 9, 10, 11)
SAVED: Final = "What a device called saved is there, with its photo"
HOW_SAVED: Final = "the command line is killed, or its disk breaks or fills up, at its system calls"
SENT: Final = "What a device sends has its effect once, and its photo arrives whole"
HOW_SENT: Final = "its sync is killed, or its disk breaks or fills up, at its system calls"


@dataclass
class Theatre:
    """A stage, a city with a server, and devices to play with."""

    stage: Stage
    city: City
    folder: Path
    template: Path
    orders: list[OrderId]
    _count: int = field(default=0)

    @property
    def picture(self) -> Path:
        return self.folder / "after.jpg"

    def device(self) -> tuple[Path, OrderId]:
        """A signed-in device of its own, and an order that nobody has touched."""
        self._count += 1
        return Path(shutil.copytree(self.template, self.folder / f"device-{self._count}")), self.orders.pop()

    def completion(self, folder: Path, order_id: OrderId) -> tuple[str | Path, ...]:
        """The words of the command line that end the work with its photo."""
        return ("crew", "status", order_id, "done", "--photo", self.picture, "--json", "--data", folder)

    def loaded(self) -> tuple[Path, OrderId]:
        """A device on which two changes and a photo wait."""
        folder, order_id = self.device()
        device = open_device(folder)
        with closing(device.store):
            device.field_work.add_note(order_id, "the valve box is loose")
            photo = device.field_work.keep_photo(self.picture)
            device.field_work.set_status(order_id, WorkStatus.DONE, photos=[photo])
        return folder, order_id

    def look(self, folder: Path) -> dict[str, Any]:
        """What a fresh process finds on a device."""
        ended = self.stage.play("look", folder)
        assert ended.code == 0, ended.err + ended.out
        found: dict[str, Any] = json.loads(ended.out)
        assert not found["recovered"], "a kill damages no store"
        assert found["whole"] == found["photos"], "no change without the whole bytes of its photos"
        return found

    def assert_comes_to_rest(self, folder: Path, order_id: OrderId, count: int) -> None:
        """The faults have stopped: after two rounds each change had its effect once, with its photo."""
        for _ in range(2):
            ended = self.stage.play("crew", "sync", "--data", folder)
        assert ended.code == 0, ended.err
        found = self.look(folder)
        assert list(found["changes"].values()) == ["acknowledged"] * count
        with self.city.database.reading() as connection:
            of_order = select(schema.history.c.change_id).where(schema.history.c.order_id == order_id)
            effects = [change_id for change_id in connection.scalars(of_order) if change_id]
        assert sorted(effects) == sorted(found["changes"])
        for sha256 in found["photos"]:
            assert self.city.photo_files.path(sha256).read_bytes() == self.photo_on(folder, sha256)
        assert [photo.sha256 for photo in stored(self.city, order_id).photos] == found["photos"]

    def photo_on(self, folder: Path, sha256: str) -> bytes:
        return (folder / "photos" / f"{sha256}.jpg").read_bytes()


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    folder = tmp_path_factory.mktemp("theatre")
    (folder / "after.jpg").write_bytes(jpeg("sienna", (640, 480)))
    (folder / "acts").mkdir()
    city = open_city(folder / "city", BackendSettings(), now)
    with (
        closing(city.database),
        EmbeddedBackend(city) as url,
        stage("tests.faults.device_acts", folder / "acts", environment(folder)) as opened,
    ):
        orders = [report(city, service_code=PHOTO_SERVICE) for _ in range(ORDERS)]
        template = folder / "template"
        code = add_person(city, "Ana", Role.CREW, ROADS)
        for words in (["sign-in", url, code], ["sync"]):
            assert crew(*words, "--data", template, home=folder).code == 0
        made = Theatre(opened, city, folder, template, orders)
        rehearsed, order_id = made.device()
        opened.rehearse(*made.completion(rehearsed, order_id))  # whatever Python imports late is there before
        opened.rehearse("crew", "sync", "--data", rehearsed)
        opened.rehearse("rounds", rehearsed)
        opened.rehearse("look", rehearsed)
        yield made


@pytest.fixture(autouse=True)
def _nothing_to_pull(theatre: Theatre) -> None:
    """What the tests before sent is on the template, so that a device's calls do not depend on them."""
    assert theatre.stage.play("crew", "sync", "--data", theatre.template).code == 0


def assert_said_what_is(ended: Ended, found: Mapping[str, Any]) -> None:
    """What was printed as saved is there; what was not may be there, once."""
    if ended.out.strip():
        assert list(found["changes"]) == [json.loads(ended.out)["id"]]
    assert len(found["changes"]) <= 1


def test_wherever_the_command_line_is_killed_what_it_said_to_be_saved_is_there_with_its_photo(
    theatre: Theatre, tally: Tally
) -> None:
    counted = theatre.stage.counted(*theatre.completion(*theatre.device()))
    sample = {"write": 2, "pwrite64": 5, "fsync": 3, "fdatasync": 3, "rename": 1, "openat": 4, "unlink": 1}
    struck = 0

    for fault in strace.sample(counted, KILL, sample):
        folder, order_id = theatre.device()
        ended = theatre.stage.play(*theatre.completion(folder, order_id), fault=fault)
        if ended.undisturbed:
            continue
        struck += 1
        with tally.tries(SAVED, HOW_SAVED):
            assert ended.killed, f"{fault}: {ended}"
            found = theatre.look(folder)
            assert_said_what_is(ended, found)
            theatre.assert_comes_to_rest(folder, order_id, len(found["changes"]))
    assert struck > 12


@pytest.mark.parametrize(
    ("effect", "sample"),
    [
        (BROKEN_DISK, {"write": 2, "pwrite64": 4, "fsync": 3, "fdatasync": 3, "rename": 1, "openat": 4, "unlink": 1}),
        (FULL_DISK, {"write": 2, "pwrite64": 4, "fsync": 1, "rename": 1, "openat": 3}),
    ],
    ids=["broken", "full"],
)
def test_a_command_line_whose_disk_fails_says_so_and_calls_nothing_saved_that_is_not(
    theatre: Theatre, tally: Tally, effect: str, sample: Mapping[str, int]
) -> None:
    counted = theatre.stage.counted(*theatre.completion(*theatre.device()))

    for fault in strace.sample(counted, effect, sample):
        folder, order_id = theatre.device()
        ended = theatre.stage.play(*theatre.completion(folder, order_id), fault=fault)
        with tally.tries(SAVED, HOW_SAVED):
            assert ended.code in (0, *TROUBLE_WITH_THE_DISK), f"{fault}: {ended}"
            assert ended.code == 0 or ended.err.startswith("crew: "), f"{fault}: {ended}"
            found = theatre.look(folder)
            done = ended.code == 0 or "It is done" in ended.err
            assert len(found["changes"]) == 1 or not done, f"{fault}: {ended}"
            assert_said_what_is(ended, found)


@pytest.mark.parametrize("program", [("crew", "sync", "--data"), ("rounds",)], ids=["command", "terminal"])
def test_wherever_sync_is_killed_every_change_has_its_effect_once_and_its_photo_arrives_whole(
    theatre: Theatre, tally: Tally, program: tuple[str, ...]
) -> None:
    counted = theatre.stage.counted(*program, theatre.loaded()[0])
    sample = {"pwrite64": 3, "fdatasync": 3, "openat": 1, "connect": 2, "sendto": 5}
    struck = 0

    for fault in strace.sample(counted, KILL, sample):
        folder, order_id = theatre.loaded()
        ended = theatre.stage.play(*program, folder, fault=fault)
        if ended.undisturbed:
            continue
        struck += 1
        with tally.tries(SENT, HOW_SENT):
            assert ended.killed, f"{fault}: {ended}"
            assert len(theatre.look(folder)["changes"]) == 2
            theatre.assert_comes_to_rest(folder, order_id, 2)
    assert struck > 8


@pytest.mark.parametrize(
    ("effect", "sample"),
    [
        (BROKEN_DISK, {"pwrite64": 3, "fdatasync": 3, "openat": 12, "connect": 1}),
        (FULL_DISK, {"pwrite64": 3}),
    ],
    ids=["broken", "full"],
)
def test_a_sync_that_fails_at_one_call_says_so_and_sends_everything_once_the_next_time(
    theatre: Theatre, tally: Tally, effect: str, sample: Mapping[str, int]
) -> None:
    counted = theatre.stage.counted("crew", "sync", "--data", theatre.loaded()[0])

    for fault in strace.sample(counted, effect, sample):
        folder, order_id = theatre.loaded()
        ended = theatre.stage.play("crew", "sync", "--data", folder, fault=fault)
        with tally.tries(SENT, HOW_SENT):
            assert ended.code in (0, *TROUBLE_ON_THE_ROAD), f"{fault}: {ended}"
            assert ended.code == 0 or ended.err.startswith("crew: "), f"{fault}: {ended}"
            assert len(theatre.look(folder)["changes"]) == 2
            theatre.assert_comes_to_rest(folder, order_id, 2)


def test_a_store_that_is_killed_while_it_is_made_opens_the_next_time(theatre: Theatre, tally: Tally) -> None:
    counted = theatre.stage.counted("look", theatre.folder / "first")

    for number, fault in enumerate(
        strace.sample(counted, KILL, {"pwrite64": 4, "fdatasync": 3, "openat": 4, "unlink": 1})
    ):
        folder = theatre.folder / f"new-{number}"
        ended = theatre.stage.play("look", folder, fault=fault)
        if ended.undisturbed:
            continue
        with tally.tries("A new store opens", "it is killed at the system calls of its first start"):
            assert ended.killed, f"{fault}: {ended}"
            assert theatre.look(folder)["changes"] == {}


def test_a_recovery_that_is_killed_leaves_every_change(theatre: Theatre, tally: Tally) -> None:
    damaged, _ = theatre.loaded()
    with (damaged / "crew.sqlite").open("r+b") as file:
        file.write(bytes(4096))
    counted = theatre.stage.counted("look", Path(shutil.copytree(damaged, theatre.folder / "counted")))
    samples = {
        KILL: {"pwrite64": 3, "fsync": 4, "fdatasync": 2, "rename": 4, "openat": 4, "unlink": 2},
        BROKEN_DISK: {"pwrite64": 2, "fsync": 3, "rename": 4, "openat": 3},
        FULL_DISK: {"pwrite64": 2, "rename": 1},
    }

    for effect, sample in samples.items():
        for number, fault in enumerate(strace.sample(counted, effect, sample)):
            folder = Path(shutil.copytree(damaged, theatre.folder / f"damaged-{effect[-3:]}-{number}"))
            ended = theatre.stage.play("look", folder, fault=fault)
            with tally.tries("A damaged store is recovered whole", "the recovery is killed, or its disk fails"):
                again = theatre.stage.play("look", folder)
                assert again.code == 0, f"{fault}: {ended} {again}"
                found = json.loads(again.out)
                assert found["recovered"], f"{fault}: {ended} {again}"
                assert list(found["changes"].values()) == ["waiting", "waiting"]
                assert found["whole"] == found["photos"] != []
                (kept,) = folder.glob("set-aside-*")
                assert (kept / "crew.sqlite").read_bytes() == (damaged / "crew.sqlite").read_bytes()
