"""From a phone's 12-megapixel JPEG to the photo that would be sent, against what Pillow alone takes for its pixels.

Pillow alone decodes, shrinks and encodes in this process, as large, as good and as progressive. Ours goes to the
process beside it and back, reads the EXIF, turns the picture, converts its colours, looks for its likeness and hashes
it. The other row draws a kept photo in half blocks, as it is when it is looked at.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

from PIL import Image

from benchmarks.comparison import Bench, Comparison
from crew.photos.cells import cell_picture
from crew.photos.darkroom import Darkroom
from crew.widgets.half_blocks import picture_lines

_TWELVE_MEGAPIXELS = (4000, 3000)
_SENT = (1600, 1200)
_CELLS = (80, 30)
_DRAWN_A_RUN = 5


def compare_photos(bench: Bench) -> Iterator[Comparison]:
    """Make a photo of a large picture by turns; then draw it."""
    path = bench.folder / "IMG_0412.JPG"
    _large_picture(path)
    ours, plain, drawn, shrunk = [], [], [], []
    with closing(Darkroom()) as darkroom:
        small = darkroom.prepare_file(path)
        for _ in range(bench.runs):
            ours.append(_milliseconds(lambda: darkroom.prepare_file(path)))
            plain.append(_milliseconds(lambda: _with_pillow_alone(path)))
        for _ in range(bench.runs * _DRAWN_A_RUN):
            drawn.append(_milliseconds(lambda: picture_lines(cell_picture(small.content, *_CELLS), "blocks")))
            shrunk.append(_milliseconds(lambda: _shrunk_with_pillow_alone(small.content)))
    yield Comparison(
        "a 12-megapixel JPEG to the photo that is sent", "Pillow's draft, resize, encode", 1.2, "ms", ours, plain
    )
    yield Comparison("a kept photo to half blocks, 80x30", "Pillow's resize to so many pixels", 3, "ms", drawn, shrunk)


def _large_picture(path: Path) -> None:
    """Something between noise and a plain surface, as a street is."""
    rough = Image.effect_noise((_TWELVE_MEGAPIXELS[0] // 20, _TWELVE_MEGAPIXELS[1] // 20), 40)
    rough.resize(_TWELVE_MEGAPIXELS, Image.Resampling.BICUBIC).convert("RGB").save(path, "JPEG", quality=92)


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
