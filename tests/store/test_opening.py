"""The store opens for several programs at once, and lets go of what it cannot use."""

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import apsw
import pytest

from crew.domain.errors import FreeSpace
from crew.store.database import Database
from crew.store.store import STORE_FILE, open_store
from tests.builders import NOON


@pytest.fixture
def generous_umask() -> Iterator[None]:
    """The person's shell takes no right from new files."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous_umask")
def test_only_the_owner_reads_store_and_photos_even_where_the_umask_takes_nothing(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "crew", NOON)) as store:
        photo = store.photos.path(store.photos.write(b"a repaired road"))
        files = [path for path in store.folder.rglob("*") if path.is_file()]
        assert {path.name for path in files} >= {STORE_FILE, f"{STORE_FILE}-wal", photo.name}
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in (store.folder, photo.parent)} == {0o700}


def test_two_programs_may_make_the_store_at_the_same_moment(tmp_path: Path) -> None:
    """SQLite turns a new file to its write-ahead log only alone, and by itself would not wait for that."""
    path = tmp_path / STORE_FILE
    with ThreadPoolExecutor() as pool, closing(apsw.Connection(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        opening = pool.submit(Database.open, path)
        with suppress(TimeoutError):
            opening.result(0.3)
        other.execute("ROLLBACK")
        with closing(opening.result(20)) as database:
            assert database.row("PRAGMA journal_mode") == ("wal",)


def test_a_file_that_a_power_cut_left_empty_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / STORE_FILE).touch(mode=0o600)
    with closing(open_store(tmp_path, NOON)) as store:
        assert store.orders.stops(ended=False) == []


@pytest.mark.parametrize("content", [b"a text", b"a text that is longer than the header of a database" * 9])
def test_a_file_that_is_no_store_is_set_aside_as_it_was(tmp_path: Path, content: bytes) -> None:
    (tmp_path / STORE_FILE).write_bytes(content)
    open_store(tmp_path, NOON).close()
    assert [path.read_bytes() for path in tmp_path.glob(f"set-aside-*/{STORE_FILE}")] == [content]


def test_a_folder_that_takes_no_file_is_told_in_a_sentence() -> None:
    with pytest.raises(FreeSpace, match=r"cannot be written: .*--data DIR"):
        Database.open(Path("/proc") / STORE_FILE)
