"""What every drawn scene has in common: demo city, pure. Sky, trees, shadows, and what a painter is given."""

from random import Random
from typing import Final

from crew.backend.demo.scenes.canvas import WIDTH, Canvas, Colour, Point, blob, darker, lighter, mix
from crew.backend.demo.scenes.mood import Mood
from crew.domain.value import Value

LAMPLIGHT: Final[Colour] = (255, 214, 128)
SHADOW: Final[Colour] = (30, 30, 58)


class Stage(Value):
    """What a painter works with.

    Attributes:
        canvas: The picture.
        mood: Its palette.
        dice: The choices of the place. Both states of a place must throw them alike before they part.
    """

    canvas: Canvas
    mood: Mood
    dice: Random


def draw_sky(stage: Stage, horizon: float) -> None:
    """Fill the picture down to the horizon: a change of colour, the sun, a few clouds."""
    canvas, mood, dice = stage.canvas, stage.mood, stage.dice
    canvas.gradient(0, horizon + 4, *mood.sky)
    if mood.stars:
        for _ in range(80):
            size = dice.uniform(0.6, 1.7)
            canvas.ellipse((dice.uniform(0, WIDTH), dice.uniform(0, 0.8) * horizon), (size, size), mood.sun)
    sun = (dice.uniform(80, 310), dice.uniform(0.16, 0.45) * horizon)
    with canvas.soft(mood.sun, 0.5, 38) as glow:
        glow.ellipse(sun, (80, 80))
    canvas.ellipse(sun, (34, 34), mood.sun)
    for _ in range(dice.randint(2, 4)):
        _draw_cloud(stage, (dice.uniform(-40, WIDTH + 40), dice.uniform(0.1, 0.62) * horizon), dice.uniform(0.5, 1.1))


def _draw_cloud(stage: Stage, place: Point, size: float) -> None:
    x, y = place
    colour = mix(stage.mood.cloud, stage.mood.sky[1], 0.25)
    with stage.canvas.soft(colour, 0.85, 1.2) as cloud:
        cloud.box((x - 95 * size, y - 16 * size), (x + 95 * size, y), radius=8 * size)
        for offset in (-48, -8, 38):
            radius = stage.dice.uniform(20, 38) * size
            cloud.ellipse((x + offset * size, y - 14 * size), (radius * 1.3, radius * 0.8))


def draw_skyline(stage: Stage, base: float, height: float) -> None:
    """Draw far towers as one pale silhouette."""
    x = -20.0
    while x < WIDTH:
        width = stage.dice.uniform(34, 84)
        top = base - height * stage.dice.uniform(0.35, 1)
        stage.canvas.box((x, top), (x + width, base + 2), stage.mood.far)
        if stage.dice.random() < 0.3:
            stage.canvas.box((x + width / 2 - 2, top - 22), (x + width / 2 + 2, top), stage.mood.far)
        x += width + stage.dice.choice((0, 0, 10))


def draw_crown(stage: Stage, centre: Point, radius: float) -> None:
    """Draw the leaves of a tree: three tones, the light from the upper left."""
    dark, middle, light = stage.mood.leaves
    for colour, shift, part in ((dark, 0.0, 1.0), (middle, -0.12, 0.8), (light, -0.28, 0.45)):
        around = (centre[0] + shift * radius, centre[1] + shift * radius)
        stage.canvas.polygon(blob(stage.dice, around, (radius * part, radius * part * 0.86), 0.06), colour)
        for _ in range(7):
            spot = (
                around[0] + stage.dice.uniform(-0.8, 0.8) * radius * part,
                around[1] + stage.dice.uniform(-0.65, 0.65) * radius * part,
            )
            size = radius * part * stage.dice.uniform(0.26, 0.42)
            stage.canvas.ellipse(spot, (size, size * 0.9), colour)


def draw_street_tree(stage: Stage, foot: Point, height: float) -> None:
    """Draw a street tree standing at `foot`."""
    x, y = foot
    bark = darker(mix(stage.mood.roof, (110, 80, 60), 0.5), 0.2)
    stage.canvas.polygon(
        [
            (x - height * 0.035, y),
            (x - height * 0.022, y - height * 0.6),
            (x + height * 0.022, y - height * 0.6),
            (x + height * 0.035, y),
        ],
        bark,
    )
    draw_crown(stage, (x, y - height * 0.7), height * 0.3)


def draw_ground_shadow(stage: Stage, centre: Point, radii: Point, opacity: float = 0.45) -> None:
    """Lay a soft shadow on the ground under something."""
    with stage.canvas.soft(SHADOW, opacity, max(3.0, radii[1] * 0.3)) as shadow:
        shadow.ellipse(centre, radii)


def window_colour(stage: Stage) -> Colour:
    """A pane: dark, or with a light behind it as often as the hour has it."""
    if stage.dice.random() < stage.mood.lit_part:
        return mix(LAMPLIGHT, (255, 180, 96), stage.dice.random() * 0.5)
    return lighter(stage.mood.glass, stage.dice.uniform(0, 0.18))
