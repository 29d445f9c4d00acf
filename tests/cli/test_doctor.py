"""`crew doctor` says what is there, and never fails for what it finds."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.running import crew, environment


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
        *("settings", "store", "SQLite", "camera", "program", "position", "pictures", "symbols"),
        *("[backend]", "[camera]", "[channels]", "[gps]", "[heic]", "[keyring]"),
    }
    assert found["SQLite"]["words"].startswith("3.")
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


def test_a_folder_that_cannot_be_a_store_is_one_finding(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    found = told(tmp_path, "--data", str(tmp_path / "file" / "truck"))
    assert not found["store"]["well"]
    assert found["store"]["mend"].startswith("crew --data DIR")


def test_without_any_camera_a_program_that_takes_pictures_is_named(tmp_path: Path) -> None:
    write_settings(tmp_path, '[camera]\ndevice = "/dev/video77"\n')
    assert "fswebcam" in told(tmp_path)["program"]["mend"]


def test_a_camera_with_any_letters_is_told_in_any_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    write_settings(tmp_path, '[camera]\ndevice = "/dev/vidéo\\u001b[2J"\n')
    ended = crew("doctor", home=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert "There is no camera /dev/vid?o[2J" in ended.out
    assert "\033" not in ended.out


def test_an_extra_that_cannot_be_loaded_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pi_heif.py").write_text("raise ImportError('libheif.so.1: cannot open shared object file')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = told(tmp_path)
    assert "cannot open shared object file" in found["[heic]"]["words"]
    assert found["[heic]"]["mend"] == 'pip install "crew[heic]" --force-reinstall'


def test_in_a_terminal_it_says_what_that_draws(tmp_path: Path) -> None:
    words = in_a_terminal(tmp_path, TERM="xterm-256color", COLORTERM="truecolor", TMUX="/tmp/tmux,1,0")
    assert "TERM=xterm-256color, inside tmux" in words
    assert "16 million" in words
    assert "drawn as half" in words
    assert "as NO_COLOR wants it" in in_a_terminal(tmp_path, TERM="xterm", NO_COLOR="1", TMUX="")
    assert "16 or fewer" in in_a_terminal(tmp_path, TERM="linux", COLORTERM="", TMUX="")


def in_a_terminal(home: Path, **variables: str) -> str:
    """What it prints in a pseudo-terminal."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "crew", "doctor"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment(home), **variables},
    )
    os.close(theirs)
    written = bytearray()
    with contextlib.suppress(OSError):  # the kernel's way to say that the other side has ended
        while piece := os.read(ours, 65536):
            written += piece
    os.close(ours)
    assert process.wait(30) == 0
    return written.decode()


def test_the_source_of_the_position_is_told(tmp_path: Path) -> None:
    write_settings(tmp_path, '[position]\nsource = "serial:/dev/ttyACM7"\n')
    assert "from /dev/ttyACM7" in told(tmp_path)["position"]["words"]


def test_a_source_that_there_is_not_is_told(tmp_path: Path) -> None:
    write_settings(tmp_path, '[position]\nsource = "galileo"\n')
    found = told(tmp_path)["position"]
    assert not found["well"]
    assert '"galileo" names no receiver' in found["words"]
