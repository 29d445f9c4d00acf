"""How the terminal looks: the person's settings of it, and the symbols. Below the widgets; knows no Textual.

A symbol never stands alone: a word says the same. Every one is a single cell wide in every terminal, so no emoji.
"""

from typing import Final, Literal

import msgspec

from crew.domain.value import Value
from crew.domain.work_order import WorkStatus

ThemeName = Literal["night", "day", "sun", "terminal"]


class Look(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the looks, each with its default; config/crew.toml says what they are for."""

    theme: ThemeName = "night"
    symbols: Literal["unicode", "ascii"] = "unicode"
    units: Literal["km", "mi"] = "mi"
    grace_seconds: float = 5
    """How long an act can be undone before it leaves the device."""
    graphics: Literal["auto", "half", "sixel", "kitty", "off"] = "auto"
    photo_folder: str = ""
    """Where the camera app leaves its pictures; offered first when a photo is chosen."""

    @property
    def marks(self) -> "Symbols":
        """The symbols of this look."""
        return ASCII if self.symbols == "ascii" else UNICODE


class Symbols(Value, kw_only=True):
    """One set of symbols, each one cell wide."""

    status: dict[WorkStatus, str]
    late: str
    soon: str
    unsent: str
    trouble: str
    photo: str
    people: str
    chosen: str
    """Stands before the chosen line of a list."""
    back: str
    dot: str
    """Stands between facts of one line."""
    cut: str
    """Stands where a text was cut."""
    quotes: str
    """Open and close somebody's own words."""
    rule: str
    """Drawn again and again, a line."""


UNICODE: Final = Symbols(
    status={
        WorkStatus.NEW: "○",
        WorkStatus.ASSIGNED: "○",
        WorkStatus.ACCEPTED: "●",
        WorkStatus.ON_THE_WAY: "▸",
        WorkStatus.WORKING: "◆",
        WorkStatus.WAITING: "‖",
        WorkStatus.DONE: "✓",
        WorkStatus.CANT_DO: "✗",
        WorkStatus.SENT_BACK: "↶",
    },
    late="!",
    soon="◷",
    unsent="↑",
    trouble="!",
    photo="▣",
    people="×",  # noqa: RUF001 - "times three" is what it says
    chosen="▌",
    back="‹",  # noqa: RUF001 - an arrow head, not a less-than sign
    dot="·",
    cut="…",
    quotes="“”",
    rule="─",
)
"""For terminals with an ordinary font."""

ASCII: Final = Symbols(
    status={
        WorkStatus.NEW: "o",
        WorkStatus.ASSIGNED: "o",
        WorkStatus.ACCEPTED: ".",
        WorkStatus.ON_THE_WAY: ">",
        WorkStatus.WORKING: "*",
        WorkStatus.WAITING: "=",
        WorkStatus.DONE: "+",
        WorkStatus.CANT_DO: "x",
        WorkStatus.SENT_BACK: "<",
    },
    late="!",
    soon="~",
    unsent="^",
    trouble="!",
    photo="#",
    people="x",
    chosen="|",
    back="<",
    dot="-",
    cut="~",
    quotes='""',
    rule="-",
)
"""For poor fonts and old consoles."""
