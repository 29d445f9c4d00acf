"""`crew backend` on a folder that is none yet, and with arguments that say too little."""

from pathlib import Path

import pytest

from crew.backend.backend_settings import BackendSettings
from crew.domain.person import Role
from tests.builders import NOON, a_person, an_order
from tests.founding import found_city
from tests.running import Ended, crew
from tests.trucks import Truck


@pytest.fixture
def city(tmp_path: Path) -> Path:
    found_city(tmp_path / "city", BackendSettings(), lambda: NOON).database.close()
    return tmp_path / "city"


def backend(folder: Path, *words: str | Path) -> Ended:
    return crew("backend", *words, "--data", folder, home=folder.parent)


@pytest.mark.parametrize("words", [["roles"], ["people"], ["import", "none.csv"]])
def test_a_mistyped_folder_gets_no_city(tmp_path: Path, words: list[str]) -> None:
    assert backend(tmp_path / "none", *words).code == 6
    assert not (tmp_path / "none").exists()


def test_a_city_that_begins_is_said_to(tmp_path: Path) -> None:
    new = backend(tmp_path / "new", "add-person", "Kim", "--role", "supervisor")
    assert (new.code, f"a new city begins in {tmp_path / 'new'}" in new.err) == (0, True)
    assert "new city" not in backend(tmp_path / "new", "add-person", "Sam", "--role", "supervisor").err


def test_what_says_too_little_changes_nothing(city: Path) -> None:
    assert "Say what is new" in backend(city, "people", "change", "Kim").err
    assert "Name the order" in backend(city, "photos").err
    assert "no number from 1 on" in backend(city, "notices", "--limit", "-3").err


def test_what_is_written_is_told_in_json_too(city: Path, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    assert backend(city, "history", "-o", path, "--json").json == {"file": str(path), "rows": 0}
    ended = backend(city, "history", "--json")
    assert (ended.code, "--format jsonl" in ended.err) == (2, True)
    assert len(backend(city, "keys", "--new", "--json").json["key"]) == 44


def test_triage_knows_crews_as_the_board_does(truck: Truck, tmp_path: Path) -> None:
    truck.sign_in(a_person(Role.DISPATCHER))
    truck.gets(an_order(id="11", crew="D2"))
    ended = crew("triage", "11", "--crew", "nobody here", "--data", truck.folder, home=tmp_path)
    assert (ended.code, 'There is no crew "nobody here"' in ended.err) == (6, True)
    assert truck.store.outbox.unsettled() == []
