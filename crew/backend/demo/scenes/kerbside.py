"""Heaps at the kerb and litter baskets: demo city, pure."""

from typing import Final

from crew.backend.demo.scenes.canvas import Colour, Point, blob, darker, lighter, mix, smooth, turned
from crew.backend.demo.scenes.row import KERB, draw_row
from crew.backend.demo.scenes.stage import Stage, draw_ground_shadow

_BAG: Final[Colour] = (38, 40, 54)
_CARDBOARD: Final[Colour] = (200, 152, 98)
_MATTRESS: Final[Colour] = (244, 236, 218)
_TICKING: Final[Colour] = (112, 150, 190)
_BASKET: Final[Colour] = (28, 104, 82)
_RUBBISH: Final[tuple[Colour, ...]] = ((236, 84, 64), (250, 240, 220), (250, 198, 70), (92, 170, 204), (230, 140, 160))
_RIM: Final = 286.0
_BOTTOM: Final = 488.0


def draw_trash(stage: Stage, repaired: bool) -> None:
    """Bags, a box and a mattress at the kerb; repaired, the kerb swept clean."""
    draw_row(stage)
    x = stage.dice.uniform(250, 320)
    if repaired:
        with stage.canvas.soft(lighter(stage.mood.pavement, 0.6), 0.4, 16) as swept:
            swept.ellipse((x + 120, 462), (250, 30))
        return
    draw_ground_shadow(stage, (x + 130, 496), (290, 20), 0.6)
    _draw_mattress(stage, x)
    _draw_cardboard_box(stage, (x + 300, 494))
    for offset, size in ((-60, 62), (250, 58), (20, 76), (170, 80)):
        _draw_bag(stage, (x + offset + stage.dice.uniform(-8, 8), 494), size)
    for offset, size in ((90, 66), (-120, 50)):
        _draw_bag(stage, (x + offset + stage.dice.uniform(-8, 8), 508), size)


def _draw_mattress(stage: Stage, x: float) -> None:
    canvas = stage.canvas
    left, top, right, bottom = x - 50, 246.0, x + 250, 478.0
    lean = -9.0
    centre = ((left + right) / 2, bottom)

    def tilted(*points: Point) -> list[Point]:
        return turned(points, centre, lean)

    canvas.polygon(
        tilted((left + 22, top - 14), (right + 26, top - 14), (right + 26, bottom), (left + 22, bottom)),
        darker(_MATTRESS, 0.34),
    )
    canvas.polygon(tilted((left, top), (right, top), (right, bottom), (left, bottom)), _MATTRESS)
    for k in range(1, 8):
        stripe = left + (right - left) * k / 8
        canvas.polygon(
            tilted((stripe - 5, top), (stripe + 5, top), (stripe + 5, bottom), (stripe - 5, bottom)), _TICKING
        )
    for row in range(3):
        for column in range(4):
            button = tilted((left + 56 + column * 64, top + 44 + row * 66))[0]
            canvas.ellipse(button, (5, 5), darker(_TICKING, 0.4))
    canvas.line(
        tilted((left, top), (right, top), (right, bottom), (left, bottom), (left, top)), darker(_TICKING, 0.25), 6
    )
    stain = tilted((left + 190, top + 70))[0]
    with canvas.soft((170, 130, 80), 0.4, 3) as mark:
        mark.polygon(blob(stage.dice, stain, (40, 28), 0.15))


