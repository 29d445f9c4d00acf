"""The address of a city's own tile server, as its administrator writes it. The map's drawing code; asks nobody.

The form is that of every slippy map: `{z}`, `{x}` and `{y}`, or `{-y}` where rows are counted from the south (TMS).
Tiles may be of 256 pixels or of 512 ("@2x" then stands in the address): they are drawn to the size that is needed.
"""

import re
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit
from zlib import crc32

from crew.domain.errors import CorrectSettings
from crew.domain.plain_text import clean_line
from crew.domain.this_machine import is_this_machine
from crew.domain.value import Value

_LOOKS_LIKE: Final = 'It looks like "https://tiles.example.city/{z}/{x}/{y}.png".'
_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_LONGEST: Final = 2000


class Tile(Value, order=True):
    """A square of the world: 2**zoom of them lie side by side.

    Attributes:
        zoom: From 0, one tile for all.
        column: From the west.
        row: From the north.
    """

    zoom: int
    column: int
    row: int

    def above(self, levels: int) -> "Tile":
        """The larger tile that holds this one, so many zooms further out."""
        return Tile(self.zoom - levels, self.column >> levels, self.row >> levels)


class TileAddress(Value):
    """Where tiles are asked for.

    Attributes:
        origin: The server, such as "https://tiles.example.city".
        path: The rest, with holes for the tile.
    """

    origin: str
    path: str

    @classmethod
    def read(cls, template: str) -> Self:
        """Read the setting.

        Raises:
            CorrectSettings: It is no address of tiles, or plain http to another machine; the sentence says which.
        """
        text = template.strip()
        shown = f'The setting tiles under [map] is "{clean_line(text, 120)}"'
        holes = _HOLE.findall(text)
        rest = _HOLE.sub("0", text)
        odd = len(text) > _LONGEST or not (rest.isascii() and rest.isprintable()) or any(c in rest for c in " {}\\#")
        parts = _parts(rest)
        if odd or parts is None or parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise CorrectSettings(f"{shown}, which is no web address. {_LOOKS_LIKE}")
        origin, _, path = text.partition("://")[2].partition("/")
        if sorted(holes) not in (["x", "y", "z"], ["-y", "x", "z"]) or "{" in origin:
            raise CorrectSettings(f"{shown}, which does not have {{z}}, {{x}} and {{y}} once each. {_LOOKS_LIKE}")
        if parts.scheme == "http" and not is_this_machine(parts.hostname):
            raise CorrectSettings(f"{shown}: anybody on the way can change what comes over plain http. Use https.")
        return cls(f"{parts.scheme}://{origin}", path)

    @property
    def key(self) -> str:
        """Tells the tiles of one server from those of another, in names of files."""
        return f"{crc32(f'{self.origin}/{self.path}'.encode()):08x}"

    def path_of(self, tile: Tile) -> str:
        """The path and query of a tile."""
        south = 2**tile.zoom - 1 - tile.row
        values = {"z": tile.zoom, "x": tile.column, "y": tile.row, "-y": south}
        return _HOLE.sub(lambda hole: str(values[hole[1]]), self.path)


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    return parts if port is None or port > 0 else None
