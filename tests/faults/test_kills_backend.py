"""The backend is killed at its system calls, and its disk breaks and fills up under it: nothing is lost or done twice.

Each fault strikes a process that does real work in a folder of its own. Then a fresh process opens the folder, the
device sends the same again, and what must hold is looked at. CREW_ALL_FAULTS=1 tries every call instead of a sample.
"""

import base64
import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from crew import wire
from crew.backend import people
from crew.backend.care.backup import back_up
from crew.backend.care.restore import restore
from crew.backend.database import FILE_NAME
from crew.domain.errors import CallForHelp
from tests.backend.crews import ROADS
from tests.backend.living_city import CREW, LivingCity, photo_bytes, records
from tests.backend.mail_server import Mailbox, mail_server
from tests.faults import strace
from tests.faults.backend_acts import FIRST_ORDER, LATER, PHOTO, PICTURE, SECOND_ORDER, batch, opened
from tests.faults.stage import FAULT_IN_CREW, Stage, stage
from tests.faults.strace import BROKEN_DISK, FULL_DISK, KILL, Fault
from tests.faults.tally import Tally
from tests.running import Ended
from tests.waits import eventually

SENT: Final = [change.id for change in batch()]
TOKEN: Final = "truck-7-token"
HOW_CHANGES: Final = "the backend is killed, or its disk breaks or fills up, at its system calls"


@dataclass
class Theatre:
    """A stage, and folders to play in."""

    stage: Stage
    folder: Path
    template: Path
    _count: int = field(default=0)

    def city(self) -> Path:
        """A copy of the city with two open orders."""
        return Path(shutil.copytree(self.template, self.empty()))

    def empty(self) -> Path:
        """A folder that is not there yet."""
        self._count += 1
        return self.folder / f"{self._count}"

    def settled(self, folder: Path) -> dict[str, Any]:
        """What a fresh process finds, and finds after the device has sent everything again."""
        ended = self.stage.play("settled", folder)
        assert ended.code == 0, ended.err
        found: dict[str, Any] = json.loads(ended.out)
        return found

    def look(self, folder: Path) -> dict[str, Any]:
        """What a fresh process finds."""
        ended = self.stage.play("look", folder)
        assert ended.code == 0, ended.err + ended.out
        found: dict[str, Any] = json.loads(ended.out)
        return found


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    folder = tmp_path_factory.mktemp("theatre")
    living = LivingCity.founded(folder / "template")
    assert living.reported(photo_needed=True) == FIRST_ORDER
    assert living.reported() == SECOND_ORDER
    living.close()
    (folder / "acts").mkdir()
    with stage("tests.faults.backend_acts", folder / "acts") as opened:
        made = Theatre(opened, folder, folder / "template")
        for act in ("work", "settled", "look"):  # whatever Python imports late is there before the first fault
            assert opened.rehearse(act, made.city()) == 0
        yield made


def assert_done_once(found: Mapping[str, Any]) -> None:
    """One effect a change, one notice of the end, the photo with its file, nobody's feed torn."""
    assert found["faults"] == []
    assert found["effects"] == dict.fromkeys(SENT, 1)
    assert found["notices"] == [FIRST_ORDER]
    assert found["feed"] == 4
    assert json.loads(found["answers"]) == [[change_id, "applied", ""] for change_id in SENT]


def assert_kept_what_was_said(ended: Ended, found: Mapping[str, Any]) -> None:
    """What was answered before the fault was there after it; the batch as a whole or not at all."""
    assert found["remembered"] in ([], SENT)
    if "photo" in ended.out:
        assert found["photos"] == [PHOTO.sha256]
    if "applied" in ended.out:
        assert found["remembered"] == SENT
        assert found["answers"] in ended.out


def test_wherever_the_backend_is_killed_a_change_has_its_effect_once_and_its_photo_is_there(
    theatre: Theatre, tally: Tally
) -> None:
    counted = theatre.stage.counted("work", theatre.city())
    sample = {"write": 3, "pwrite64": 8, "fsync": 4, "fdatasync": 8, "rename": 1, "openat": 5, "unlink": 2}
    assert all(counted[call] for call in sample)

    for fault in strace.sample(counted, KILL, sample):
        folder = theatre.city()
        ended = theatre.stage.play("work", folder, fault=fault)
        if ended.undisturbed:
            continue
        with tally.tries("A change has its effect once, with its photo", HOW_CHANGES):
            assert ended.killed, f"{fault}: {ended}"
            found = theatre.settled(folder)
            assert_kept_what_was_said(ended, found)
            assert_done_once(found)
    assert sum(tried for _, _, tried, _ in tally.rows()) > 20


