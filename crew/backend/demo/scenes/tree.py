"""A branch on the pavement, and the pavement cleared: demo city, pure."""

from typing import Final

from crew.backend.demo.scenes.canvas import Colour, Point, blob, darker, lighter, mix, smooth
from crew.backend.demo.scenes.row import KERB, draw_row
from crew.backend.demo.scenes.stage import SHADOW, Stage, draw_crown, draw_ground_shadow

_BARK: Final[Colour] = (98, 68, 54)
_WOOD: Final[Colour] = (246, 212, 150)
_FOOT: Final = 452.0


def draw_tree(stage: Stage, repaired: bool) -> None:
    """A big branch broken off a street tree; repaired, a clean cut and a clear pavement."""
    draw_row(stage)
    x = stage.dice.uniform(140, 176)
    _draw_trunk(stage, x)
    scar = (x + 20, 240.0)
    if repaired:
        stage.canvas.ellipse(scar, (17, 23), darker(_BARK, 0.4))
        stage.canvas.ellipse(scar, (12, 18), _WOOD)
        stage.canvas.ellipse(scar, (6, 10), darker(_WOOD, 0.14))
    else:
        _draw_torn_stub(stage, (x + 56, 236.0))
        _draw_branch(stage, x)


def _draw_trunk(stage: Stage, x: float) -> None:
    canvas = stage.canvas
    canvas.ellipse((x, _FOOT + 4), (78, 17), darker(stage.mood.pavement, 0.55))
    canvas.ellipse((x, _FOOT + 2), (70, 13), darker(_BARK, 0.5))
    trunk = smooth(
        [
            (x - 62, _FOOT + 6),
            (x - 38, 400),
            (x - 33, 300),
            (x - 42, 120),
            (x + 50, 120),
            (x + 36, 300),
            (x + 40, 400),
            (x + 66, _FOOT + 6),
        ]
    )
    canvas.polygon(trunk, _BARK)
    canvas.polygon(
        smooth(
            [
                (x + 20, 120),
                (x + 10, 300),
                (x + 18, 400),
                (x + 44, _FOOT + 6),
                (x + 66, _FOOT + 6),
                (x + 40, 400),
                (x + 36, 300),
                (x + 50, 120),
            ]
        ),
        darker(_BARK, 0.3),
    )
    for offset, top, bottom in ((-18, 200, 290), (-4, 310, 400), (-24, 330, 380), (6, 180, 240)):
        canvas.line([(x + offset, top), (x + offset - 3, bottom)], darker(_BARK, 0.35), 3.5)
    for centre, radius in (((x - 90, 90), 96), ((x + 130, 52), 92), ((x + 10, 60), 120)):
        draw_crown(stage, centre, radius)


def _draw_torn_stub(stage: Stage, scar: Point) -> None:
    x, y = scar
    stub = [
        (x - 34, y - 30),
        (x + 14, y - 48),
        (x + 42, y - 44),
        (x + 24, y - 30),
        (x + 48, y - 24),
        (x + 20, y - 12),
        (x + 30, y + 2),
        (x - 26, y + 26),
    ]
    stage.canvas.polygon(stub, _BARK)
    torn = [
        (x + 8, y - 46),
        (x + 44, y - 46),
        (x + 24, y - 30),
        (x + 52, y - 24),
        (x + 20, y - 12),
        (x + 34, y + 4),
        (x + 2, y + 6),
        (x + 10, y - 20),
    ]
    stage.canvas.polygon(torn, _WOOD)


def _draw_branch(stage: Stage, x: float) -> None:
    canvas, dice = stage.canvas, stage.dice
    butt = (x + 130, 470.0)
    spine = smooth([butt, (x + 230, 446), (x + 340, 452), (x + 470, 424), (x + 570, 430)])
    draw_ground_shadow(stage, (x + 360, 490), (270, 24), 0.6)
    dark, middle, light = stage.mood.leaves
    tufts = [(x + 300 + k * 34 + dice.uniform(-12, 12), 424 + dice.uniform(-62, 50)) for k in range(12)]
    for centre in tufts:
        canvas.polygon(blob(dice, centre, (dice.uniform(56, 72), dice.uniform(42, 54)), 0.14), dark)
    canvas.line(spine, darker(_BARK, 0.35), 38)
    canvas.line([(px, py - 6) for px, py in spine], lighter(_BARK, 0.06), 22)
    for start, end in ((20, (x + 330, 380)), (12, (x + 300, 500)), (26, (x + 480, 372))):
        canvas.line([spine[start], end], darker(_BARK, 0.2), 13)
    for centre in tufts:
        shifted = (centre[0] + dice.uniform(-14, 18), centre[1] + dice.uniform(-24, 6))
        canvas.polygon(blob(dice, shifted, (dice.uniform(36, 46), dice.uniform(26, 34)), 0.18), middle)
        canvas.polygon(blob(dice, (shifted[0] - 8, shifted[1] - 9), (22, 14), 0.22), light)
    canvas.ellipse(butt, (15, 25), darker(_WOOD, 0.3))
    canvas.polygon(
        [
            (butt[0] - 34, butt[1] - 14),
            (butt[0] + 6, butt[1] - 24),
            (butt[0] + 6, butt[1] + 24),
            (butt[0] - 26, butt[1] + 20),
            (butt[0] - 6, butt[1] + 6),
            (butt[0] - 40, butt[1] + 2),
        ],
        _WOOD,
    )
    for _ in range(26):
        leaf = (dice.uniform(x + 90, 780), dice.uniform(KERB - 70, KERB + 70))
        canvas.ellipse(leaf, (dice.uniform(4, 8), dice.uniform(2, 4)), dice.choice((dark, middle, light)))
    with canvas.soft(mix(SHADOW, dark, 0.4), 0.25, 10) as shade:
        shade.ellipse((x + 460, 474), (190, 12))
