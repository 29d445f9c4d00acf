"""How fast the link is, as far as it was seen, and what follows for pieces and patience. Sync layer; pure."""

from typing import Final

_FIRST_GUESS: Final = 8_000.0
"""Bytes a second before anything was measured: 64 kbit/s, the edge of coverage."""

_SLOWEST: Final = 500.0
_WORTH_MEASURING_BYTES: Final = 4_096
"""Below this, the way there and back is all of the time, so it measures that way instead."""

_PIECE_SECONDS: Final = 10.0
_SMALLEST_PIECE: Final = 8 * 1024
_LARGEST_PIECE: Final = 1024 * 1024
_PATIENCE: Final = 3.0
"""A piece takes a third of its time-out, so a link that slows down to a third still gets it through."""

_LEAST_PATIENCE_SECONDS: Final = 15.0
_MOST_PATIENCE_SECONDS: Final = 300.0


class LinkRate:
    """An estimate of the link, better with every exchange."""

    def __init__(self) -> None:
        self._bytes_per_second = _FIRST_GUESS
        self._way_seconds = 1.0
        self._measured = False

    def note(self, byte_count: int, seconds: float) -> None:
        """Learn from bytes that were sent and answered, in how much time."""
        if byte_count < _WORTH_MEASURING_BYTES:
            self._way_seconds = (self._way_seconds + seconds) / 2
            return
        seen = byte_count / max(seconds, 0.001)
        self._bytes_per_second = max(_SLOWEST, (self._bytes_per_second + seen) / 2 if self._measured else seen)
        self._measured = True

    def note_cut(self) -> None:
        """Learn from what did not get through: the next piece is half as large, and waited for with more patience."""
        self._bytes_per_second = max(_SLOWEST, self._bytes_per_second / 2)
        self._way_seconds = min(self._way_seconds * 2, _MOST_PATIENCE_SECONDS)

    @property
    def piece_bytes(self) -> int:
        """How much to send in one piece."""
        return int(min(max(self._bytes_per_second * _PIECE_SECONDS, _SMALLEST_PIECE), _LARGEST_PIECE))

    def seconds_for(self, byte_count: int) -> float:
        """How long to wait for the answer to so many bytes: the whole exchange, by rate and way."""
        expected = _PATIENCE * (byte_count / self._bytes_per_second + self._way_seconds)
        return min(max(expected, _LEAST_PATIENCE_SECONDS), _MOST_PATIENCE_SECONDS)
