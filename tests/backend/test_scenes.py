"""Drawn scenes: each kind, in each state, is a small picture that comes out the same each time."""

from io import BytesIO
from typing import Literal

import pytest
from PIL import Image, ImageChops, ImageStat

from crew.backend.demo.scenes import SceneKind, draw_scene
from crew.photos.cells import cell_picture
from crew.photos.intake import prepare

STATES: tuple[Literal["before", "after"], ...] = ("before", "after")


def picture(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def difference(first: Image.Image, second: Image.Image) -> float:
    """The mean difference of two pictures, in tones of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).mean) / 3


def in_cells(content: bytes) -> Image.Image:
    cells = cell_picture(content, 40, 20)
    return Image.frombytes("RGB", (cells.columns, cells.rows * 2), cells.pixels)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", SceneKind)
def test_a_scene_is_a_small_jpeg_that_a_photo_may_be(kind: SceneKind, state: Literal["before", "after"]) -> None:
    content = draw_scene(kind, state, 3)
    image = picture(content)
    assert (image.format, image.size, image.mode) == ("JPEG", (800, 600), "RGB")
    assert len(content) < 200_000
    assert prepare(content).width == 800


@pytest.mark.parametrize("kind", SceneKind)
def test_the_same_arguments_draw_the_same_bytes(kind: SceneKind) -> None:
    assert draw_scene(kind, "before", 7) == draw_scene(kind, "before", 7)


@pytest.mark.parametrize("kind", SceneKind)
def test_the_repair_shows_even_in_cells_and_leaves_the_place_alone(kind: SceneKind) -> None:
    before, after = (draw_scene(kind, state, 5) for state in STATES)
    changed = (
        ImageChops.difference(in_cells(before), in_cells(after)).convert("L").point(lambda tone: 255 * (tone > 40))
    )
    part = ImageStat.Stat(changed).mean[0] / 255
    assert 0.005 < part < 0.45


@pytest.mark.parametrize("kind", SceneKind)
def test_another_seed_draws_another_place(kind: SceneKind) -> None:
    assert difference(picture(draw_scene(kind, "after", 1)), picture(draw_scene(kind, "after", 2))) > 3


@pytest.mark.parametrize("seed", [0, -1, 10**12])
def test_any_whole_number_is_a_seed(seed: int) -> None:
    assert picture(draw_scene(SceneKind.POTHOLE, "before", seed)).size == (800, 600)
