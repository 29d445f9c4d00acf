"""Finding picture files: where they may lie, in which order, and within which bounds."""

import os
from pathlib import Path

import pytest

from crew.picture_files import Places, completions, find_pictures, is_path, typed_path
from tests.hostile import FORBIDDEN, HOSTILE


@pytest.fixture
def places(tmp_path: Path) -> Places:
    for folder in ("camera", "home/DCIM/100CANON", "home/Pictures", "media/ana/CARD/DCIM/100EOS", "here/below"):
        (tmp_path / folder).mkdir(parents=True)
    return Places(str(tmp_path / "camera"), tmp_path / "home", (tmp_path / "media",), tmp_path / "here")


def a_file(path: Path, second: int = 0) -> Path:
    path.write_bytes(b"x")
    os.utime(path, (second, second))
    return path


def names(places: Places) -> list[str]:
    return [picture.path.name for picture in find_pictures(places)]


def test_the_newest_comes_first_wherever_it_lies(tmp_path: Path, places: Places) -> None:
    a_file(tmp_path / "home/DCIM/100CANON/old.jpg", 10)
    a_file(tmp_path / "media/ana/CARD/DCIM/100EOS/new.JPG", 50)
    a_file(tmp_path / "camera/middle.jpeg", 30)
    a_file(tmp_path / "home/Pictures/older.png", 5)
    a_file(tmp_path / "here/oldest.webp", 1)
    assert names(places) == ["new.JPG", "middle.jpeg", "old.jpg", "older.png", "oldest.webp"]


def test_only_pictures_are_offered_and_hidden_ones_are_not(tmp_path: Path, places: Places) -> None:
    for name in ("a.jpg", "notes.txt", ".hidden.jpg", "jpg", "film.mp4"):
        a_file(tmp_path / "camera" / name)
    assert names(places) == ["a.jpg"]


def test_the_current_folder_is_not_searched_below(tmp_path: Path, places: Places) -> None:
    a_file(tmp_path / "here/below/deep.jpg")
    assert names(places) == []


def test_a_file_in_two_places_is_offered_once(tmp_path: Path, places: Places) -> None:
    a_file(tmp_path / "camera/a.jpg")
    both = Places(places.photo_folder, places.home, (tmp_path / "camera",), tmp_path / "camera")
    assert names(both) == ["a.jpg"]


def test_a_link_in_a_circle_ends(tmp_path: Path, places: Places) -> None:
    (tmp_path / "camera/again").symlink_to(tmp_path / "camera")
    a_file(tmp_path / "camera/a.jpg")
    assert names(places) == ["a.jpg"]


def test_folders_that_are_missing_are_passed_over(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert find_pictures(Places(str(nowhere), nowhere, (nowhere,), nowhere)) == []


def test_a_huge_folder_is_searched_within_bounds(tmp_path: Path, places: Places) -> None:
    for number in range(700):
        a_file(tmp_path / f"camera/{number}.jpg", number)
    assert len(names(places)) == 500
    assert names(places)[0] == "699.jpg"


def test_hostile_names_are_shown_as_harmless_words_and_keep_their_path(tmp_path: Path, places: Places) -> None:
    for words in HOSTILE:
        name = words.replace("/", "-").replace("\0", "").encode()[:100].decode(errors="ignore")
        a_file(tmp_path / "camera" / f"{name}.jpg")
    found = find_pictures(places)
    assert found
    for picture in found:
        assert not set(picture.name + picture.place) & set(FORBIDDEN)
        assert picture.path.exists()


def test_a_name_that_is_no_text_can_still_be_read(tmp_path: Path, places: Places) -> None:
    Path(os.fsdecode(bytes(tmp_path / "camera") + b"/\xff\xfe.jpg")).write_bytes(b"x")
    (picture,) = find_pictures(places)
    picture.name.encode("utf-8")
    assert picture.path.read_bytes() == b"x"


def test_a_typed_path_leads_through_folders_to_pictures(tmp_path: Path, places: Places) -> None:
    a_file(tmp_path / "home/Pictures/one.jpg", 1)
    a_file(tmp_path / "home/Pictures/two.jpg", 2)
    (tmp_path / "home/Pictures/trip").mkdir()
    assert [file.name for file in completions("~/Pi", places)] == ["Pictures/"]
    assert [file.name for file in completions("~/Pictures/", places)] == ["trip/", "two.jpg", "one.jpg"]
    assert [file.name for file in completions("~/pictures/O", places)] == []
    assert [file.name for file in completions("~/Pictures/O", places)] == ["one.jpg"]


@pytest.mark.parametrize(
    "typed", ["{path}", " '{path}' ", '"{path}"', "file://{address}", "{escaped}"], ids=lambda typed: typed
)
def test_a_path_is_understood_as_terminals_paste_it(tmp_path: Path, places: Places, typed: str) -> None:
    path = a_file(tmp_path / "my photo.jpg")
    address, escaped = str(path).replace(" ", "%20"), str(path).replace(" ", "\\ ")
    pasted = typed.format(path=path, address=address, escaped=escaped)
    assert is_path(pasted)
    assert typed_path(pasted, places) == path


def test_letters_of_a_name_are_no_path() -> None:
    assert not is_path("IMG_04")
