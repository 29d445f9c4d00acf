"""`crew position`: the place in a process of its own, from a real receiver on a port, and what is said without one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crew.domain.position import Position, PositionSource
from tests.builders import NOON
from tests.position.receivers import CENTRE_STREET, GGA, NO_FIX, Port
from tests.running import crew
from tests.trucks import Truck


def choose(home: Path, source: str) -> None:
    folder = home / ".config" / "crew"
    folder.mkdir(parents=True)
    (folder / "crew.toml").write_text(f'[position]\nsource = "{source}"\n')


@pytest.fixture
def port() -> Iterator[Port]:
    port = Port()
    yield port
    port.unplug()


def test_a_receiver_on_a_port_tells_the_place(port: Port, tmp_path: Path) -> None:
    choose(tmp_path, f"serial:{port.name}")
    port.say(GGA)
    ended = crew("position", "--json", "--data", tmp_path / "truck", home=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    found = ended.json
    assert (found["lat"], found["long"], found["plus_code"]) == (*CENTRE_STREET, "87JC8V8P+2C")
    assert (found["source"], found["named"], found["is_you"], found["trouble"]) == ("receiver", port.name, True, "")
    assert found["age_seconds"] < 60


def test_without_a_fix_the_last_known_place_is_told_with_the_reason(truck: Truck, port: Port, tmp_path: Path) -> None:
    choose(tmp_path, f"serial:{port.name}")
    port.say(NO_FIX)
    truck.store.device.last_position = Position(*CENTRE_STREET, NOON, PositionSource.RECEIVER, 8.0, "gpsd")
    ended = crew("position", "--wait", "2", "--data", truck.folder, home=tmp_path)
    assert ended.code == 0
    assert "42.315100, -71.113900   87JC8V8P+2C\nLast known: gpsd, to 50 ft, " in ended.out
    assert "must see the sky" in ended.out


def test_a_device_that_never_knew_says_so(tmp_path: Path) -> None:
    choose(tmp_path, "off")
    ended = crew("position", "--data", tmp_path / "truck", home=tmp_path)
    assert ended.code == 4
    assert "No receiver has ever told this device where it is" in ended.err


def test_a_source_that_there_is_not_is_refused(tmp_path: Path) -> None:
    choose(tmp_path, "galileo")
    ended = crew("position", "--data", tmp_path / "truck", home=tmp_path)
    assert ended.code == 9
    assert '"galileo" names no receiver' in ended.err
