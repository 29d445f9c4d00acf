"""A screen without a monitor: terminal windows are opened on it, keys typed, and its pixels looked at."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageGrab

from tests.waits import eventually

_PACKAGES = {"Xvfb": "xvfb", "xdotool": "xdotool", "xterm": "xterm", "kitty": "kitty", "tmux": "tmux"}
_SIZE = 1024, 600
_PATIENCE_SECONDS = 20


def need(*programs: str) -> None:
    """Skip, and say what to install, where a program is missing."""
    missing = [_PACKAGES[program] for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"no real terminal to look at. Say: apt-get install {' '.join(missing)}")


class Desktop:
    """One screen, which holds one window at a time."""

    def __init__(self, display: str) -> None:
        self._display = display
        self._window = ""

    @contextmanager
    def window(self, command: Sequence[str | Path], environment: dict[str, str]) -> Iterator[None]:
        """Open a program's window in the upper left corner, and close it in the end."""
        around = {**environment, "DISPLAY": self._display, "LIBGL_ALWAYS_SOFTWARE": "1"}
        with subprocess.Popen(list(map(str, command)), env=around, stderr=subprocess.DEVNULL) as process:
            try:
                self._window = eventually(self._windows).split()[-1]
                self._do("windowmove", self._window, "0", "0")
                self._do("windowfocus", self._window)
                yield
            finally:
                process.terminate()

    def press(self, *keys: str) -> None:
        """Type keys by the names that X has for them."""
        self._do("key", *keys)

    def roll(self, at: tuple[int, int], *, down: bool) -> None:
        """Turn the mouse's wheel by one notch at a place in pixels."""
        self._do("mousemove", str(at[0]), str(at[1]), "click", "5" if down else "4")

    def resize(self, width: int, height: int) -> None:
        """Give the window another size in pixels."""
        self._do("windowsize", self._window, str(width), str(height))

    def window_size(self) -> tuple[int, int]:
        """Width and height of the window in pixels."""
        lines = self._do("getwindowgeometry", "--shell", self._window).splitlines()
        sizes = dict(line.split("=") for line in lines if "=" in line)
        return int(sizes["WIDTH"]), int(sizes["HEIGHT"])

    def picture(self) -> Image.Image:
        """All pixels as they are now."""
        return ImageGrab.grab(xdisplay=self._display)

    def _windows(self) -> str:
        return self._do("search", "--onlyvisible", "--maxdepth", "1", "--name", ".", check=False)

    def _do(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *words],
            env={**os.environ, "DISPLAY": self._display},
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=check,
        )
        return done.stdout


@contextmanager
def desktop() -> Iterator[Desktop]:
    """Start a screen of its own; ends it whatever happened."""
    need("Xvfb", "xdotool")
    width, height = _SIZE
    reading, writing = os.pipe()
    arguments = ["-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
    with (
        os.fdopen(reading) as answer,
        subprocess.Popen(["Xvfb", *arguments], pass_fds=[writing], stderr=subprocess.DEVNULL) as server,
    ):
        os.close(writing)
        try:
            yield Desktop(f":{int(answer.readline())}")
        finally:
            server.terminate()
