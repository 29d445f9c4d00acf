"""What stands on the screen, as plain text, and the frames that it is compared with.

CREW_UPDATE_FRAMES=1 writes the frames anew; the difference then shows in the commit.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.segment import Segment
    from textual.app import App

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
    path = FRAMES / f"{name}.txt"
    found = screen_text(app)
    if os.environ.get("CREW_UPDATE_FRAMES") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.exists(), f"there is no frame {name}: look at the screen, then write it with CREW_UPDATE_FRAMES=1"
    assert found == path.read_text(encoding="utf-8")
