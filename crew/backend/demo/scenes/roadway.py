"""Holes in the road and lifted slabs: demo city, pure."""

from typing import Final

from crew.backend.demo.scenes.avenue import HOUSE_LINE, ROAD_HALF, Eye, draw_avenue, draw_lane_marks
from crew.backend.demo.scenes.canvas import Colour, Point, blob, darker, lighter, mix, smooth
from crew.backend.demo.scenes.stage import SHADOW, Stage, draw_crown

_YELLOW: Final[Colour] = (240, 190, 60)
_GRAVEL: Final[Colour] = (134, 104, 76)
_HOLE: Final[Colour] = (26, 24, 34)
_SOIL: Final[Colour] = (70, 48, 40)
_SLAB_LEFT: Final = ROAD_HALF + 0.28
_SLAB_WIDTH: Final = (HOUSE_LINE - _SLAB_LEFT) / 2
_SLAB_LENGTH: Final = 2.1
_SLAB_NEAR: Final = 3.75


def draw_pothole(stage: Stage, repaired: bool) -> None:
    """A cracked hole beside the lane marking; repaired, a dark clean patch."""
    dice = stage.dice
    eye = Eye(x=dice.uniform(0.9, 1.5), height=2.5, horizon=dice.uniform(215, 245), vanishing=dice.uniform(360, 440))
    draw_avenue(stage, eye)
    draw_lane_marks(stage, eye, 0.0, _YELLOW)
    for x in (-ROAD_HALF + 0.4, ROAD_HALF - 0.4):
        stage.canvas.polygon(eye.ground(x - 0.06, x + 0.06, 1.6, 80), mix(stage.mood.kerb, stage.mood.asphalt, 0.3))
    centre = (dice.uniform(1.55, 1.95), dice.uniform(4.9, 5.2))
    if repaired:
        _draw_patch(stage, eye, centre)
    else:
        _draw_hole(stage, eye, centre)


def _draw_patch(stage: Stage, eye: Eye, centre: Point) -> None:
    canvas = stage.canvas
    x, z = centre
    fresh = darker(stage.mood.asphalt, 0.62)
    canvas.polygon(eye.ground(x - 1.62, x + 1.62, z - 1.02, z + 1.42), darker(stage.mood.asphalt, 0.86))
    canvas.polygon(eye.ground(x - 1.54, x + 1.54, z - 0.96, z + 1.34), fresh)
    with canvas.soft(lighter(fresh, 0.5), 0.16, 10) as sheen:
        for k in (-1.1, 0.5):
            sheen.polygon([eye.at(x + k + a, 0, z + b) for a, b in ((0, -0.9), (0.5, -0.9), (0.9, 1.25), (0.4, 1.25))])
    for _ in range(170):
        speck = eye.at(x + stage.dice.uniform(-1.45, 1.45), 0, z + stage.dice.uniform(-0.85, 1.25))
        canvas.ellipse(speck, (1.6, 0.9), lighter(fresh, stage.dice.uniform(0.08, 0.3)))


def _draw_hole(stage: Stage, eye: Eye, centre: Point) -> None:
    canvas, dice, mood = stage.canvas, stage.dice, stage.mood
    unit = blob(dice, (0, 0), (1.0, 1.0), 0.1, 26)

    def outline(size: float, sink: float = 0.0) -> list[Point]:
        return [eye.at(centre[0] + px * 1.5 * size, -sink, centre[1] + py * 1.15 * size) for px, py in unit]

    for k in range(9):
        _draw_crack(stage, eye, centre, k)
    canvas.polygon(outline(1.17), lighter(mood.asphalt, 0.3))
    canvas.polygon(outline(1.06), lighter(mood.asphalt, 0.1))
    canvas.polygon(outline(1.0), _HOLE)
    canvas.polygon(outline(0.8, 0.26), mix(_GRAVEL, _HOLE, 0.35))
    canvas.polygon(outline(0.62, 0.3), _GRAVEL)
    for _ in range(40):
        spot = (centre[0] + dice.uniform(-0.85, 0.85), centre[1] + dice.uniform(-0.55, 0.5))
        stone = eye.at(spot[0], -0.28, spot[1])
        canvas.ellipse(
            stone, (dice.uniform(3, 8), dice.uniform(2, 4.5)), mix(_GRAVEL, mood.kerb, dice.uniform(-0.3, 0.5))
        )
    water = eye.at(centre[0] + 0.1, -0.3, centre[1] - 0.1)
    canvas.ellipse(water, (78, 19), mix(mood.sky[0], _HOLE, 0.25))
    canvas.ellipse((water[0] - 10, water[1] - 2), (48, 9), mix(mood.sky[1], mood.sky[0], 0.3))
    for _ in range(14):
        crumb = eye.at(
            centre[0] + dice.uniform(-2.4, 2.2), 0, centre[1] + dice.choice((-1, 1)) * dice.uniform(1.25, 1.6)
        )
        size = dice.uniform(3, 7)
        canvas.ellipse((crumb[0] + 2, crumb[1] + 2), (size, size * 0.6), darker(mood.asphalt, 0.5))
        canvas.ellipse(crumb, (size, size * 0.6), lighter(mood.asphalt, dice.uniform(0, 0.25)))


