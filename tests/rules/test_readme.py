"""What the README shows of the program is made from the program; CREW_UPDATE_FRAMES=1 writes it anew."""

import os

import pytest

from crew.commands import SECTIONS, Command
from tests.rules.source import ROOT

README = ROOT / "README.md"


def key_table() -> str:
    """Every command with its key, from the one place where commands are declared."""
    lines = ["| key | command | what it does |", "|---|---|---|"]
    for section, commands in SECTIONS.items():
        lines += [f"| | **{section}** | |"]
        lines += [f"| {keys(command)} | {command.label} | {command.help} |" for command in commands]
    return "\n".join(lines)


def keys(command: Command) -> str:
    """All keys of a command, as they stand on the keyboard."""
    return " ".join(f"`{key}`" for key in (command.key_words, *command.more_keys))


def picture() -> str:
    """The first screen, as the tests of the screens see it."""
    frame = (ROOT / "tests" / "frames" / "my-day-80x24.txt").read_text(encoding="utf-8").rstrip("\n")
    return f"```\n{frame}\n```"


@pytest.mark.parametrize(("name", "make"), [("keys", key_table), ("my day", picture)], ids=["keys", "picture"])
def test_the_readme_shows_what_the_program_has(name: str, make: object) -> None:
    assert callable(make)
    begin, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    shown, _, after = rest.partition(end)
    assert after, f"README.md has no part {name}"
    if os.environ.get("CREW_UPDATE_FRAMES"):
        README.write_text(before + begin + make() + end + after, encoding="utf-8")
        return
    assert shown == make()
