"""The four sets of colours. Beside the widgets; every text in the first three has a contrast of 7:1 or more.

Two accents only: `act` for the one thing to do next, `late` for what is overdue. The fourth set is the terminal's own.
"""

from typing import Final

from textual.theme import Theme

from crew.domain.value import Value

_OUTLINED = {"box": "round", "button-border": "round", "primary-border": "heavy"}
_FILLED = {"box": "round", "button-border": "hkey", "primary-border": "hkey"}
_ASCII_OUTLINED = {"box": "ascii", "button-border": "ascii", "primary-border": "ascii"}
_ASCII_FILLED = {"box": "ascii", "button-border": "none", "primary-border": "none"}


class _Palette(Value, kw_only=True):
    """The colours of one theme; what is drawn with which is decided once, below."""

    name: str
    dark: bool
    background: str
    surface: str
    panel: str
    text: str
    muted: str
    line: str
    act: str
    act_text: str
    late: str
    water: str
    park: str
    outlined: bool = False
    """Boxes and buttons are lines on one background, the chosen line is reversed, all text is bold."""


_NIGHT: Final = _Palette(
    name="night",
    dark=True,
    background="#171411",
    surface="#211d19",
    panel="#342e28",
    text="#f4ecdf",
    muted="#c9bdac",
    line="#5c5146",
    act="#ffc44d",
    act_text="#1d1503",
    late="#ffb09c",
    water="#14303c",
    park="#20301c",
)
_DAY: Final = _Palette(
    name="day",
    dark=False,
    background="#faf7f1",
    surface="#f0ebe1",
    panel="#e3dccd",
    text="#1c1a16",
    muted="#474238",
    line="#9c9382",
    act="#083f78",
    act_text="#ffffff",
    late="#800f00",
    water="#cfe4f2",
    park="#dcebcd",
)
_SUN: Final = _Palette(
    name="sun",
    dark=False,
    background="#ffffff",
    surface="#ffffff",
    panel="#ffffff",
    text="#000000",
    muted="#000000",
    line="#000000",
    act="#000000",
    act_text="#ffffff",
    late="#8a0000",
    water="#ffffff",
    park="#ffffff",
    outlined=True,
)


def themes(*, ascii_only: bool = False) -> tuple[Theme, ...]:
    """The themes in the order in which the theme key walks through them.

    Args:
        ascii_only: Draw boxes with the characters of poor fonts.
    """
    filled, outlined = (_ASCII_FILLED, _ASCII_OUTLINED) if ascii_only else (_FILLED, _OUTLINED)
    painted = (_painted(palette, outlined if palette.outlined else filled) for palette in (_NIGHT, _DAY, _SUN))
    return (*painted, _terminal(outlined))


def _painted(palette: _Palette, borders: dict[str, str]) -> Theme:
    return Theme(
        name=palette.name,
        dark=palette.dark,
        primary=palette.act,
        secondary=palette.act,
        accent=palette.act,
        warning=palette.late,
        error=palette.late,
        success=palette.act,
        foreground=palette.text,
        background=palette.background,
        surface=palette.surface,
        panel=palette.panel,
        text_alpha=1.0,
        variables=borders | _own_variables(palette) | _textual_variables(palette),
    )


def _own_variables(palette: _Palette) -> dict[str, str]:
    """What crew.tcss speaks of."""
    outlined = palette.outlined
    return {
        "text": palette.text,
        "muted": palette.muted,
        "line": palette.line,
        "act": palette.act,
        "act-fill": palette.act,
        "act-text": palette.act_text,
        "act-line": palette.act if outlined else palette.background,
        "late": palette.late,
        "chosen": palette.panel,
        "chosen-style": "bold reverse" if outlined else "none",
        "body-style": "bold" if outlined else "none",
        "button": palette.panel,
        "button-text": palette.text,
        "button-line": palette.line if outlined else palette.background,
        "button-hover": palette.panel,
        "map-water": palette.water,
        "map-park": palette.park,
    }


def _textual_variables(palette: _Palette) -> dict[str, str]:
    """What Textual's own widgets speak of."""
    scrollbar = dict.fromkeys(("scrollbar-hover", "scrollbar-active"), palette.act)
    behind = ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active")
    return {
        "text-muted": palette.muted,
        "block-cursor-background": palette.act,
        "block-cursor-foreground": palette.act_text,
        "border": palette.act,
        "border-blurred": palette.line,
        "scrollbar": palette.line,
        **scrollbar,
        **dict.fromkeys(behind, palette.background),
        "input-cursor-background": palette.text,
        "input-cursor-foreground": palette.background,
    }


def _terminal(borders: dict[str, str]) -> Theme:
    """Nothing but the terminal's own foreground, background and two of its sixteen colours."""
    own = "ansi_default"
    return Theme(
        name="terminal",
        dark=True,
        ansi=True,
        primary="ansi_blue",
        secondary="ansi_blue",
        accent="ansi_blue",
        warning="ansi_red",
        error="ansi_red",
        success="ansi_blue",
        foreground=own,
        background=own,
        surface=own,
        panel=own,
        variables=borders
        | {
            "ansi-background": own,
            "ansi-foreground": own,
            "text-muted": own,
            "muted": own,
            "line": own,
            "act": own,
            "act-fill": "ansi_yellow",
            "act-text": "ansi_black",
            "act-line": "ansi_black",
            "late": "ansi_red",
            "chosen": own,
            "chosen-style": "reverse",
            "body-style": "none",
            "button": own,
            "button-text": own,
            "button-line": own,
            "button-hover": own,
            "map-water": own,
            "map-park": own,
        },
    )
