"""A restored city takes the place of another, which is kept; nothing that was given out is given a second time."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from crew.backend.asgi import build_backend
from crew.backend.backend_settings import BackendSettings
from crew.backend.care.backup import back_up
from crew.backend.care.checking import check
from crew.backend.care.restore import Restored, restore
from crew.backend.changes import take_changes
from crew.backend.city import City, open_city
from crew.backend.folder_lock import alone
from crew.backend.notices import delivery
from crew.backend.notices.states import State
from crew.backend.public import page_links
from crew.backend.schema import notices as notice_table
from crew.domain.change import Note, StatusChange
from crew.domain.errors import CorrectUsage, TryLater
from crew.domain.person import Role
from crew.domain.work_order import WorkStatus
from tests.backend.citizens import Hands
from tests.backend.crews import ROADS, Enrolment, report
from tests.backend.living_city import CREW, HOUR, LivingCity, about_itself, copied, photo_bytes, records, silent


def backed_up(living: LivingCity, tmp_path: Path) -> Path:
    back_up(living.city, tmp_path / "backup.tar", silent)
    return tmp_path / "backup.tar"


def put_back(file: Path, folder: Path, living: LivingCity) -> Restored:
    return restore(file, folder, living.clock(), HOUR, silent)


def opened(folder: Path, clock: Hands) -> City:
    return open_city(folder, BackendSettings(photo_limit_mb=1), clock)


def waiting(city: City) -> int:
    table = notice_table
    with city.database.reading() as connection:
        return len(connection.execute(select(table.c.id).where(table.c.state == State.WAITING)).all())


def test_what_the_folder_held_lies_whole_beside_and_opens_by_itself(living: LivingCity, tmp_path: Path) -> None:
    living.finishes(living.reported(photo_needed=True), "red")
    backup = backed_up(living, tmp_path)
    later = living.finishes(living.reported(photo_needed=True), "navy")
    before, photos = records(tmp_path / "city"), photo_bytes(tmp_path / "city")
    living.close()

    result = put_back(backup, tmp_path / "city", living)

    assert result.set_aside is not None
    assert result.set_aside.parent == tmp_path / "city"
    assert records(result.set_aside) == before
    assert photo_bytes(result.set_aside) == photos
    assert f"{later}.jpg" in photos
    for folder, orders in ((result.set_aside, 2), (tmp_path / "city", 1)):
        city = opened(folder, living.clock)
        found = check(city, silent)
        city.database.close()
        assert not found.faults
        assert found.counts["order"] == orders


def test_a_second_restore_within_a_second_keeps_both_older_cities(living: LivingCity, tmp_path: Path) -> None:
    living.reported()
    backup = backed_up(living, tmp_path)
    living.close()

    kept = [put_back(backup, tmp_path / "city", living).set_aside for _ in range(3)]

    assert len({path for path in kept if path is not None and path.is_dir()}) == 3


@pytest.mark.parametrize("wreck", ["overwritten", "truncated", "replaced"])
def test_a_damaged_city_is_set_aside_byte_for_byte(living: LivingCity, tmp_path: Path, wreck: str) -> None:
    living.reported()
    backup = backed_up(living, tmp_path)
    living.close()
    path = tmp_path / "city" / "backend.sqlite"
    content = path.read_bytes()
    wrecks = {"overwritten": b"\xff" * 4096 + content[4096:], "truncated": content[:7000], "replaced": b"no database"}
    path.write_bytes(wrecks[wreck])
    path.with_name("backend.sqlite-journal").write_bytes(b"half a journal")

    result = put_back(backup, tmp_path / "city", living)

    assert result.set_aside is not None
    assert (result.set_aside / "backend.sqlite").read_bytes() == wrecks[wreck]
    assert (result.set_aside / "backend.sqlite-journal").read_bytes() == b"half a journal"
    assert not path.with_name("backend.sqlite-journal").exists()
    assert len(records(tmp_path / "city")["work_orders"]) == 1


def test_a_transaction_that_was_cut_off_is_taken_back_before_the_city_is_set_aside(
    living: LivingCity, tmp_path: Path
) -> None:
    for _ in range(30):
        living.does(living.reported(), Note("x" * 1000))
    backup = backed_up(living, tmp_path)
    living.close()
    before = records(tmp_path / "city")
    path = tmp_path / "city" / "backend.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 2")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE service_requests SET description = 'half' || description || hex(zeroblob(2000))")
        half = copied(tmp_path / "city", tmp_path / "half")
        connection.execute("ROLLBACK")
    assert (half / "backend.sqlite-journal").stat().st_size > 0
    assert (half / "backend.sqlite").read_bytes() != path.read_bytes()

    result = put_back(backup, half, living)

    assert result.set_aside is not None
    assert records(result.set_aside) == before
    assert records(half)["history"] == before["history"]


def test_what_a_first_start_left_that_was_killed_does_no_harm(living: LivingCity, tmp_path: Path) -> None:
    living.reported()
    backup = backed_up(living, tmp_path)
    begun, folder = tmp_path / "begun", tmp_path / "killed"
    begun.mkdir()
    with closing(sqlite3.connect(begun / "backend.sqlite", isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 2")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE first (words)")
        connection.executemany("INSERT INTO first VALUES (?)", [("x" * 3000,)] * 30)
        copied(begun, folder)
    (folder / "backend.sqlite").write_bytes(b"")
    assert (folder / "backend.sqlite-journal").stat().st_size > 0

    result = put_back(backup, folder, living)

    assert result.set_aside is None
    assert records(folder)["work_orders"] == records(tmp_path / "city")["work_orders"]


def test_a_folder_that_a_program_uses_is_not_restored_into_and_nobody_opens_one_that_is(
    living: LivingCity, tmp_path: Path
) -> None:
    living.reported()
    backup = backed_up(living, tmp_path)
    before = records(tmp_path / "city")

    with pytest.raises(CorrectUsage, match="Stop it"):
        put_back(backup, tmp_path / "city", living)

    assert records(tmp_path / "city") == before
    living.close()
    with alone(tmp_path / "city"), pytest.raises(TryLater, match="being restored"):
        opened(tmp_path / "city", living.clock)


def test_the_epoch_is_new_and_the_citizens_links_live(living: LivingCity, tmp_path: Path) -> None:
    request = living.reported()
    with living.city.database.reading() as connection:
        link = page_links.page_address(connection, "https://311.example.gov", request)
    backup = backed_up(living, tmp_path)

    put_back(backup, tmp_path / "new", living)

    before, after = about_itself(tmp_path / "city"), about_itself(tmp_path / "new")
    assert before["epoch"] != after["epoch"]
    again = opened(tmp_path / "new", living.clock)
    with again.database.reading() as connection:
        assert page_links.page_address(connection, "https://311.example.gov", request) == link
    again.database.close()


def test_a_number_that_the_forgotten_city_gave_is_not_given_to_somebody_else(
    living: LivingCity, tmp_path: Path
) -> None:
    living.reported()
    backup = backed_up(living, tmp_path)
    forgotten = {living.reported() for _ in range(50)}

    put_back(backup, tmp_path / "new", living)

    again = opened(tmp_path / "new", living.clock)
    assert not {report(again) for _ in range(60)} & forgotten
    again.database.close()


def test_work_that_the_backup_knows_is_not_done_twice_and_what_it_forgot_is_done_again(
    living: LivingCity, tmp_path: Path
) -> None:
    order = living.reported()
    known = living.change(order, Note("before"))
    take_changes(living.city, CREW, [known])
    backup = backed_up(living, tmp_path)
    forgotten = living.change(order, StatusChange(WorkStatus.WORKING))
    take_changes(living.city, CREW, [forgotten])

    put_back(backup, tmp_path / "new", living)

    again = opened(tmp_path / "new", living.clock)
    answers = take_changes(again, CREW, [known, forgotten]).answers
    again.database.close()
    assert [answer.outcome for answer in answers] == ["applied", "applied"]
    entries = [row[7] for row in records(tmp_path / "new")["history"] if row[7]]
    assert sorted(entries) == sorted([known.id, forgotten.id])


def test_a_restored_backup_does_not_mail_the_city(living: LivingCity, tmp_path: Path) -> None:
    old, late, open_ = (living.reported() for _ in range(3))
    living.does(old, StatusChange(WorkStatus.DONE))
    living.clock.turn(hours=30)
    forgotten = [living.change(order, StatusChange(WorkStatus.DONE)) for order in (late, open_)]
    backup = backed_up(living, tmp_path)
    living.clock.turn(hours=10)

    result = put_back(backup, tmp_path / "new", living)

    assert result.silent_notices == 1
    again = opened(tmp_path / "new", living.clock)
    assert waiting(again) == 0
    take_changes(again, CREW, forgotten)
    assert waiting(again) == 0
    notes = [finding.sentence for finding in check(again, silent).findings]
    assert notes == ["3 notices not mailed, since citizens may know from before a restore."]
    assert delivery.deliver_due(again) == 0

    order = report(again)
    fresh = LivingCity(again, living.clock, 100)
    fresh.does(order, StatusChange(WorkStatus.DONE))
    assert delivery.deliver_due(again) == 1
    again.database.close()


def test_what_happened_shortly_before_the_restore_is_mailed(living: LivingCity, tmp_path: Path) -> None:
    living.does(living.reported(), StatusChange(WorkStatus.DONE))
    backup = backed_up(living, tmp_path)
    living.clock.turn(minutes=50)

    assert put_back(backup, tmp_path / "new", living).silent_notices == 0

    again = opened(tmp_path / "new", living.clock)
    assert delivery.deliver_due(again) == 1
    again.database.close()


def test_tables_of_the_city_come_with_the_backup_into_an_empty_folder_and_never_over_newer_ones(
    living: LivingCity, tmp_path: Path
) -> None:
    (tmp_path / "city" / "crews.toml").write_text("# then\n")
    (tmp_path / "city" / "services.toml").write_text("# then\n")
    living.reported()
    backup = backed_up(living, tmp_path)
    living.close()
    (tmp_path / "city" / "crews.toml").write_text("# now\n")
    (tmp_path / "city" / "services.toml").unlink()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "services.toml").write_text("# of the administrator\n")

    put_back(backup, tmp_path / "new", living)
    put_back(backup, tmp_path / "city", living)

    assert (tmp_path / "new" / "crews.toml").read_text() == "# then\n"
    assert (tmp_path / "new" / "services.toml").read_text() == "# of the administrator\n"
    assert (tmp_path / "city" / "crews.toml").read_text() == "# now\n"
    assert not (tmp_path / "city" / "services.toml").exists()


def test_a_photo_of_both_cities_is_on_the_disk_once(living: LivingCity, tmp_path: Path) -> None:
    sha256 = living.finishes(living.reported(photo_needed=True))
    backup = backed_up(living, tmp_path)
    living.close()

    result = put_back(backup, tmp_path / "city", living)

    assert result.set_aside is not None
    (kept,) = result.set_aside.glob("photos/*/*")
    assert kept.samefile(living.city.photo_files.path(sha256))


def test_a_photo_that_had_rotted_in_the_folder_is_whole_again(living: LivingCity, tmp_path: Path) -> None:
    sha256 = living.finishes(living.reported(photo_needed=True))
    backup = backed_up(living, tmp_path)
    path = living.city.photo_files.path(sha256)
    good = path.read_bytes()
    living.close()
    path.write_bytes(b"rotten")

    result = put_back(backup, tmp_path / "city", living)

    assert path.read_bytes() == good
    assert result.set_aside is not None
    assert photo_bytes(result.set_aside) == {path.name: b"rotten"}


@pytest.mark.anyio
async def test_a_device_that_comes_back_pulls_everything_anew(living: LivingCity, tmp_path: Path) -> None:
    order = living.reported()
    transport = httpx.ASGITransport(build_backend(living.city), client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://city") as client:
        ana = await Enrolment(client, living.city)(Role.CREW, ROADS)
        page = await ana.feed()
    backup = backed_up(living, tmp_path)
    put_back(backup, tmp_path / "new", living)

    again = opened(tmp_path / "new", living.clock)
    transport = httpx.ASGITransport(build_backend(again), client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://city") as client:
        ana.client = client
        anew = await ana.feed(page.cursor)
    again.database.close()

    assert anew.reset
    assert [found.id for found in anew.orders] == [order]