def _draw_crack(stage: Stage, eye: Eye, centre: Point, turn: int) -> None:
    start = blob(stage.dice, (0, 0), (1.0, 1.0), 0.08, 9)[turn]
    x, z = start[0] * 1.55, start[1] * 1.15
    points: list[Point] = []
    for step in range(4):
        reach = 0.9 + step * 0.2
        points.append(
            eye.at(
                centre[0] + x * reach + stage.dice.uniform(-0.14, 0.14),
                0,
                centre[1] + z * reach + stage.dice.uniform(-0.12, 0.12),
            )
        )
    for part, width in ((points, 2.5), (points[:3], 4.5), (points[:2], 7.0)):
        stage.canvas.line(part, darker(stage.mood.asphalt, 0.65), width)


def draw_sidewalk(stage: Stage, repaired: bool) -> None:
    """A slab lifted by a root; repaired, a new slab that lies flush."""
    dice, mood = stage.dice, stage.mood
    eye = Eye(
        x=(ROAD_HALF + HOUSE_LINE) / 2 + dice.uniform(-0.3, 0.1),
        height=2.3,
        horizon=dice.uniform(205, 235),
        vanishing=dice.uniform(360, 400),
    )
    draw_avenue(stage, eye)
    draw_lane_marks(stage, eye, 0.0, mix(mood.kerb, mood.asphalt, 0.2))
    _draw_slabs(stage, eye)
    _draw_near_tree(stage, eye)
    if repaired:
        _draw_new_slab(stage, eye)
    else:
        _draw_lifted_slab(stage, eye)


def _draw_near_tree(stage: Stage, eye: Eye) -> None:
    """The tree whose root is to blame, at the kerb, its crown hanging in from above."""
    canvas, mood = stage.canvas, stage.mood
    x, z = ROAD_HALF + 0.55, 6.6
    bark = mix(_SOIL, mood.roof, 0.2)
    canvas.polygon(eye.ground(x - 0.5, x + 0.65, z - 0.6, z + 0.7), darker(_SOIL, 0.35))
    trunk = [eye.at(x + dx, y, z) for dx, y in ((-0.46, 0), (-0.24, 0.7), (-0.2, 5), (0.2, 5), (0.24, 0.7), (0.5, 0))]
    canvas.polygon(trunk, bark)
    canvas.polygon([trunk[3], trunk[4], trunk[5], eye.at(x + 0.1, 0, z), eye.at(x + 0.06, 5, z)], darker(bark, 0.3))
    for dx, y, radius in ((-1.2, 4.9, 88), (0.9, 5.3, 92), (0.0, 5.5, 104)):
        draw_crown(stage, eye.at(x + dx, y, z), radius)


def _draw_slabs(stage: Stage, eye: Eye) -> None:
    canvas, mood, dice = stage.canvas, stage.mood, stage.dice
    canvas.polygon(eye.ground(_SLAB_LEFT, HOUSE_LINE, 1.4, 90), darker(mood.pavement, 0.42))
    gap = 0.025
    for row in range(24):
        near = _SLAB_NEAR + (row - 1) * _SLAB_LENGTH
        for column in range(2):
            left = _SLAB_LEFT + column * _SLAB_WIDTH
            slab = eye.ground(left + gap, left + _SLAB_WIDTH - gap, near + gap, near + _SLAB_LENGTH - gap)
            canvas.polygon(slab, mix(mood.pavement, mood.kerb, dice.uniform(0, 0.45)))


