"""The terminals in which Crew is looked at, and how each is started."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.emulators.desktop import Desktop, need
from tests.running import environment

_FONT = "DejaVu Sans Mono"
_XTERM = ("xterm", "-fa", _FONT, "-fs", "8", "-geometry", "{columns}x{rows}")
_KITTY = (
    *("kitty", "--config", "NONE", "-o", f"font_family={_FONT}", "-o", "font_size=8"),
    *("-o", "remember_window_size=no", "-o", "confirm_os_window_close=0", "-o", "update_check_interval=0"),
    *("-o", "initial_window_width={columns}c", "-o", "initial_window_height={rows}c", "-o", "linux_display_server=x11"),
)
_TERMINALS_OWN = {"TMUX", "STY", "COLUMNS", "LINES", "TERM", "COLORTERM", "NO_COLOR", "SSH_CONNECTION"}
"""What the window says of itself, and not the terminal in which the tests run."""
_IN_CELLS = 0, 28
"""The version of kitty since which its pictures can stand in cells."""


@dataclass(frozen=True)
class Emulator:
    """One way to see Crew.

    Attributes:
        name: As it stands in the name of a test.
        command: What opens the window; the program follows.
        fine: Whether photos are drawn in pixels, not in half blocks.
        within: Words before the program.
    """

    name: str
    command: tuple[str, ...]
    fine: bool
    within: tuple[str, ...] = ()

    @property
    def programs(self) -> tuple[str, ...]:
        """What must be installed."""
        return (self.command[0], *self.within[:1])

    @contextmanager
    def showing(
        self, desktop: Desktop, arguments: list[str | Path], home: Path, cells: tuple[int, int] = (120, 40)
    ) -> Iterator[None]:
        """Run Crew in a window."""
        columns, rows = cells
        opening = [word.format(columns=columns, rows=rows) for word in self.command]
        program = [*self.within, sys.executable, "-m", "crew", *arguments]
        # `env` stands in every command so that all of them begin with the same word
        command = [*opening, "env", f"HOME={home}", *program]
        (home / ".tmux.conf").write_text("set -g destroy-unattached on\n")  # it ends with its window
        around = {name: value for name, value in environment(home).items() if name not in _TERMINALS_OWN}
        with desktop.window(command, {**around, "LANG": "C.UTF-8", "TMUX_TMPDIR": str(home)}):
            yield


def kitty_puts_pictures_into_cells() -> bool:
    """Whether this machine's kitty is new enough; an older one gets half blocks."""
    said = subprocess.run(["kitty", "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    assert version is not None, said
    return (int(version[1]), int(version[2])) >= _IN_CELLS


XTERM = Emulator("xterm", (*_XTERM, "-tn", "xterm-256color", "-e"), fine=False)
VT340 = Emulator("xterm as a VT340", (*_XTERM, "-ti", "vt340", "-e"), fine=True)
SIXTEEN = Emulator("xterm with 16 sixel colours", (*_XTERM, "-xrm", "XTerm*decGraphicsID: vt340", "-e"), fine=True)
TMUX = Emulator("tmux in a VT340", (*_XTERM, "-ti", "vt340", "-e"), fine=False, within=("tmux", "new"))


def kitty() -> Emulator:
    """Kitty, of whatever version is installed."""
    need("kitty")
    return Emulator("kitty", _KITTY, fine=kitty_puts_pictures_into_cells())
