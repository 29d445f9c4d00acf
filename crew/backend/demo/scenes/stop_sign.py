"""A stop sign run into by a truck, and put straight again: demo city, pure."""

from math import cos, pi, sin
from typing import Final

from crew.backend.demo.scenes.avenue import (
    ROAD_HALF,
    Eye,
    crossing_ground,
    draw_avenue,
    draw_crosswalk,
    draw_lane_marks,
)
from crew.backend.demo.scenes.canvas import Colour, Point, darker, lighter, mix, turned
from crew.backend.demo.scenes.letters import letter_strokes
from crew.backend.demo.scenes.stage import Stage, draw_ground_shadow

_RED: Final[Colour] = (204, 40, 44)
_WHITE: Final[Colour] = (255, 250, 240)
_STEEL: Final[Colour] = (120, 130, 138)
_RADIUS: Final = 128.0


def draw_sign(stage: Stage, repaired: bool) -> None:
    """A stop sign with a bent post; repaired, upright."""
    dice = stage.dice
    eye = Eye(x=2.2, height=1.7, horizon=dice.uniform(330, 360), vanishing=dice.uniform(250, 330))
    draw_avenue(stage, eye)
    draw_lane_marks(stage, eye, 0.0, mix((240, 190, 60), stage.mood.asphalt, 0.1))
    crossing_ground(stage, eye, 3.2, 1.5)
    draw_crosswalk(stage, eye, 4.0, 5.6)
    stage.canvas.polygon(eye.ground(-ROAD_HALF + 4.4, ROAD_HALF, 6.1, 6.7), _WHITE)
    foot = (dice.uniform(500, 560), 552.0)
    draw_ground_shadow(stage, (foot[0] + 46, foot[1] + 6), (92, 13))
    if repaired:
        _draw_post(stage, [foot, (foot[0], 120)])
        _draw_plate(stage, (foot[0], 190), 0, dented=False)
    else:
        lean = dice.uniform(28, 36)
        knee = (foot[0] - 12, foot[1] - 150)
        head = turned([(knee[0], knee[1] - 215)], knee, -lean)[0]
        tip = turned([(knee[0], knee[1] - 280)], knee, -lean)[0]
        _draw_post(stage, [foot, knee, tip])
        _draw_plate(stage, head, -lean - 10, dented=True)


def _draw_post(stage: Stage, points: list[Point]) -> None:
    canvas = stage.canvas
    canvas.line(points, darker(_STEEL, 0.45), 21)
    canvas.line([(x - 3, y) for x, y in points], lighter(_STEEL, 0.3), 9)
    foot = points[0]
    canvas.ellipse((foot[0], foot[1] + 2), (26, 8), darker(stage.mood.pavement, 0.3))
    canvas.ellipse((foot[0], foot[1] - 1), (20, 6), darker(_STEEL, 0.3))


def _octagon(centre: Point, radius: float, degrees: float) -> list[Point]:
    corners = [
        (centre[0] + radius * cos((k + 0.5) * pi / 4), centre[1] + radius * sin((k + 0.5) * pi / 4)) for k in range(8)
    ]
    return turned(corners, centre, degrees)


def _draw_plate(stage: Stage, centre: Point, degrees: float, *, dented: bool) -> None:
    canvas = stage.canvas
    with canvas.soft((30, 30, 58), 0.35, 7) as shadow:
        shadow.polygon(_octagon((centre[0] + 9, centre[1] + 11), _RADIUS, degrees))
    canvas.polygon(_octagon(centre, _RADIUS, degrees), _WHITE)
    canvas.polygon(_octagon(centre, _RADIUS - 10, degrees), _RED)
    plate = _octagon(centre, _RADIUS - 10, degrees)
    canvas.polygon([plate[4], plate[5], plate[6], plate[7]], lighter(_RED, 0.12))
    for k, letter in enumerate("STOP"):
        corner = (centre[0] - 88 + k * 46, centre[1] - 36)
        for stroke in letter_strokes(letter, corner, (34, 72)):
            canvas.line(turned(stroke, centre, degrees), _WHITE, 13)
    if dented:
        outer = _octagon(centre, _RADIUS, degrees)
        inside = turned([(centre[0] + 8, centre[1] + 62)], centre, degrees)[0]
        canvas.polygon([outer[0], outer[1], inside], darker(_RED, 0.5))
        canvas.polygon([outer[1], outer[2], inside], darker(_RED, 0.28))
        canvas.line([outer[1], inside], lighter(_STEEL, 0.5), 4)
