"""The program's end in a real pseudo-terminal, and the bytes that it writes there."""

import os
import re
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from crew.domain.work_order import OrderId, WorkStatus
from crew.store.store import open_store
from crew.terminal_gone import terminal_is_gone
from tests.builders import an_order
from tests.hostile import HOSTILE
from tests.terminal.real_terminal import real_terminal
from tests.terminal.truck import NOW, Truck, a_days_work

POTHOLE = a_days_work()[0]
IN_TIME_SECONDS = 5
OSC = re.compile(rb"\x1b\](\d*)")
POINTER_SHAPE = b"22"
"""What Textual itself asks for; citizens ask for titles (0) and the clipboard (52)."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    device = Truck(tmp_path / "device")
    device.receive(a_days_work())
    device.store.close()
    return tmp_path / "device"


def shown(words: bytes) -> bool:
    return b"412 Centre St" in words


def test_a_terminal_is_there_until_its_other_side_is_closed() -> None:
    master, slave = os.openpty()
    assert not terminal_is_gone(slave)
    os.close(master)
    assert terminal_is_gone(slave)
    os.close(slave)


@pytest.mark.parametrize("own_session", [True, False], ids=["with a hang-up signal", "without any signal"])
def test_a_terminal_that_is_gone_ends_the_program_with_everything_kept(
    folder: Path, tmp_path: Path, own_session: bool
) -> None:
    with real_terminal(folder, tmp_path, own_session=own_session) as terminal:
        terminal.read_until(shown, "the list is there")
        terminal.press(b"w")
        terminal.read_until(lambda words: b"Working: 412" in words, "the act is shown")
        terminal.hang_up()
        terminal.ended_within(IN_TIME_SECONDS)
    store = open_store(folder, NOW)
    order = store.orders.get(POTHOLE.id)
    assert order is not None
    assert order.work_status is WorkStatus.WORKING
    store.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_program_and_gives_the_terminal_back(
    folder: Path, tmp_path: Path, number: signal.Signals
) -> None:
    with real_terminal(folder, tmp_path) as terminal:
        terminal.read_until(shown, "the list is there")
        terminal.press(b"f")
        terminal.read_until(lambda words: b"latest first" in words, "the program listens")
        terminal.process.send_signal(number)
        assert terminal.ended_within(IN_TIME_SECONDS) == 0
        assert b"\x1b[?1049l" in terminal.written
        assert b"Traceback" not in terminal.written


def test_quit_ends_the_program(folder: Path, tmp_path: Path) -> None:
    with real_terminal(folder, tmp_path) as terminal:
        terminal.read_until(shown, "the list is there")
        terminal.press(b"q")
        assert terminal.ended_within(IN_TIME_SECONDS) == 0


def test_no_citizens_bytes_steer_the_terminal(tmp_path: Path) -> None:
    device = Truck(tmp_path / "device")
    device.receive(
        an_order(id=OrderId(f"{number}"), address=words, description=words, service_name=words, due_at=NOW)
        for number, words in enumerate(HOSTILE)
    )
    device.receive([an_order(id=OrderId("last"), address="the last one", due_at=NOW + timedelta(days=9))])
    device.store.close()
    with real_terminal(tmp_path / "device", tmp_path) as terminal:
        terminal.read_until(lambda words: b"28 stops" in words, "the list is there")
        terminal.press(b"\x1b[F")
        terminal.read_until(lambda words: b"the last one" in words, "the end of the list is there")
        terminal.press(b"\r")
        terminal.read_until(lambda words: b"Back to the list" in words, "the order is there")
        terminal.press(b"q")
        terminal.ended_within(IN_TIME_SECONDS)
        assert not [code for code in OSC.findall(terminal.written) if code != POINTER_SHAPE]
        assert b"\x1bP" not in terminal.written
        assert b"\x1b[2J\x1b[Hcleared" not in terminal.written
        assert "\x9b".encode() not in terminal.written
        assert "\u202e".encode() not in terminal.written


def test_the_program_ends_at_once_while_the_streets_of_a_map_are_read(folder: Path, tmp_path: Path) -> None:
    """The map is a pipe into which nobody writes: opening it takes for ever."""
    the_map = folder / "map" / "city.pmtiles"
    the_map.parent.mkdir(exist_ok=True)
    os.mkfifo(the_map)
    with real_terminal(folder, tmp_path) as terminal:
        terminal.read_until(shown, "the list is there")
        terminal.read_until(lambda _: b"crew.reckoning" in children_of(terminal.process.pid), "the streets are read")
        terminal.press(b"q")
        assert terminal.ended_within(IN_TIME_SECONDS) == 0


def children_of(pid: int) -> bytes:
    """The command lines of the processes that a process has started, of those that have not ended meanwhile."""
    lines: list[bytes] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            numbers = (thread / "children").read_text(encoding="ascii").split()
            lines.extend(Path(f"/proc/{number}/cmdline").read_bytes() for number in numbers)
    return b"\n".join(lines)
