"""Which receiver the settings mean, and that nobody else is asked."""

import pytest

from crew.domain.errors import CorrectSettings
from crew.position.choice import PositionSettings, receiver
from crew.position.gpsd import Gpsd
from crew.position.serial_port import SerialReceiver
from tests.position.receivers import now


@pytest.mark.parametrize(
    ("source", "host", "port"),
    [
        ("auto", "127.0.0.1", 2947),
        ("gpsd", "127.0.0.1", 2947),
        ("gpsd:truck7.local", "truck7.local", 2947),
        ("gpsd:10.0.0.7:3000", "10.0.0.7", 3000),
        ("gpsd:[::1]:3000", "::1", 3000),
    ],
)
def test_a_gpsd_is_asked_where_the_settings_say(source: str, host: str, port: int) -> None:
    chosen = receiver(PositionSettings(source), now)
    assert isinstance(chosen, Gpsd)
    assert (vars(chosen)["_host"], vars(chosen)["_port"]) == (host, port)


@pytest.mark.parametrize(
    ("source", "port", "speeds"),
    [
        ("serial:/dev/ttyACM0", "/dev/ttyACM0", (9600, 4800, 38400, 115200)),
        ("serial:COM3@4800", "COM3", (4800,)),
    ],
)
def test_a_port_is_read_at_the_speed_that_is_named(source: str, port: str, speeds: tuple[int, ...]) -> None:
    chosen = receiver(PositionSettings(source), now)
    assert isinstance(chosen, SerialReceiver)
    assert (chosen.name, vars(chosen)["_speeds"]) == (port, speeds)


def test_off_is_nobody() -> None:
    assert receiver(PositionSettings("off"), now) is None


@pytest.mark.parametrize("source", ["", "gps", "gpsd:", "gpsd:host:99999", "gpsd:host:0", "serial:", "serial:x@fast"])
def test_any_other_word_is_refused_with_those_that_there_are(source: str) -> None:
    with pytest.raises(CorrectSettings, match="names no receiver"):
        receiver(PositionSettings(source), now)
