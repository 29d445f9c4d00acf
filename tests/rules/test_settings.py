"""Every key of config/ is explained where it stands."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.source import ROOT

SETTINGS = ("backend.toml", "crew.toml")
"""Files of which people copy single lines, so each line explains itself. The others are tables, with a head."""

_KEY = re.compile(r"^(?P<key>[A-Za-z_]\w*) *=")
_TABLE = re.compile(r"^\[+(?P<name>[\w.]+)\]+")


def _shipped() -> list[Path]:
    return sorted((ROOT / "config").glob("*.toml"))


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_its_reason_on_its_own_line(name: str) -> None:
    lines = (ROOT / "config" / name).read_text(encoding="utf-8").splitlines()

    silent = [line for line in lines if _KEY.match(line) and "# " not in line]

    assert not silent


@pytest.mark.parametrize("path", [path for path in _shipped() if path.name not in SETTINGS], ids=lambda path: path.name)
def test_every_key_of_a_table_is_explained_above_it(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = " ".join(line.partition("# ")[2] for line in lines)
    explained = set(re.findall(r"\w+", comments))

    silent = {key for key, has_comment in _keys(lines) if not has_comment and key not in explained}

    assert not silent


def _keys(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Each key, and whether a comment stands on its line, or above its paragraph, its table or that one's parent."""
    explained: set[str] = set()
    headed = after_comment = False
    for line in lines:
        if line.startswith("#"):
            after_comment = True
        elif table := _TABLE.match(line):
            name = table["name"]
            if after_comment:
                explained.add(name)
            headed, after_comment = name in explained or name.rpartition(".")[0] in explained, False
        elif found := _KEY.match(line):
            headed, after_comment = headed or after_comment, False
            yield found["key"], headed or "# " in line
