"""The store's file keeps what it was given, or says in a sentence why it cannot."""

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from crew.domain.errors import CallForHelp, FreeSpace, UpdateNeeded
from crew.store.database import Database
from crew.store.store import STORE_FILE, open_store
from tests.builders import NOON


class Fault(Exception):
    """What a test raises where the program would break."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / STORE_FILE


@pytest.fixture
def notes(path: Path) -> Database:
    """A database with a table of its own."""
    database = Database.open(path)
    database.execute("CREATE TABLE notes (text TEXT NOT NULL)")
    return database


def written(database: Database) -> list[str]:
    return [row[0] for row in database.rows("SELECT text FROM notes ORDER BY rowid")]


def write(database: Database, text: str) -> None:
    database.execute("INSERT INTO notes (text) VALUES (?)", (text,))


@pytest.mark.parametrize(
    ("pragma", "wanted"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("trusted_schema", 0), ("cell_size_check", 1)],
)
def test_the_file_is_opened_durably(path: Path, pragma: str, wanted: object) -> None:
    with closing(Database.open(path)) as database:
        assert database.row(f"PRAGMA {pragma}") == (wanted,)


def test_a_disk_that_cannot_keep_a_write_ahead_log_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database in memory has no such log, like some network folders."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CallForHelp, match="cannot keep work safely"):
        Database.open(Path(":memory:"))


def test_folder_and_file_are_their_owners_alone(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "new" / "crew", NOON)) as store:
        assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
        files = list(store.folder.iterdir())
        assert STORE_FILE in {file.name for file in files}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_folder_that_cannot_be_made_or_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FreeSpace, match=r"cannot be made.*--data"):
        open_store(tmp_path / "file", NOON)
    (tmp_path / "folder" / STORE_FILE).mkdir(parents=True)
    with pytest.raises(FreeSpace, match="cannot be written"):
        open_store(tmp_path / "folder", NOON)


def test_a_store_of_a_newer_version_is_refused_and_not_touched(path: Path) -> None:
    Database.open(path).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 311")
        newer.execute("CREATE TABLE of_the_future (text TEXT)")
    before = path.read_bytes()
    with pytest.raises(UpdateNeeded, match=r"newer Crew .*311.*not touched"):
        Database.open(path)
    assert path.read_bytes() == before


def test_an_older_store_keeps_its_rows(path: Path) -> None:
    with closing(Database.open(path)) as database:
        database.execute("INSERT INTO device (name, value) VALUES ('city', 'Boston')")
    with closing(Database.open(path)) as database:
        assert database.rows("SELECT value FROM device") == [("Boston",)]


def test_a_file_that_is_no_store_is_refused_and_kept(path: Path) -> None:
    path.write_bytes(b"holiday photos " * 500)
    with pytest.raises(CallForHelp, match=r"damaged.*the damaged file is kept"):
        Database.open(path)
    assert path.read_bytes() == b"holiday photos " * 500


def test_a_transaction_is_on_disk_when_it_ends(path: Path, notes: Database) -> None:
    with notes.transaction():
        write(notes, "kept")
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT text FROM notes").fetchall() == [("kept",)]


def test_a_transaction_that_breaks_never_was(notes: Database) -> None:
    write(notes, "before")
    with pytest.raises(Fault), notes.transaction():
        write(notes, "half")
        raise Fault
    assert written(notes) == ["before"]
    with notes.transaction():
        write(notes, "after")
    assert written(notes) == ["before", "after"]


def test_a_transaction_inside_another_is_part_of_it(notes: Database) -> None:
    with pytest.raises(Fault), notes.transaction():
        with notes.transaction():
            write(notes, "inner")
        raise Fault
    assert written(notes) == []


def test_a_statement_that_fails_undoes_its_transaction(notes: Database) -> None:
    with pytest.raises(Exception, match="NOT NULL"), notes.transaction():
        write(notes, "half")
        notes.execute("INSERT INTO notes (text) VALUES (NULL)")
    assert written(notes) == []


def test_threads_wait_for_each_others_transactions(notes: Database) -> None:
    def write_pairs(name: str) -> None:
        for _ in range(10):
            with notes.transaction():
                write(notes, name)
                write(notes, name)

    threads = [threading.Thread(target=write_pairs, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = written(notes)
    assert len(found) == 80
    assert found[::2] == found[1::2], "no transaction has another in its middle"


def test_what_another_writes_moves_the_data_version_and_ones_own_writing_does_not(path: Path, notes: Database) -> None:
    before = notes.data_version()
    write(notes, "mine")
    assert notes.data_version() == before
    with closing(Database.open(path)) as other:
        write(other, "theirs")
    assert notes.data_version() != before
    assert written(notes) == ["mine", "theirs"]


def test_what_is_read_in_one_go_is_of_one_moment(path: Path, notes: Database) -> None:
    """An order and its waiting changes: read apart, one that was just sent would be in neither."""
    with closing(Database.open(path)) as other:
        with notes.reading():
            assert written(notes) == []
            write(other, "theirs")
            assert written(notes) == []
        assert written(notes) == ["theirs"]
        with notes.transaction():
            write(notes, "mine")
            with notes.reading():
                assert written(notes) == ["theirs", "mine"]
    assert written(notes) == ["theirs", "mine"]
