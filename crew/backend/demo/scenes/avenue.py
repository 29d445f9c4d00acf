"""A street that runs away from the eye: demo city, pure. Real perspective, so that the ground lies flat."""

from typing import Final

from crew.backend.demo.scenes.canvas import HEIGHT, WIDTH, Colour, Point, darker, lighter, mix
from crew.backend.demo.scenes.stage import Stage, draw_sky, draw_skyline, draw_street_tree, window_colour
from crew.domain.value import Value

ROAD_HALF: Final = 4.2
HOUSE_LINE: Final = 8.4
_FAR: Final = 90.0
_NEAR: Final = 1.4
_KERB_HEIGHT: Final = 0.16


class Eye(Value):
    """Where the picture is seen from; metres outside, pixels inside.

    Attributes:
        x: Metres to the right of the middle of the road.
        height: Metres above the ground.
        horizon: Where the horizon lies, in pixels from the top.
        vanishing: Where the road ends, in pixels from the left.
        focal: Pixels that a metre takes at a distance of one metre.
    """

    x: float = 0.0
    height: float = 2.2
    horizon: float = 250.0
    vanishing: float = 400.0
    focal: float = 520.0

    def at(self, x: float, y: float, z: float) -> Point:
        """Where a point appears: `x` metres right of the middle of the road, `y` up, `z` ahead."""
        scale = self.focal / z
        return self.vanishing + (x - self.x) * scale, self.horizon + (self.height - y) * scale

    def ground(self, left: float, right: float, near: float, far: float, y: float = 0.0) -> list[Point]:
        """A rectangle on the ground, or `y` metres above it."""
        return [self.at(left, y, near), self.at(right, y, near), self.at(right, y, far), self.at(left, y, far)]


def draw_avenue(stage: Stage, eye: Eye, *, planted: bool = True) -> None:
    """Draw sky, road, pavements, houses on both sides, and trees if planted: the picture without its subject."""
    draw_sky(stage, eye.horizon)
    draw_skyline(stage, eye.horizon + 1, 74)
    _draw_ground(stage, eye)
    for side in (-1, 1):
        _draw_houses(stage, eye, side)
    for z in (46.0, 34.0, 24.0, 17.0):
        for side in (-1, 1):
            if planted and stage.dice.random() < 0.7:
                foot = eye.at(side * (ROAD_HALF + 0.8), _KERB_HEIGHT, z)
                draw_street_tree(stage, foot, 5.2 * eye.focal / z)


def _draw_ground(stage: Stage, eye: Eye) -> None:
    canvas, mood = stage.canvas, stage.mood
    canvas.gradient(eye.horizon, HEIGHT, mix(mood.pavement, mood.sky[1], 0.3), mood.pavement)
    canvas.polygon(eye.ground(-ROAD_HALF, ROAD_HALF, _NEAR, _FAR), mood.asphalt)
    with canvas.soft(lighter(mood.asphalt, 0.5), 0.35, 30) as haze:
        haze.polygon(eye.ground(-ROAD_HALF, ROAD_HALF, 14, _FAR))
    for side in (-1, 1):
        edge = side * ROAD_HALF
        joint = darker(mood.pavement, 0.16)
        for step in range(2, 26):
            z = step * 1.6
            canvas.line([eye.at(edge, _KERB_HEIGHT, z), eye.at(side * HOUSE_LINE, _KERB_HEIGHT, z)], joint, 1.2)
        middle = side * (ROAD_HALF + HOUSE_LINE) / 2
        canvas.line([eye.at(middle, _KERB_HEIGHT, _NEAR), eye.at(middle, _KERB_HEIGHT, _FAR)], joint, 1.2)
        canvas.polygon(
            [
                eye.at(edge, 0, _NEAR),
                eye.at(edge, _KERB_HEIGHT, _NEAR),
                eye.at(edge, _KERB_HEIGHT, _FAR),
                eye.at(edge, 0, _FAR),
            ],
            darker(mood.kerb, 0.36),
        )
        inner, outer = sorted((edge, edge + side * 0.28))
        canvas.polygon(eye.ground(inner, outer, _NEAR, _FAR, _KERB_HEIGHT), mood.kerb)


