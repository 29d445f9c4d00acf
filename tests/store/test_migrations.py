"""A store of an earlier version comes along with all that waits in it, or stays as it was."""

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from crew.domain.change import SendingStatus
from crew.domain.errors import CallForHelp, UpdateNeeded
from crew.domain.work_order import HistoryEntry, OrderId
from crew.store import database
from crew.store.store import STORE_FILE, open_store
from tests.builders import NOON, an_order
from tests.trucks import Truck

SHAPES = database._migration_steps()
"""What this version ships. A step that has shipped never changes."""

LATER = "ALTER TABLE outbox ADD COLUMN of_tomorrow TEXT NOT NULL DEFAULT 'new'; UPDATE orders SET headline = 'new'"


@pytest.fixture
def full(tmp_path: Path) -> Truck:
    """A truck that has work in every state, photos, a draft."""
    truck = Truck(tmp_path / "truck")
    truck.gets(*(an_order(id=f"BOS-{number}", version=1 + number) for number in range(20)))
    truck.gets(an_order(id="BOS-19", version=30, linked_to="BOS-18"))
    for number, status in enumerate((*SendingStatus, *SendingStatus)):
        change = truck.field_work.add_photos(f"BOS-{number}", [truck.keeps_photo(b"photo %d" % number)])
        if status is SendingStatus.SENDING:
            truck.store.outbox.mark_sending([change.id])
        elif status is not SendingStatus.WAITING:
            truck.settles(change, status, "its words")
    truck.field_work.keep_draft("BOS-1", "note", "half a sentence")
    return truck


def everything(truck: Truck) -> object:
    photos = [truck.store.photos.read(photo.sha256) for entry in truck.changes() for photo in entry.change.photos]
    shown = [truck.shown(f"BOS-{number}") for number in range(20)]
    stands = truck.store.standing.of(OrderId(f"BOS-{number}") for number in range(20))
    return truck.changes(), photos, shown, stands, truck.field_work.draft("BOS-1", "note"), truck.field_work.signed_in()


def next_version(monkeypatch: pytest.MonkeyPatch, *steps: str) -> None:
    """The program is updated to one that has more shapes."""
    monkeypatch.setattr(database, "_migration_steps", lambda: [*SHAPES, *steps])


def test_an_update_carries_a_full_outbox_along(full: Truck, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(full)
    next_version(monkeypatch, LATER)
    assert everything(full.reopened()) == before


def test_an_update_that_fails_leaves_the_store_to_the_version_before(
    full: Truck, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All steps or none: the first step here works, and is taken back with the second."""
    before = everything(full)
    full.store.close()
    next_version(monkeypatch, LATER, "INSERT INTO no_such_table VALUES (1)")
    with pytest.raises(CallForHelp, match="no such table"):
        open_store(full.folder, NOON)
    next_version(monkeypatch)
    assert everything(full.reopened()) == before


def test_of_two_programs_that_update_a_store_one_does_it(full: Truck, monkeypatch: pytest.MonkeyPatch) -> None:
    next_version(monkeypatch, LATER)
    with closing(open_store(full.folder, NOON)), closing(open_store(full.folder, NOON)):
        pass
    with closing(apsw.Connection(str(full.folder / STORE_FILE))) as connection:
        assert connection.execute("SELECT DISTINCT of_tomorrow FROM outbox").get == "new"


def test_a_store_of_a_newer_version_is_refused_before_anything_is_looked_at(
    full: Truck, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one that looks damaged: what this version cannot read it must not judge."""
    next_version(monkeypatch, LATER)
    full.reopened().store.close()
    next_version(monkeypatch)
    path = full.folder / STORE_FILE
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(bytes(4096))
    content = path.read_bytes()
    with pytest.raises(UpdateNeeded, match=r"newer Crew .*Update Crew; the store was not touched"):
        open_store(full.folder, NOON)
    assert path.read_bytes() == content
    (full.folder / f"{STORE_FILE}-damaged").touch()
    with pytest.raises(UpdateNeeded, match="newer Crew"):
        open_store(full.folder, NOON)
    assert not list(full.folder.glob("set-aside-*"))


def test_an_sqlite_that_can_lose_commits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system's package of the driver may be built on an older SQLite than its wheel."""
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
    with pytest.raises(UpdateNeeded, match=r"SQLite 3\.51\.2 can lose work .*needs 3\.51\.3"):
        open_store(tmp_path / "truck", NOON)
    assert not (tmp_path / "truck" / STORE_FILE).exists()


def written_by(version: int, truck: Truck) -> None:
    """Make the truck's store one that an earlier version wrote: its shape, and every row that it could have."""
    truck.store.close()
    path = truck.folder / STORE_FILE
    now = path.rename(path.with_suffix(".now"))
    with closing(apsw.Connection(str(path))) as earlier:
        for number, script in enumerate(SHAPES[:version], start=1):
            earlier.execute(script)
            earlier.pragma("user_version", number)
        earlier.execute("ATTACH ? AS now", (str(now),))
        tables = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'orders!_%' ESCAPE '!'"
        for (table,) in list(earlier.execute(tables)):  # the words of orders come with the orders
            source = "whole_orders" if table == "orders" else table
            there = {row[1] for row in earlier.execute(f"PRAGMA now.table_info({source})")}
            had = [row[1] for row in earlier.execute(f"PRAGMA main.table_info({table})")]
            columns = ", ".join(column for column in had if column in there)
            earlier.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{source}")
    now.unlink()


@pytest.mark.parametrize("version", range(1, len(SHAPES) + 1))
def test_a_store_of_every_earlier_version_comes_along_whole(full: Truck, version: int) -> None:
    full.gets(an_order(id="BOS-7", needs_look=True))
    before = everything(full)
    written_by(version, full)
    assert everything(full.reopened()) == before
    assert full.store.orders.count_to_look_at() == 1
    assert full.store.device.recovery is None


@pytest.mark.parametrize("version", range(1, len(SHAPES) + 1))
def test_a_damaged_store_of_every_earlier_version_is_recovered(full: Truck, version: int) -> None:
    before = everything(full)
    written_by(version, full)
    with (full.folder / STORE_FILE).open("r+b") as file:
        file.write(bytes(4096))
    assert everything(full.reopened()) == before
    assert full.store.device.recovery is not None


def test_a_store_from_before_links_and_triage_knows_of_both(tmp_path: Path) -> None:
    """What was pulled before is counted as new where it is, and a change that waits keeps its place."""
    reported = (HistoryEntry(NOON, "citizen", "reported"),)
    accepted = (*reported, HistoryEntry(NOON, "Ana", "accepted", change_id="x"))
    truck = Truck(tmp_path / "truck")
    truck.gets(an_order(id="new", history=reported), an_order(id="old", history=accepted))
    note = truck.field_work.add_note("old", "n")
    written_by(4, truck)

    truck.reopened()

    assert [stop.order_id for stop in truck.field_work.untriaged()] == ["new"]
    assert truck.ready() == [note.id]
    assert [stop.priority for stop in truck.field_work.day().stops] == ["normal", "normal"]
