"""The four sets of colours. Beside the widgets; every text in the first three has a contrast of 7:1 or more.

Two accents only: `act` for the one thing to do next, `late` for what is overdue. The fourth set is the terminal's own.
"""

from textual.theme import Theme

_OUTLINED = {"box": "round", "button-border": "round", "primary-border": "heavy"}
_FILLED = {"box": "round", "button-border": "hkey", "primary-border": "hkey"}
_ASCII_OUTLINED = {"box": "ascii", "button-border": "ascii", "primary-border": "ascii"}
_ASCII_FILLED = {"box": "ascii", "button-border": "none", "primary-border": "none"}


def themes(*, ascii_only: bool = False) -> tuple[Theme, ...]:
    """The themes in the order in which the theme key walks through them.

    Args:
        ascii_only: Draw boxes with the characters of poor fonts.
    """
    filled, outlined = (_ASCII_FILLED, _ASCII_OUTLINED) if ascii_only else (_FILLED, _OUTLINED)
    return (
        _painted(
            "night",
            filled,
            dark=True,
            background="#171411",
            surface="#211d19",
            panel="#352e27",
            text="#f4ecdf",
            muted="#c9bdac",
            line="#5c5146",
            act="#ffc44d",
            act_text="#1d1503",
            late="#ffb09c",
        ),
        _painted(
            "day",
            filled,
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
        ),
        _painted(
            "sun",
            outlined,
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
        ),
        _terminal(outlined),
    )


def _painted(  # noqa: PLR0913 - a palette is its colours
    name: str,
    borders: dict[str, str],
    *,
    dark: bool,
    background: str,
    surface: str,
    panel: str,
    text: str,
    muted: str,
    line: str,
    act: str,
    act_text: str,
    late: str,
) -> Theme:
    outlined = panel == background
    plain = "bold" if name == "sun" else "none"
    return Theme(
        name=name,
        dark=dark,
        primary=act,
        secondary=act,
        accent=act,
        warning=late,
        error=late,
        success=act,
        foreground=text,
        background=background,
        surface=surface,
        panel=panel,
        text_alpha=1.0,
        variables=borders
        | {
            "text": text,
            "text-muted": muted,
            "muted": muted,
            "line": line,
            "act": act,
            "act-fill": act,
            "act-text": act_text,
            "act-line": act if outlined else background,
            "late": late,
            "chosen": panel,
            "chosen-style": "bold reverse" if name == "sun" else "none",
            "body-style": plain,
            "button": panel,
            "button-text": text,
            "button-line": line if outlined else background,
            "button-hover": panel,
            "block-cursor-background": act,
            "block-cursor-foreground": act_text,
            "border": act,
            "border-blurred": line,
            "scrollbar": line,
            "scrollbar-hover": act,
            "scrollbar-active": act,
            "scrollbar-background": background,
            "scrollbar-background-hover": background,
            "scrollbar-background-active": background,
            "input-cursor-background": text,
            "input-cursor-foreground": background,
        },
    )


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
        },
    )
