"""What belongs to another account of this machine, such as a server's: told in a sentence, whoever asks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crew.backend import admin, importing
from crew.backend.care import checking, restore
from crew.cli import backend, care, doctor, field, people
from crew.cli.main import run

_NOBODY = 65534
_LOADED = (admin, backend, care, checking, doctor, field, importing, people, restore)
"""Another account may not be allowed to read the program where the tests run."""


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that only its owner may enter."""
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    made = tmp_path / "closed"
    made.mkdir()
    made.chmod(0o700 if os.geteuid() == 0 else 0)
    return made


@contextmanager
def somebody_else() -> Iterator[None]:
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(mine)


@pytest.mark.parametrize("words", [["check"], ["people"], ["import", os.devnull], ["restore", "backup.tar"]])
def test_a_city_of_another_account_is_told(
    closed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(closed.parent))
    with somebody_else():
        code = run(["backend", *words, "--data", str(closed)])
    told = capsys.readouterr()
    assert (code in (6, 8), told.out) == (True, ""), told.err
    assert str(closed) in told.err
    assert "account" in told.err
    assert "Make room" not in told.err, "there is room"


def test_settings_of_another_account_are_told_and_the_doctor_goes_on(
    closed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CREW_CONFIG", str(closed / "crew.toml"))
    with somebody_else():
        code = run(["list", "--data", str(tmp_path / "device")])
        told = capsys.readouterr()
        assert (code, told.err.count(str(closed))) == (9, 1), told.err
        assert run(["doctor", "--data", str(tmp_path / "device")]) == 0
    assert str(closed / "crew.toml") in capsys.readouterr().out
