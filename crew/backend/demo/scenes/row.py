"""A row of town houses seen from across the street: demo city, pure. Pavement, kerb and gutter lie in front."""

from typing import Final

from crew.backend.demo.scenes.canvas import HEIGHT, WIDTH, Colour, darker, lighter, mix
from crew.backend.demo.scenes.stage import (
    SHADOW,
    Stage,
    draw_sky,
    draw_skyline,
    draw_street_tree,
    window_colour,
)

HOUSE_BASE: Final = 384.0
KERB: Final = 508.0
_GUTTER: Final = 524.0


def draw_row(stage: Stage) -> None:
    """Draw sky, houses, pavement, kerb and road: the picture without its subject."""
    draw_sky(stage, HOUSE_BASE)
    draw_skyline(stage, HOUSE_BASE, 250)
    left = stage.dice.uniform(-120, -20)
    colours = list(stage.mood.facades)
    stage.dice.shuffle(colours)
    turn = 0
    while left < WIDTH:
        width = stage.dice.uniform(128, 176)
        _draw_house(stage, left, width, colours[turn % len(colours)])
        left += width
        turn += 1
    _draw_street(stage)
    if stage.dice.random() < 0.6:
        draw_street_tree(stage, (stage.dice.choice((70, 730)), HOUSE_BASE + 26), stage.dice.uniform(230, 280))


def _draw_house(stage: Stage, left: float, width: float, colour: Colour) -> None:
    canvas, mood, dice = stage.canvas, stage.mood, stage.dice
    floors = dice.choice((2, 3, 3))
    top = HOUSE_BASE - 96 - floors * 62 + dice.uniform(-10, 10)
    right = left + width
    if dice.random() < 0.45:
        peak = top - width * 0.32
        canvas.polygon([(left - 4, top + 2), (left + width / 2, peak), (right + 4, top + 2)], mood.roof)
        canvas.polygon([(left + 10, top + 2), (left + width / 2, peak + 12), (right - 10, top + 2)], colour)
        canvas.ellipse((left + width / 2, top - 12), (9, 9), mood.glass)
    else:
        chimney = left + width * dice.uniform(0.15, 0.7)
        canvas.box((chimney, top - 30), (chimney + 18, top), darker(colour, 0.35))
    canvas.box((left, top), (right, HOUSE_BASE), colour)
    canvas.box((right - 10, top), (right, HOUSE_BASE), darker(colour, 0.14))
    canvas.box((left - 3, top - 4), (right + 3, top + 8), mood.trim)
    canvas.box((left, top + 8), (right, top + 13), darker(colour, 0.3))
    bays = 2 if width < 145 else 3
    for floor in range(floors):
        for bay in range(bays):
            _draw_window(stage, left + width * (bay + 0.5) / bays, top + 28 + floor * 62)
    if dice.random() < 0.45:
        _draw_shop(stage, left, right)
    else:
        _draw_door(stage, left, width)


def _draw_window(stage: Stage, middle: float, top: float) -> None:
    canvas, trim = stage.canvas, stage.mood.trim
    glass = window_colour(stage)
    canvas.box((middle - 17, top - 3), (middle + 17, top + 43), trim)
    canvas.box((middle - 13, top), (middle + 13, top + 39), glass)
    canvas.polygon([(middle - 13, top + 26), (middle - 13, top), (middle + 8, top)], lighter(glass, 0.16))
    canvas.box((middle - 13, top + 18), (middle + 13, top + 20), trim)
    canvas.box((middle - 20, top + 41), (middle + 20, top + 46), darker(trim, 0.14))


def _draw_door(stage: Stage, left: float, width: float) -> None:
    canvas, mood = stage.canvas, stage.mood
    middle = left + width * stage.dice.choice((0.28, 0.72))
    other = left + left + width - middle
    colour = stage.dice.choice(((34, 92, 96), (150, 52, 48), (44, 62, 104), (206, 148, 62)))
    canvas.box((middle - 24, HOUSE_BASE - 84), (middle + 24, HOUSE_BASE), mood.trim)
    canvas.box((middle - 19, HOUSE_BASE - 68), (middle + 19, HOUSE_BASE), mix(colour, mood.roof, 0.3))
    canvas.box((middle - 19, HOUSE_BASE - 80), (middle + 19, HOUSE_BASE - 71), window_colour(stage))
    canvas.ellipse((middle + 12, HOUSE_BASE - 34), (2.5, 2.5), mood.sun)
    for step in range(3):
        canvas.box(
            (middle - 28 - step * 5, HOUSE_BASE - 12 + step * 6),
            (middle + 28 + step * 5, HOUSE_BASE - 6 + step * 6),
            darker(mood.kerb, 0.06 + step * 0.07),
        )
    _draw_window(stage, other, HOUSE_BASE - 68)


def _draw_shop(stage: Stage, left: float, right: float) -> None:
    canvas, mood = stage.canvas, stage.mood
    canvas.box((left + 8, HOUSE_BASE - 84), (right - 8, HOUSE_BASE), darker(mood.roof, 0.1))
    canvas.box((left + 15, HOUSE_BASE - 66), (right - 52, HOUSE_BASE - 14), window_colour(stage))
    canvas.box((right - 44, HOUSE_BASE - 66), (right - 16, HOUSE_BASE), window_colour(stage))
    stripe = stage.dice.choice(((196, 70, 58), (40, 110, 108), (222, 158, 64)))
    stripes = 8
    step = (right - left - 4) / stripes
    for k in range(stripes):
        x = left + 2 + k * step
        colour = mix(stripe, mood.roof, 0.15) if k % 2 else mood.trim
        canvas.polygon(
            [
                (x + 2, HOUSE_BASE - 92),
                (x + step + 2, HOUSE_BASE - 92),
                (x + step, HOUSE_BASE - 62),
                (x, HOUSE_BASE - 62),
            ],
            colour,
        )
        canvas.ellipse((x + step / 2, HOUSE_BASE - 62), (step / 2, 6), colour)


def _draw_street(stage: Stage) -> None:
    canvas, mood = stage.canvas, stage.mood
    canvas.gradient(HOUSE_BASE, KERB, darker(mood.pavement, 0.1), lighter(mood.pavement, 0.15))
    with canvas.soft(SHADOW, 0.35, 6) as shadow:
        shadow.box((0, HOUSE_BASE - 2), (WIDTH, HOUSE_BASE + 12))
    joint = darker(mood.pavement, 0.2)
    for k in range(-8, 9):
        canvas.line([(400 + k * 84, HOUSE_BASE), (400 + k * 124, KERB)], joint, 1.5)
    canvas.line([(0, HOUSE_BASE + 46), (WIDTH, HOUSE_BASE + 46)], joint, 1.5)
    canvas.box((0, KERB - 12), (WIDTH, KERB), mood.kerb)
    canvas.box((0, KERB), (WIDTH, _GUTTER), darker(mood.kerb, 0.32))
    canvas.gradient(_GUTTER, HEIGHT, darker(mood.asphalt, 0.22), mood.asphalt)
    for k in range(-1, 8):
        x = k * 130 + 20
        canvas.box((x, KERB - 12), (x + 2, _GUTTER), darker(mood.kerb, 0.4))