def draw_lane_marks(stage: Stage, eye: Eye, x: float, colour: Colour) -> None:
    """Paint a dashed line along the road, `x` metres right of its middle."""
    for step in range(16):
        near = 2.2 + step * 4.4
        stage.canvas.polygon(eye.ground(x - 0.11, x + 0.11, near, near + 2.4), colour)


def draw_crosswalk(stage: Stage, eye: Eye, near: float, far: float) -> None:
    """Paint the white bars of a crossing over the road."""
    paint = mix(stage.mood.kerb, stage.mood.asphalt, 0.12)
    for step in range(8):
        left = -ROAD_HALF + 0.35 + step * 1.02
        stage.canvas.polygon(eye.ground(left, left + 0.55, near, far), paint)


def _draw_houses(stage: Stage, eye: Eye, side: int) -> None:
    fronts: list[tuple[float, float, float, Colour]] = []
    z = 1.5
    colours = list(stage.mood.facades)
    stage.dice.shuffle(colours)
    while z < 70:
        depth = stage.dice.uniform(5.5, 8.5)
        fronts.append((z, z + depth, stage.dice.choice((8.4, 10.2, 12.0)), colours[len(fronts) % len(colours)]))
        z += depth
    for near, far, height, colour in reversed(fronts):
        shade = colour if side < 0 else darker(colour, 0.2)
        paled = mix(shade, stage.mood.sky[1], min(0.5, near / 110))
        _draw_front(stage, eye, side, (near, far, height), paled)


def _draw_front(stage: Stage, eye: Eye, side: int, size: tuple[float, float, float], colour: Colour) -> None:
    canvas = stage.canvas
    near, far, height = size
    line = side * HOUSE_LINE

    def face(z1: float, z2: float, low: float, high: float) -> list[Point]:
        return [eye.at(line, low, z1), eye.at(line, high, z1), eye.at(line, high, z2), eye.at(line, low, z2)]

    end = [
        eye.at(line, 0, near),
        eye.at(line, height, near),
        eye.at(line * 2.2, height, near),
        eye.at(line * 2.2, 0, near),
    ]
    canvas.polygon(end, darker(colour, 0.24))
    canvas.polygon(face(near, far, 0, height), colour)
    canvas.polygon(face(near, far, height - 0.5, height), mix(stage.mood.trim, colour, 0.3))
    canvas.polygon(face(near, far, 0, 0.5), darker(colour, 0.25))
    bays = round((far - near) / 1.9)
    step = (far - near) / bays
    for bay in range(bays):
        z1 = near + step * (bay + 0.26)
        z2 = near + step * (bay + 0.74)
        for floor in range(1, int(height / 3)):
            low = floor * 3 + 0.8
            canvas.polygon(face(z1 - 0.1, z2 + 0.1, low - 0.15, low + 1.65), mix(stage.mood.trim, colour, 0.45))
            canvas.polygon(face(z1, z2, low, low + 1.5), window_colour(stage))
        canvas.polygon(face(z1 - 0.1, z2 + 0.1, 0.3, 2.6), mix(stage.mood.roof, colour, 0.15))
        canvas.polygon(face(z1, z2, 0.9 if bay % 2 else 0.3, 2.45), window_colour(stage))


def crossing_ground(stage: Stage, eye: Eye, near: float, far: float) -> None:
    """Lay a cross street over the pavements between two distances."""
    stage.canvas.polygon(
        [
            (0, eye.at(0, 0, far)[1]),
            (WIDTH, eye.at(0, 0, far)[1]),
            (WIDTH, eye.at(0, 0, near)[1]),
            (0, eye.at(0, 0, near)[1]),
        ],
        stage.mood.asphalt,
    )
