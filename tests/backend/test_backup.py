"""A backup holds one moment of the city, and every byte of it is checked before anything is moved."""

import os
import tarfile
import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crew.backend.backend_settings import BackendSettings
from crew.backend.care.backup import back_up
from crew.backend.care.checking import check
from crew.backend.care.restore import Restored, restore
from crew.backend.city import open_city
from crew.domain.change import Assignment, Note, StatusChange
from crew.domain.errors import CallForHelp, CorrectInput, FreeSpace, UpdateNeeded
from crew.domain.work_order import WorkStatus
from tests.backend.citizens import Hands
from tests.backend.crews import LIGHTS, ROADS
from tests.backend.living_city import HOUR, OFFICE, LivingCity, photo_bytes, records, silent
from tests.builders import NOON
from tests.rules.source import ROOT
from tests.small_disk import small_disk


@pytest.fixture
def backup(living: LivingCity, tmp_path: Path) -> Path:
    """A backup of a city with an open order, a finished one and its photo."""
    living.reported()
    living.finishes(living.reported(photo_needed=True))
    back_up(living.city, tmp_path / "backup.tar", silent)
    return tmp_path / "backup.tar"


def restored(file: Path, folder: Path) -> Restored:
    return restore(file, folder, NOON + timedelta(days=1), HOUR, silent)


def faults_of(folder: Path) -> list[str]:
    city = open_city(folder, BackendSettings(), Hands())
    found = [finding.sentence for finding in check(city, silent).faults]
    city.database.close()
    return found


