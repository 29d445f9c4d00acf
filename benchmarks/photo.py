"""From a phone's 12-megapixel JPEG to the photo that would be sent, against what Pillow alone takes for its pixels.

Pillow alone decodes, shrinks and encodes in this process, as large, as good and as progressive. Ours goes to the
process beside it and back, reads the EXIF, turns the picture, converts its colours, looks for its likeness and hashes
it. The other rows draw a kept photo, and a thumbnail, in half blocks, as when they are looked at.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image

from benchmarks.comparison import Bench, Comparison
from crew.photos.darkroom import Darkroom
from crew.photos.thumbnails import thumbnail
from crew.widgets.half_blocks import picture_lines

_TWELVE_MEGAPIXELS = (4000, 3000)
_SENT = (1600, 1200)
_CELLS = (80, 30)
_DRAWN_A_RUN = 5
_FRAME_MILLISECONDS = 1000 / 30


def compare_photos(bench: Bench) -> Iterator[Comparison]:
    """Make a photo of a large picture by turns; then draw it."""
    path = bench.folder / "IMG_0412.JPG"
    write_picture(path, _TWELVE_MEGAPIXELS)
    ours: list[float] = []
    plain: list[float] = []
    drawn: list[float] = []
    shrunk: list[float] = []
    drawn_tiny: list[float] = []
    with closing(Darkroom()) as darkroom:
        small = darkroom.prepare_file(path)
        tiny = thumbnail(small.content)
        for _ in range(bench.runs):
            ours.append(_milliseconds(lambda: darkroom.prepare_file(path)))
            plain.append(_milliseconds(lambda: _with_pillow_alone(path)))
        for _ in range(bench.runs * _DRAWN_A_RUN):
            drawn.append(_milliseconds(partial(_drawn, darkroom, small.content)))
            shrunk.append(_milliseconds(partial(_shrunk_with_pillow_alone, small.content)))
            drawn_tiny.append(_milliseconds(partial(_drawn, darkroom, tiny)))
    yield Comparison(
        "a 12-megapixel JPEG to the photo that is sent", "Pillow's draft, resize, encode", 1.2, "ms", ours, plain
    )
    yield Comparison("a kept photo to half blocks, 80x30", "Pillow's resize to so many pixels", 3, "ms", drawn, shrunk)
    frames = [_FRAME_MILLISECONDS] * len(drawn_tiny)
    yield Comparison("a thumbnail to half blocks, 80x30", "one of 30 frames a second", 1, "ms", drawn_tiny, frames)


def _drawn(darkroom: Darkroom, content: bytes) -> object:
    return picture_lines(darkroom.cell_picture(content, *_CELLS), "blocks")


def write_picture(path: Path, size: tuple[int, int]) -> None:
    """Write something between noise and a plain surface, as a street is."""
    rough = Image.effect_noise((size[0] // 20, size[1] // 20), 40)
    rough.resize(size, Image.Resampling.BICUBIC).convert("RGB").save(path, "JPEG", quality=92)


def _with_pillow_alone(path: Path) -> bytes:
    with Image.open(path) as image:
        image.draft("RGB", _SENT)
        picture = image.convert("RGB").resize(_SENT, Image.Resampling.LANCZOS, reducing_gap=2.0)
    file = BytesIO()
    picture.save(file, "JPEG", quality=82, optimize=True, progressive=True)
    return file.getvalue()


def _shrunk_with_pillow_alone(content: bytes) -> bytes:
    with Image.open(BytesIO(content)) as image:
        return image.convert("RGB").resize((_CELLS[0], _CELLS[1] * 2), Image.Resampling.LANCZOS).tobytes()


def _milliseconds(do: Callable[[], object]) -> float:
    before = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - before)
