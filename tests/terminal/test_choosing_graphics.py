"""Which pictures a terminal gets: asked of real pseudo-terminals that answer, answer late, or never answer."""

import os
import select
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from crew.pictures import Graphics, Surroundings, choose_graphics

if sys.platform == "win32":
    pytest.skip("no pseudo-terminals", allow_module_level=True)

import fcntl
import termios

SIXEL_ANSWER = b"\x1b[?62;4;22c"
KITTY_ANSWER = b"\x1b_Gi=4711;OK\x1b\\\x1b[?62;22c"
PLAIN_ANSWER = b"\x1b[?62;22c"


class Terminal:
    """The other end of a pseudo-terminal."""

    def __init__(self, tmp_path: Path, cells: tuple[int, int] = (24, 80), pixels: tuple[int, int] = (800, 480)) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *cells, *pixels))
        self.around = Surroundings({"TERM": "foot"}, slave, slave, tmp_path / "cache" / "graphics.json")
        self.asked = b""
        self.answered = threading.Event()
        self._closing = threading.Event()

    @contextmanager
    def answering(self, answer: bytes, *, after_seconds: float = 0) -> Iterator[None]:
        """Answer the question once it was read whole."""
        thread = threading.Thread(target=self._answer, args=(answer, after_seconds))
        thread.start()
        try:
            yield
        finally:
            self._closing.set()
            thread.join()

    def _answer(self, answer: bytes, after_seconds: float) -> None:
        while not self._closing.is_set():
            if select.select([self._master], [], [], 0.02)[0]:
                self.asked += os.read(self._master, 1024)
                if answer and self.asked.endswith(b"\x1b[c"):
                    self._closing.wait(after_seconds)
                    os.write(self._master, answer)
                    answer = b""
                    self.answered.set()

    def typed(self) -> bytes:
        """What a program that reads the keyboard would get now."""
        slave = self.around.input_descriptor
        before = termios.tcgetattr(slave)
        raw = [*before[:3], before[3] & ~termios.ICANON, *before[4:]]
        termios.tcsetattr(slave, termios.TCSANOW, raw)
        try:
            return os.read(slave, 1024) if select.select([slave], [], [], 0.1)[0] else b""
        finally:
            termios.tcsetattr(slave, termios.TCSANOW, before)

    def close(self) -> None:
        for descriptor in (self._master, self.around.input_descriptor):
            with suppress(OSError):
                os.close(descriptor)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.close()


def choose(terminal: Terminal, **variables: str) -> Graphics:
    environment = {**terminal.around.environment, **variables}
    return choose_graphics("auto", replace(terminal.around, environment=environment))


@pytest.mark.parametrize(
    ("answer", "graphics"),
    [(SIXEL_ANSWER, Graphics.SIXEL), (KITTY_ANSWER, Graphics.KITTY), (PLAIN_ANSWER, Graphics.HALF)],
)
def test_a_terminal_gets_what_it_says_it_can(terminal: Terminal, answer: bytes, graphics: Graphics) -> None:
    with terminal.answering(answer):
        assert choose(terminal) is graphics
    assert terminal.typed() == b""


def test_a_terminal_that_claims_kitty_and_sixel_gets_sixel(terminal: Terminal) -> None:
    with terminal.answering(b"\x1b_Gi=4711;OK\x1b\\\x1b[?62;4c"):
        assert choose(terminal) is Graphics.SIXEL


def test_sixel_needs_cells_of_a_known_size(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, pixels=(0, 0))
    with terminal.answering(SIXEL_ANSWER):
        assert choose(terminal) is Graphics.HALF
    terminal.close()


def test_an_answer_is_remembered_and_not_asked_for_again(terminal: Terminal) -> None:
    with terminal.answering(SIXEL_ANSWER):
        assert choose(terminal) is Graphics.SIXEL
    terminal.asked = b""
    assert choose(terminal) is Graphics.SIXEL
    assert terminal.asked == b""


def test_a_name_that_half_of_all_terminals_claim_is_asked_each_time(terminal: Terminal) -> None:
    with terminal.answering(SIXEL_ANSWER):
        assert choose(terminal, TERM="xterm-256color") is Graphics.SIXEL
    assert not terminal.around.cache_file.exists()


def test_a_late_answer_does_not_count_and_never_reaches_the_keyboard(terminal: Terminal) -> None:
    with terminal.answering(SIXEL_ANSWER, after_seconds=0.6):
        assert choose(terminal) is Graphics.HALF
        assert terminal.answered.wait(5)
        assert terminal.typed() == b""
    assert choose(terminal) is Graphics.HALF


def test_a_terminal_that_never_answers_is_waited_for_once(terminal: Terminal) -> None:
    with terminal.answering(b""):
        began = time.monotonic()
        assert choose(terminal) is Graphics.HALF
        assert time.monotonic() - began < 5
        began = time.monotonic()
        assert choose(terminal) is Graphics.HALF
        assert time.monotonic() - began < 0.2


def test_over_ssh_the_answer_may_take_longer(terminal: Terminal) -> None:
    with terminal.answering(SIXEL_ANSWER, after_seconds=0.5):
        assert choose(terminal, SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22") is Graphics.SIXEL


def test_the_terminals_settings_are_as_before(terminal: Terminal) -> None:
    before = termios.tcgetattr(terminal.around.input_descriptor)
    with terminal.answering(PLAIN_ANSWER):
        choose(terminal)
    assert termios.tcgetattr(terminal.around.input_descriptor) == before


@pytest.mark.parametrize(
    "variables",
    [
        {"TMUX": "/tmp/tmux-0/default,1,0"},
        {"STY": "1.pts"},
        {"TERM": "linux"},
        {"TERM": "tmux-256color"},
        {"TERM": "dumb"},
        {"TERM": ""},
        {"VTE_VERSION": "7002"},
        {"NO_COLOR": "1"},
    ],
)
def test_terminals_that_cannot_are_not_asked(terminal: Terminal, variables: dict[str, str]) -> None:
    with terminal.answering(SIXEL_ANSWER):
        assert choose(terminal, **variables) is Graphics.HALF
    assert terminal.asked == b""


def test_a_terminal_without_a_size_is_not_asked(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, cells=(0, 0), pixels=(0, 0))
    with terminal.answering(SIXEL_ANSWER):
        assert choose(terminal) is Graphics.HALF
    assert terminal.asked == b""
    terminal.close()


def test_a_pipe_is_not_asked(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    around = Surroundings({"TERM": "foot"}, reading, writing, tmp_path / "graphics.json")
    assert choose_graphics("auto", around) is Graphics.HALF
    os.close(writing)
    assert os.read(reading, 10) == b""
    os.close(reading)


@pytest.mark.parametrize("wanted", ["half", "sixel", "kitty", "off"])
def test_the_persons_own_choice_is_taken_at_its_word(terminal: Terminal, wanted: str) -> None:
    assert choose_graphics(wanted, terminal.around) == wanted
    assert terminal.asked == b""


def test_a_broken_cache_is_as_good_as_none(terminal: Terminal) -> None:
    terminal.around.cache_file.parent.mkdir()
    terminal.around.cache_file.write_text('{"foot////": "hologram"')
    with terminal.answering(KITTY_ANSWER):
        assert choose(terminal) is Graphics.KITTY