def _draw_bag(stage: Stage, foot: Point, size: float) -> None:
    canvas, dice = stage.canvas, stage.dice
    x, y = foot
    tone = mix(_BAG, (70, 78, 104), dice.uniform(0, 0.35))
    body = smooth(
        [
            (x - size * 0.16, y - size * 1.45), (x - size * 0.6, y - size * 1.05), (x - size * 1.02, y - size * 0.4),
            (x - size * 0.86, y), (x, y + size * 0.05), (x + size * 0.88, y), (x + size * 1.0, y - size * 0.45),
            (x + size * 0.56, y - size * 1.1), (x + size * 0.16, y - size * 1.45),
        ]
    )  # fmt: skip
    ears = [
        (x - size * 0.1, y - size * 1.36),
        (x - size * 0.44, y - size * 1.78),
        (x - size * 0.02, y - size * 1.6),
        (x + size * 0.36, y - size * 1.84),
        (x + size * 0.12, y - size * 1.36),
    ]
    canvas.polygon(ears, lighter(tone, 0.08))
    canvas.polygon(body, darker(tone, 0.3))
    canvas.polygon([(px - size * 0.05, py - size * 0.04) for px, py in body], tone)
    canvas.line(
        smooth(
            [(x - size * 0.66, y - size * 0.4), (x - size * 0.5, y - size * 0.86), (x - size * 0.22, y - size * 1.16)]
        ),
        lighter(tone, 0.55),
        max(4, size * 0.09),
    )
    canvas.line([(x - size * 0.36, y - size * 0.3), (x - size * 0.24, y - size * 0.62)], lighter(tone, 0.3), 3.5)
    canvas.line([(x + size * 0.3, y - size * 0.24), (x + size * 0.42, y - size * 0.74)], lighter(tone, 0.16), 3.5)
    canvas.line([(x - size * 0.17, y - size * 1.42), (x + size * 0.17, y - size * 1.42)], dice.choice(_RUBBISH), 5)


def _draw_cardboard_box(stage: Stage, foot: Point) -> None:
    canvas = stage.canvas
    x, y = foot
    canvas.polygon([(x - 66, y), (x - 66, y - 92), (x + 30, y - 92), (x + 30, y)], _CARDBOARD)
    canvas.polygon([(x + 30, y), (x + 30, y - 92), (x + 62, y - 112), (x + 62, y - 18)], darker(_CARDBOARD, 0.28))
    canvas.polygon([(x - 66, y - 92), (x - 34, y - 112), (x + 62, y - 112), (x + 30, y - 92)], darker(_CARDBOARD, 0.5))
    canvas.polygon(
        [(x - 66, y - 92), (x - 100, y - 116), (x - 70, y - 132), (x - 34, y - 112)], lighter(_CARDBOARD, 0.25)
    )
    canvas.polygon([(x - 26, y - 92), (x - 10, y - 92), (x - 10, y - 40), (x - 26, y - 40)], lighter(_CARDBOARD, 0.35))


def draw_litter_basket(stage: Stage, repaired: bool) -> None:
    """A wire basket that runs over; repaired, empty, with a new bag."""
    draw_row(stage)
    x = stage.dice.uniform(350, 450)
    draw_ground_shadow(stage, (x + 30, _BOTTOM + 4), (130, 17), 0.6)
    if repaired:
        _draw_mesh(stage, x, lighter(stage.mood.pavement, 0.62))
        _draw_new_bag(stage, x)
    else:
        _draw_heap(stage, x)
        _draw_mesh(stage, x, mix(_BAG, stage.mood.pavement, 0.25))
        _draw_strewn(stage, x)


def _draw_mesh(stage: Stage, x: float, inside: Colour) -> None:
    canvas = stage.canvas
    canvas.polygon([(x - 112, _RIM), (x + 112, _RIM), (x + 84, _BOTTOM), (x - 84, _BOTTOM)], inside)
    canvas.polygon([(x + 60, _RIM), (x + 112, _RIM), (x + 84, _BOTTOM), (x + 44, _BOTTOM)], darker(inside, 0.2))
    for k in range(-5, 6):
        canvas.line([(x + k * 22, _RIM), (x + k * 16.6, _BOTTOM)], _BASKET, 6)
    for part in (0.0, 0.34, 0.68, 1.0):
        y = _RIM + (_BOTTOM - _RIM) * part
        half = 112 - 28 * part
        canvas.line([(x - half, y), (x + half, y)], darker(_BASKET, 0.15), 14 if part in (0.0, 1.0) else 9)
    canvas.line([(x - 108, _RIM - 3), (x + 60, _RIM - 3)], lighter(_BASKET, 0.45), 4)