@pytest.mark.parametrize(
    ("effect", "sample"),
    [
        (BROKEN_DISK, {"write": 1, "pwrite64": 4, "fsync": 4, "fdatasync": 4, "rename": 1, "openat": 3, "unlink": 2}),
        (FULL_DISK, {"write": 1, "pwrite64": 4, "fsync": 1, "rename": 1, "openat": 2}),
    ],
    ids=["broken", "full"],
)
def test_a_backend_whose_disk_fails_once_says_so_and_does_everything_once_when_it_is_asked_again(
    theatre: Theatre, tally: Tally, effect: str, sample: Mapping[str, int]
) -> None:
    counted = theatre.stage.counted("work on", theatre.city())

    for fault in strace.sample({**counted, "write": 1}, effect, sample):  # the later writes are the driver's own words
        folder = theatre.city()
        ended = theatre.stage.play("work on", folder, fault=fault)
        with tally.tries("A change has its effect once, with its photo", HOW_CHANGES):
            assert ended.code != FAULT_IN_CREW, f"{fault}: {ended.err}"
            found = theatre.settled(folder)
            assert_kept_what_was_said(ended, found)
            assert_done_once(found)


def test_a_backend_that_is_killed_while_it_is_founded_opens_the_next_time(theatre: Theatre, tally: Tally) -> None:
    counted = theatre.stage.counted("found", theatre.empty())

    for fault in strace.sample(counted, KILL, {"pwrite64": 3, "fdatasync": 3, "openat": 3, "unlink": 1}):
        folder = theatre.empty()
        ended = theatre.stage.play("found", folder, fault=fault)
        if ended.undisturbed:
            continue
        with tally.tries("A new backend opens", "it is killed at the system calls of its first start"):
            assert ended.killed, f"{fault}: {ended}"
            found = theatre.look(folder)
            assert (found["faults"], found["orders"]) == ([], [])


def test_a_backup_that_is_killed_or_finds_no_room_leaves_no_file_that_looks_like_one(
    theatre: Theatre, tally: Tally
) -> None:
    city, place = theatre.city(), theatre.empty()
    counted = theatre.stage.counted("backup", city, place.with_suffix(".tar"))
    counted["write"] -= 1  # the last one is the driver's own word
    samples = {
        KILL: {"write": 2, "pwrite64": 2, "fsync": 2, "rename": 1, "openat": 3, "unlink": 1},
        BROKEN_DISK: {"write": 1, "fsync": 2, "openat": 2},
        FULL_DISK: {"write": 2, "pwrite64": 2},
    }

    for effect, sample in samples.items():
        for fault in strace.sample(counted, effect, sample):
            file = theatre.empty() / "backup.tar"
            file.parent.mkdir()
            ended = theatre.stage.play("backup", city, file, fault=fault)
            with tally.tries(
                "A backup is whole, or is not there", "killed, and on a broken and a full disk, at its system calls"
            ):
                assert ended.code != FAULT_IN_CREW, f"{fault}: {ended.err}"
                assert effect != KILL or ended.killed or ended.undisturbed, f"{fault}: {ended}"
                if file.exists():
                    back = theatre.empty()
                    assert restore(file, back, LATER, LATER - LATER, lambda done, total: None).orders == 2
                assert file.exists() or "backed up" not in ended.out
                assert theatre.look(city)["faults"] == []


def test_a_disk_that_only_says_that_it_has_written_is_found_out(theatre: Theatre) -> None:
    file = theatre.empty() / "backup.tar"
    file.parent.mkdir()

    ended = theatre.stage.play("backup", theatre.city(), file, fault=Fault("write", 1, "retval=512"))

    assert ended.code == CallForHelp.exit_code, ended
    assert "could not be read again" in ended.out
    assert list(file.parent.iterdir()) == []


