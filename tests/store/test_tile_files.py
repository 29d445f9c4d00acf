"""Tiles that were seen before: whole or absent, as new as their server wants, and never more than there is room for."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crew.domain.errors import FreeSpace
from crew.store.tile_files import KeptTile, TileFiles

HOUR = timedelta(hours=1)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 18, 32, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.iterdir()]


def test_a_tile_is_there_after_a_restart_and_old_when_its_time_is_over(tmp_path: Path, clock: Clock) -> None:
    TileFiles(tmp_path / "tiles", 1000, clock).keep("a-1-2-3", b"tile", clock.now + HOUR)
    files = TileFiles(tmp_path / "tiles", 1000, clock)
    assert files.has("a-1-2-3")
    assert files.read("a-1-2-3") == KeptTile(b"tile", is_fresh=True)
    clock.now += 2 * HOUR
    assert files.read("a-1-2-3") == KeptTile(b"tile", is_fresh=False)
    files.keep("a-1-2-3", b"newer", clock.now + HOUR)
    assert files.read("a-1-2-3") == KeptTile(b"newer", is_fresh=True)
    files.drop("a-1-2-3")
    assert files.read("a-1-2-3") is None
    assert not files.has("a-1-2-3")


def test_the_longest_unseen_go_first_and_the_rest_fits(tmp_path: Path, clock: Clock) -> None:
    files = TileFiles(tmp_path, 1000, clock)
    for number in range(10):
        clock.now += timedelta(minutes=1)
        files.keep(f"a-9-0-{number}", bytes(100), clock.now + HOUR)
    clock.now += timedelta(minutes=1)
    files.read("a-9-0-0")
    clock.now += timedelta(minutes=1)
    files.keep("a-9-0-10", bytes(100), clock.now + HOUR)
    assert sum(sizes(tmp_path)) <= 900
    assert files.has("a-9-0-0")
    assert files.has("a-9-0-10")
    assert not files.has("a-9-0-1")
    assert not files.has("a-9-0-2")


def test_room_is_counted_over_restarts_and_over_servers_and_with_what_was_cut(tmp_path: Path, clock: Clock) -> None:
    TileFiles(tmp_path, 1000, clock).keep("a-9-0-0", bytes(600), clock.now)
    part = tmp_path / "a-9-0-1.0f.part"
    part.write_bytes(bytes(300))
    os.utime(part, (0, 0))
    clock.now += HOUR
    TileFiles(tmp_path, 1000, clock).keep("b-9-0-0", bytes(600), clock.now)
    assert sizes(tmp_path) == [600]
    assert TileFiles(tmp_path, 1000, clock).has("b-9-0-0")


def test_a_disk_that_cannot_be_written_is_a_sentence_and_leaves_nothing(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "tiles").write_bytes(b"a file where the folder should be")
    files = TileFiles(tmp_path / "tiles", 1000, clock)
    with pytest.raises(FreeSpace, match="Make room"):
        files.keep("a-1-2-3", b"tile", clock.now)
    assert files.read("a-1-2-3") is None
    assert not files.has("a-1-2-3")
