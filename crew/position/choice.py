"""Which receiver the settings mean. Edge; opens nothing.

`auto` asks this device alone; another machine is asked only where the settings name it.
"""

import re
from typing import TYPE_CHECKING, Final

import msgspec

from crew.domain.errors import CorrectSettings
from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from crew.domain.clock import Clock
    from crew.position.receiver import Receiver

_GPSD: Final = re.compile(r"gpsd(?::(?P<host>[\w.-]+|\[[0-9A-Fa-f:]+\])(?::(?P<port>\d{1,5}))?)?")
_SERIAL: Final = re.compile(r"serial:(?P<port>[^@]+)(?:@(?P<speed>\d{3,7}))?")
_HIGHEST_PORT: Final = 65_535


class PositionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the place of this device comes from."""

    source: str = "auto"

    @property
    def by_itself(self) -> bool:
        """Whether nobody asked for a receiver: then it is no trouble that there is none."""
        return self.source == "auto"


def receiver(settings: PositionSettings, clock: "Clock") -> "Receiver | None":
    """The receiver; None where the settings want none.

    Raises:
        CorrectSettings: The source is none that there is.
    """
    from crew.position.gpsd import PORT, THIS_DEVICE, Gpsd
    from crew.position.serial_port import SerialReceiver

    source = clean_line(settings.source)
    if source == "off":
        return None
    if source == "auto":
        return Gpsd(clock)
    if found := _GPSD.fullmatch(source):
        port = int(found["port"] or PORT)
        if 0 < port <= _HIGHEST_PORT:
            return Gpsd(clock, (found["host"] or THIS_DEVICE).strip("[]"), port)
    if found := _SERIAL.fullmatch(source):
        return SerialReceiver(clock, found["port"], int(found["speed"]) if found["speed"] else None)
    raise CorrectSettings(
        f'[position] source = "{source}" names no receiver. Write "auto", "gpsd", "gpsd:HOST:PORT", '
        '"serial:/dev/ttyACM0" or "off".'
    )
