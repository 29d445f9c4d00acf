"""A check finds what is wrong with a city's records and photos, and calls nothing wrong that is not."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from crew.backend.care.checking import Checked, check
from crew.backend.database import FILE_NAME
from crew.backend.importing import import_file
from crew.backend.orders import NewRequest, link_request
from crew.domain.change import Assignment, Note, StatusChange
from crew.domain.work_order import WorkStatus
from tests.backend.crews import LIGHTS, report
from tests.backend.living_city import OFFICE, LivingCity, silent


@pytest.fixture
def busy(living: LivingCity) -> LivingCity:
    """A city in which most things have happened: a finished order is 1, a moved one 2, an open one 3."""
    living.finishes(living.reported(photo_needed=True))
    moved = living.reported()
    report(living.city, LIGHTS)  # a crew is known by its work
    assert living.does(moved, Assignment(LIGHTS), OFFICE).outcome == "applied"
    open_order = living.reported()
    living.does(open_order, Note("gate code"))
    living.does(open_order, StatusChange(WorkStatus.CANT_DO))
    with living.city.database.writing() as connection:
        link_request(connection, living.city, NewRequest(service_code="pothole", description="again"), open_order)
    return living


def looked_at(living: LivingCity) -> Checked:
    return check(living.city, silent)


def broken(living: LivingCity, statement: str) -> list[str]:
    """The faults, after somebody has put something wrong into the database."""
    with closing(sqlite3.connect(living.city.data_dir / FILE_NAME)) as connection, connection:
        for table, act in product(("history", "history_chain"), ("update", "delete")):
            connection.execute(f"DROP TRIGGER {table}_no_{act}")
        assert connection.execute(statement).rowcount
    return [f"{finding.part}: {finding.sentence}" for finding in looked_at(living).faults]


def test_a_city_in_which_everything_has_happened_is_sound(busy: LivingCity) -> None:
    checked = looked_at(busy)

    assert checked.findings == ()
    assert checked.counts == {"order": 4, "photo": 1, "change": 4, "notice": 1}


def test_an_imported_city_is_sound(living: LivingCity, tmp_path: Path) -> None:
    records = [
        f'{{"service_request_id": "{number}", "service_code": "1", "service_name": "Pothole", "status": "{status}",'
        f' "requested_datetime": "2026-03-01T10:00:00Z", "address": "1 A St"}}'
        for number, status in enumerate(["open", "closed"], 1)
    ]
    (tmp_path / "city.jsonl").write_text("\n".join(records) + "\n")

    imported = import_file(living.city, tmp_path / "city.jsonl", lambda done, total: None).imported

    assert imported == 2
    assert looked_at(living).findings == ()


FIRST = "(SELECT min(id) FROM work_orders)"
WRONGS = {
    "photo without its order's words": ("UPDATE order_photos SET role = 'sideways'", "orders: Unknown words"),
    "a state that the rules do not know": (
        f"UPDATE work_orders SET work_status = 'x' WHERE id = {FIRST}",
        "orders: Unknown",
    ),
    "a gap in a history": ("DELETE FROM history WHERE version = 2", "history: The history has a gap"),
    "a history that ends early": ("DELETE FROM history WHERE version = 3", "history: The history has a gap"),
    "an order without any history": (f"DELETE FROM history WHERE order_id = {FIRST}", "history: The history has a gap"),
    "a line twice": (
        "INSERT INTO history (order_id, version, at, received_at, person, device_id, change_id, fields, text, note)"
        " SELECT order_id, version, at, received_at, person, device_id, '', fields, text, note FROM history"
        " WHERE version = 2",
        "history: The history has a gap, or a line twice",
    ),
    "an effect twice": (
        "UPDATE history SET change_id = (SELECT max(change_id) FROM history) WHERE change_id <> ''",
        "history: A change had its effect more than once",
    ),
    "an order that its crew cannot pull": (
        "DELETE FROM feed WHERE audience = 'roads' AND NOT gone",
        "feed: Not announced",
    ),
    "an order that the office cannot pull": ("DELETE FROM feed WHERE audience = '*'", "feed: Not announced"),
    "an order that is said to be gone": ("UPDATE feed SET gone = 1", "feed: Not announced"),
    "an order of another crew": (
        "UPDATE feed SET gone = 0 WHERE gone",
        "feed: Announced to a crew that does not have it",
    ),
    "a position that could come again": ("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'feed'", "feed: Position"),
    "an answer that is none": ("UPDATE applied_changes SET answer = 'x'", "changes: The remembered answer"),
    "an answer to another change": (
        "UPDATE applied_changes SET change_id = change_id || 'x'",
        "changes: The remembered answer",
    ),
    "an answer without effect": ("UPDATE history SET change_id = ''", "changes: Answered as taken, and without effect"),
    "a contact whose key is away": ("UPDATE contacts SET key_id = 'aaaaaaaaaaaa'", "contacts: "),
    "a notice of another event": ("UPDATE notices SET kind = 'received'", "notices: Of no event that was written"),
    "a notice of no event": ("DELETE FROM notice_events", "notices: Of no event that was written"),
    "a notice that could be there twice": ("UPDATE notices SET destination = 'x'", "notices: Of no event that was"),
    "an event to come": ("UPDATE work_orders SET version = 1", "notices: Of no event that its order had"),
    "an event that never was": ("UPDATE notice_events SET version = 1", "notices: Of no event that its order had"),
    "a photo without a record": ("DELETE FROM photos", "database: SQLite finds damage"),
    "a photo of another size": (
        "UPDATE photos SET byte_count = byte_count + 1",
        "photos: Damaged on the disk: 1 photo: ",
    ),
}


@pytest.mark.parametrize("wrong", WRONGS)
def test_what_is_wrong_with_the_records_is_found(busy: LivingCity, wrong: str) -> None:
    statement, sentence = WRONGS[wrong]
    faults = broken(busy, statement)

    assert any(fault.startswith(sentence) for fault in faults), faults


def _gone(path: Path) -> None:
    path.unlink()


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("wreck", "words"),
    [(_gone, "Gone from"), (_flipped, "Damaged on"), (_cut, "Damaged on"), (_folder, "Damaged on")],
)
def test_a_photo_that_is_not_what_its_name_says_is_found(
    busy: LivingCity, wreck: Callable[[Path], None], words: str
) -> None:
    (photo,) = (busy.city.data_dir / "photos").glob("*/*.jpg")
    wreck(photo)

    (fault,) = looked_at(busy).faults

    assert words in fault.sentence
    assert photo.stem in fault.sentence


def test_a_file_that_no_record_names_is_a_note_and_no_fault(busy: LivingCity) -> None:
    busy.city.photo_files.path("0" * 64).parent.mkdir()
    busy.city.photo_files.path("0" * 64).write_bytes(b"of a killed program")

    checked = looked_at(busy)

    assert checked.faults == ()
    assert "no harm" in checked.findings[0].sentence


def test_a_check_changes_nothing_and_leaves_nothing(busy: LivingCity) -> None:
    before = {path: path.stat().st_mtime_ns for path in busy.city.data_dir.rglob("*") if path.is_file()}

    looked_at(busy)

    assert before == {path: path.stat().st_mtime_ns for path in busy.city.data_dir.rglob("*") if path.is_file()}
