"""NMEA 0183 sentences into places. Edge; pure. Bytes that are no sentence are counted, never believed.

Only GGA and RMC are read: every receiver sends one of them, and both say whether the place is known.
"""

from typing import TYPE_CHECKING, Final

from crew.domain.place import believable
from crew.domain.position import Position, PositionSource
from crew.position.receiver import Heard, Quiet

if TYPE_CHECKING:
    from datetime import datetime

_LINE_BYTES: Final = 200
"""The standard allows 82; some receivers send more digits."""
_METRES_PER_HDOP: Final = 5
"""What one unit of dilution costs an ordinary receiver under open sky."""
_MODES_WITHOUT_PLACE: Final = (0, 6)
"""GGA quality: no fix, and dead reckoning."""


class NmeaReader:
    """Takes bytes as they come, in any pieces."""

    def __init__(self, name: str) -> None:
        """Read from a receiver with this name."""
        self._name: Final = name
        self._rest = b""
        self._sends_gga = False
        self.sentence_count = 0
        """How many whole sentences with a right checksum there were: none means the wrong speed."""

    def read(self, piece: bytes, now: "datetime") -> list[Heard]:
        """What the sentences in these bytes say; half a sentence is kept for the next piece."""
        *lines, rest = (self._rest + piece).split(b"\n")
        self._rest = rest[-_LINE_BYTES:]
        return [heard for line in lines if (heard := self._heard(line.strip(), now)) is not None]

    def _heard(self, line: bytes, now: "datetime") -> Heard | None:
        if not (line.startswith(b"$") and len(line) <= _LINE_BYTES and _checks(line)):
            return None
        self.sentence_count += 1
        kind = line[3:6]
        if kind not in (b"GGA", b"RMC") or (kind == b"RMC" and self._sends_gga):
            return None
        fields = _fields(line)
        if fields is None:
            return None
        self._sends_gga = kind == b"GGA"
        return self._position(fields, now)

    def _position(self, fields: "dict[str, object]", now: "datetime") -> Heard:
        known = fields.get("status", "A") == "A" and fields.get("quality", 1) not in _MODES_WITHOUT_PLACE
        lat, long, dilution = fields.get("lat"), fields.get("lon"), fields.get("HDOP")
        if not known or lat == "" or long == "":
            return Quiet(f"{self._name} does not know the place yet: the receiver must see the sky.")
        if not (isinstance(lat, float) and isinstance(long, float) and believable(lat, long)):
            return Quiet(f"{self._name} sends places that cannot be. Restart the receiver.")
        accuracy = dilution * _METRES_PER_HDOP if isinstance(dilution, float) and dilution > 0 else None
        return Position(lat, long, now, PositionSource.RECEIVER, accuracy, self._name)


def _checks(line: bytes) -> bool:
    """Whether the two digits behind the star are the sum of what stands before it."""
    body, star, told = line[1:].rpartition(b"*")
    found = 0
    for byte in body:
        found ^= byte
    return bool(star) and told.upper() == f"{found:02X}".encode()


def _fields(line: bytes) -> "dict[str, object] | None":
    """The fields by their names; None where the library cannot make sense of them."""
    from pynmeagps import NMEAReader
    from pynmeagps.exceptions import NMEAMessageError, NMEAParseError, NMEATypeError

    try:
        sentence = NMEAReader.parse(line)
    except (NMEAMessageError, NMEAParseError, NMEATypeError, ValueError):
        return None
    return None if sentence is None else vars(sentence)