ACTS = st.lists(
    st.tuples(st.sampled_from(["report", "note", "move", "work", "finish"]), st.integers(0, 5)), max_size=12
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_what_is_restored_is_what_was_backed_up_whatever_has_happened(
    acts: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("round-trip")
    living = LivingCity.founded(folder / "city")
    orders = [living.reported(photo_needed=True)]
    for act, number in acts:
        chosen = orders[number % len(orders)]
        match act:
            case "report":
                orders.append(living.reported(photo_needed=number % 2 == 0))
            case "note":
                living.does(chosen, Note(f"note {number}"))
            case "move":
                living.does(chosen, Assignment((ROADS, LIGHTS)[number % 2]), OFFICE)
            case "work":
                living.does(chosen, StatusChange(WorkStatus.WORKING))
            case "finish":
                photo = living.photographed(("red", "tan")[number % 2])
                living.does(chosen, StatusChange(WorkStatus.DONE, photos=(photo,)))
    living.finishes(living.reported(photo_needed=True), "sienna")
    before = records(folder / "city")

    back_up(living.city, folder / "backup.tar", silent)
    living.close()
    restored(folder / "backup.tar", folder / "new")

    after = records(folder / "new")
    silenced = {row[0] for row in after["notices"]}
    assert {name: rows for name, rows in after.items() if name != "notices"} == {
        name: rows for name, rows in before.items() if name != "notices"
    }
    assert silenced == {row[0] for row in before["notices"]}
    assert photo_bytes(folder / "new") == photo_bytes(folder / "city")
    assert faults_of(folder / "new") == []


def test_a_backup_beside_busy_writers_is_one_moment_between_its_begin_and_its_end(
    living: LivingCity, tmp_path: Path
) -> None:
    orders = [living.reported() for _ in range(3)]
    enough, stop = threading.Event(), threading.Event()

    def write(writer: LivingCity) -> None:
        while not stop.is_set():
            writer.does(orders[writer.acts % 3], Note(f"note {writer.acts}"))
            if writer.acts % 1000 > 10:
                enough.set()

    others = [
        LivingCity(open_city(tmp_path / "city", BackendSettings(), living.clock), Hands(NOON), n * 1000) for n in (1, 2)
    ]
    threads = [threading.Thread(target=write, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    assert enough.wait(20)
    at_begin = len(records(tmp_path / "city")["history"])
    back_up(living.city, tmp_path / "backup.tar", silent)
    at_end = len(records(tmp_path / "city")["history"])
    stop.set()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()

    restored(tmp_path / "backup.tar", tmp_path / "new")

    final, there = records(tmp_path / "city"), records(tmp_path / "new")
    history = sorted(final["history"])
    moment = len(there["history"])
    assert at_begin <= moment <= at_end
    assert sorted(there["history"]) == history[:moment]
    changes = {row[7] for row in history[:moment]} - {""}
    assert {row[0] for row in there["applied_changes"]} == changes
    assert faults_of(tmp_path / "new") == []


def test_the_file_is_a_tar_that_anybody_can_open_and_only_its_owner_can_read(backup: Path) -> None:
    with tarfile.open(backup) as tar:
        names = [name.partition("/") for name in tar.getnames()]

    assert {folder for folder, _, _ in names} == {"crew-backup-1"}
    assert names[0][2] == "backend.sqlite"
    assert names[-1][2].startswith("manifest.")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in backup.parent.iterdir()) == ["backup.tar", "city"]


def test_an_existing_file_is_not_overwritten(living: LivingCity, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")

    with pytest.raises(CorrectInput, match="never overwrites"):
        back_up(living.city, tmp_path / "mine", silent)
    with pytest.raises(CorrectInput, match="no folder"):
        back_up(living.city, tmp_path / "nowhere" / "backup.tar", silent)

    assert (tmp_path / "mine").read_text() == "precious"


def test_a_rotten_photo_costs_only_itself(living: LivingCity, tmp_path: Path) -> None:
    lost, rotten, sound = (
        living.finishes(living.reported(photo_needed=True), colour) for colour in ("red", "tan", "navy")
    )
    living.city.photo_files.path(lost).unlink()
    living.city.photo_files.path(rotten).write_bytes(b"something else")

    written = back_up(living.city, tmp_path / "backup.tar", silent)
    result = restored(tmp_path / "backup.tar", tmp_path / "new")

    assert set(written.absent_photos) == set(result.absent_photos) == {lost, rotten}
    assert list(photo_bytes(tmp_path / "new")) == [f"{sound}.jpg"]
    assert len(faults_of(tmp_path / "new")) == 1


def test_a_damaged_database_is_not_backed_up(living: LivingCity, tmp_path: Path) -> None:
    for _ in range(40):
        living.does(living.reported(), Note("x" * 2000))
    path = tmp_path / "city" / "backend.sqlite"
    with path.open("r+b") as file:
        for page in range(1, 10):
            file.seek(-page * 4096, os.SEEK_END)
            file.write(b"\xff" * 64)
    fresh = open_city(tmp_path / "city", BackendSettings(), living.clock)  # the other one remembers sound pages

    with pytest.raises(CallForHelp, match="damaged"):
        back_up(fresh, tmp_path / "backup.tar", silent)
    fresh.database.close()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["city"]


def test_a_flipped_bit_at_any_place_is_found_and_nothing_is_restored(backup: Path, tmp_path: Path) -> None:
    good = backup.read_bytes()
    headers = [offset for offset in range(0, len(good), 512) if good[offset : offset + 12] == b"crew-backup-"]
    near = [
        offset + step for offset in headers for step in (0, 14, 100, 124, 148, 156, 157, 257, 340, 500, 511, 512, 600)
    ]
    manifest, end = headers[-1], -(-len(good.rstrip(b"\0")) // 512) * 512
    near += [manifest + 512 + step for step in range(2, 60)]  # what is in it and nowhere else
    near += [offset - 1 for offset in headers[1:]] + [end + step for step in (-1, 0, 511, 512, 1023, 1024)]
    places = sorted({*near, *range(0, len(good), len(good) // 40), len(good) - 1})
    damaged = tmp_path / "damaged.tar"

    for place in (place for place in places if place < len(good)):
        damaged.write_bytes(good[:place] + bytes([good[place] ^ 0x10]) + good[place + 1 :])
        with pytest.raises((CorrectInput, UpdateNeeded)):
            restored(damaged, tmp_path / "new")
        assert [path.name for path in (tmp_path / "new").iterdir()] == ["backend.lock"], place


@pytest.mark.parametrize("kept", [0, 1, 511, 512, 5000, 0.5, 0.9, -10240, -5121, -1024, -1])
def test_a_truncated_backup_is_found_and_nothing_is_restored(backup: Path, tmp_path: Path, kept: float) -> None:
    size = backup.stat().st_size
    part = size * kept if 0 < kept < 1 else kept
    os.truncate(backup, int(part if part >= 0 else size + part))

    with pytest.raises(CorrectInput, match=r"cut off|its end|header is damaged"):
        restored(backup, tmp_path / "new")

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["backend.lock"]


def test_something_behind_the_end_is_found(backup: Path, tmp_path: Path) -> None:
    with backup.open("ab") as file:
        file.write(b"\0" * 10240)

    with pytest.raises(CorrectInput, match="does not end"):
        restored(backup, tmp_path / "new")


def test_a_file_that_is_no_backup_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("Dear Sir or Madam, " * 100)
    (tmp_path / "short").write_text("Dear")
    with tarfile.open(tmp_path / "other.tar", "w", format=tarfile.GNU_FORMAT) as tar:
        tar.add(ROOT / "README.md", "crew/README.md")

    for name in ("text", "short", "other.tar"):
        with pytest.raises(CorrectInput, match="no backup of a Crew backend"):
            restored(tmp_path / name, tmp_path / "new")
    with pytest.raises(CorrectInput, match="There is no backup"):
        restored(tmp_path / "nothing", tmp_path / "new")


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/etc/passwd",
        "photos/aa/../../outside",
        "photos/aa/bb.jpg",
        "backend.sqlite",
        "backend.sqlite-journal",
    ],
)
def test_a_name_that_no_backup_has_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    hostile = tmp_path / "hostile.tar"
    with tarfile.open(backup) as good, tarfile.open(hostile, "w", format=tarfile.GNU_FORMAT) as tar:
        member = good.getmembers()[0]
        tar.addfile(member, good.extractfile(member))
        added = tarfile.TarInfo(f"crew-backup-1/{name}")
        added.size = 5
        tar.addfile(added, BytesIO(b"hello"))

    with pytest.raises(CorrectInput, match="damaged"):
        restored(hostile, tmp_path / "new")

    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.GNUTYPE_SPARSE])
def test_anything_but_a_plain_file_is_refused(backup: Path, tmp_path: Path, kind: bytes) -> None:
    hostile = tmp_path / "hostile.tar"
    with tarfile.open(backup) as good, tarfile.open(hostile, "w", format=tarfile.GNU_FORMAT) as tar:
        member = good.getmembers()[0]
        tar.addfile(member, good.extractfile(member))
        added = tarfile.TarInfo("crew-backup-1/services.toml")
        added.type, added.linkname = kind, "/etc/passwd"
        tar.addfile(added)

    with pytest.raises(CorrectInput, match="more than plain files"):
        restored(hostile, tmp_path / "new")


def test_a_backup_of_a_newer_version_asks_for_an_update(backup: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.tar"
    with tarfile.open(newer, "w", format=tarfile.GNU_FORMAT) as tar:
        added = tarfile.TarInfo("crew-backup-2/backend.sqlite")
        tar.addfile(added)

    with pytest.raises(UpdateNeeded, match="newer Crew"):
        restored(newer, tmp_path / "new")


def test_a_full_disk_leaves_nothing_of_a_backup_and_nothing_of_a_restore(
    living: LivingCity, backup: Path, tmp_path: Path
) -> None:
    for number in range(40):
        living.does(living.reported(), Note(f"{number}" * 4000))

    with small_disk(tmp_path / "small", "400k") as disk:
        with pytest.raises(FreeSpace, match="room"):
            back_up(living.city, disk.folder / "backup.tar", silent)
        assert list(disk.folder.iterdir()) == []
        with pytest.raises(FreeSpace, match="Make room; nothing was changed"):
            restored(backup, disk.folder / "new")
        assert [path.name for path in (disk.folder / "new").iterdir()] == ["backend.lock"]