def test_a_disk_without_links_gets_copies_of_the_photos_that_are_set_aside(theatre: Theatre) -> None:
    file, city = _another_city(theatre), theatre.city()
    assert theatre.stage.rehearse("work", city) == 0
    photos = photo_bytes(city)

    ended = theatre.stage.play("restore", city, file, fault=Fault("link", 1, "error=EPERM"))

    assert ended.code == 0, ended
    (kept,) = city.glob("set-aside-*")
    assert photo_bytes(kept) == photos
    (copy,) = kept.glob("photos/*/*")
    assert copy.stat().st_nlink == 1


def test_a_disk_that_keeps_no_locks_is_refused_with_a_sentence(theatre: Theatre) -> None:
    ended = theatre.stage.play("found", theatre.empty(), fault=Fault("flock", 1, "error=ENOLCK"))

    assert ended.code == CallForHelp.exit_code, ended
    assert "keeps no locks" in ended.out


def test_a_restore_that_is_killed_or_finds_no_room_leaves_the_old_city_or_the_new_one(
    theatre: Theatre, tally: Tally
) -> None:
    file, city = _another_city(theatre), theatre.city()
    assert theatre.stage.rehearse("work", city) == 0
    before, photos = records(city), photo_bytes(city)
    old = _cut_off_in_a_transaction(city, theatre.empty())
    counted = theatre.stage.counted("restore", Path(shutil.copytree(old, theatre.empty())), file)
    counted["write"] -= 1  # the last one is the driver's own word
    samples = {
        KILL: {"write": 2, "pwrite64": 2, "fsync": 6, "fdatasync": 2, "rename": 3, "openat": 5, "unlink": 2},
        BROKEN_DISK: {"write": 1, "fsync": 4, "rename": 2, "openat": 2},
        FULL_DISK: {"write": 2, "pwrite64": 1, "fsync": 1},
    }

    for effect, sample in samples.items():
        for fault in strace.sample(counted, effect, sample):
            folder = Path(shutil.copytree(old, theatre.empty()))
            ended = theatre.stage.play("restore", folder, file, fault=fault)
            with tally.tries(
                "A restore leaves the old city or the new one",
                "killed, and on a broken and a full disk, at its system calls",
            ):
                assert ended.code != FAULT_IN_CREW, f"{fault}: {ended.err}"
                found = theatre.look(folder)
                assert found["faults"] == [], f"{fault}: {found['faults']}"
                if found["effects"]:  # only the old city has any
                    assert records(folder) == before, str(fault)
                    assert photo_bytes(folder).items() >= photos.items()
                    assert "restored" not in ended.out.splitlines()
                else:
                    assert found["orders"] == [FIRST_ORDER]  # the new city has but one
                    kept = [path for path in folder.glob("set-aside-*") if records(path) == before]
                    assert kept, str(fault)
                    assert photo_bytes(kept[0]).items() >= photos.items()
                again = theatre.stage.play("restore", folder, file)
                assert again.code == 0, again.err + again.out