def _draw_heap(stage: Stage, x: float) -> None:
    canvas, dice = stage.canvas, stage.dice
    canvas.polygon(blob(dice, (x, _RIM - 4), (110, 66), 0.06), _BAG)
    _draw_bag(stage, (x - 42, _RIM - 8), 54)
    box = turned(
        [(x - 6, _RIM - 92), (x + 106, _RIM - 92), (x + 106, _RIM - 74), (x - 6, _RIM - 74)], (x + 50, _RIM - 80), 24
    )
    canvas.polygon(box, lighter(_CARDBOARD, 0.3))
    canvas.line([box[0], box[1]], darker(_CARDBOARD, 0.2), 4)
    for offset, height, tilt in ((-88, 34, -24), (26, 50, 12), (72, 26, 30), (-10, 96, -8)):
        _draw_cup(stage, (x + offset, _RIM - height), tilt)
    for _ in range(12):
        spot = (x + dice.uniform(-96, 96), _RIM - dice.uniform(2, 46))
        canvas.polygon(blob(dice, spot, (17, 13), 0.35, 9), dice.choice(_RUBBISH))


def _draw_cup(stage: Stage, middle: Point, tilt: float) -> None:
    x, y = middle
    colour = stage.dice.choice(_RUBBISH)
    cup = turned([(x - 19, y - 26), (x + 19, y - 26), (x + 13, y + 28), (x - 13, y + 28)], middle, tilt)
    band = turned([(x - 17, y - 8), (x + 17, y - 8), (x + 15, y + 12), (x - 15, y + 12)], middle, tilt)
    lid = turned([(x - 22, y - 34), (x + 22, y - 34), (x + 22, y - 24), (x - 22, y - 24)], middle, tilt)
    stage.canvas.polygon(cup, (252, 246, 232))
    stage.canvas.polygon(band, colour)
    stage.canvas.polygon(lid, darker(colour, 0.2))
    stage.canvas.line(turned([(x + 4, y - 32), (x + 10, y - 58)], middle, tilt), (226, 70, 60), 5)


def _draw_strewn(stage: Stage, x: float) -> None:
    dice = stage.dice
    for offset, y, tilt in ((-190, 478, 80), (176, 486, -96), (236, 452, 70), (-136, 500, -100)):
        _draw_cup(stage, (x + offset + dice.uniform(-10, 10), y), tilt)
    for _ in range(14):
        side = dice.choice((-1, 1))
        spot = (x + side * dice.uniform(120, 290), dice.uniform(430, KERB + 30))
        stage.canvas.polygon(blob(dice, spot, (18, 9), 0.35, 9), dice.choice(_RUBBISH))
    _draw_bag(stage, (x - 250, 494), 40)


def _draw_new_bag(stage: Stage, x: float) -> None:
    canvas = stage.canvas
    bag = lighter(stage.mood.pavement, 0.85)
    canvas.ellipse((x, _RIM - 4), (116, 22), darker(bag, 0.25))
    canvas.ellipse((x, _RIM + 2), (98, 14), darker(bag, 0.72))
    hem = [(x - 118, _RIM - 4)]
    for k in range(9):
        hem.append((x - 112 + k * 28, _RIM + (44 if k % 2 else 30)))
    outline = [(x - 118, _RIM - 4), *smooth([*hem[1:], (x + 118, _RIM - 4)])]
    front = [*outline, *((x + 100 - k * 20, _RIM + 14 - abs(5 - k) * 2.4) for k in range(11))]
    canvas.polygon(front, bag)
    for k in range(8):
        canvas.line([(x - 98 + k * 28, _RIM + 14), (x - 94 + k * 26, _RIM + 30)], darker(bag, 0.2), 3)
