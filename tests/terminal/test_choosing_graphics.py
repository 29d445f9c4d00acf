"""Which pictures a terminal gets: asked of real pseudo-terminals that answer, answer late, or never answer."""

import os
import select
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from crew.domain.value import replace
from crew.pictures import Graphics, Surroundings, choose_graphics

if sys.platform == "win32":
    pytest.skip("no pseudo-terminals", allow_module_level=True)

import fcntl
import termios

PLAIN_ANSWER = b"\x1b[?62;22c"
SIXEL_ANSWER = b"\x1b[?62;4;22c"
KITTY_ANSWER = b"\x1b_Gi=4711;OK\x1b\\" + PLAIN_ANSWER
SSH = {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}


class Terminal:
    """The other end of a pseudo-terminal."""

    def __init__(self, tmp_path: Path, cells: tuple[int, int] = (24, 80), pixels: tuple[int, int] = (800, 480)) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *cells, *pixels))
        self.around = Surroundings({"TERM": "foot"}, slave, slave, tmp_path / "cache" / "graphics.json")
        self.asked = b""
        self._closing = threading.Event()

    @contextmanager
    def answering(self, *answers: bytes, after_seconds: float = 0) -> Iterator[None]:
        """Answer each question once it was read whole; the last answer is given again and again."""
        thread = threading.Thread(target=self._answer, args=(answers, after_seconds))
        thread.start()
        try:
            yield
        finally:
            self._closing.set()
            thread.join()

    def _answer(self, answers: tuple[bytes, ...], after_seconds: float) -> None:
        while not self._closing.is_set():
            if select.select([self._master], [], [], 0.02)[0]:
                self.asked += os.read(self._master, 1024)
                if answers and self.asked.endswith(b"\x1b[c"):
                    self._closing.wait(after_seconds)
                    os.write(self._master, answers[0])
                    answers = answers[1:] or answers

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


def said(words: str) -> bytes:
    """The answer of a terminal that says who it is."""
    return f"\x1bP>|{words}\x1b\\".encode() + PLAIN_ANSWER


@pytest.mark.parametrize(
    ("answers", "graphics"),
    [
        ([SIXEL_ANSWER], Graphics.SIXEL),
        ([KITTY_ANSWER, said("kitty(0.41.1)")], Graphics.KITTY),
        ([KITTY_ANSWER, said("ghostty 1.1.3")], Graphics.KITTY),
        ([PLAIN_ANSWER], Graphics.HALF),
    ],
)
def test_a_terminal_gets_what_it_says_it_can(terminal: Terminal, answers: list[bytes], graphics: Graphics) -> None:
    with terminal.answering(*answers):
        assert choose(terminal) is graphics
    assert terminal.typed() == b""


@pytest.mark.parametrize("name", ["kitty(0.26.5)", "kitty(0.27)", "Warp(v0.2026)", "", "\x9b", "kitty"])
def test_kitty_pictures_are_for_terminals_that_are_known_to_put_them_into_cells(terminal: Terminal, name: str) -> None:
    with terminal.answering(KITTY_ANSWER, said(name)):
        assert choose(terminal) is Graphics.HALF
    assert terminal.typed() == b""


def test_a_terminal_that_claims_kitty_and_sixel_gets_sixel(terminal: Terminal) -> None:
    with terminal.answering(b"\x1b_Gi=4711;OK\x1b\\\x1b[?62;4c"):
        assert choose(terminal) is Graphics.SIXEL


@pytest.mark.parametrize(
    ("answers", "graphics"),
    [
        ([b"\x1b[?1;0;1024S"], Graphics.SIXEL),
        ([b"\x1b[?1;0;16S", b"\x1b[?1;0;256S"], Graphics.SIXEL),
        ([b"\x1b[?1;0;16S", b"\x1b[?1;0;16S"], Graphics.HALF),
        ([b"\x1b[?1;0;16S", b"\x1b[?1;3S"], Graphics.HALF),
        ([b"\x1b[?1;3S"], Graphics.SIXEL),
    ],
    ids=["enough", "more when asked", "no more", "none of that", "speaks of no limit"],
)
def test_sixel_needs_room_for_a_photos_colours(terminal: Terminal, answers: list[bytes], graphics: Graphics) -> None:
    with terminal.answering(SIXEL_ANSWER, *(answer + SIXEL_ANSWER for answer in answers)):
        assert choose(terminal) is graphics
    assert terminal.typed() == b""


def test_sixel_needs_cells_of_a_known_size(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, pixels=(0, 0))
    with terminal.answering(SIXEL_ANSWER):
        assert choose(terminal) is Graphics.HALF
    terminal.close()


def test_over_ssh_an_answer_is_remembered_and_not_asked_for_again(terminal: Terminal) -> None:
    with terminal.answering(SIXEL_ANSWER):
        assert choose(terminal, **SSH) is Graphics.SIXEL
    terminal.asked = b""
    assert choose(terminal, **SSH) is Graphics.SIXEL
    assert terminal.asked == b""


def test_a_terminal_nearby_is_asked_each_time_as_it_may_be_a_newer_one(terminal: Terminal) -> None:
    with terminal.answering(KITTY_ANSWER, said("kitty(0.26.5)"), KITTY_ANSWER, said("kitty(0.28.0)")):
        assert choose(terminal) is Graphics.HALF
        assert choose(terminal) is Graphics.KITTY


def test_a_name_that_half_of_all_terminals_claim_is_asked_each_time(terminal: Terminal) -> None:
    with terminal.answering(SIXEL_ANSWER):
        assert choose(terminal, TERM="xterm-256color", **SSH) is Graphics.SIXEL
    assert not terminal.around.cache_file.exists()


def test_a_slow_answer_counts_and_never_reaches_the_keyboard(terminal: Terminal) -> None:
    with terminal.answering(SIXEL_ANSWER, after_seconds=0.6):
        assert choose(terminal) is Graphics.SIXEL
        assert terminal.typed() == b""


def test_a_terminal_that_never_answers_is_waited_for_once(terminal: Terminal) -> None:
    with terminal.answering(b""):
        began = time.monotonic()
        assert choose(terminal) is Graphics.HALF
        assert time.monotonic() - began < 5
        began = time.monotonic()
        assert choose(terminal) is Graphics.HALF
        assert time.monotonic() - began < 0.2


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
    with terminal.answering(SIXEL_ANSWER):
        assert choose(terminal) is Graphics.SIXEL
