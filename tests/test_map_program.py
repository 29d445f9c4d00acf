"""The map program: real programs, started without a shell; what cannot be opened is said."""

import stat
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crew.domain.plain_text import clean_line
from crew.map_program import MapProgram, NoMapProgram
from tests.hostile import HOSTILE
from tests.waits import eventually

PLACE = (42.3151, -71.1139)


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    return tmp_path / "asked"


@pytest.fixture
def viewer(tmp_path: Path) -> str:
    """A map program that notes the words that it is given, each ended by a zero."""
    program = tmp_path / "viewer"
    program.write_text(f'#!/bin/sh\ncd "{tmp_path}"\nprintf "%s\\0" "$@" > asked\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


def words(note: Path) -> list[str]:
    return note.read_text().split("\0")[:-1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(address=st.text() | st.sampled_from(HOSTILE))
def test_nothing_of_an_address_becomes_another_word_or_an_option(viewer: str, asked: Path, address: str) -> None:
    MapProgram((viewer, "--", "{geo}", "{address}", "https://maps.example.org/?q={address}&z=1")).open(None, address)
    found = words(asked)
    assert len(found) == 4
    assert found[1].startswith("geo:0,0?q=")
    assert not found[2].startswith("-")
    assert found[3].startswith("https://maps.example.org/?q=")
    assert found[3].count("&") == 1
    if not clean_line(address):
        assert found[2] == ""


def test_an_address_that_looks_like_a_placeholder_fills_nothing(viewer: str, asked: Path) -> None:
    MapProgram((viewer, "{address}", "{lat},{long}")).open(PLACE, "{lat} {geo}")
    assert words(asked) == ["%7Blat%7D%20%7Bgeo%7D", "42.315100,-71.113900"]


def test_a_program_that_wants_a_place_gets_none_from_an_address(viewer: str) -> None:
    with pytest.raises(NoMapProgram, match="only an address"):
        MapProgram((viewer, "{lat},{long}")).open(None, "412 Centre St")


def test_a_program_that_runs_on_is_left_to_itself(tmp_path: Path) -> None:
    go_on, ended = tmp_path / "go-on", tmp_path / "ended"
    code = (
        "import pathlib, sys, threading\n"
        "while not pathlib.Path(sys.argv[1]).exists(): threading.Event().wait(0.02)\n"
        "pathlib.Path(sys.argv[2]).touch()\n"
    )
    MapProgram((sys.executable, "-c", code, str(go_on), str(ended)), fails_within_seconds=0.1).open(PLACE, "")
    assert not ended.exists()
    go_on.touch()
    eventually(ended.exists)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("no-such-viewer", "{geo}"), "no-such-viewer is not installed. Scan the code"),
        (("false", "{geo}"), r"false opened no map \(code 1\)"),
        (("/etc/passwd", "{geo}"), "passwd could not be started: Permission denied"),
        (("viewer\0", "{geo}"), "could not be started: its words cannot be used"),
    ],
)
def test_what_opens_no_map_is_said(command: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(NoMapProgram, match=sentence):
        MapProgram(command).open(PLACE, "")


@pytest.mark.skipif(sys.platform != "linux", reason="xdg-open is of Linux")
def test_without_a_command_the_system_chooses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Path) -> None:
    program = tmp_path / "xdg-open"
    program.write_text(f'#!/bin/sh\nprintf "%s\\0" "$@" > "{asked}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    MapProgram().open(PLACE, "")
    assert words(asked) == ["geo:42.315100,-71.113900"]
