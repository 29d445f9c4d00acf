"""Draws what city crews meet, before and after the repair: demo city, pure. Drawings, never mistaken for photographs.

The same kind, state and seed give the same bytes each time (on the same Pillow).
"""

from collections.abc import Callable
from enum import StrEnum
from random import Random
from typing import Final, Literal

from crew.backend.demo.scenes.canvas import Canvas
from crew.backend.demo.scenes.kerbside import draw_litter_basket, draw_trash
from crew.backend.demo.scenes.lights import draw_dead_signal, draw_street_light
from crew.backend.demo.scenes.mood import DAY_MOODS, DUSK, NIGHT
from crew.backend.demo.scenes.roadway import draw_pothole, draw_sidewalk
from crew.backend.demo.scenes.stage import Stage
from crew.backend.demo.scenes.stop_sign import draw_sign
from crew.backend.demo.scenes.tree import draw_tree
from crew.backend.demo.scenes.wall import draw_graffiti


class SceneKind(StrEnum):
    """What a scene shows."""

    POTHOLE = "pothole"
    GRAFFITI = "graffiti"
    STREET_LIGHT = "street_light"
    TRASH = "trash"
    TREE = "tree"
    SIGN = "sign"
    SIDEWALK = "sidewalk"
    DEAD_SIGNAL = "dead_signal"
    LITTER_BASKET = "litter_basket"


_PAINTERS: Final[dict[SceneKind, Callable[[Stage, bool], None]]] = {
    SceneKind.POTHOLE: draw_pothole,
    SceneKind.GRAFFITI: draw_graffiti,
    SceneKind.STREET_LIGHT: draw_street_light,
    SceneKind.TRASH: draw_trash,
    SceneKind.TREE: draw_tree,
    SceneKind.SIGN: draw_sign,
    SceneKind.SIDEWALK: draw_sidewalk,
    SceneKind.DEAD_SIGNAL: draw_dead_signal,
    SceneKind.LITTER_BASKET: draw_litter_basket,
}


def draw_scene(kind: SceneKind, state: Literal["before", "after"], seed: int) -> bytes:
    """Draw one scene as a JPEG of 800 by 600 pixels.

    Args:
        kind: What it shows.
        state: The damage, or the same place repaired.
        seed: Chooses the place: colours, sky, houses, position. Both states of one seed show one place.
    """
    dice = Random(f"{kind}/{seed}")  # noqa: S311 - colours and house fronts, not secrets
    match kind:
        case SceneKind.STREET_LIGHT:
            mood = NIGHT
        case SceneKind.DEAD_SIGNAL:
            mood = DUSK
        case _:
            mood = DAY_MOODS[seed % len(DAY_MOODS)]
    stage = Stage(Canvas(), mood, dice)
    _PAINTERS[kind](stage, state == "after")
    return stage.canvas.jpeg(seed)
