"""Street lamps by night and traffic signals at dusk: demo city, pure."""

from typing import Final

from crew.backend.demo.scenes.avenue import (
    ROAD_HALF,
    Eye,
    crossing_ground,
    draw_avenue,
    draw_crosswalk,
    draw_lane_marks,
)
from crew.backend.demo.scenes.canvas import Colour, Point, darker, lighter, mix, smooth
from crew.backend.demo.scenes.stage import LAMPLIGHT, SHADOW, Stage, draw_ground_shadow

_IRON: Final[Colour] = (26, 30, 52)
_HOUSING: Final[Colour] = (238, 182, 48)
_LENSES: Final[tuple[Colour, ...]] = ((236, 62, 52), (252, 186, 60), (70, 226, 150))
_LAMP_HEIGHT: Final = 6.0


def draw_street_light(stage: Stage, repaired: bool) -> None:
    """A night street where the nearest lamp is dark among lit ones; repaired, it is lit."""
    dice = stage.dice
    eye = Eye(x=0.6, height=1.7, horizon=dice.uniform(420, 440), vanishing=dice.uniform(330, 400))
    draw_avenue(stage, eye, planted=False)
    draw_lane_marks(stage, eye, 0.0, mix(stage.mood.kerb, stage.mood.asphalt, 0.2))
    near = dice.uniform(7.0, 7.6)
    for z in (44.0, 30.0, 20.0, 13.0):
        for side in (-1, 1):
            _draw_lamp(stage, eye, (side, z), lit=True)
    _draw_lamp(stage, eye, (1, near), lit=repaired)


def _draw_lamp(stage: Stage, eye: Eye, place: tuple[int, float], *, lit: bool) -> None:
    canvas = stage.canvas
    side, z = place
    foot_x, head_x = side * (ROAD_HALF + 0.5), side * (ROAD_HALF - 1.3)
    metre = eye.focal / z
    foot, head = eye.at(foot_x, 0, z), eye.at(head_x, _LAMP_HEIGHT, z)
    if lit:
        pool = eye.at(head_x, 0, z)
        with canvas.soft(LAMPLIGHT, 0.34, max(1.0, metre * 0.06)) as cone:
            cone.polygon(
                [
                    (head[0] - metre * 0.3, head[1]),
                    (head[0] + metre * 0.3, head[1]),
                    (pool[0] + metre * 2.3, pool[1]),
                    (pool[0] - metre * 2.3, pool[1]),
                ],
            )
        with canvas.soft(LAMPLIGHT, 0.62, max(1.0, metre * 0.1)) as light:
            light.ellipse(pool, (metre * 2.3, metre * 0.5))
    bend = eye.at(foot_x, _LAMP_HEIGHT - 0.9, z)
    arm = smooth(
        [
            foot,
            bend,
            eye.at(foot_x - side * 0.5, _LAMP_HEIGHT + 0.1, z),
            (head[0] + side * metre * 0.3, head[1] - metre * 0.08),
        ]
    )
    iron = mix(_IRON, stage.mood.far, min(0.5, z / 80))
    canvas.line(arm, iron, max(2.0, metre * 0.24))
    canvas.line([(x - metre * 0.07, y) for x, y in arm], lighter(iron, 0.2), max(1.0, metre * 0.05))
    canvas.box((foot[0] - metre * 0.18, foot[1] - metre * 0.7), (foot[0] + metre * 0.18, foot[1]), iron, metre * 0.05)
    _draw_lamp_head(stage, head, metre, lit=lit)


def _draw_lamp_head(stage: Stage, head: Point, metre: float, *, lit: bool) -> None:
    canvas = stage.canvas
    x, y = head
    if lit:
        with canvas.soft(LAMPLIGHT, 0.85, max(2.0, metre * 0.28)) as glow:
            glow.ellipse((x, y + metre * 0.06), (metre * 0.62, metre * 0.42))
    canvas.ellipse((x, y + metre * 0.06), (metre * 0.46, metre * 0.2), (255, 246, 214) if lit else (78, 84, 116))
    canvas.polygon(
        [
            (x - metre * 0.52, y + metre * 0.06),
            (x - metre * 0.3, y - metre * 0.2),
            (x + metre * 0.3, y - metre * 0.2),
            (x + metre * 0.52, y + metre * 0.06),
        ],
        _IRON,
    )


def draw_dead_signal(stage: Stage, repaired: bool) -> None:
    """A traffic signal without a light; repaired, it shows green."""
    dice = stage.dice
    eye = Eye(x=-0.6, height=1.7, horizon=dice.uniform(380, 405), vanishing=dice.uniform(230, 300))
    draw_avenue(stage, eye)
    draw_lane_marks(stage, eye, 0.0, _HOUSING)
    crossing_ground(stage, eye, 3.2, 1.5)
    draw_crosswalk(stage, eye, 4.2, 6.0)
    x = dice.uniform(520, 580)
    draw_ground_shadow(stage, (x + 40, 578), (110, 12))
    canvas = stage.canvas
    canvas.line([(x, 566), (x, 40)], darker(_IRON, 0.2), 26)
    canvas.line([(x - 6, 566), (x - 6, 40)], lighter(_IRON, 0.22), 7)
    canvas.box((x - 32, 556), (x + 32, 584), darker(_IRON, 0.2), 6)
    _draw_signal_head(stage, x, repaired)


def _draw_signal_head(stage: Stage, x: float, lit: bool) -> None:
    canvas = stage.canvas
    top, step, half = 40.0, 106.0, 72.0
    with canvas.soft(SHADOW, 0.5, 9) as shadow:
        shadow.box((x - half + 14, top + 14), (x + half + 14, top + 3 * step + 26), radius=20)
    canvas.box((x - half - 16, top - 14), (x + half + 16, top + 3 * step + 24), _IRON, 20)
    canvas.box((x - half, top), (x + half, top + 3 * step + 10), _HOUSING, 14)
    canvas.box((x + half - 18, top), (x + half, top + 3 * step + 10), darker(_HOUSING, 0.24), 14)
    for k, colour in enumerate(_LENSES):
        _draw_lens(stage, (x, top + 60 + k * step), colour, lit=lit and k == len(_LENSES) - 1)


def _draw_lens(stage: Stage, centre: Point, colour: Colour, *, lit: bool) -> None:
    canvas = stage.canvas
    x, y = centre
    visor = darker(_IRON, 0.35)
    canvas.ellipse((x, y - 6), (53, 50), visor)
    canvas.polygon([(x - 53, y - 6), (x - 40, y - 36), (x - 40, y + 20), (x - 53, y + 14)], visor)
    canvas.polygon([(x + 53, y - 6), (x + 40, y - 36), (x + 40, y + 20), (x + 53, y + 14)], visor)
    canvas.ellipse((x, y + 5), (42, 41), colour if lit else mix((58, 58, 78), colour, 0.12))
    if lit:
        with canvas.soft(colour, 0.6, 34) as glow:
            glow.ellipse(centre, (84, 80))
        canvas.ellipse((x, y + 5), (34, 33), lighter(colour, 0.3))
        canvas.ellipse((x, y + 5), (24, 23), lighter(colour, 0.75))
    else:
        canvas.ellipse((x, y + 8), (36, 35), mix((34, 34, 50), colour, 0.08))
        canvas.line(smooth([(x - 18, y + 22), (x - 24, y + 8), (x - 18, y - 8)]), (120, 122, 140), 5)
