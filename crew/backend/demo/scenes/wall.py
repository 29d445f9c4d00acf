"""Paint on a brick wall, and the wall made good: demo city, pure."""

from typing import Final

from crew.backend.demo.scenes.canvas import HEIGHT, WIDTH, Colour, Point, darker, lighter, mix, turned
from crew.backend.demo.scenes.letters import letter_strokes
from crew.backend.demo.scenes.stage import SHADOW, Stage, draw_crown, draw_sky, draw_skyline

_WALL_TOP: Final = 96.0
_WALL_BASE: Final = 506.0
_COURSE: Final = 20.5
_BRICK: Final = 50.0
_WORDS: Final = ("ZAP", "NOVA", "RISK", "TOPS", "MIRO", "VAMP", "STEN", "KOMET")
_PAINTS: Final[tuple[tuple[Colour, Colour], ...]] = (
    ((64, 208, 214), (22, 40, 96)),
    ((250, 214, 64), (120, 28, 88)),
    ((240, 110, 168), (48, 24, 84)),
    ((150, 224, 92), (16, 70, 84)),
)


def draw_graffiti(stage: Stage, repaired: bool) -> None:
    """A tag across the bricks; repaired, a clean wall where the cleaned field is a shade lighter."""
    canvas, mood, dice = stage.canvas, stage.mood, stage.dice
    draw_sky(stage, 220)
    draw_skyline(stage, 140, 90)
    for _ in range(4):
        draw_crown(stage, (dice.uniform(0, WIDTH), _WALL_TOP + 10), dice.uniform(50, 84))
    brick = dice.choice(((178, 88, 68), (190, 108, 78), (160, 78, 72), (196, 130, 96)))
    _draw_bricks(stage, mix(brick, mood.roof, 0.1))
    canvas.box((-4, _WALL_TOP - 16), (WIDTH + 4, _WALL_TOP + 6), mood.kerb)
    canvas.box((-4, _WALL_TOP + 6), (WIDTH + 4, _WALL_TOP + 14), darker(brick, 0.45))
    canvas.gradient(_WALL_BASE, HEIGHT, darker(mood.pavement, 0.2), lighter(mood.pavement, 0.1))
    for k in range(-6, 7):
        canvas.line([(400 + k * 96, _WALL_BASE), (400 + k * 150, HEIGHT)], darker(mood.pavement, 0.3), 1.5)
    with canvas.soft(SHADOW, 0.5, 8) as shadow:
        shadow.box((-20, _WALL_BASE - 4), (WIDTH + 20, _WALL_BASE + 18))
    corner = (dice.uniform(96, 130), dice.uniform(180, 206))
    if repaired:
        with canvas.soft(lighter(brick, 0.75), 0.3, 5) as field:
            field.box((corner[0] - 50, corner[1] - 50), (WIDTH - corner[0] + 50, corner[1] + 244), radius=18)
    else:
        _draw_tag(stage, corner)


def _draw_bricks(stage: Stage, brick: Colour) -> None:
    canvas, dice = stage.canvas, stage.dice
    canvas.box((0, _WALL_TOP), (WIDTH, _WALL_BASE), lighter(darker(brick, 0.15), 0.22))
    for course in range(20):
        top = _WALL_TOP + course * _COURSE
        for k in range(-1, 17):
            left = k * _BRICK + (course % 2) * _BRICK / 2
            tone = mix(brick, dice.choice(((120, 50, 52), (226, 150, 108), (150, 90, 90))), dice.uniform(0, 0.28))
            canvas.box((left + 1.5, top + 1.5), (left + _BRICK - 1.5, min(top + _COURSE, _WALL_BASE) - 1.5), tone, 1.5)
    with canvas.soft((255, 240, 210), 0.14, 60) as sunlight:
        sunlight.polygon([(0, _WALL_TOP), (460, _WALL_TOP), (200, _WALL_BASE), (0, _WALL_BASE)])


def _draw_tag(stage: Stage, corner: Point) -> None:
    canvas, dice = stage.canvas, stage.dice
    word = dice.choice(_WORDS)
    fill, outline = dice.choice(_PAINTS)
    step = (WIDTH - 2 * corner[0]) / len(word)
    letters: list[list[list[Point]]] = []
    for k, letter in enumerate(word):
        size = (step * 0.66, dice.uniform(176, 206))
        place = (corner[0] + k * step + step * 0.17, corner[1] + dice.uniform(-20, 24))
        middle = (place[0] + size[0] / 2, place[1] + size[1] / 2)
        tilt = dice.uniform(-11, 11)
        letters.append([turned(stroke, middle, tilt) for stroke in letter_strokes(letter, place, size)])
    strokes = [stroke for letter in letters for stroke in letter]
    feet = [max(stroke, key=lambda point: point[1]) for stroke in strokes]
    for x, y in dice.sample(feet, min(3, len(feet))):
        end = y + dice.uniform(70, 120)
        canvas.line([(x + 6, y), (x + 6, end)], outline, 8)
        canvas.ellipse((x + 6, end), (6, 9), outline)
    for colour, width, shift in ((lighter(fill, 0.75), 82, 0), (outline, 70, 0), (outline, 64, 9)):
        for stroke in strokes:
            canvas.line([(x + shift, y + shift) for x, y in stroke], colour, width)
    for stroke in strokes:
        canvas.line(stroke, fill, 44)
    for stroke in strokes:
        canvas.line([(x - 9, y - 9) for x, y in stroke[: max(2, len(stroke) // 3)]], lighter(fill, 0.7), 8)
