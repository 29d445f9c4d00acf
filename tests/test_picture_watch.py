"""A watched folder offers pictures as they appear, and none that is still being written."""

from pathlib import Path

import pytest

from crew.picture_files import Places
from crew.picture_watch import PictureWatch


@pytest.fixture
def card(tmp_path: Path) -> Path:
    folder = tmp_path / "DCIM"
    folder.mkdir()
    return folder


@pytest.fixture
def watch(card: Path) -> PictureWatch:
    return PictureWatch(Places("", card.parent, (), card.parent / "elsewhere"))


def names(watch: PictureWatch) -> set[str]:
    return {picture.name for picture in watch.look()}


def test_what_is_there_already_is_offered_at_once(card: Path, watch: PictureWatch) -> None:
    (card / "old.jpg").write_bytes(b"whole")
    assert names(watch) == {"old.jpg"}


def test_a_new_picture_is_offered_when_it_has_stopped_growing(card: Path, watch: PictureWatch) -> None:
    assert names(watch) == set()
    with (card / "new.jpg").open("wb", buffering=0) as file:
        for _ in range(3):
            file.write(b"a piece")
            assert names(watch) == set()
    assert names(watch) == {"new.jpg"}
    assert names(watch) == {"new.jpg"}


def test_a_picture_that_is_written_anew_is_taken_back_until_it_is_whole(card: Path, watch: PictureWatch) -> None:
    (card / "same.jpg").write_bytes(b"first")
    assert names(watch) == {"same.jpg"}
    (card / "same.jpg").write_bytes(b"the second, longer")
    assert names(watch) == set()
    assert names(watch) == {"same.jpg"}


def test_a_card_that_is_put_in_and_pulled_out(card: Path, watch: PictureWatch) -> None:
    card.rmdir()
    assert names(watch) == set()
    card.mkdir()
    (card / "a.jpg").write_bytes(b"whole")
    assert (names(watch), names(watch)) == (set(), {"a.jpg"})
    (card / "a.jpg").unlink()
    card.rmdir()
    assert names(watch) == set()
