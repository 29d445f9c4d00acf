"""Letters as brush strokes: demo city, pure. Drawn, so that no font decides what a sign looks like."""

from typing import Final

from crew.backend.demo.scenes.canvas import Point, smooth

_Strokes = tuple[tuple[Point, ...], ...]

_ROUND: Final[dict[str, _Strokes]] = {
    "O": (
        (
            (0.5, 0.0),
            (0.12, 0.16),
            (0.0, 0.5),
            (0.12, 0.84),
            (0.5, 1.0),
            (0.88, 0.84),
            (1.0, 0.5),
            (0.88, 0.16),
            (0.5, 0.0),
        ),
    ),
    "S": (
        (
            (0.92, 0.14),
            (0.55, 0.0),
            (0.12, 0.12),
            (0.1, 0.36),
            (0.5, 0.5),
            (0.9, 0.64),
            (0.9, 0.88),
            (0.46, 1.0),
            (0.06, 0.86),
        ),
    ),
}
_STRAIGHT: Final[dict[str, _Strokes]] = {
    "A": (((0.0, 1.0), (0.5, 0.0), (1.0, 1.0)), ((0.22, 0.64), (0.78, 0.64))),
    "E": (((0.95, 0.0), (0.05, 0.0), (0.05, 1.0), (0.95, 1.0)), ((0.05, 0.48), (0.75, 0.48))),
    "I": (((0.5, 0.0), (0.5, 1.0)),),
    "K": (((0.05, 0.0), (0.05, 1.0)), ((0.95, 0.0), (0.05, 0.55)), ((0.3, 0.4), (0.95, 1.0))),
    "M": (((0.0, 1.0), (0.08, 0.0), (0.5, 0.62), (0.92, 0.0), (1.0, 1.0)),),
    "N": (((0.05, 1.0), (0.05, 0.0), (0.95, 1.0), (0.95, 0.0)),),
    "P": (((0.08, 1.0), (0.08, 0.0), (0.62, 0.0), (0.94, 0.14), (0.94, 0.42), (0.62, 0.56), (0.08, 0.56)),),
    "R": (
        ((0.08, 1.0), (0.08, 0.0), (0.62, 0.0), (0.94, 0.14), (0.94, 0.4), (0.62, 0.54), (0.08, 0.54)),
        ((0.5, 0.54), (0.96, 1.0)),
    ),
    "T": (((0.0, 0.0), (1.0, 0.0)), ((0.5, 0.0), (0.5, 1.0))),
    "V": (((0.0, 0.0), (0.5, 1.0), (1.0, 0.0)),),
    "Z": (((0.04, 0.0), (0.96, 0.0), (0.04, 1.0), (0.96, 1.0)),),
}


def letter_strokes(letter: str, corner: Point, size: Point) -> list[list[Point]]:
    """The strokes of a capital letter, stretched into a box.

    Args:
        letter: One of A E I K M N O P R S T V Z.
        corner: The upper left corner of the box.
        size: Its width and height.
    """
    strokes = [smooth(stroke) for stroke in _ROUND[letter]] if letter in _ROUND else _STRAIGHT[letter]
    return [[(corner[0] + x * size[0], corner[1] + y * size[1]) for x, y in stroke] for stroke in strokes]
