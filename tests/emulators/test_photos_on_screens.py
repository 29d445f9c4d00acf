"""Photos as they are seen: in real terminals, by their pixels, on every way that could leave something behind."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.emulators.desktop import Desktop, desktop, need
from tests.emulators.stains import BLUE, CYAN, MAGENTA, Colour, Stain, stain
from tests.emulators.terminals import SIXTEEN, TMUX, VT340, XTERM, Emulator, kitty
from tests.emulators.truck import a_device
from tests.waits import eventually

_T = TypeVar("_T")
_STILL = 3
"""So many looks must see the same: a terminal may be halfway through drawing."""


@pytest.fixture(scope="module")
def screen() -> Iterator[Desktop]:
    with desktop() as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A device with two orders: the first with two photos, the second with one."""
    return a_device(tmp_path / "device", [MAGENTA, CYAN], [BLUE])


class Eye:
    """Looks for photos on a screen, and waits for them."""

    def __init__(self, screen: Desktop, emulator: Emulator, last_look: Path) -> None:
        self.screen = screen
        self._fine = emulator.fine
        self._last_look = last_look

    def sees(self, colour: Colour, *gone: Colour, when: Callable[[Stain], bool] = lambda _: True) -> Stain:
        """Wait until a photo stands alone and still on the screen, as this terminal can draw it."""
        looks: list[Stain | None] = []

        def look() -> Stain | None:
            looks.append(one_look())
            return looks[-1] if looks[-_STILL:] == [looks[-1]] * _STILL else None

        def one_look() -> Stain | None:
            picture = self.screen.picture()
            found = stain(picture, colour)
            if found is None or found.fine is not self._fine or not when(found):
                return None
            return None if any(stain(picture, other) for other in gone) else found

        return self._waits(look)

    def sees_again(self, before: Stain) -> None:
        """Wait until the first photo stands as it did, and nothing of another anywhere."""
        self.sees(MAGENTA, CYAN, BLUE, when=lambda now: now == before)

    def sees_none(self) -> None:
        """Wait until nothing of any photo is left."""

        def look() -> bool:
            picture = self.screen.picture()
            return not any(stain(picture, colour) for colour in (MAGENTA, CYAN, BLUE))

        self._waits(look)

    def _waits(self, look: Callable[[], _T | None]) -> _T:
        try:
            return eventually(look)
        except AssertionError as never:
            self.screen.picture().save(self._last_look)
            raise AssertionError(f"{never}; the screen is in {self._last_look}") from None


@pytest.mark.parametrize(
    "emulator", [XTERM, VT340, SIXTEEN, TMUX, kitty], ids=["xterm", "sixel", "16", "tmux", "kitty"]
)
def test_a_photo_is_right_and_leaves_nothing_behind(
    screen: Desktop, emulator: Emulator | Callable[[], Emulator], folder: Path, tmp_path: Path
) -> None:
    terminal = emulator if isinstance(emulator, Emulator) else emulator()
    need(*terminal.programs)
    with terminal.showing(screen, ["--data", folder], tmp_path):
        eye = Eye(screen, terminal, tmp_path / "last-look.png")
        first = eye.sees(MAGENTA, CYAN, BLUE)
        another_order(eye, first)
        zoom(eye, first)
        other_screens(eye, first)
        scrolled(eye, first)
        resized(eye, first)


def another_order(eye: Eye, first: Stain) -> None:
    eye.screen.press("Down")
    eye.sees(BLUE, MAGENTA)
    eye.screen.press("Up")
    eye.sees_again(first)


def zoom(eye: Eye, first: Stain) -> None:
    eye.screen.press("z")
    large = eye.sees(MAGENTA, CYAN, when=lambda now: now.count > 2 * first.count)
    eye.screen.press("Right")
    eye.sees(CYAN, MAGENTA, when=lambda now: now.box == large.box)
    eye.screen.press("Left")
    eye.sees(MAGENTA, CYAN, when=lambda now: now == large)
    eye.screen.press("Escape")
    eye.sees_again(first)


def other_screens(eye: Eye, first: Stain) -> None:
    eye.screen.press("o")
    eye.sees_none()
    eye.screen.press("Escape")
    eye.sees_again(first)
    eye.screen.press("d")
    eye.sees(MAGENTA, CYAN, when=lambda now: now.box[0] < first.box[0] and now.box[2] < first.box[2])
    eye.screen.press("Escape")
    eye.sees_again(first)


def scrolled(eye: Eye, first: Stain) -> None:
    """The order scrolls, and with it the photo, which is cut where its pane ends."""
    left, top, right, _ = first.box
    inside = (left + right) // 2, top
    eye.screen.roll(inside, down=True)
    eye.sees(MAGENTA, CYAN, BLUE, when=lambda now: now.box[1] < top and (now.box[0], now.box[2]) == (left, right))
    eye.screen.roll(inside, down=False)
    eye.sees_again(first)


def resized(eye: Eye, first: Stain) -> None:
    width, height = eye.screen.window_size()
    eye.screen.resize(width * 7 // 6, height)
    eye.sees(MAGENTA, CYAN, BLUE, when=lambda now: now.box[2] <= width * 7 // 6 and now.box != first.box)
    eye.screen.resize(width, height)
    eye.sees_again(first)
