"""`crew doctor` says what is there, and never fails for what it finds."""

import json
from pathlib import Path
from typing import Any

from tests.running import crew


def told(home: Path, *words: str) -> dict[str, dict[str, Any]]:
    ended = crew("doctor", "--json", *words, home=home)
    assert (ended.code, ended.err) == (0, "")
    return {finding["about"]: finding for finding in json.loads(ended.out)}


def write_settings(home: Path, text: str) -> None:
    folder = home / ".config" / "crew"
    folder.mkdir(parents=True)
    (folder / "crew.toml").write_text(text)


def test_it_says_what_there_is(tmp_path: Path) -> None:
    found = told(tmp_path, "--data", str(tmp_path / "truck"))
    assert set(found) == {
        *("settings", "store", "camera", "position", "pictures", "symbols"),
        *("[backend]", "[camera]", "[gps]", "[heic]"),
    }
    assert found["store"]["well"]
    assert "MB free" in found["store"]["words"]
    assert not (tmp_path / "truck").exists(), "it looks, and makes nothing"


def test_a_broken_setting_is_one_finding_and_the_rest_is_told(tmp_path: Path) -> None:
    write_settings(tmp_path, "[look]\nsymbls = 'ascii'\n")
    ended = crew("doctor", home=tmp_path)
    assert ended.code == 0
    assert "symbls" in ended.out
    assert "crew where" in ended.out
    assert "MB free" in ended.out


def test_a_camera_that_the_settings_name_is_told_with_its_obstacle(tmp_path: Path) -> None:
    write_settings(tmp_path, '[camera]\ndevice = "/dev/video77"\n')
    ended = crew("doctor", home=tmp_path)
    assert "There is no camera /dev/video77. Plug it in" in ended.out


def test_the_source_of_the_position_is_told(tmp_path: Path) -> None:
    write_settings(tmp_path, '[position]\nsource = "serial:/dev/ttyACM7"\n')
    assert "from /dev/ttyACM7" in told(tmp_path)["position"]["words"]


def test_a_source_that_there_is_not_is_told(tmp_path: Path) -> None:
    write_settings(tmp_path, '[position]\nsource = "galileo"\n')
    found = told(tmp_path)["position"]
    assert not found["well"]
    assert '"galileo" names no receiver' in found["words"]