def _cut_off_in_a_transaction(city: Path, copy: Path) -> Path:
    """The city as a program leaves it that was killed while it wrote: pages half of then, and a journal."""
    with closing(sqlite3.connect(city / FILE_NAME, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 2")
        connection.execute("BEGIN IMMEDIATE")
        for table, column in (
            ("service_requests", "description"),
            ("work_orders", "description"),
            ("feed", "audience"),
        ):
            connection.execute(f"UPDATE {table} SET {column} = 'half of it' || rowid")
        shutil.copytree(city, copy)
        connection.execute("ROLLBACK")
    assert b"half of it" in (copy / FILE_NAME).read_bytes()
    return copy


def _another_city(theatre: Theatre) -> Path:
    """A backup of a city with a photo of its own and without any change of the device."""
    living = LivingCity.founded(theatre.empty())
    living.reported()
    living.photographed("navy")
    file = theatre.empty()
    back_up(living.city, file, lambda done, total: None)
    living.close()
    return file


def test_a_notice_leaves_at_least_once_and_every_copy_is_the_same_letter(theatre: Theatre, tally: Tally) -> None:
    ended_order = theatre.city()
    assert theatre.stage.rehearse("work", ended_order) == 0

    def closed() -> Path:
        return Path(shutil.copytree(ended_order, theatre.empty()))

    with mail_server(Mailbox()) as port:
        assert theatre.stage.rehearse("mail", closed(), str(port)) == 0
        counted = theatre.stage.counted("mail", closed(), str(port))
    samples = {
        KILL: {"connect": 1, "sendto": 7, "pwrite64": 2, "fdatasync": 3, "unlink": 1},
        BROKEN_DISK: {"connect": 1, "sendto": 2, "fdatasync": 2},
    }

    for effect, sample in samples.items():
        for fault in strace.sample(counted, effect, sample):
            folder, mailbox = closed(), Mailbox()
            with mail_server(mailbox) as port:
                ended = theatre.stage.play("mail", folder, str(port), fault=fault)
                with tally.tries(
                    "A notice leaves at least once, and every copy is the same",
                    "the backend is killed, or its disk or the way to the mail server breaks",
                ):
                    assert ended.killed == (effect == KILL) or ended.undisturbed, f"{fault}: {ended}"
                    assert ended.code != FAULT_IN_CREW, f"{fault}: {ended.err}"
                    assert theatre.look(folder)["notices"] == [FIRST_ORDER]
                    assert theatre.stage.play("mail tomorrow", folder, str(port)).code == 0
                    assert theatre.look(folder)["unsent"] == []
                    assert len({letter["Message-ID"] for letter in mailbox.received}) == 1, str(fault)
                    assert len(mailbox.received) <= 2


def test_what_a_killed_server_has_answered_is_there_and_what_it_has_not_is_done_once(
    theatre: Theatre, tally: Tally, tmp_path: Path
) -> None:
    template = theatre.city()
    token = _signed_in(template)

    def served(fault: Fault | None) -> tuple[Path, bool, dict[str, int]]:
        """A device sends to a server that is struck: the server's folder, whether it answered, its calls."""
        folder = Path(shutil.copytree(template, theatre.empty()))
        act = theatre.stage.begin("serve", folder)
        act.go()
        url = eventually(lambda: act.out.read_text().strip())
        log = tmp_path / "calls"
        with strace.striking(act.pid, fault) if fault else strace.watching(act.pid, log):
            answered = _sends(url, token)
            os.kill(act.pid, signal.SIGTERM)
            ended = act.end()
        assert ended.killed == (fault is not None) or ended.undisturbed, f"{fault}: {ended}"
        return folder, answered, {} if fault else strace.counted(log)

    folder, answered, counted = served(None)
    assert answered
    assert_done_once(theatre.settled(folder))
    sample = {"sendto": 2, "pwrite64": 3, "fdatasync": 4, "fsync": 2, "rename": 1, "unlink": 2}

    for fault in strace.sample(counted, KILL, sample):
        folder, answered, _ = served(fault)
        with tally.tries("What a server has answered is there", "the server is killed while a device sends"):
            found = theatre.settled(folder)
            assert found["remembered"] in ([], SENT)
            assert found["remembered"] or not answered
            assert_done_once(found)


def _signed_in(folder: Path) -> str:
    """A token for the crew's device."""
    with opened(folder) as city, city.database.writing() as connection:
        number = people.insert_person(connection, city.catalogue, CREW.person.name, people.Place("crew", ROADS))
        code = people.new_code(connection, number, LATER)
        return people.sign_in(connection, city.catalogue, wire.SignIn(code, CREW.device_id, "tablet"), LATER).token


def _sends(url: str, token: str) -> bool:
    """Send the photo and the changes as a device does; whether the changes were answered."""
    headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
    photo = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(PICTURE)),
        "Upload-Metadata": f"sha256 {base64.b64encode(PHOTO.sha256.encode()).decode()}",
        "Content-Type": wire.PIECE_MEDIA_TYPE,
    }
    body = wire.encode_changes(tuple(batch()))
    try:
        with httpx.Client(base_url=url, headers=headers) as client:
            client.post("/crew/v1/uploads", content=PICTURE, headers=photo).raise_for_status()
            answer = client.post("/crew/v1/changes", content=body, headers={"Content-Type": wire.MEDIA_TYPE})
    except httpx.TransportError:
        return False
    return answer.is_success
