"""The history is append-only, and whatever is done to it past the backend shows."""

import json
import sqlite3
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from crew.backend.city import City
from crew.backend.database import FILE_NAME
from crew.backend.history_chain import Audit, audit
from crew.domain.change import Note
from crew.domain.person import Role
from tests.backend.crews import Enrolment, report
from tests.running import crew

pytestmark = pytest.mark.anyio
COLUMNS = ("order_id", "version", "at", "received_at", "person", "device_id", "change_id", "fields", "text", "note")


def audited(city: City, seen: str = "") -> Audit:
    with city.database.reading() as connection:
        return audit(connection, seen)


def tamper(city: City, *statements: str) -> None:
    """Do what somebody with the file and knowledge can do."""
    with closing(sqlite3.connect(city.data_dir / FILE_NAME)) as connection, connection:
        for table, act in product(("history", "history_chain"), ("update", "delete")):
            connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
        for statement in statements:
            assert connection.execute(statement).rowcount


@pytest.fixture
async def busy(city: City, enrol: Enrolment) -> City:
    """A city with eight lines of history on four orders."""
    office = await enrol(Role.SUPERVISOR)
    for number in range(4):
        await office.act(report(city), Note(f"number {number}"))
    return city


async def test_what_the_backend_wrote_is_whole_and_its_head_grows(busy: City, enrol: Enrolment) -> None:
    before = audited(busy)
    assert (before.lines, before.broken, before.has_seen) == (8, "", True)
    await (await enrol(Role.SUPERVISOR)).act(report(busy), Note("one more"))
    after = audited(busy, before.head)
    assert (after.lines, after.broken, after.has_seen) == (10, "", True)
    assert after.head != before.head


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET text = 'x'",
        "DELETE FROM history WHERE id = 1",
        "UPDATE history_chain SET hash = 'x'",
        "DELETE FROM history_chain WHERE history_id = 1",
    ],
)
async def test_the_database_refuses_to_change_or_delete_a_line(busy: City, statement: str) -> None:
    with (
        closing(sqlite3.connect(busy.data_dir / FILE_NAME)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(statement)


TAMPERING: dict[str, tuple[tuple[str, ...], str]] = {
    "a line taken out": (("DELETE FROM history WHERE id = 3",), "was taken out"),
    "a line and its hash taken out": (
        ("DELETE FROM history WHERE id = 3", "DELETE FROM history_chain WHERE history_id = 3"),
        "was changed at or before line 4",
    ),
    "two lines swapped": (
        (
            "UPDATE history SET id = 99 WHERE id = 3",
            "UPDATE history SET id = 3 WHERE id = 4",
            "UPDATE history SET id = 4 WHERE id = 99",
        ),
        "line 3",
    ),
    "a line put in": (
        (f"INSERT INTO history ({', '.join(COLUMNS)}) SELECT {', '.join(COLUMNS)} FROM history WHERE id = 2",),
        "put into the history past the backend: line 9",
    ),
    "another hash": ((f"UPDATE history_chain SET hash = '{'a' * 64}' WHERE history_id = 5",), "line 5"),
    **{
        f"another {column}": ((f"UPDATE history SET {column} = {column} || '1' WHERE id = 6",), "at or before line 6")
        for column in COLUMNS
    },
}


@pytest.mark.parametrize("what", TAMPERING)
async def test_tampering_shows_and_where_it_begins(busy: City, what: str) -> None:
    statements, words = TAMPERING[what]
    tamper(busy, *statements)
    assert words in audited(busy).broken


async def test_lines_cut_off_at_the_end_show_against_a_head_that_was_written_down(busy: City) -> None:
    noted = audited(busy).head
    tamper(busy, "DELETE FROM history WHERE id > 6", "DELETE FROM history_chain WHERE history_id > 6")
    assert audited(busy).broken == "", "the chain itself cannot know"
    assert not audited(busy, noted).has_seen


async def test_the_commands_say_it_and_end_with_a_code_of_their_own(busy: City) -> None:
    folder = busy.data_dir
    said = crew("backend", "audit", "--data", folder, home=folder)
    head = audited(busy).head
    assert (said.code, said.out) == (0, f"8 lines of history, each as it was written; head {head}\n")
    assert crew("backend", "audit", "--against", head, "--json", "--data", folder, home=folder).json["has_seen"]
    unknown = crew("backend", "audit", "--against", "a" * 64, "--data", folder, home=folder)
    assert (unknown.code, "is not in this history" in unknown.err, unknown.out) == (
        10,
        True,
        f"8 lines of history; head {head}\n",
    )
    assert crew("backend", "audit", "--against", "x", "--data", folder, home=folder).code == 2
    tamper(busy, "UPDATE history SET person = 'nobody' WHERE id = 2")
    broken = crew("backend", "audit", "--data", folder, home=folder)
    assert (broken.code, "at or before line 2" in broken.err) == (10, True)
    assert "at or before line 2" in crew("backend", "check", "--data", folder, home=folder).out


async def test_the_history_is_written_for_a_records_request(busy: City, tmp_path: Path) -> None:
    folder, path = busy.data_dir, tmp_path / "history.csv"
    said = crew("backend", "history", "-o", path, "--data", folder, home=folder)
    assert said.out == f"{path}: 8 lines of history.\n"
    header, *lines = path.read_text().splitlines()
    assert (header.split(",")[:4], len(lines)) == (["order_id", "version", "at", "received_at"], 8)
    first = lines[0].split(",")[0]
    of_one = crew("backend", "history", "--order", first, "--format", "jsonl", "--data", folder, home=folder)
    assert {json.loads(line)["order_id"] for line in of_one.out.splitlines()} == {first}
    assert crew("backend", "history", "--until", "2001-01-01", "--data", folder, home=folder).out.count("\n") == 1
    unknown = crew("backend", "history", "--order", "3110000099", "--data", folder, home=folder)
    assert (unknown.code, unknown.out, "no order 3110000099" in unknown.err) == (6, "", True)
    assert "is no day" in crew("backend", "history", "--since", "yesterday", "--data", folder, home=folder).err
