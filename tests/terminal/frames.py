"""What stands on the screen, as plain text, and the frames that it is compared with.

CREW_UPDATE_FRAMES=1 writes the frames anew; the difference then shows in the commit.
"""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.segment import Segment
    from textual.app import App
    from textual.pilot import Pilot

_PATIENCE_SECONDS = 2.0
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


def compare_frame(app: "App[Any]", name: str) -> None:
    """Check the screen against its frame; writes it where it is asked to."""
    found = screen_text(app)
    if _writing():
        _path(name).parent.mkdir(exist_ok=True)
        _path(name).write_text(found, encoding="utf-8")
    assert found == _frame(name)


async def reads_as(pilot: "Pilot[Any]", name: str) -> None:
    """Wait until the screen is its frame; where it never is, say how they differ."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PATIENCE_SECONDS
    while loop.time() < deadline and (_writing() or screen_text(pilot.app) != _frame(name)):
        await pilot.pause(_TURN_SECONDS)
    compare_frame(pilot.app, name)


def _writing() -> bool:
    return os.environ.get("CREW_UPDATE_FRAMES") == "1"


def _path(name: str) -> Path:
    return FRAMES / f"{name}.txt"


def _frame(name: str) -> str:
    assert _path(name).exists(), f"no frame {name} yet: look at the screen, then write it with CREW_UPDATE_FRAMES=1"
    return _path(name).read_text(encoding="utf-8")
