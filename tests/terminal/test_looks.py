"""Colours that can be read in the sun, symbols one cell wide, and commands declared once."""

from itertools import pairwise

import pytest
from rich.cells import cell_len
from rich.color import Color as TerminalColor
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import Theme

from crew.commands import COMMANDS, DONE, GO, NOTE, PRIMARY_KEY, WORK, Situation, buttons, primary
from crew.domain.person import Role
from crew.domain.work_order import WorkStatus
from crew.look import ASCII, UNICODE, Symbols
from crew.screens.command_screen import CommandScreen
from crew.themes import themes
from tests.terminal.frames import screen_text
from tests.terminal.truck import Truck
from tests.terminal.waiting import until

PAINTED = [theme for theme in themes() if not theme.ansi]
TEXT_ON = {
    "text": ("background", "surface", "panel"),
    "muted": ("background", "surface", "panel"),
    "late": ("background", "surface", "panel"),
    "act": ("background", "panel"),
    "act-text": ("act-fill",),
    "button-text": ("button", "button-hover"),
    "block-cursor-foreground": ("block-cursor-background",),
}
"""Every colour of text, and what it stands on."""


def colour(theme: Theme, name: str) -> Color:
    return Color.parse(theme.variables.get(name) or getattr(theme, name))


def luminance(painted: Color) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in painted.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", PAINTED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("text", TEXT_ON)
def test_every_text_has_a_contrast_of_seven_to_one(theme: Theme, text: str) -> None:
    for ground in TEXT_ON[text]:
        dark, light = sorted((luminance(colour(theme, text)), luminance(colour(theme, ground))))
        assert (light + 0.05) / (dark + 0.05) >= 7, (text, ground)


def test_there_are_no_greys_in_the_sun() -> None:
    sun = next(theme for theme in themes() if theme.name == "sun")
    for name in ("text", "muted", "background", "surface", "panel"):
        assert colour(sun, name).rgb in ((0, 0, 0), (255, 255, 255))


@pytest.mark.parametrize("symbols", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_every_symbol_is_one_cell_wide(symbols: Symbols) -> None:
    single = [*symbols.status.values(), *symbols.quotes, symbols.late, symbols.soon, symbols.unsent, symbols.trouble]
    single += [symbols.photo, symbols.people, symbols.chosen, symbols.back, symbols.dot, symbols.cut]
    assert {cell_len(symbol) for symbol in single} == {1}
    assert set(symbols.status) == set(WorkStatus)


def test_the_plain_symbols_are_plain() -> None:
    assert all(symbol.isascii() for symbol in ASCII.status.values())


def test_no_two_commands_share_a_key() -> None:
    keys = sorted([PRIMARY_KEY, *(key for command in COMMANDS for key in (command.key, *command.more_keys))])
    assert all(one != other for one, other in pairwise(keys))


def test_every_command_has_a_sentence_and_a_key_that_every_terminal_sends() -> None:
    signs = {"slash", "full_stop", "question_mark", "left_square_bracket", "right_square_bracket", "ampersand"}
    named = {"space", "enter", "escape", "f1", "f2", "f3", *signs}
    for command in COMMANDS:
        assert command.help.endswith(".")
        assert len(command.key) == 1 or command.key in named
        assert command.letter_at is not None or len(command.key) > 1 or command.key.isdigit()


@pytest.mark.anyio
async def test_every_command_is_done_by_the_list_or_by_the_app(truck: Truck) -> None:
    async with truck.running() as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, CommandScreen)
        for command in COMMANDS:
            assert any(hasattr(node, f"action_{command.name}") for node in (screen, pilot.app)), command.name


@pytest.mark.parametrize(
    ("status", "command"),
    [
        (WorkStatus.NEW, GO),
        (WorkStatus.ASSIGNED, GO),
        (WorkStatus.ACCEPTED, GO),
        (WorkStatus.ON_THE_WAY, WORK),
        (WorkStatus.WAITING, WORK),
        (WorkStatus.WORKING, DONE),
        (WorkStatus.DONE, NOTE),
    ],
)
def test_the_big_button_says_what_comes_next(status: WorkStatus, command: object) -> None:
    assert primary(Situation(Role.CREW, status)) is command


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", [None, *WorkStatus])
def test_no_more_than_five_buttons_are_shown_and_each_is_the_persons_own(role: Role, status: WorkStatus | None) -> None:
    shown = buttons(Situation(role, status))
    assert len(set(shown)) == len(shown) <= 5
    assert all(role in command.roles for command in shown)


@pytest.mark.anyio
async def test_the_theme_key_walks_through_all_four_and_back(truck: Truck) -> None:
    async with truck.running() as pilot:
        seen = []
        for _ in themes():
            await pilot.press("t")
            await pilot.pause()
            seen.append(pilot.app.theme)
        assert seen == ["day", "sun", "terminal", "night"]


@pytest.mark.anyio
async def test_the_palette_finds_a_command_and_runs_it(truck: Truck) -> None:
    async with truck.running() as pilot:
        await pilot.press("ctrl+p")
        await pilot.press(*"finished")
        await until(pilot, lambda: "Finished  (f)" in screen_text(pilot.app))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "latest first" in screen_text(pilot.app))


@pytest.mark.parametrize("name", ["night", "day", "sun"])
def test_in_256_colours_grounds_stay_what_they_are(name: str) -> None:
    theme = next(theme for theme in themes() if theme.name == name)
    for ground in (theme.background, theme.surface, theme.panel):
        assert ground is not None
        red, green, blue = TerminalColor.parse(ground).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        assert max(red, green, blue) - min(red, green, blue) <= 40, f"{ground} becomes a colour of its own"