def _draw_lifted_slab(stage: Stage, eye: Eye) -> None:
    canvas, mood, dice = stage.canvas, stage.mood, stage.dice
    left, right, near, far = _SLAB_LEFT, _SLAB_LEFT + _SLAB_WIDTH, _SLAB_NEAR, _SLAB_NEAR + _SLAB_LENGTH
    lift = dice.uniform(0.5, 0.6)
    canvas.polygon(eye.ground(left, right + 0.05, near - 0.06, far), darker(_SOIL, 0.6))
    with canvas.soft(SHADOW, 0.6, 8) as shadow:
        shadow.polygon(eye.ground(right - 0.3, right + 0.5, near - 0.1, far - 0.3))
    low_left, low_right = eye.at(left, 0, near), eye.at(right, 0, near)
    high_left, high_right = eye.at(left, lift, near), eye.at(right, lift * 0.72, near)
    back_left, back_right = eye.at(left, 0.08, far), eye.at(right, 0.02, far)
    canvas.polygon([low_left, low_right, high_right, high_left], darker(_SOIL, 0.35))
    thick = 0.2 * eye.focal / near
    edge = [high_left, high_right, (high_right[0], high_right[1] + thick), (high_left[0], high_left[1] + thick)]
    canvas.polygon([low_right, high_right, back_right, eye.at(right, 0, far)], darker(mood.pavement, 0.6))
    _draw_root(stage, eye)
    canvas.polygon(edge, darker(mood.pavement, 0.34))
    canvas.polygon([high_left, high_right, back_right, back_left], lighter(mood.pavement, 0.5))
    middle = (left + right) / 2
    cracked = ((0.0, lift * 0.86, 0.0), (0.2, lift * 0.55, 0.7), (-0.05, lift * 0.35, 1.2), (0.18, 0.05, _SLAB_LENGTH))
    canvas.line([eye.at(middle + dx, y, near + dz) for dx, y, dz in cracked], darker(mood.pavement, 0.6), 5)
    for _ in range(18):
        crumb = eye.at(dice.uniform(left - 0.2, right + 0.4), 0, near - dice.uniform(0.04, 0.3))
        canvas.ellipse(crumb, (dice.uniform(3, 9), dice.uniform(2, 5)), mix(_SOIL, mood.pavement, dice.random()))


def _draw_root(stage: Stage, eye: Eye) -> None:
    """The root that pushes from below, thick at the tree and thin at its end."""
    course = smooth(
        [
            eye.at(_SLAB_LEFT - 0.1, 0.22, _SLAB_NEAR + 0.3),
            eye.at(_SLAB_LEFT + 0.35, 0.2, _SLAB_NEAR - 0.02),
            eye.at(_SLAB_LEFT + 1.0, 0.14, _SLAB_NEAR - 0.04),
            eye.at(_SLAB_LEFT + 1.7, 0.03, _SLAB_NEAR - 0.02),
        ]
    )
    for k, point in enumerate(course):
        radius = 17 - 11 * k / len(course)
        stage.canvas.ellipse(point, (radius, radius), mix(_SOIL, _GRAVEL, 0.7))
    stage.canvas.line([(x, y - 6) for x, y in course[4:-5]], lighter(_GRAVEL, 0.2), 4)


def _draw_new_slab(stage: Stage, eye: Eye) -> None:
    canvas, mood = stage.canvas, stage.mood
    left, right, near, far = _SLAB_LEFT, _SLAB_LEFT + _SLAB_WIDTH, _SLAB_NEAR, _SLAB_NEAR + _SLAB_LENGTH
    fresh = lighter(mood.pavement, 0.72)
    canvas.polygon(eye.ground(left, right, near, far), darker(mood.pavement, 0.6))
    canvas.polygon(eye.ground(left + 0.03, right - 0.03, near + 0.04, far - 0.04), fresh)
    canvas.polygon(eye.ground(left + 0.14, right - 0.14, near + 0.14, far - 0.14), lighter(fresh, 0.4))
    for k in range(9):
        z = near + 0.25 + k * 0.2
        canvas.line([eye.at(left + 0.2, 0, z), eye.at(right - 0.2, 0, z)], mix(fresh, mood.pavement, 0.4), 1.2)
