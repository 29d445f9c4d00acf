"""What the documents say is what the program does."""

import re
import subprocess
import sys
from functools import cache

import pytest

from crew.domain.errors import CrewError
from tests.rules.source import ROOT

_DOCUMENTS = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_exit_code_stands_in_the_table_of_exit_codes() -> None:
    table = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")

    told = {name: int(code) for code, name in re.findall(r"^\| (\d+) \| `(\w+)` \|", table, re.MULTILINE)}

    assert told == {error.__name__: error.exit_code for error in CrewError.__subclasses__() if _is_ours(error)}


def test_no_two_kinds_of_error_share_an_exit_code() -> None:
    codes = [error.exit_code for error in CrewError.__subclasses__() if _is_ours(error)]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("group", [(), ("backend",)])
def test_every_command_stands_in_the_readme(group: tuple[str, ...]) -> None:
    shown = _help(*group)
    commands = re.findall(r"^    ([a-z][a-z-]+) ", shown, re.MULTILINE)
    assert commands, shown

    missing = [command for command in commands if f"{' '.join(('crew', *group, command))}" not in README]

    assert not missing


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_every_command_that_a_document_names_is_one(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    commands = set(re.findall(r"^    ([a-z][a-z-]+)(?: |$)", _help(), re.MULTILINE))

    assert set(re.findall(r"(?:`|^ {4})crew ([a-z][a-z-]*)", text, re.MULTILINE)) <= commands


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_every_file_that_a_document_links_to_exists(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))

    assert not [link for link in links if not (path.parent / link).exists()]


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    documents = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

    assert set(re.findall(r"\bmake ([a-z]+)\b(?= {2,}#|`|$)", documents, re.MULTILINE)) <= targets


def _is_ours(error: type[CrewError]) -> bool:
    return error.__module__ == CrewError.__module__


@cache
def _help(*group: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "crew", *group, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout
