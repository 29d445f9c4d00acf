"""Photos in a tmux that nobody looks at: half blocks, which come and go with their screen."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulators.desktop import need
from tests.emulators.stains import CYAN, MAGENTA
from tests.emulators.truck import a_device
from tests.running import environment
from tests.waits import eventually

_HALF = "▀"


class Tmux:
    """A session of a server of its own."""

    def __init__(self, socket: Path) -> None:
        self._command = ("tmux", "-S", str(socket), "-f", "/dev/null")

    def do(self, *words: str | Path) -> str:
        done = subprocess.run([*self._command, *words], capture_output=True, text=True, check=True, timeout=20)
        return done.stdout

    def half_blocks(self) -> int:
        return self.do("capture-pane", "-p").count(_HALF)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    need("tmux")
    session = Tmux(tmp_path / "s")
    home = ("env", "-u", "COLUMNS", "-u", "LINES", "-u", "NO_COLOR", f"HOME={environment(tmp_path)['HOME']}")
    crew = (*home, sys.executable, "-m", "crew", "--data", a_device(tmp_path / "device", [MAGENTA, CYAN]))
    session.do("new-session", "-d", "-x", "120", "-y", "40", *crew)
    try:
        yield session
    finally:
        session.do("kill-server")


def test_in_tmux_a_photo_is_drawn_in_half_blocks_and_leaves_none_behind(tmux: Tmux) -> None:
    first = eventually(tmux.half_blocks)
    tmux.do("send-keys", "z")
    eventually(lambda: tmux.half_blocks() > first)
    tmux.do("send-keys", "Escape")
    eventually(lambda: tmux.half_blocks() == first)
    tmux.do("send-keys", "o")
    eventually(lambda: tmux.half_blocks() == 0)
