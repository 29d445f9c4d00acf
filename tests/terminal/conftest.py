"""A truck with a day's work, for every test of the terminal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from tests.terminal.truck import Truck, a_days_work
from tests.terminal.waiting import come_to_rest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _styles_are_read_once() -> Iterator[None]:
    """Textual remembers the rules that it has read for one start of the program; here they serve every start."""
    read = Stylesheet._parse_rules
    known: dict[object, list[RuleSet]] = {}

    def remembered(sheet: Stylesheet, css: str, **source: Any) -> list[RuleSet]:
        key = (css, *source.values(), frozenset(sheet._variables.items()))
        if key not in known:
            known[key] = read(sheet, css, **source)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", remembered)
        yield


@pytest.fixture(autouse=True)
def _no_longer_than_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a key the program is waited for, not the clock."""
    for user in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{user}.wait_for_idle", come_to_rest)


@pytest.fixture
def truck(tmp_path: Path) -> Iterator[Truck]:
    device = Truck(tmp_path / "device")
    device.receive(a_days_work())
    yield device
    device.store.close()
