"""What stands on the screen, as plain text, and the frames that it is compared with.

CREW_UPDATE_FRAMES=1 writes the frames anew; the difference then shows in the commit.
"""

import asyncio
import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.segment import Segment
    from textual.app import App
    from textual.pilot import Pilot

_PATIENCE_SECONDS = 10.0
_SETTLING_SECONDS = 2.0
_TURN_SECONDS = 0.02

FRAMES = Path(__file__).resolve().parents[1] / "frames"


def segments(app: "App[Any]") -> "list[list[Segment]]":
    """Every segment on its way to the terminal, filters and all other screens underneath included."""
    strips = app.screen._compositor.render_strips()  # the only way to what is really written
    lines = []
    for strip in strips:
        for line_filter in app.get_line_filters():
            strip = strip.apply_filter(line_filter, app.screen.styles.background)
        lines.append(list(strip))
    return lines


def screen_text(app: "App[Any]") -> str:
    """The screen as a person reads it, without spaces at the ends of lines."""
    return "\n".join("".join(part.text for part in line).rstrip() for line in segments(app)) + "\n"


async def reads_as(pilot: "Pilot[Any]", name: str) -> None:
    """Wait until the screen is its frame; where it never is, say how they differ."""
    if _writing():
        await pilot.pause(_SETTLING_SECONDS)
        _path(name).parent.mkdir(exist_ok=True)
        _path(name).write_text(screen_text(pilot.app), encoding="utf-8")
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PATIENCE_SECONDS
    while loop.time() < deadline and screen_text(pilot.app) != _frame(name):
        await pilot.pause(_TURN_SECONDS)
    found, wanted = screen_text(pilot.app), _frame(name)
    differences = difflib.unified_diff(wanted.splitlines(), found.splitlines(), "frame", "screen", n=1, lineterm="")
    assert found == wanted, f"{name} never read as its frame:\n" + "\n".join(differences)


def _writing() -> bool:
    return os.environ.get("CREW_UPDATE_FRAMES") == "1"


def _path(name: str) -> Path:
    return FRAMES / f"{name}.txt"


def _frame(name: str) -> str:
    assert _path(name).exists(), f"no frame {name} yet: look at the screen, then write it with CREW_UPDATE_FRAMES=1"
    return _path(name).read_text(encoding="utf-8")
