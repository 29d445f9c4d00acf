"""`crew backend backup`, `restore` and `check` as an administrator runs them: processes, files, exit codes."""

import json
from pathlib import Path

import pytest

from tests.backend.living_city import LivingCity, photo_bytes, records
from tests.running import crew, served
from tests.waits import eventually


@pytest.fixture
def city(tmp_path: Path) -> Path:
    living = LivingCity.founded(tmp_path / "city")
    living.finishes(living.reported(photo_needed=True))
    living.close()
    return tmp_path / "city"


def test_a_backup_is_taken_beside_a_running_server_which_no_restore_may_replace(city: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    with served(city, tmp_path):
        eventually(lambda: _nothing_waits(city, tmp_path))  # what waits in a backup is silenced by its restore
        written = crew("backend", "backup", backup, "--json", "--data", city, home=tmp_path)
        checked = crew("backend", "check", "--json", "--data", city, home=tmp_path)
        refused = crew("backend", "restore", backup, "--data", city, home=tmp_path)

    assert (written.code, checked.code, refused.code) == (0, 0, 2), written.err + checked.err + refused.err
    assert (written.json["orders"], written.json["photos"], written.json["absent"]) == (1, 1, [])
    assert written.json["byte_count"] == backup.stat().st_size
    assert checked.json["sound"]
    assert "Stop it" in refused.err

    restored = crew("backend", "restore", backup, "--data", city, home=tmp_path)
    assert restored.code == 0, restored.err
    assert "restored 1 order, 1 photo as of" in restored.out
    with served(city, tmp_path):
        assert crew("backend", "check", "--data", city, home=tmp_path).out == (
            "checked 1 order, 1 photo, 1 change, 1 notice\n"
        )


def _nothing_waits(city: Path, home: Path) -> bool:
    return not crew("backend", "notices", "--json", "--data", city, home=home).json["notices"]


def test_people_and_devices_are_listed_and_their_sign_ins_ended(city: Path, tmp_path: Path) -> None:
    def ask(*words: str) -> str:
        answered = crew("backend", *words, "--data", city, home=tmp_path)
        assert answered.code == 0, answered.err
        return answered.out

    code = ask("add-person", "Sam Lee", "--role", "supervisor").split()[-1]
    with served(city, tmp_path) as url:
        assert crew("sign-in", url, code, "--data", tmp_path / "desk", home=tmp_path).code == 0
        assert "Sam Lee  supervisor" in ask("people")
        device = ask("devices").splitlines()[1].split()[0]
        assert ask("devices", "revoke", device) == f"ended 1 sign-in of {device}\n"
        refused = crew("sync", "--data", tmp_path / "desk", home=tmp_path)
        assert (refused.code, "ended by an administrator" in refused.err) == (3, True)
        code = ask("people", "code", "Sam Lee").split()[-1]
        assert crew("sign-in", url, code, "--data", tmp_path / "desk", home=tmp_path).code == 0
        assert crew("backend", "people", "--json", "--data", city, home=tmp_path).json[-1]["devices"] == 1
        assert ask("people", "revoke", "Sam Lee") == "ended 1 sign-in of Sam Lee\n"
        assert "revoked" in ask("people")


def test_a_city_moves_to_another_machine_in_one_file(city: Path, tmp_path: Path) -> None:
    crew("backend", "backup", tmp_path / "backup.tar", "--data", city, home=tmp_path)

    moved = crew("backend", "restore", tmp_path / "backup.tar", "--json", "--data", tmp_path / "new", home=tmp_path)

    assert moved.code == 0, moved.err
    assert moved.json["set_aside"] is None
    assert records(tmp_path / "new")["work_orders"] == records(city)["work_orders"]
    assert photo_bytes(tmp_path / "new") == photo_bytes(city)


def test_a_fault_ends_with_ten_and_says_what_to_do(city: Path, tmp_path: Path) -> None:
    (photo,) = (city / "photos").glob("*/*.jpg")
    photo.write_bytes(b"rotten")

    shown = crew("backend", "check", "--data", city, home=tmp_path)
    scripted = crew("backend", "check", "--json", "--data", city, home=tmp_path)
    backed_up = crew("backend", "backup", tmp_path / "backup.tar", "--data", city, home=tmp_path)

    assert (shown.code, scripted.code, backed_up.code) == (10, 10, 10)
    assert "FAULT  photos: Damaged on the disk: 1 photo: " in shown.out
    assert "Restore a backup into another folder" in shown.out
    assert "1 fault in" in shown.err
    assert not json.loads(scripted.out)["sound"]
    assert "whole but for 1 of the photos" in backed_up.err
    assert (tmp_path / "backup.tar").exists()


def test_a_folder_without_a_backend_is_named_and_stays_empty(tmp_path: Path) -> None:
    for command in (("backup", tmp_path / "backup.tar"), ("check",)):
        ended = crew("backend", *command, "--data", tmp_path / "empty", home=tmp_path)
        assert ended.code == 6
        assert "There is no backend in" in ended.err
    assert not (tmp_path / "empty").exists()


def test_hours_that_cannot_be_are_refused(city: Path, tmp_path: Path) -> None:
    crew("backend", "backup", tmp_path / "backup.tar", "--data", city, home=tmp_path)

    command = ("backend", "restore", tmp_path / "backup.tar", "--mail-hours", "-1", "--data", city)

    assert crew(*command, home=tmp_path).code == 2


@pytest.mark.parametrize("words", [("people",), ("devices",), ("crews",), ("people", "code", "Ana")])
def test_whoever_looks_into_the_wrong_folder_founds_no_city_there(tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = crew("backend", *words, "--data", tmp_path / "mistyped", home=tmp_path)
    assert (ended.code, "There is no backend in" in ended.err) == (6, True)
    assert not (tmp_path / "mistyped").exists()
